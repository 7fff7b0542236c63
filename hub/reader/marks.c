/*
 * hub/reader/marks.c
 *		What GDAL doesn't tell of a spreadsheet: hidden sheets and rows, and which cells are yes/no values,
 *		percentages or dates under their text (libxml2's streaming reader over the sheets' XML).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/xmlreader.h>

#include "reader.h"

#define MAX_SHEETS 200
#define MAX_FORMATS 20000
/* So often GDAL repeats a row that holds something, however wide its sheet is. */
#define MAX_REPEATED 8

typedef struct Mark
{
	int			row;
	int			column;
	const char *type;
} Mark;

typedef struct Rows
{
	int			first;
	int			last;
} Rows;

typedef struct Sheet
{
	char	   *name;
	char	   *id;				/* of the relation, until the part is known */
	char	   *style;			/* ODS: name of its style */
	bool		hidden;
	Mark	   *marks;			/* in the order of the file: by row, then column */
	size_t		nmarks;
	Rows	   *rows;			/* hidden ones, ascending */
	size_t		nrows;
	int			last_row;		/* ODS: the last row that holds something, and the last that GDAL gave */
	int			read_to;
	bool		repeated;		/* ODS: a row that holds something is repeated more than GDAL may do */
} Sheet;

struct SheetMarks
{
	Sheet		sheets[MAX_SHEETS];
	int			count;
	const char *formats[MAX_FORMATS];	/* XLSX: type of a cell format, or NULL */
	int			nformats;
};

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

static void
add_mark(Sheet *sheet, int row, int column, const char *type)
{
	if (sheet->nmarks > READER_MAX_CELLS)
		refuse("it has more than %d filled cells", READER_MAX_CELLS);
	sheet->marks = grow(sheet->marks, sheet->nmarks, sizeof(Mark));
	sheet->marks[sheet->nmarks++] = (Mark)
	{
		row, column, type
	};
}

static void
add_rows(Sheet *sheet, int first, int last)
{
	if (sheet->nrows > READER_MAX_CELLS)
		refuse("it has more than %d hidden rows", READER_MAX_CELLS);
	sheet->rows = grow(sheet->rows, sheet->nrows, sizeof(Rows));
	sheet->rows[sheet->nrows++] = (Rows)
	{
		first, last
	};
}

static Sheet *
add_sheet(SheetMarks *marks, const char *name)
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

/* A reader over one part of the package; NULL if the part is not there. */
static xmlTextReader *
open_part(const char *path, const char *part, char **bytes)
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

/* The next element that starts; false at the end. Broken XML and document types are refused. */
static bool
next_element(xmlTextReader *reader)
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

static void
close_part(xmlTextReader *reader, char *bytes)
{
	if (reader != NULL)
		xmlFreeTextReader(reader);
	free(bytes);
}

static bool
is(xmlTextReader *reader, const char *name)
{
	const xmlChar *found = xmlTextReaderConstLocalName(reader);

	return found != NULL && strcmp((const char *) found, name) == 0;
}

static char *
attribute(xmlTextReader *reader, const char *name)
{
	return (char *) xmlTextReaderGetAttribute(reader, BAD_CAST name);
}

static bool
attribute_is(xmlTextReader *reader, const char *name, const char *word)
{
	char	   *text = attribute(reader, name);
	bool		same = text != NULL && strcasecmp(text, word) == 0;

	xmlFree(text);
	return same;
}

static int
attribute_number(xmlTextReader *reader, const char *name, int otherwise)
{
	char	   *text = attribute(reader, name);
	long		number = text != NULL ? strtol(text, NULL, 10) : otherwise;

	xmlFree(text);
	return number >= 0 && number <= 10000000 ? (int) number : otherwise;
}

/* What a number format shows: the built-in ones by number, others by their code. */
static const char *
format_type(int number, const char *code)
{
	bool		quoted = false;

	if (number == 9 || number == 10)
		return "percent";
	if ((number >= 14 && number <= 22) || (number >= 45 && number <= 47))
		return "date";
	for (; code != NULL && *code != '\0'; code++)
	{
		if (*code == '"')
			quoted = !quoted;
		else if (*code == '\\' && code[1] != '\0')
			code++;
		else if (!quoted && *code == '%')
			return "percent";
		else if (!quoted && strchr("dDyY", *code) != NULL)
			return "date";
		else if (!quoted && *code == '[')
		{
			while (code[1] != '\0' && *code != ']')
				code++;
		}
	}
	return NULL;
}

