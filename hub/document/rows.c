/*
 * hub/document/rows.c
 *		The answers of a return as three arrays.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "rows.h"

static void
append(ArrayText *array, const char *bytes, size_t n)
{
	if (array->failed)
		return;
	if (array->length + n + 1 > array->size)
	{
		size_t		size = (array->length + n + 1) * 2;
		char	   *text = realloc(array->text, size);

		if (text == NULL)
		{
			array->failed = true;
			return;
		}
		array->text = text;
		array->size = size;
	}
	memcpy(array->text + array->length, bytes, n);
	array->length += n;
	array->text[array->length] = '\0';
}

/* Every element is quoted, so that neither commas nor the word NULL mean anything. */
static void
append_element(ArrayText *array, const char *text, size_t length)
{
	append(array, array->length == 0 ? "{\"" : ",\"", 2);
	for (size_t i = 0; i < length; i++)
	{
		if (text[i] == '"' || text[i] == '\\')
			append(array, "\\", 1);
		append(array, text + i, 1);
	}
	append(array, "\"", 1);
}

static void
finish_array(ArrayText *array)
{
	if (array->length == 0)
		append(array, "{", 1);
	append(array, "}", 1);
}

static void
trim(const char **text, size_t *length)
{
	while (*length > 0 && isspace((unsigned char) (*text)[*length - 1]))
		(*length)--;
	while (*length > 0 && isspace((unsigned char) **text))
	{
		(*text)++;
		(*length)--;
	}
}

/* Keeps a value that the file gives of itself, if the field is of that name. */
static bool
is_own(const char *name, const char *field, size_t field_length, const char *answer, size_t answer_length, char **kept,
	   bool *failed)
{
	if (field_length != strlen(name) || strncasecmp(field, name, field_length) != 0)
		return false;
	trim(&answer, &answer_length);
	if (answer_length > 0)
	{
		free(*kept);
		*kept = strndup(answer, answer_length);
		*failed = *failed || *kept == NULL;
	}
	return true;
}

void
rows_add(ReturnRows *rows, long line, const char *field, size_t field_length, const char *answer, size_t answer_length)
{
	char		number[24];

	trim(&field, &field_length);
	if (is_own("programme", field, field_length, answer, answer_length, &rows->programme, &rows->lines.failed) ||
		is_own("period", field, field_length, answer, answer_length, &rows->period, &rows->lines.failed) ||
		is_own("form", field, field_length, answer, answer_length, &rows->form, &rows->lines.failed))
		return;
	/* CSV readers trim cells; a blank typed into a workbook means no more there. */
	trim(&answer, &answer_length);
	snprintf(number, sizeof(number), "%ld", line);
	append_element(&rows->lines, number, strlen(number));
	append_element(&rows->fields, field, field_length);
	append_element(&rows->answers, answer, answer_length);
	rows->count++;
}

void
rows_problem(ReturnRows *rows, const char *format,...)
{
	char	   *line = NULL;
	char	   *all = NULL;
	va_list		arguments;
	int			n;

	va_start(arguments, format);
	n = vasprintf(&line, format, arguments);
	va_end(arguments);
	if (n < 0)
		line = NULL;
	else if (rows->problem == NULL)
	{
		rows->problem = line;
		return;
	}
	else if (asprintf(&all, "%s\n%s", rows->problem, line) < 0)
		all = NULL;
	free(line);
	if (all == NULL)
	{
		rows->lines.failed = true;
		return;
	}
	free(rows->problem);
	rows->problem = all;
}

void
rows_hint(ReturnRows *rows, const char *hint)
{
	free(rows->hint);
	rows->hint = strdup(hint);
	if (rows->hint == NULL)
		rows->lines.failed = true;
}

bool
rows_finish(ReturnRows *rows)
{
	finish_array(&rows->lines);
	finish_array(&rows->fields);
	finish_array(&rows->answers);
	return !rows->lines.failed && !rows->fields.failed && !rows->answers.failed;
}

static void
wipe(ArrayText *array)
{
	if (array->text != NULL)
		OPENSSL_cleanse(array->text, array->size);
	free(array->text);
}

void
rows_free(ReturnRows *rows)
{
	wipe(&rows->lines);
	wipe(&rows->fields);
	wipe(&rows->answers);
	free(rows->programme);
	free(rows->period);
	free(rows->form);
	free(rows->problem);
	free(rows->hint);
	memset(rows, 0, sizeof(*rows));
}
