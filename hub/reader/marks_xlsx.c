/*
 * hub/reader/marks_xlsx.c
 *		The marks of an XLSX: its workbook, styles and sheets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marks.h"

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
	xmlTextReader *reader = xml_open(path, "xl/styles.xml", &bytes);

	while (reader != NULL && xml_next(reader))
	{
		if (xml_is(reader, "numFmt") && nown < 1000)
		{
			char	   *code = xml_attribute(reader, "formatCode");

			own[nown].number = xml_number(reader, "numFmtId", -1);
			own[nown++].type = format_type(-1, code);
			xmlFree(code);
		}
		else if (xml_is(reader, "cellXfs"))
			in_formats = true;
		else if (xml_is(reader, "cellStyles") || xml_is(reader, "dxfs"))
			in_formats = false;
		else if (xml_is(reader, "xf") && in_formats && marks->nformats < MAX_FORMATS)
		{
			int			number = xml_number(reader, "numFmtId", 0);
			const char *type = format_type(number, NULL);

			for (int i = 0; i < nown; i++)
			{
				if (own[i].number == number)
					type = own[i].type;
			}
			marks->formats[marks->nformats++] = type;
		}
	}
	xml_close(reader, bytes);
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
	xmlTextReader *reader = xml_open(path, part, &bytes);
	int			row = 0;
	int			column = 0;

	while (reader != NULL && xml_next(reader))
	{
		if (xml_is(reader, "row"))
		{
			row = xml_number(reader, "r", row + 1);
			column = 0;
			if (xml_attribute_is(reader, "hidden", "1") || xml_attribute_is(reader, "hidden", "true"))
				marks_add_rows(sheet, row, row);
		}
		else if (xml_is(reader, "c"))
		{
			char	   *place = xml_attribute(reader, "r");
			int			format = xml_number(reader, "s", -1);
			int			at_row = row;
			const char *type = NULL;

			column++;
			if (place != NULL && !parse_place(place, &at_row, &column))
				refuse("it is damaged: a cell stands nowhere");
			xmlFree(place);
			if (at_row > READER_MAX_ROWS * 50)
				refuse("something stands far away from the form, in row %d", at_row);
			if (xml_attribute_is(reader, "t", "b"))
				type = "boolean";
			else if (format >= 0 && format < marks->nformats && !xml_attribute_is(reader, "t", "s") &&
					 !xml_attribute_is(reader, "t", "str") && !xml_attribute_is(reader, "t", "inlineStr"))
				type = marks->formats[format];
			if (type != NULL)
				marks_add(sheet, at_row, column, type, NULL);
		}
	}
	xml_close(reader, bytes);
}

void
marks_xlsx(const char *path, SheetMarks *marks)
{
	char	   *bytes;
	xmlTextReader *reader = xml_open(path, "xl/workbook.xml", &bytes);

	read_styles(path, marks);
	while (reader != NULL && xml_next(reader))
	{
		if (xml_is(reader, "workbookPr"))
			marks->from_1904 = xml_attribute_is(reader, "date1904", "1") || xml_attribute_is(reader, "date1904", "true");
		else if (xml_is(reader, "sheet"))
		{
			char	   *name = xml_attribute(reader, "name");
			Sheet	   *sheet = marks_add_sheet(marks, name);

			sheet->id = xml_attribute(reader, "r:id");
			sheet->hidden = xml_attribute_is(reader, "state", "hidden") || xml_attribute_is(reader, "state", "veryHidden");
			xmlFree(name);
		}
	}
	xml_close(reader, bytes);
	reader = xml_open(path, "xl/_rels/workbook.xml.rels", &bytes);
	while (reader != NULL && xml_next(reader))
	{
		char	   *id = xml_is(reader, "Relationship") ? xml_attribute(reader, "Id") : NULL;
		char	   *target = id != NULL ? xml_attribute(reader, "Target") : NULL;

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
	xml_close(reader, bytes);
}