static void
read_styles(const char *path, SheetMarks *marks)
{
	static struct
	{
		int			number;
		const char *type;
	}			own[1000];
	int			nown = 0;
	bool		in_formats = false;
	char	   *bytes;
	xmlTextReader *reader = open_part(path, "xl/styles.xml", &bytes);

	while (reader != NULL && next_element(reader))
	{
		if (is(reader, "numFmt") && nown < 1000)
		{
			char	   *code = attribute(reader, "formatCode");

			own[nown].number = attribute_number(reader, "numFmtId", -1);
			own[nown++].type = format_type(-1, code);
			xmlFree(code);
		}
		else if (is(reader, "cellXfs"))
			in_formats = true;
		else if (is(reader, "cellStyles") || is(reader, "dxfs"))
			in_formats = false;
		else if (is(reader, "xf") && in_formats && marks->nformats < MAX_FORMATS)
		{
			int			number = attribute_number(reader, "numFmtId", 0);
			const char *type = format_type(number, NULL);

			for (int i = 0; i < nown; i++)
			{
				if (own[i].number == number)
					type = own[i].type;
			}
			marks->formats[marks->nformats++] = type;
		}
	}
	close_part(reader, bytes);
}

/* "BC12" to row and column; false if it is no such place. */
static bool
parse_place(const char *place, int *row, int *column)
{
	long		r;
	int			c = 0;

	while (*place >= 'A' && *place <= 'Z' && c < 100000)
		c = c * 26 + (*place++ - 'A' + 1);
	r = strtol(place, NULL, 10);
	*row = (int) r;
	*column = c;
	return c > 0 && c <= 16384 && r > 0 && r <= 1048576;
}

static void
read_xlsx_sheet(const char *path, const char *part, SheetMarks *marks, Sheet *sheet)
{
	char	   *bytes;
	xmlTextReader *reader = open_part(path, part, &bytes);
	int			row = 0;
	int			column = 0;

	while (reader != NULL && next_element(reader))
	{
		if (is(reader, "row"))
		{
			row = attribute_number(reader, "r", row + 1);
			column = 0;
			if (attribute_is(reader, "hidden", "1") || attribute_is(reader, "hidden", "true"))
				add_rows(sheet, row, row);
		}
		else if (is(reader, "c"))
		{
			char	   *place = attribute(reader, "r");
			int			format = attribute_number(reader, "s", -1);
			int			at_row = row;
			const char *type = NULL;

			column++;
			if (place != NULL && !parse_place(place, &at_row, &column))
				refuse("it is damaged: a cell stands nowhere");
			xmlFree(place);
			if (at_row > READER_MAX_ROWS * 50)
				refuse("something stands far away from the form, in row %d", at_row);
			if (attribute_is(reader, "t", "b"))
				type = "boolean";
			else if (format >= 0 && format < marks->nformats && !attribute_is(reader, "t", "s") &&
					 !attribute_is(reader, "t", "str") && !attribute_is(reader, "t", "inlineStr"))
				type = marks->formats[format];
			if (type != NULL)
				add_mark(sheet, at_row, column, type);
		}
	}
	close_part(reader, bytes);
}

static void
read_xlsx(const char *path, SheetMarks *marks)
{
	char	   *bytes;
	xmlTextReader *reader = open_part(path, "xl/workbook.xml", &bytes);

	read_styles(path, marks);
	while (reader != NULL && next_element(reader))
	{
		if (is(reader, "sheet"))
		{
			char	   *name = attribute(reader, "name");
			Sheet	   *sheet = add_sheet(marks, name);

			sheet->id = attribute(reader, "r:id");
			sheet->hidden = attribute_is(reader, "state", "hidden") || attribute_is(reader, "state", "veryHidden");
			xmlFree(name);
		}
	}
	close_part(reader, bytes);
	reader = open_part(path, "xl/_rels/workbook.xml.rels", &bytes);
	while (reader != NULL && next_element(reader))
	{
		char	   *id = is(reader, "Relationship") ? attribute(reader, "Id") : NULL;
		char	   *target = id != NULL ? attribute(reader, "Target") : NULL;

		for (int s = 0; s < marks->count && target != NULL; s++)
		{
			char		part[512];

			if (marks->sheets[s].id == NULL || strcmp(marks->sheets[s].id, id) != 0)
				continue;
			snprintf(part, sizeof(part), "%s%s", target[0] == '/' ? "" : "xl/", target + (target[0] == '/' ? 1 : 0));
			read_xlsx_sheet(path, part, marks, &marks->sheets[s]);
		}
		xmlFree(id);
		xmlFree(target);
	}
	close_part(reader, bytes);
}

