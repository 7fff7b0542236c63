/*
 * hub/load/reader.c
 *		Reading lines and CSV records.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load/reader.h"
#include "program/stop.h"
#include "program/utf8.h"

#define CHUNK ((size_t) 256 * 1024)
#define MAX_CELLS 4096

const char *const reader_not_closed = "a quote is opened on this line and not closed";

static bool
prepare(Reader *reader, int fd, size_t size, size_t limit, Progress *progress)
{
	memset(reader, 0, sizeof(*reader));
	reader->fd = fd;
	reader->limit = limit;
	reader->progress = progress;
	reader->line = 1;
	reader->size = size;
	reader->buffer = malloc(size);
	return reader->buffer != NULL;
}

/* Looks at new bytes once, so that most lines need no look of their own. */
static void
inspect(Reader *reader, const char *bytes, size_t n)
{
	uint64_t	high = 0;
	size_t		i = 0;

	for (; i + sizeof(uint64_t) <= n; i += sizeof(uint64_t))
	{
		uint64_t	word;

		memcpy(&word, bytes + i, sizeof(word));
		high |= word;
	}
	for (; i < n; i++)
		high |= (unsigned char) bytes[i];
	if ((high & UINT64_C(0x8080808080808080)) != 0 || memchr(bytes, 0, n) != NULL)
		reader->has_other = true;
	if (!reader->has_return && memchr(bytes, '\r', n) != NULL)
		reader->has_return = true;
}

static void
skip_mark(Reader *reader)
{
	if (reader->end - reader->start >= 3 && memcmp(reader->buffer + reader->start, "\xef\xbb\xbf", 3) == 0)
		reader->start += 3;
}

bool
reader_open_bytes(Reader *reader, const void *bytes, size_t n)
{
	if (!prepare(reader, -1, n + 1, READER_RECORD_LIMIT, NULL))
		return false;
	memcpy(reader->buffer, bytes, n);
	reader->end = n;
	reader->ended = true;
	inspect(reader, bytes, n);
	skip_mark(reader);
	return true;
}

bool
reader_open(Reader *reader, int fd, size_t limit, Progress *progress)
{
	return prepare(reader, fd, CHUNK * 2, limit, progress);
}

void
reader_close(Reader *reader)
{
	if (reader->parser_ready)
		csv_free(&reader->parser);
	free(reader->buffer);
	free(reader->cells);
	free(reader->text);
	memset(reader, 0, sizeof(*reader));
}

/* Reads more after what is there; what was given out before "start" is dropped. */
static ReaderStatus
refill(Reader *reader)
{
	bool		first = reader->line == 1 && reader->start == 0 && reader->end == 0;
	ssize_t		n;

	if (reader->start > 0)
	{
		memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
		reader->end -= reader->start;
		reader->start = 0;
	}
	if (reader->size - reader->end < CHUNK)
	{
		size_t		size = reader->size * 2;
		char	   *larger = realloc(reader->buffer, size);

		if (larger == NULL)
		{
			errno = ENOMEM;
			return READER_FAILED;
		}
		reader->buffer = larger;
		reader->size = size;
	}
	do
	{
		struct pollfd slot = {reader->fd, POLLIN, 0};

		if (stop_requested())
			return READER_STOPPED;
		if (poll(&slot, 1, STOP_POLL_MS) == 0)
		{
			n = -1;
			errno = EINTR;
			continue;
		}
		n = read(reader->fd, reader->buffer + reader->end, CHUNK);
	}
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return READER_FAILED;
	if (n == 0)
		reader->ended = true;
	inspect(reader, reader->buffer + reader->end, (size_t) n);
	reader->end += (size_t) n;
	if (reader->progress != NULL)
		reader->progress->bytes_done += (uint64_t) n;
	if (first && !reader->ended && reader->end < 3)
		return refill(reader);
	if (first)
		skip_mark(reader);
	return READER_OK;
}

/*
 * Finds the end of the line that begins "from" bytes after start: its length without its end, and with it.
 * False: more must be read first.
 */
static bool
find_line(const Reader *reader, size_t from, size_t *length, size_t *whole)
{
	const char *line = reader->buffer + reader->start + from;
	size_t		there = reader->end - reader->start - from;
	const char *feed = memchr(line, '\n', there);
	size_t		to_feed = feed != NULL ? (size_t) (feed - line) : there;

	if (reader->has_return)
	{
		const char *ret = memchr(line, '\r', to_feed);

		if (ret != NULL)
		{
			*length = (size_t) (ret - line);
			if (*length + 1 == there && !reader->ended)
				return false;	/* an LF may follow */
			*whole = *length + (*length + 1 < there && ret[1] == '\n' ? 2 : 1);
			return true;
		}
	}
	*length = to_feed;
	*whole = to_feed + (feed != NULL ? 1 : 0);
	return feed != NULL || reader->ended;
}

