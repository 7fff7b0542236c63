/*
 * hub/reader/marks_ods.c
 *		The marks of an ODS: its content.xml, in which rows and cells stand once and say how often they are repeated.
 */
#include <stdlib.h>
#include <string.h>

#include "marks.h"

/* So often GDAL repeats a row that holds something, however wide its sheet is. */
#define MAX_REPEATED 8

/* The cell that is being read. */
typedef struct Cell
{
	int			depth;			/* in the XML; -1: none */
	int			row;			/* of its rows the first, and the one after the last; the same of its columns */
	int			next_row;
	int			column;
	int			next_column;
	const char *type;
	bool		written;		/* its value is its text, not an attribute */
	bool		more;			/* it has a comment or a drawing as well, whose text GDAL takes for its own */
	xmlBuffer  *text;
} Cell;

static void
end_cell(Sheet *sheet, Cell *cell)
{
	const char *text = NULL;

	if (cell->depth >= 0 && cell->written && cell->more && (text = strdup((const char *) xmlBufferContent(cell->text))) == NULL)
		refuse("it needs more memory than a return may");
	for (int r = cell->row; cell->depth >= 0 && (cell->type != NULL || text != NULL) && r < cell->next_row && r <= READER_MAX_ROWS; r++)
	{
		for (int c = cell->column; c < cell->next_column && c <= READER_MAX_COLUMNS; c++)
			marks_add(sheet, r, c, cell->type, text);
	}
	cell->depth = -1;
}

static void
holds_something(Sheet *sheet, int row, int next_row)
{
	sheet->last_row = next_row - 1;
	sheet->repeated = sheet->repeated || next_row - row > MAX_REPEATED;
}

static bool
has_attribute(xmlTextReader *reader, const char *name)
{
	char	   *text = xml_attribute(reader, name);
	bool		has = text != NULL;

	xmlFree(text);
	return has;
}

static void
begin_cell(xmlTextReader *reader, Sheet *sheet, Cell *cell)
{
	/* LibreOffice writes a tick that it took from a workbook as a formula, with 1 as its value. */
	bool		tick = xml_attribute_is(reader, "table:formula", "of:=TRUE()") || xml_attribute_is(reader, "table:formula", "of:=FALSE()");

	cell->depth = xmlTextReaderDepth(reader);
	cell->type = tick || xml_attribute_is(reader, "office:value-type", "boolean") ? "boolean" :
		xml_attribute_is(reader, "office:value-type", "percentage") ? "percent" :
		xml_attribute_is(reader, "office:value-type", "date") ? "date" : NULL;
	cell->written = !tick && !has_attribute(reader, "office:value") && !has_attribute(reader, "office:date-value") &&
		!has_attribute(reader, "office:time-value");
	cell->more = false;
	xmlBufferEmpty(cell->text);
	if (has_attribute(reader, "office:value-type") || has_attribute(reader, "table:formula"))
		holds_something(sheet, cell->row, cell->next_row);
}

/* What stands directly in a cell: its paragraphs are its text. */
static void
in_cell(xmlTextReader *reader, Sheet *sheet, Cell *cell)
{
	if (!xml_is(reader, "p"))
		cell->more = true;
	else if (!xmlTextReaderIsEmptyElement(reader))
	{
		holds_something(sheet, cell->row, cell->next_row);
		if (cell->written)
		{
			xmlChar    *text = xmlTextReaderReadString(reader);

			if (xmlBufferLength(cell->text) > 0)
				xmlBufferCat(cell->text, BAD_CAST "\n");
			xmlBufferCat(cell->text, text != NULL ? text : BAD_CAST "");
			xmlFree(text);
		}
	}
}

void
marks_ods(const char *path, SheetMarks *marks)
{
	char	   *bytes;
	xmlTextReader *reader = xml_open(path, "content.xml", &bytes);
	char	   *hidden_styles[MAX_SHEETS];
	int			nhidden = 0;
	char	   *style = NULL;
	Sheet	   *sheet = NULL;
	Cell		cell = {.depth = -1,.next_row = 1,.text = xmlBufferCreate()};

	if (cell.text == NULL)
		refuse("it needs more memory than a return may");
	while (reader != NULL && xml_next(reader))
	{
		/* What follows the last cell of a sheet, as its conditional formats, is none of the cell's. */
		if (cell.depth >= 0 && xmlTextReaderDepth(reader) <= cell.depth)
			end_cell(sheet, &cell);
		if (xml_is(reader, "style"))
		{
			xmlFree(style);
			style = xml_attribute(reader, "style:name");
		}
		else if (xml_is(reader, "table-properties") && style != NULL && xml_attribute_is(reader, "table:display", "false") &&
				 nhidden < MAX_SHEETS)
			hidden_styles[nhidden++] = strdup(style);
		else if (xml_is(reader, "table"))
		{
			char	   *name = xml_attribute(reader, "table:name");

			end_cell(sheet, &cell);
			sheet = marks_add_sheet(marks, name);
			sheet->style = xml_attribute(reader, "table:style-name");
			for (int i = 0; i < nhidden && sheet->style != NULL; i++)
				sheet->hidden = sheet->hidden || (hidden_styles[i] != NULL && strcmp(hidden_styles[i], sheet->style) == 0);
			cell.next_row = 1;
			xmlFree(name);
		}
		else if (xml_is(reader, "table-row") && sheet != NULL)
		{
			end_cell(sheet, &cell);
			cell.row = cell.next_row;
			cell.next_row += xml_number(reader, "table:number-rows-repeated", 1);
			cell.next_column = 1;
			if (cell.next_row > 20000000)
				refuse("it is damaged: its rows have no end");
			if (xml_attribute_is(reader, "table:visibility", "collapse") || xml_attribute_is(reader, "table:visibility", "filter"))
				marks_add_rows(sheet, cell.row, cell.next_row - 1);
		}
		else if ((xml_is(reader, "table-cell") || xml_is(reader, "covered-table-cell")) && sheet != NULL)
		{
			end_cell(sheet, &cell);
			cell.column = cell.next_column;
			cell.next_column += xml_number(reader, "table:number-columns-repeated", 1);
			if (cell.next_column > 20000000)
				refuse("it is damaged: its columns have no end");
			/* GDAL passes over what a merged cell covers. */
			if (xml_is(reader, "table-cell"))
				begin_cell(reader, sheet, &cell);
		}
		else if (cell.depth >= 0 && xmlTextReaderDepth(reader) == cell.depth + 1)
			in_cell(reader, sheet, &cell);
	}
	end_cell(sheet, &cell);
	xmlBufferFree(cell.text);
	xmlFree(style);
	for (int i = 0; i < nhidden; i++)
		free(hidden_styles[i]);
	xml_close(reader, bytes);
}
