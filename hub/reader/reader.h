/*
 * hub/reader/reader.h
 *		wardstar-read: a document's cells as text. A program of its own, since what partners send comes from
 *		outside: wardstar-hub runs it as a child with limits on memory and time and reads what it prints.
 *
 * It prints one JSON object a line:
 *		{"document":"xlsx"}
 *		{"sheet":1,"name":"Return","hidden":false}
 *		{"row":3,"column":2,"text":"Age"}			with "hidden":true and "type":"boolean|percent|date" where so
 *		{"end":true}
 * Rows and columns count from 1. Sheet 0 of a Word document is the text outside tables, a paragraph a row;
 * its tables follow as sheets. A merged cell stands at its first place and has "columns" and "rows".
 * On a refusal nothing of the document is printed after it: {"refused":"reason in plain words"}, exit code 4.
 */
#ifndef HUB_READER_H
#define HUB_READER_H

#include <stdbool.h>
#include <stddef.h>

#define READER_REFUSED 4

/* No return of ours comes near any of these. */
#define READER_MAX_FILE (20L * 1024 * 1024)
#define READER_MAX_UNPACKED (100L * 1024 * 1024)
#define READER_MAX_RATIO 200
#define READER_MAX_MEMBERS 2000
#define READER_MAX_ROWS 20000
#define READER_MAX_COLUMNS 1000
#define READER_MAX_CELLS 500000
#define READER_MAX_TEXT 100000

typedef enum DocumentKind
{
	DOCUMENT_DOCX,
	DOCUMENT_XLSX,
	DOCUMENT_ODS
} DocumentKind;

/* Ends the program with a reason that a partner understands. */
extern void refuse(const char *format,...) __attribute__((noreturn, format(printf, 1, 2)));

/* Looks at the ZIP's directory before anything is unpacked; refuses what is no document of ours. */
extern DocumentKind package_check(const char *path);

/* A member's bytes, ended by a NUL that *size doesn't count; NULL if there is none of that name. */
extern char *package_member(const char *path, const char *name, size_t *size);

extern void document_begin(const char *kind);
extern void sheet_begin(int number, const char *name, bool hidden);
/* Blank text is passed over. "type" may be NULL. */
extern void cell(int row, int column, int rows, int columns, const char *text, bool hidden, const char *type);
extern void document_end(void);

extern void read_word(const char *path);
extern void read_workbook(const char *path, DocumentKind kind);

/* What GDAL doesn't tell of a sheet: hidden or not, hidden rows, and cells that aren't plain text or numbers. */
typedef struct SheetMarks SheetMarks;

extern SheetMarks *marks_read(const char *path, DocumentKind kind);
extern bool marks_sheet_hidden(SheetMarks *marks, const char *sheet);
extern bool marks_row_hidden(SheetMarks *marks, const char *sheet, int row);
extern const char *marks_type(SheetMarks *marks, const char *sheet, int row, int column);

/* The text of a cell of an ODS without its comment, which GDAL puts before it; NULL where GDAL's is right. */
extern const char *marks_text(SheetMarks *marks, const char *sheet, int row, int column);

/* Whether the days of an XLSX are counted from 1904, as Excel for Mac once did; GDAL counts them from 1900. */
extern bool marks_from_1904(const SheetMarks *marks);

/*
 * What GDAL left out of an ODS: the last row that it gave of a sheet, and, after the last sheet, a refusal if something stands
 * below it. "gaps" are blank rows that GDAL gave up on: around those, a row repeated often can have lost some of its cells.
 */
extern void marks_read_to(SheetMarks *marks, const char *sheet, int row);
extern void marks_check_whole(const SheetMarks *marks, bool gaps);

#endif
