/*
 * hub/reader/emit.c
 *		Printing a document's cells, or why it is refused.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "reader.h"

static long cells;

static void
print(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	if (ferror(stdout))
		exit(1);
}

void
refuse(const char *format,...)
{
	char		reason[512];
	struct json_object *object = json_object_new_object();
	va_list		args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	json_object_object_add(object, "refused", json_object_new_string(reason));
	print(object);
	fflush(stdout);
	exit(READER_REFUSED);
}

void
document_begin(const char *kind)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "document", json_object_new_string(kind));
	print(object);
}

void
sheet_begin(int number, const char *name, bool hidden)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "sheet", json_object_new_int(number));
	json_object_object_add(object, "name", json_object_new_string(name));
	json_object_object_add(object, "hidden", json_object_new_boolean(hidden));
	print(object);
}

void
cell(int row, int column, int rows, int columns, const char *text, bool hidden, const char *type)
{
	struct json_object *object;

	if (text[strspn(text, " \t\r\n")] == '\0')
		return;
	if (row > READER_MAX_ROWS || column > READER_MAX_COLUMNS)
		refuse("something stands far away from the form, in row %d, column %d", row, column);
	if (++cells > READER_MAX_CELLS)
		refuse("it has more than %d filled cells", READER_MAX_CELLS);
	if (strlen(text) > READER_MAX_TEXT)
		refuse("the answer in row %d, column %d is longer than %d characters", row, column, READER_MAX_TEXT);
	object = json_object_new_object();
	json_object_object_add(object, "row", json_object_new_int(row));
	json_object_object_add(object, "column", json_object_new_int(column));
	if (rows > 1)
		json_object_object_add(object, "rows", json_object_new_int(rows));
	if (columns > 1)
		json_object_object_add(object, "columns", json_object_new_int(columns));
	json_object_object_add(object, "text", json_object_new_string(text));
	if (hidden)
		json_object_object_add(object, "hidden", json_object_new_boolean(true));
	if (type != NULL)
		json_object_object_add(object, "type", json_object_new_string(type));
	print(object);
}

void
document_end(void)
{
	puts("{\"end\":true}");
}
