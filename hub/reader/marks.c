/*
 * hub/reader/marks.c
 *		What GDAL doesn't tell of a spreadsheet: hidden sheets and rows, and which cells are yes/no values,
 *		percentages or dates under their text (libxml2's streaming reader over the sheets' XML).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "marks.h"

static void *
grow(void *array, size_t count, size_t size)
{
	/* At 0, 16, 32, 64 … entries the room is doubled. */
	if (count == 0 || (count >= 16 && (count & (count - 1)) == 0))
	{
		array = realloc(array, (count < 16 ? 16 : 2 * count) * size);
		if (array == NULL)
			refuse("it needs more memory than a return may");
	}
	return array;
}

void
marks_add(Sheet *sheet, int row, int column, const char *type, const char *text)
{
	if (sheet->nmarks > READER_MAX_CELLS)
		refuse("it has more than %d filled cells", READER_MAX_CELLS);
	sheet->marks = grow(sheet->marks, sheet->nmarks, sizeof(Mark));
	sheet->marks[sheet->nmarks++] = (Mark)
	{
		row, column, type, text
	};
}

void
marks_add_rows(Sheet *sheet, int first, int last)
{
	if (sheet->nrows > READER_MAX_CELLS)
		refuse("it has more than %d hidden rows", READER_MAX_CELLS);
	sheet->rows = grow(sheet->rows, sheet->nrows, sizeof(Rows));
	sheet->rows[sheet->nrows++] = (Rows)
	{
		first, last
	};
}

Sheet *
marks_add_sheet(SheetMarks *marks, const char *name)
{
	Sheet	   *sheet;

	if (marks->count == MAX_SHEETS)
		refuse("it has more than %d sheets", MAX_SHEETS);
	sheet = &marks->sheets[marks->count++];
	sheet->name = strdup(name != NULL ? name : "");
	if (sheet->name == NULL)
		refuse("it needs more memory than a return may");
	return sheet;
}

xmlTextReader *
xml_open(const char *path, const char *part, char **bytes)
{
	size_t		size;
	xmlTextReader *reader;

	*bytes = package_member(path, part, &size);
	if (*bytes == NULL)
		return NULL;
	reader = size > (size_t) READER_MAX_UNPACKED ? NULL :
		xmlReaderForMemory(*bytes, (int) size, part, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (reader == NULL)
		refuse("it is damaged: its tables can't be read");
	return reader;
}

bool
xml_next(xmlTextReader *reader)
{
	int			result;

	while ((result = xmlTextReaderRead(reader)) == 1)
	{
		int			type = xmlTextReaderNodeType(reader);

		if (type == XML_READER_TYPE_DOCUMENT_TYPE)
			break;
		if (type == XML_READER_TYPE_ELEMENT)
			return true;
	}
	if (result != 0)
		refuse("it is damaged: its tables can't be read");
	return false;
}

void
xml_close(xmlTextReader *reader, char *bytes)
{
	if (reader != NULL)
		xmlFreeTextReader(reader);
	free(bytes);
}

bool
xml_is(xmlTextReader *reader, const char *name)
{
	const xmlChar *found = xmlTextReaderConstLocalName(reader);

	return found != NULL && strcmp((const char *) found, name) == 0;
}

char *
xml_attribute(xmlTextReader *reader, const char *name)
{
	return (char *) xmlTextReaderGetAttribute(reader, BAD_CAST name);
}

bool
xml_attribute_is(xmlTextReader *reader, const char *name, const char *word)
{
	char	   *text = xml_attribute(reader, name);
	bool		same = text != NULL && strcasecmp(text, word) == 0;

	xmlFree(text);
	return same;
}

int
xml_number(xmlTextReader *reader, const char *name, int otherwise)
{
	char	   *text = xml_attribute(reader, name);
	long		number = text != NULL ? strtol(text, NULL, 10) : otherwise;

	xmlFree(text);
	return number >= 0 && number <= 10000000 ? (int) number : otherwise;
}

static int
by_place(const void *a, const void *b)
{
	const Mark *x = a;
	const Mark *y = b;

	return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (x->column > y->column) - (x->column < y->column);
}

SheetMarks *
marks_read(const char *path, DocumentKind kind)
{
	SheetMarks *marks = calloc(1, sizeof(SheetMarks));

	if (marks == NULL)
		refuse("it needs more memory than a return may");
	if (kind == DOCUMENT_XLSX)
		marks_xlsx(path, marks);
	else
		marks_ods(path, marks);
	for (int s = 0; s < marks->count; s++)
	{
		if (marks->sheets[s].nmarks > 1)
			qsort(marks->sheets[s].marks, marks->sheets[s].nmarks, sizeof(Mark), by_place);
	}
	return marks;
}

static Sheet *
find(SheetMarks *marks, const char *name)
{
	for (int s = 0; s < marks->count; s++)
	{
		if (strcmp(marks->sheets[s].name, name) == 0)
			return &marks->sheets[s];
	}
	return NULL;
}

bool
marks_sheet_hidden(SheetMarks *marks, const char *name)
{
	const Sheet *sheet = find(marks, name);

	return sheet != NULL && sheet->hidden;
}

bool
marks_row_hidden(SheetMarks *marks, const char *name, int row)
{
	const Sheet *sheet = find(marks, name);

	for (size_t i = 0; sheet != NULL && i < sheet->nrows; i++)
	{
		if (row >= sheet->rows[i].first && row <= sheet->rows[i].last)
			return true;
	}
	return false;
}

static const Mark *
find_mark(SheetMarks *marks, const char *name, int row, int column)
{
	const Sheet *sheet = find(marks, name);
	Mark		wanted = {row, column, NULL, NULL};

	return sheet == NULL || sheet->nmarks == 0 ? NULL :
		bsearch(&wanted, sheet->marks, sheet->nmarks, sizeof(Mark), by_place);
}

const char *
marks_type(SheetMarks *marks, const char *name, int row, int column)
{
	const Mark *found = find_mark(marks, name, row, column);

	return found != NULL ? found->type : NULL;
}

const char *
marks_text(SheetMarks *marks, const char *name, int row, int column)
{
	const Mark *found = find_mark(marks, name, row, column);

	return found != NULL ? found->text : NULL;
}

bool
marks_from_1904(const SheetMarks *marks)
{
	return marks->from_1904;
}

void
marks_read_to(SheetMarks *marks, const char *name, int row)
{
	Sheet	   *sheet = find(marks, name);

	if (sheet != NULL)
		sheet->read_to = row;
}

void
marks_check_whole(const SheetMarks *marks, bool gaps)
{
	for (int s = 0; s < marks->count; s++)
	{
		const Sheet *sheet = &marks->sheets[s];

		if (sheet->last_row > sheet->read_to)
			refuse("something stands far away from the form, in row %d, below thousands of blank rows; delete the rows below the form, or save the workbook as .xlsx",
				   sheet->last_row);
		if (gaps && sheet->repeated)
			refuse("the same row stands many times beside thousands of blank rows; delete the rows below the form, or save the workbook as .xlsx");
	}
}
