/*
 * hub/document/form.h
 *		The labels of a form: what stands beside the boxes of a document, and which field each is.
 */
#ifndef HUB_FORM_H
#define HUB_FORM_H

#include "hub.h"

typedef struct FormField
{
	char	   *name;			/* age.18-25; place.postcode.* stands for a family */
	char	   *label;			/* title, normalised by label_normalise */
	char	   *section;		/* normalised; "" if none */
	bool		narrative;
} FormField;

typedef struct Form
{
	char	   *name;			/* old, new, improved */
	char	   *version;
	size_t		nfields;
	FormField  *fields;
} Form;

/* Reads a form definition (docs/form.schema.json). */
extern HubExit form_read(const char *json, Form *form) HUB_MUST_CHECK;
extern void form_free(Form *form);

/*
 * The form of a label that stays the same however it is typed: lower case, one blank at most, every dash a "-", and
 * no blanks round it or round "/", no closing marks, no "aged" before or "years" after. NULL when memory is short.
 */
extern char *label_normalise(const char *text) HUB_MUST_CHECK;

#endif
