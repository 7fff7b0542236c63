/*
 * hub/document/form.c
 *		The labels of a form.
 */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "form.h"
#include "program/log.h"

static bool
is_dash(ucs4_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xad;
}

static bool
is_blank(ucs4_t c)
{
	return c == ' ' || (c >= 9 && c <= 13) || c == 0xa0 || c == 0x200b || c == 0xfeff;
}

/* Drops a word at the end, with the blank before it. */
static void
drop_end(char *text, const char *word)
{
	size_t		length = strlen(text);
	size_t		n = strlen(word);

	if (length > n && strcmp(text + length - n, word) == 0)
	{
		text[length - n] = '\0';
		while (length > n && text[length - n - 1] == ' ')
			text[--length - n] = '\0';
	}
}

static void
drop_start(char *text, const char *word)
{
	size_t		n = strlen(word);

	if (strncmp(text, word, n) == 0 && text[n] != '\0')
		memmove(text, text + n, strlen(text + n) + 1);
}

char *
label_normalise(const char *text)
{
	size_t		length = 0;
	bool		readable = u8_check((const uint8_t *) text, strlen(text)) == NULL;
	uint8_t    *folded = !readable ? NULL : u8_casefold((const uint8_t *) text, strlen(text), NULL, UNINORM_NFKC, NULL, &length);
	char	   *out;
	size_t		used = 0;
	bool		blank = false;

	/* Bytes that are not UTF-8 match no label. */
	if (!readable)
		return strdup("");
	if (folded == NULL)
		return NULL;
	out = malloc(length + 1);
	for (size_t at = 0; out != NULL && at < length;)
	{
		ucs4_t		c;
		int			step = u8_mbtouc(&c, folded + at, length - at);

		if (is_blank(c))
			blank = used > 0;
		else if (is_dash(c) || c == '/')
		{
			out[used++] = c == '/' ? '/' : '-';
			blank = false;
		}
		else
		{
			if (blank && out[used - 1] != '-' && out[used - 1] != '/')
				out[used++] = ' ';
			blank = false;
			memcpy(out + used, folded + at, (size_t) step);
			used += (size_t) step;
		}
		at += (size_t) step;
	}
	free(folded);
	if (out == NULL)
		return NULL;
	while (used > 0 && strchr(":?*.; ", out[used - 1]) != NULL)
		used--;
	out[used] = '\0';
	drop_end(out, "years old");
	drop_end(out, "years");
	drop_end(out, "yrs");
	drop_start(out, "aged ");
	drop_start(out, "age ");
	return out;
}

static char *
text_of(struct json_object *object, const char *name)
{
	struct json_object *value;

	return strdup(json_object_object_get_ex(object, name, &value) && json_object_is_type(value, json_type_string) ?
				  json_object_get_string(value) : "");
}

static bool
read_fields(struct json_object *list, bool narrative, Form *form)
{
	size_t		n = list != NULL && json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
	FormField  *fields = realloc(form->fields, (form->nfields + n + 1) * sizeof(FormField));

	if (fields == NULL)
		return false;
	form->fields = fields;
	for (size_t i = 0; i < n; i++)
	{
		struct json_object *object = json_object_array_get_idx(list, i);
		FormField  *field = &form->fields[form->nfields];
		char	   *title;
		char	   *section;

		if (!json_object_is_type(object, json_type_object))
			continue;
		title = text_of(object, "title");
		section = text_of(object, "section");
		field->name = text_of(object, "name");
		field->label = title != NULL ? label_normalise(title) : NULL;
		field->section = section != NULL ? label_normalise(section) : NULL;
		field->narrative = narrative;
		form->nfields++;
		free(title);
		free(section);
		if (field->name == NULL || field->label == NULL || field->section == NULL)
			return false;
	}
	return true;
}

HubExit
form_read(const char *json, Form *form)
{
	struct json_object *definition = json_tokener_parse(json);
	struct json_object *fields = NULL;
	struct json_object *narrative = NULL;
	HubExit		result = HUB_INTERNAL;

	memset(form, 0, sizeof(*form));
	if (definition == NULL || !json_object_is_type(definition, json_type_object))
		log_error("a form definition is not a JSON object");
	else
	{
		(void) json_object_object_get_ex(definition, "fields", &fields);
		(void) json_object_object_get_ex(definition, "narrative", &narrative);
		form->name = text_of(definition, "name");
		form->version = text_of(definition, "version");
		if (form->name == NULL || form->version == NULL || !read_fields(fields, false, form) ||
			!read_fields(narrative, true, form))
			log_error("out of memory");
		else
			result = HUB_OK;
	}
	json_object_put(definition);
	if (result != HUB_OK)
		form_free(form);
	return result;
}

void
form_free(Form *form)
{
	for (size_t i = 0; i < form->nfields; i++)
	{
		free(form->fields[i].name);
		free(form->fields[i].label);
		free(form->fields[i].section);
	}
	free(form->fields);
	free(form->name);
	free(form->version);
	memset(form, 0, sizeof(*form));
}
