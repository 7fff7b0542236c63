/*
 * hub/reader/workbook.c
 *		A spreadsheet: its cells by GDAL/OGR, what GDAL doesn't tell by marks.c.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>

#include "reader.h"

/* Set when GDAL gave up on a sheet of an ODS at rows that are repeated thousands of times. */
static bool gaps;

/*
 * Any error of GDAL's refuses the file: a table that is read in part is worse than none. Two are none. The ODS driver tries to
 * compute formulas itself, which it can't always, and then leaves the value that is stored. And it stops at thousands of
 * blank rows, which LibreOffice writes below a form that has drop-downs or colours there: marks.c knows whether anything
 * stands below them.
 */
static void
on_error(CPLErr level, CPLErrorNum number, const char *message)
{
	if (number == CPLE_NotSupported && strncmp(message, "Bad argument type for", 21) == 0)
		return;
	if (strncmp(message, "Invalid value for number-rows-repeated", 38) == 0 ||
		strncmp(message, "Too big gap with previous valid row", 35) == 0)
		gaps = true;
	else if (level >= CE_Failure)
		refuse("it is damaged: its tables can't be read");
}

/*
 * The drivers go by the ending of the name, and what the hub hands over has none: the bytes are read into
 * memory and given a name there.
 */
static const char *
named_in_memory(const char *path, DocumentKind kind)
{
	const char *name = kind == DOCUMENT_XLSX ? "/vsimem/book.xlsx" : "/vsimem/book.ods";
	FILE	   *file = fopen(path, "rb");
	GByte	   *bytes = VSIMalloc((size_t) READER_MAX_FILE + 1);
	size_t		size = file != NULL && bytes != NULL ? fread(bytes, 1, (size_t) READER_MAX_FILE + 1, file) : 0;
	VSILFILE   *there;

	if (file == NULL || bytes == NULL || ferror(file) || size > (size_t) READER_MAX_FILE)
		refuse("it can't be read");
	fclose(file);
	there = VSIFileFromMemBuffer(name, bytes, size, TRUE);
	if (there == NULL || VSIFCloseL(there) != 0)
		refuse("it can't be read");
	return name;
}

/* A date that GDAL counted from 1900, as YYYY/MM/DD with or without a time, counted from 1904. */
static const char *
moved_from_1900(const char *date, char moved[64])
{
	struct tm	day = {0};
	int			used = 0;
	time_t		seconds;
	size_t		n;

	if (strlen(date) > 40 || sscanf(date, "%4d/%2d/%2d%n", &day.tm_year, &day.tm_mon, &day.tm_mday, &used) != 3 || used != 10)
		return date;
	day.tm_year -= 1900;
	day.tm_mon--;
	seconds = timegm(&day) + 1462L * 24 * 60 * 60;
	n = gmtime_r(&seconds, &day) != NULL ? strftime(moved, 64, "%Y/%m/%d", &day) : 0;
	if (n == 0)
		return date;
	snprintf(moved + n, 64 - n, "%s", date + used);
	return moved;
}

void
read_workbook(const char *path, DocumentKind kind)
{
	const char *xlsx[] = {"XLSX", NULL};
	const char *ods[] = {"ODS", NULL};
	SheetMarks *marks = marks_read(path, kind);
	GDALDatasetH book;
	int			sheets;

	CPLSetErrorHandler(on_error);
	CPLSetConfigOption("OGR_XLSX_HEADERS", "DISABLE");
	CPLSetConfigOption("OGR_XLSX_FIELD_TYPES", "STRING");
	CPLSetConfigOption("OGR_ODS_HEADERS", "DISABLE");
	CPLSetConfigOption("OGR_ODS_FIELD_TYPES", "STRING");
	CPLSetConfigOption("CPL_DEBUG", "OFF");
	GDALAllRegister();
	book = GDALOpenEx(named_in_memory(path, kind), GDAL_OF_VECTOR | GDAL_OF_READONLY, kind == DOCUMENT_XLSX ? xlsx : ods, NULL, NULL);
	if (book == NULL)
		refuse("it is damaged: its tables can't be read");
	document_begin(kind == DOCUMENT_XLSX ? "xlsx" : "ods");
	sheets = GDALDatasetGetLayerCount(book);
	for (int s = 0; s < sheets; s++)
	{
		OGRLayerH	layer = GDALDatasetGetLayer(book, s);
		const char *name = OGR_L_GetName(layer);
		int			columns = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(layer));
		OGRFeatureH feature;
		GIntBig		row = 0;

		sheet_begin(s + 1, name, marks_sheet_hidden(marks, name));
		OGR_L_ResetReading(layer);
		while ((feature = OGR_L_GetNextFeature(layer)) != NULL)
		{
			row = OGR_F_GetFID(feature);
			if (row > READER_MAX_ROWS * 50L)
				refuse("something stands far away from the form, in row %ld", (long) row);
			for (int f = 0; f < columns; f++)
			{
				const char *own;
				const char *type;
				const char *text;
				char		moved[64];

				if (!OGR_F_IsFieldSetAndNotNull(feature, f))
					continue;
				own = marks_text(marks, name, (int) row, f + 1);
				text = own != NULL ? own : OGR_F_GetFieldAsString(feature, f);
				type = marks_type(marks, name, (int) row, f + 1);
				if (type != NULL && strcmp(type, "date") == 0 && marks_from_1904(marks))
					text = moved_from_1900(text, moved);
				cell((int) row, f + 1, 1, 1, text, marks_row_hidden(marks, name, (int) row), type);
			}
			OGR_F_Destroy(feature);
		}
		marks_read_to(marks, name, (int) row);
	}
	marks_check_whole(marks, gaps);
	GDALClose(book);
}