ReaderStatus
reader_line(Reader *reader, Cell *line)
{
	size_t		length;
	size_t		whole;

	while (!find_line(reader, 0, &length, &whole))
	{
		ReaderStatus status;

		if (reader->end - reader->start > reader->limit)
			return READER_TOO_LONG;
		status = refill(reader);
		if (status != READER_OK)
			return status;
	}
	if (whole == 0)
		return READER_END;
	line->text = reader->buffer + reader->start;
	line->length = length;
	reader->start += whole;
	reader->line++;
	return READER_OK;
}

static bool
add_cell(Reader *reader, const char *text, size_t length)
{
	if (reader->ncells == reader->cells_size)
	{
		int			size = reader->cells_size == 0 ? 64 : reader->cells_size * 2;
		Cell	   *larger = realloc(reader->cells, (size_t) size * sizeof(Cell));

		if (larger == NULL)
			return false;
		reader->cells = larger;
		reader->cells_size = size;
	}
	reader->cells[reader->ncells].text = text;
	reader->cells[reader->ncells].length = length;
	reader->ncells++;
	return true;
}

/* libcsv reuses its buffer for each cell; here they are kept one after the other. */
static void
receive_cell(void *bytes, size_t length, void *data)
{
	Reader	   *reader = data;

	if (reader->text_size - reader->text_used < length)
	{
		size_t		size = reader->text_size * 2 + length + 4096;
		char	   *larger = realloc(reader->text, size);

		if (larger == NULL)
		{
			reader->exhausted = true;
			return;
		}
		reader->text = larger;
		reader->text_size = size;
	}
	if (length > 0)
		memcpy(reader->text + reader->text_used, bytes, length);
	reader->text_used += length;
	/* The buffer may still move: the place is set when the record is whole. */
	if (reader->ncells < MAX_CELLS + 1 && !add_cell(reader, NULL, length))
		reader->exhausted = true;
}

static void
receive_end(int terminator, void *data)
{
	Reader	   *reader = data;

	(void) terminator;
	reader->complete = true;
}

static bool
restart_parser(Reader *reader)
{
	if (reader->parser_ready)
		csv_free(&reader->parser);
	reader->parser_ready = csv_init(&reader->parser, 0) == 0;
	reader->ncells = 0;
	reader->text_used = 0;
	reader->complete = false;
	reader->exhausted = false;
	return reader->parser_ready;
}

static void
trim(const char **from, const char **to)
{
	while (*from < *to && (**from == ' ' || **from == '\t'))
		(*from)++;
	while (*to > *from && ((*to)[-1] == ' ' || (*to)[-1] == '\t'))
		(*to)--;
}

/* A line without a quote: its cells are what stands between the commas, without the blanks round it. */
static bool
split(Reader *reader, const char *line, size_t length)
{
	const char *p = line;
	const char *end = line + length;

	reader->ncells = 0;
	for (;;)
	{
		const char *comma = memchr(p, ',', (size_t) (end - p));
		const char *from = p;
		const char *to = comma != NULL ? comma : end;

		trim(&from, &to);
		if (reader->ncells > MAX_CELLS)
			return true;
		if (!add_cell(reader, from, (size_t) (to - from)))
			return false;
		if (comma == NULL)
			return true;
		p = comma + 1;
	}
}

static bool
is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		if (line[i] != ' ' && line[i] != '\t')
			return false;
	}
	return true;
}

/*
 * A record that holds a quote goes through libcsv line by line, until a line ends it. *whole: the bytes it took; *lines: how
 * many lines. If the quote never closes within the limit, or an ended record of several lines has the wrong number
 * of cells, the first line alone is the culprit.
 */
