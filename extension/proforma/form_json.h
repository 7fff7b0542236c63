/*
 * form_json.h
 *		Forms and returns from jsonb.
 */
#ifndef WARDSTAR_FORM_JSON_H
#define WARDSTAR_FORM_JSON_H

#include "compat.h"

#include "utils/jsonb.h"

#include "proforma/form.h"

/* Longest title of a form that is used in a message, and longest answer that is shown. */
#define SHOWN_TITLE_LENGTH 120
#define SHOWN_ANSWER_LENGTH 60

/* A form, kept from one call of a function to the next. */
typedef struct FormCache
{
	MemoryContext context;		/* of form, key and compiled */
	struct varlena *key;		/* the document, as it was given */
	Size		key_size;
	ProformaForm *form;
	const struct varlena *constant; /* the argument, if it is the same for the whole query */
	bool		patterns_known; /* form_compile_patterns() was here */
	void	   *compiled;		/* whatever else the function made of it */
} FormCache;

extern ProformaForm *form_from_container(const JsonbContainer *document);
extern ProformaForm *form_from_jsonb(const Jsonb *document);
extern ProformaReturn *return_from_jsonb(const ProformaForm *form, const Jsonb *answers);
extern ProformaReturn **returns_from_jsonb(const Jsonb *document, int *n);
extern bool argument_is_constant(FunctionCallInfo fcinfo, int argument);
extern void form_cache_init(FormCache *cache, MemoryContext parent);
extern FormCache *form_cache_in(FormCache *cache, FunctionCallInfo fcinfo, int argument);
extern FormCache *form_cache(FunctionCallInfo fcinfo, int argument);

#endif							/* WARDSTAR_FORM_JSON_H */
