/*
 * hub/load/reader.h
 *		Reading a text file by lines, and a CSV file by records, in memory that doesn't grow with the file.
 *
 * Lines end in LF, CRLF or CR, mixed at will; a byte order mark is skipped. libcsv parses records; blanks
 * round a cell are trimmed and empty lines skipped. A quote that stays open costs the line it stands on
 * and no other: reading goes on with the next line.
 */
#ifndef HUB_READER_H
#define HUB_READER_H

#include <csv.h>

#include "hub.h"
#include "load/progress.h"

typedef struct Cell
{
	const char *text;			/* not ended by a NUL */
	size_t		length;
} Cell;

typedef struct Record
{
	long		line;			/* where it begins, from 1 */
	int			ncells;
	const Cell *cells;			/* until the next call */
	const char *problem;		/* why it can't be taken, or NULL */
} Record;

typedef struct Reader
{
	int			fd;				/* -1: all is in the buffer */
	Progress   *progress;		/* or NULL */
	size_t		limit;			/* of a line or record */
	char	   *buffer;
	size_t		size;
	size_t		start;			/* of what is not yet given out */
	size_t		end;
	bool		ended;			/* no more can be read */
	bool		has_return;		/* a CR was seen: ends of lines need a closer look */
	bool		has_other;		/* a byte beyond ASCII or a NUL was seen */
	long		line;			/* number of the line at start */
	size_t		back_bytes;		/* of the last record, beyond its first line */
	long		back_lines;
	int			expected;		/* cells of a record; 0: any number */
	struct csv_parser parser;
	bool		parser_ready;
	Cell	   *cells;
	int			ncells;
	int			cells_size;
	char	   *text;			/* cells that libcsv took apart */
	size_t		text_used;
	size_t		text_size;
	bool		complete;		/* libcsv saw the end of the record */
	bool		exhausted;		/* out of memory inside a callback */
	char		problem[160];
} Reader;

#define READER_RECORD_LIMIT ((size_t) 1024 * 1024)

typedef enum ReaderStatus
{
	READER_END,
	READER_OK,
	READER_FAILED,				/* errno tells */
	READER_STOPPED,
	READER_TOO_LONG				/* a line beyond the limit (reader_line only) */
} ReaderStatus;

/* Reads from fd, which stays the caller's; progress may be NULL. */
extern bool reader_open(Reader *reader, int fd, size_t limit, Progress *progress) HUB_MUST_CHECK;

/* Reads the bytes given, which are copied: the beginning of a file. */
extern bool reader_open_bytes(Reader *reader, const void *bytes, size_t n) HUB_MUST_CHECK;
extern void reader_close(Reader *reader);

extern ReaderStatus reader_line(Reader *reader, Cell *line) HUB_MUST_CHECK;
extern ReaderStatus reader_record(Reader *reader, Record *record) HUB_MUST_CHECK;

/*
 * Gives back the lines of the last record beyond its first, since what they make together can't be right: true, and
 * the reason is reader_not_closed. False if it was one line.
 */
extern bool reader_give_back(Reader *reader) HUB_MUST_CHECK;
extern const char *const reader_not_closed;

#endif
