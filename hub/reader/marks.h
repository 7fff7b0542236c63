/*
 * hub/reader/marks.h
 *		What the marks of workbooks share: marks.c gives them out, marks_xlsx.c and marks_ods.c find them, marks_add.c
 *		keeps them; xml.c reads the sheets' XML.
 */
#ifndef HUB_READER_MARKS_H
#define HUB_READER_MARKS_H

#include <libxml/xmlreader.h>

#include "reader.h"

#define MAX_SHEETS 200
#define MAX_FORMATS 20000

typedef struct Mark
{
	int			row;
	int			column;
	const char *type;			/* or NULL */
	const char *text;			/* ODS: its own text, where GDAL adds that of a comment to it; or NULL */
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
	bool		from_1904;		/* XLSX: its days are counted from 1 January 1904 */
};

/* The XLSX and the ODS part of marks_read. */
extern void marks_xlsx(const char *path, SheetMarks *marks);
extern void marks_ods(const char *path, SheetMarks *marks);

/* They refuse what is too much. */
extern Sheet *marks_add_sheet(SheetMarks *marks, const char *name);
extern void marks_add(Sheet *sheet, int row, int column, const char *type, const char *text);
extern void marks_add_rows(Sheet *sheet, int first, int last);

/* A reader over one part of the package; NULL if the part is not there. "*bytes" is for xml_close. */
extern xmlTextReader *xml_open(const char *path, const char *part, char **bytes);
extern void xml_close(xmlTextReader *reader, char *bytes);

/* The next element that starts; false at the end. Broken XML and document types are refused. */
extern bool xml_next(xmlTextReader *reader);

/* Of the element that the reader is at: its local name, and its attributes. */
extern bool xml_is(xmlTextReader *reader, const char *name);
extern char *xml_attribute(xmlTextReader *reader, const char *name);
extern bool xml_attribute_is(xmlTextReader *reader, const char *name, const char *word);
extern int	xml_number(xmlTextReader *reader, const char *name, int otherwise);

#endif
