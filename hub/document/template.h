/*
 * hub/document/template.h
 *		What is sent out to be filled in: a form as a workbook, a CSV file or a Word document.
 */
#ifndef HUB_TEMPLATE_H
#define HUB_TEMPLATE_H

#include <json-c/json.h>
#include <libpq-fe.h>

#include "hub.h"

/* The heading above the answers, and above the names of the fields: layout.c knows our own workbooks by them. */
#define TEMPLATE_ANSWER "Your answer"
#define TEMPLATE_FIELD "Field"
#define TEMPLATE_EXAMPLE "Example"

/* How many blank lines there are for places. */
#define TEMPLATE_PLACES 60

typedef struct Template
{
	struct json_object *form;	/* the definition, docs/form.schema.json */
	const char *programme;		/* NULL: to be written in */
	const char *period;			/* 2025-Q2, or NULL */
	const char *period_words;	/* 1 July to 30 September 2025, or NULL */
} Template;

/* Writes the file; what goes wrong is logged and nothing is left of it. */
extern HubExit template_xlsx(const Template *template, const char *path) HUB_MUST_CHECK;
extern HubExit template_csv(const Template *template, const char *path) HUB_MUST_CHECK;
extern HubExit template_docx(const Template *template, const char *path) HUB_MUST_CHECK;

/*
 * The workbook of a record-level return: a sheet a table. The rows of "tables" begin with the definitions of
 * sql/hub/records as JSON, in their order; of the template only programme and period are used.
 */
extern HubExit template_records(const Template *template, const PGresult *tables, const char *path) HUB_MUST_CHECK;

/* A string of an object, "" if it is not there. */
extern const char *template_text(struct json_object *object, const char *name);

/* An array of an object, or NULL. */
extern struct json_object *template_list(struct json_object *object, const char *name);

/* Whether a field is a family, such as place.postcode.*. */
extern bool template_is_family(const char *field);

#endif