static void
holds_something(Sheet *sheet, int row, int next_row)
{
	sheet->last_row = next_row - 1;
	sheet->repeated = sheet->repeated || next_row - row > MAX_REPEATED;
}

/* ODS: rows and cells stand once and say how often they are repeated. */
static void
read_ods(const char *path, SheetMarks *marks)
{
	char	   *bytes;
	xmlTextReader *reader = open_part(path, "content.xml", &bytes);
	char	   *hidden_styles[MAX_SHEETS];
	int			nhidden = 0;
	char	   *style = NULL;
	Sheet	   *sheet = NULL;
	int			row = 0;
	int			next_row = 1;
	int			column = 1;
	int			cell_depth = -1;

	while (reader != NULL && next_element(reader))
	{
		if (is(reader, "style"))
		{
			xmlFree(style);
			style = attribute(reader, "style:name");
		}
		else if (is(reader, "table-properties") && style != NULL && attribute_is(reader, "table:display", "false") &&
				 nhidden < MAX_SHEETS)
			hidden_styles[nhidden++] = strdup(style);
		else if (is(reader, "table"))
		{
			char	   *name = attribute(reader, "table:name");

			sheet = add_sheet(marks, name);
			sheet->style = attribute(reader, "table:style-name");
			for (int i = 0; i < nhidden && sheet->style != NULL; i++)
				sheet->hidden = sheet->hidden || (hidden_styles[i] != NULL && strcmp(hidden_styles[i], sheet->style) == 0);
			next_row = 1;
			cell_depth = -1;
			xmlFree(name);
		}
		else if (is(reader, "table-row") && sheet != NULL)
		{
			int			repeated = attribute_number(reader, "table:number-rows-repeated", 1);

			row = next_row;
			next_row += repeated;
			column = 1;
			cell_depth = -1;
			if (next_row > 20000000)
				refuse("it is damaged: its rows have no end");
			if (attribute_is(reader, "table:visibility", "collapse") || attribute_is(reader, "table:visibility", "filter"))
				add_rows(sheet, row, next_row - 1);
		}
		else if ((is(reader, "table-cell") || is(reader, "covered-table-cell")) && sheet != NULL)
		{
			int			repeated = attribute_number(reader, "table:number-columns-repeated", 1);
			/* LibreOffice writes a tick that it took from a workbook as a formula, with 1 as its value. */
			const char *type = attribute_is(reader, "office:value-type", "boolean") ||
				attribute_is(reader, "table:formula", "of:=TRUE()") || attribute_is(reader, "table:formula", "of:=FALSE()") ? "boolean" :
				attribute_is(reader, "office:value-type", "percentage") ? "percent" :
				attribute_is(reader, "office:value-type", "date") ? "date" : NULL;
			char	   *value = attribute(reader, "office:value-type");
			char	   *formula = attribute(reader, "table:formula");

			for (int r = row; type != NULL && r < next_row && r <= READER_MAX_ROWS; r++)
			{
				for (int c = column; c < column + repeated && c <= READER_MAX_COLUMNS; c++)
					add_mark(sheet, r, c, type);
			}
			column += repeated;
			/* GDAL passes over what a merged cell covers. */
			cell_depth = is(reader, "table-cell") ? xmlTextReaderDepth(reader) : -1;
			if (cell_depth >= 0 && (value != NULL || formula != NULL))
				holds_something(sheet, row, next_row);
			xmlFree(value);
			xmlFree(formula);
		}
		/* A cell's own text, not that of a comment on it, or of a picture. */
		else if (is(reader, "p") && cell_depth >= 0 && xmlTextReaderDepth(reader) == cell_depth + 1 &&
				 !xmlTextReaderIsEmptyElement(reader))
			holds_something(sheet, row, next_row);
	}
	xmlFree(style);
	for (int i = 0; i < nhidden; i++)
		free(hidden_styles[i]);
	close_part(reader, bytes);
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
		read_xlsx(path, marks);
	else
		read_ods(path, marks);
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

const char *
marks_type(SheetMarks *marks, const char *name, int row, int column)
{
	const Sheet *sheet = find(marks, name);
	Mark		wanted = {row, column, NULL};
	const Mark *found = sheet == NULL || sheet->nmarks == 0 ? NULL :
		bsearch(&wanted, sheet->marks, sheet->nmarks, sizeof(Mark), by_place);

	return found != NULL ? found->type : NULL;
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
