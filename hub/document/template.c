/*
 * hub/document/template.c
 *		What the three kinds of template share, and the CSV file.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program/log.h"
#include "template.h"

const char *
template_text(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) && json_object_is_type(value, json_type_string) ?
		json_object_get_string(value) : "";
}

struct json_object *
template_list(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) && json_object_is_type(value, json_type_array) ? value : NULL;
}

bool
template_is_family(const char *field)
{
	return strchr(field, '*') != NULL;
}

static void
csv_cell(FILE *file, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL)
	{
		fputs(text, file);
		return;
	}
	putc('"', file);
	for (; *text != '\0'; text++)
	{
		if (*text == '"')
			putc('"', file);
		putc(*text, file);
	}
	putc('"', file);
}

static void
csv_fields(FILE *file, struct json_object *list)
{
	size_t		n = list != NULL ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++)
	{
		const char *name = template_text(json_object_array_get_idx(list, i), "name");

		if (template_is_family(name))
			continue;
		csv_cell(file, name);
		fputs(",\r\n", file);
	}
}

/* The lines of docs/return-format.md, with the values left out; places are added as lines by who fills it in. */
HubExit
template_csv(const Template *template, const char *path)
{
	FILE	   *file = fopen(path, "we");

	if (file == NULL)
	{
		log_error("could not write %s: %s", path, strerror(errno));
		return HUB_FILE;
	}
	fputs("field,value\r\n", file);
	csv_fields(file, template_list(template->form, "fields"));
	csv_fields(file, template_list(template->form, "narrative"));
	if (fflush(file) != 0 || ferror(file) || fclose(file) != 0)
	{
		log_error("could not write %s: %s", path, strerror(errno));
		(void) unlink(path);
		return HUB_FILE;
	}
	return HUB_OK;
}