static ReaderStatus
parse_quoted(Reader *reader, size_t *whole, long *lines, bool *open)
{
	size_t		from = 0;

	*lines = 0;
	*open = false;
	if (!restart_parser(reader))
	{
		errno = ENOMEM;
		return READER_FAILED;
	}
	while (!reader->complete)
	{
		size_t		length;
		size_t		with_end;

		if (from == reader->end - reader->start && reader->ended)
		{
			/* Strict only now: it is to tell an open quote, not to stop at a stray one. */
			csv_set_opts(&reader->parser, CSV_STRICT | CSV_STRICT_FINI);
			*open = csv_fini(&reader->parser, receive_cell, receive_end, reader) != 0;
			break;
		}
		if (from > reader->limit)
		{
			*open = true;
			break;
		}
		while (!find_line(reader, from, &length, &with_end))
		{
			ReaderStatus status;

			if (reader->end - reader->start - from > reader->limit)
			{
				*open = true;
				*whole = reader->end - reader->start;
				return READER_OK;
			}
			status = refill(reader);
			if (status != READER_OK)
				return status;
		}
		if (with_end == 0)
			continue;
		if (csv_parse(&reader->parser, reader->buffer + reader->start + from, with_end, receive_cell, receive_end,
					  reader) != with_end || reader->exhausted)
		{
			errno = ENOMEM;
			return READER_FAILED;
		}
		from += with_end;
		(*lines)++;
	}
	if (reader->exhausted)
	{
		errno = ENOMEM;
		return READER_FAILED;
	}
	*whole = from;
	for (size_t i = 0, at = 0; i < (size_t) reader->ncells; i++)
	{
		/* There is no text at all yet while every cell was empty. */
		const char *cell = reader->text != NULL ? reader->text + at : "";
		const char *to = cell + reader->cells[i].length;

		at += reader->cells[i].length;
		trim(&cell, &to);
		reader->cells[i].text = cell;
		reader->cells[i].length = (size_t) (to - cell);
	}
	return READER_OK;
}

/* What is wrong with the cells, if anything; empty cells beyond the last column are no fault and are cut off. */
static const char *
check_cells(Reader *reader, const char *bytes, size_t length)
{
	if (reader->has_other && !utf8_is_valid(bytes, length))
		return memchr(bytes, 0, length) != NULL ? "the line holds a NUL byte" : "the line is not valid UTF-8";
	if (reader->ncells > MAX_CELLS)
		return "the line has more than 4096 columns";
	if (reader->expected > 0)
	{
		int			found = reader->ncells;

		while (reader->ncells > reader->expected && reader->cells[reader->ncells - 1].length == 0)
			reader->ncells--;
		if (reader->ncells != reader->expected)
		{
			snprintf(reader->problem, sizeof(reader->problem), "too %s columns: %d instead of %d",
					 found < reader->expected ? "few" : "many", found, reader->expected);
			return reader->problem;
		}
	}
	return NULL;
}

ReaderStatus
reader_record(Reader *reader, Record *record)
{
	for (;;)
	{
		size_t		length = 0;
		size_t		whole = 0;
		size_t		first;
		long		lines = 1;
		bool		open = false;
		const char *bytes;
		ReaderStatus status;

		while (!find_line(reader, 0, &length, &whole))
		{
			if (reader->end - reader->start > reader->limit)
				break;
			status = refill(reader);
			if (status != READER_OK)
				return status;
		}
		bytes = reader->buffer + reader->start;
		if (whole == 0)
			return READER_END;
		record->line = reader->line;
		record->problem = NULL;
		if (reader->end - reader->start > reader->limit && length > reader->limit)
		{
			/* Not a text with lines at all: there is no sense in going on line by line. */
			errno = EFBIG;
			return READER_FAILED;
		}
		if (is_blank(bytes, length))
		{
			reader->start += whole;
			reader->line++;
			continue;
		}

		first = whole;
		if (memchr(bytes, '"', length) == NULL)
		{
			if (!split(reader, bytes, length))
			{
				errno = ENOMEM;
				return READER_FAILED;
			}
		}
		else
		{
			status = parse_quoted(reader, &whole, &lines, &open);
			if (status != READER_OK)
				return status;
			bytes = reader->buffer + reader->start;
			if (open)
				record->problem = "a quote is opened on this line and never closed";
			else if (lines > 1 && check_cells(reader, bytes, whole) != NULL)
			{
				record->problem = reader_not_closed;
				open = true;
			}
			if (open)
			{
				whole = first;
				lines = 1;
				reader->ncells = 0;
			}
			length = whole;
		}
		if (record->problem == NULL)
			record->problem = check_cells(reader, bytes, length);
		reader->back_bytes = whole - (lines > 1 ? first : whole);
		reader->back_lines = lines - 1;
		reader->start += whole;
		reader->line += lines;
		record->ncells = reader->ncells;
		record->cells = reader->cells;
		return READER_OK;
	}
}

bool
reader_give_back(Reader *reader)
{
	if (reader->back_lines == 0)
		return false;
	reader->start -= reader->back_bytes;
	reader->line -= reader->back_lines;
	reader->back_bytes = 0;
	reader->back_lines = 0;
	return true;
}
