/*
 * hub/load/crime.c
 *		Street crime of police.uk into reference.crime.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "area/gss_code.h"
#include "load/crime.h"
#include "program/log.h"

/* The official order, in which reference.recognise() gives the columns. */
enum
{
	CRIME_ID, MONTH, REPORTED_BY, FALLS_WITHIN, LONGITUDE, LATITUDE, LOCATION, LSOA_CODE, LSOA_NAME, CRIME_TYPE,
	OUTCOME, CONTEXT, CRIME_COLUMNS
};

#define GSS_CODE_BINARY_VERSION 1
#define CRIME_ID_BYTES 32
#define ROW_BYTES 192			/* more than all fields of fixed size take */
#define DAYS_TO_2000 10957		/* from 1970-01-01 */
#define ROWS_A_TELL 1024

static const Cell blank = {"", 0};

/* Days from 2000-01-01 to the first of a month, proleptic Gregorian (days_from_civil of H. Hinnant). */
static int32_t
first_of_month(int year, int month)
{
	int			y = month <= 2 ? year - 1 : year;
	int			era = y / 400;
	int			yoe = y - era * 400;
	int			doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
	int			doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468 - DAYS_TO_2000;
}

static bool
read_month(Cell cell, int32_t *days)
{
	const char *t = cell.text;
	int			year;
	int			month;

	if (cell.length != 7 || t[4] != '-')
		return false;
	for (int i = 0; i < 7; i++)
	{
		if (i != 4 && (t[i] < '0' || t[i] > '9'))
			return false;
	}
	year = (t[0] - '0') * 1000 + (t[1] - '0') * 100 + (t[2] - '0') * 10 + (t[3] - '0');
	month = (t[5] - '0') * 10 + (t[6] - '0');
	if (year < 1900 || year > 2100 || month < 1 || month > 12)
		return false;
	*days = first_of_month(year, month);
	return true;
}

/*
 * A decimal number. Up to 15 digits and 22 decimals both parts are exact in a double, and so their quotient is
 * rounded once, as strtod would.
 */
static bool
read_degrees(Cell cell, double limit, double *value)
{
	static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	const char *p = cell.text;
	const char *end = p + cell.length;
	bool		negative = p < end && *p == '-';
	int64_t		digits = 0;
	int			ndigits = 0;
	int			decimals = -1;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end; p++)
	{
		if (*p == '.' && decimals < 0)
			decimals = 0;
		else if (*p >= '0' && *p <= '9')
		{
			if (++ndigits > 15)
				break;
			digits = digits * 10 + (*p - '0');
			decimals += decimals >= 0;
		}
		else
			return false;
	}
	if (ndigits == 0)
		return false;
	if (p == end)
		*value = (double) digits / powers[decimals > 0 ? decimals : 0];
	else
	{
		char		text[64];
		char	   *stop;

		if (cell.length >= sizeof(text))
			return false;
		for (const char *q = p; q < end; q++)
		{
			if ((*q < '0' || *q > '9') && *q != '.')
				return false;
		}
		memcpy(text, cell.text, cell.length);
		text[cell.length] = '\0';
		*value = strtod(text, &stop);
		if (*stop != '\0')
			return false;
		negative = false;
	}
	if (negative)
		*value = -*value;
	return *value >= -limit && *value <= limit;
}

/* A hex digit's value plus 1; 0 for any other byte. A table, since the digits of an ID can't be foreseen by a branch. */
static const unsigned char hex_value[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* 64 hex digits are 32 bytes; anything else keeps its text. Returns how many bytes. */
static size_t
read_crime_id(Cell cell, unsigned char *bytes, const unsigned char **id)
{
	if (cell.length == 2 * CRIME_ID_BYTES)
	{
		const unsigned char *digits = (const unsigned char *) cell.text;
		bool		all = true;

		for (size_t i = 0; i < CRIME_ID_BYTES; i++)
		{
			unsigned char high = hex_value[digits[2 * i]];
			unsigned char low = hex_value[digits[2 * i + 1]];

			all = all & (high != 0) & (low != 0);
			bytes[i] = (unsigned char) ((unsigned) (high - 1) << 4 | ((low - 1) & 15));
		}
		*id = bytes;
		if (all)
			return CRIME_ID_BYTES;
	}
	*id = (const unsigned char *) cell.text;
	return cell.length;
}

static bool
add_month(CrimeMonths *months, int force, int32_t days)
{
	uint64_t	key = UINT64_C(1) << 63 | (uint64_t) force << 32 | (uint32_t) days;

	if (months->last == key)
		return true;
	if (months->count * 2 >= months->size)
	{
		CrimeMonths larger = {NULL, months->size == 0 ? 64 : months->size * 2, 0, 0};

		larger.slots = calloc(larger.size, sizeof(uint64_t));
		if (larger.slots == NULL)
			return false;
		for (size_t i = 0; i < months->size; i++)
		{
			if (months->slots[i] != 0 &&
				!add_month(&larger, (int) (months->slots[i] >> 32 & 0xffff), (int32_t) months->slots[i]))
				return false;
		}
		free(months->slots);
		*months = larger;
	}
	for (size_t i = (key * UINT64_C(0x9E3779B97F4A7C15)) >> 32;; i++)
	{
		uint64_t   *slot = &months->slots[i & (months->size - 1)];

		if (*slot == 0)
		{
			*slot = key;
			months->count++;
		}
		if (*slot == key)
			break;
	}
	months->last = key;
	return true;
}

void
crime_months_free(CrimeMonths *months)
{
	free(months->slots);
	memset(months, 0, sizeof(*months));
}

bool
crime_months_literals(const CrimeMonths *months, char **forces, char **dates)
{
	FILE	   *f = NULL;
	FILE	   *d = NULL;
	size_t		f_size;
	size_t		d_size;
	const char *separator = "{";
	bool		ok;

	*forces = *dates = NULL;
	f = open_memstream(forces, &f_size);
	d = open_memstream(dates, &d_size);
	if (f != NULL && d != NULL)
	{
		for (size_t i = 0; i < months->size; i++)
		{
			if (months->slots[i] == 0)
				continue;
			fprintf(f, "%s%d", separator, (int) (months->slots[i] >> 32 & 0xffff));
			/* A date as the days that follow 2000-01-01, written as the julian day that the server reads. */
			fprintf(d, "%sJ%d", separator, (int32_t) months->slots[i] + 2451545);
			separator = ",";
		}
		fputs(months->count == 0 ? "{}" : "}", f);
		fputs(months->count == 0 ? "{}" : "}", d);
	}
	ok = f != NULL && d != NULL;
	if (f != NULL)
		ok = fclose(f) == 0 && ok;
	if (d != NULL)
		ok = fclose(d) == 0 && ok;
	return ok;
}

/* "COLUMN "text" is not …", the text cut where it is long. */
static const char *
complain(char *reason, size_t size, const char *column, Cell cell, const char *expected)
{
	int			length = cell.length > 60 ? 60 : (int) cell.length;

	/* Not in the middle of a character. */
	while (length > 0 && length < (int) cell.length && (cell.text[length] & 0xc0) == 0x80)
		length--;
	if (cell.length == 0)
		snprintf(reason, size, "%s is blank", column);
	else
		snprintf(reason, size, "%s \"%.*s%s\" is not %s", column, length, cell.text,
				 length < (int) cell.length ? "…" : "", expected);
	return reason;
}

typedef struct CrimeRow
{
	int32_t		month;
	bool		placed;
	double		longitude;
	double		latitude;
	bool		has_lsoa;
	gss_code	lsoa;
} CrimeRow;

/* Why a row can't be taken, or NULL. */
static const char *
check_row(const Cell *cell, CrimeRow *row, char *reason, size_t size)
{
	if (!read_month(cell[MONTH], &row->month))
		return complain(reason, size, "Month", cell[MONTH], "a month such as 2025-06");
	if (cell[REPORTED_BY].length == 0 || cell[REPORTED_BY].length > NAME_LIMIT)
		return complain(reason, size, "Reported by", cell[REPORTED_BY], "the name of a force");
	if (cell[FALLS_WITHIN].length > NAME_LIMIT)
		return complain(reason, size, "Falls within", cell[FALLS_WITHIN], "the name of a force");
	if (cell[CRIME_TYPE].length == 0 || cell[CRIME_TYPE].length > NAME_LIMIT)
		return complain(reason, size, "Crime type", cell[CRIME_TYPE], "a crime type");
	if (cell[OUTCOME].length > NAME_LIMIT)
		return complain(reason, size, "Last outcome category", cell[OUTCOME], "an outcome");
	row->placed = cell[LONGITUDE].length > 0 || cell[LATITUDE].length > 0;
	if (row->placed && !read_degrees(cell[LONGITUDE], 180, &row->longitude))
		return complain(reason, size, "Longitude", cell[LONGITUDE], "a number of degrees");
	if (row->placed && !read_degrees(cell[LATITUDE], 90, &row->latitude))
		return complain(reason, size, "Latitude", cell[LATITUDE], "a number of degrees");
	row->has_lsoa = cell[LSOA_CODE].length > 0;
	if (row->has_lsoa && gss_code_parse(cell[LSOA_CODE].text, cell[LSOA_CODE].length, &row->lsoa) != GSS_CODE_OK)
		return complain(reason, size, "LSOA code", cell[LSOA_CODE], "an area code such as E01006512");
	return NULL;
}

static void
put_id(Copy *copy, int id)
{
	if (id > 0)
		copy_integer(copy, id, 2);
	else
		copy_null(copy);
}

static void
put_text(Copy *copy, Cell cell)
{
	if (cell.length > 0)
		copy_bytes(copy, cell.text, cell.length, 0);
	else
		copy_null(copy);
}

/* In the order of columns of load_copy_crime.sql. */
static void
put_row(Copy *copy, int64_t source_file, long line, const Cell *cell, const CrimeRow *row, const int *ids)
{
	unsigned char bytes[CRIME_ID_BYTES];
	const unsigned char *id;
	size_t		id_length = read_crime_id(cell[CRIME_ID], bytes, &id);

	if (!copy_row(copy, 14, ROW_BYTES + id_length + cell[LOCATION].length + cell[CONTEXT].length))
		return;
	copy_integer(copy, source_file, 8);
	if (row->placed)
	{
		copy_float8(copy, row->longitude);
		copy_float8(copy, row->latitude);
	}
	else
	{
		copy_null(copy);
		copy_null(copy);
	}
	copy_integer(copy, line, 4);
	copy_integer(copy, row->month, 4);
	if (row->has_lsoa)
	{
		copy_put(copy, 5, 4);
		copy_put(copy, GSS_CODE_BINARY_VERSION, 1);
		copy_put(copy, (uint64_t) row->lsoa, 4);
	}
	else
		copy_null(copy);
	for (int i = 0; i < 4; i++)
		put_id(copy, ids[i]);
	copy_integer(copy, 0, 1);
	if (id_length > 0)
		copy_bytes(copy, id, id_length, 0);
	else
		copy_null(copy);
	put_text(copy, cell[LOCATION]);
	put_text(copy, cell[CONTEXT]);
}

static bool
find_ids(NameCache *cache, const Cell *cell, int *ids, HubExit *exit_code)
{
	static const struct
	{
		int			column;
		NameKind	kind;
	}			named[] = {{REPORTED_BY, NAME_FORCE}, {FALLS_WITHIN, NAME_FORCE}, {CRIME_TYPE, NAME_CRIME_TYPE}, {OUTCOME, NAME_OUTCOME}};

	for (int i = 0; i < 4; i++)
	{
		Cell		name = cell[named[i].column];

		ids[i] = 0;
		if (name.length == 0)
			continue;
		ids[i] = name_id(cache, named[i].kind, name.text, name.length, exit_code);
		if (ids[i] == 0)
			return false;
	}
	return true;
}

/* Reads and copies record by record until the end or a failure, which is logged. */
static HubExit
copy_rows(Copy *copy, NameCache *cache, const Source *source, Reader *reader, int64_t source_file, Rejects *rejects,
		  CrimeMonths *months, uint64_t *read)
{
	HubExit		exit_code = HUB_OK;
	Cell		cell[CRIME_COLUMNS];
	char		reason[256];
	Record		record;

	for (*read = 0;; (*read)++)
	{
		ReaderStatus status = reader_record(reader, &record);
		const char *problem;
		CrimeRow	row;
		int			ids[4];

		if (status == READER_END)
			return HUB_OK;
		if (status == READER_STOPPED)
			return HUB_STOPPED;
		if (status != READER_OK)
		{
			log_line(LOG_ERROR, source->shown, "could not read: %s", strerror(errno));
			return errno == ENOMEM ? HUB_INTERNAL : errno == EFBIG ? HUB_REFUSED : HUB_FILE;
		}
		if (copy->failed)
			return HUB_DATABASE;
		if (*read % ROWS_A_TELL == ROWS_A_TELL - 1 && reader->progress != NULL)
			reader->progress->rows += ROWS_A_TELL;

		problem = record.problem;
		if (problem == NULL && record.line > INT32_MAX)
		{
			log_line(LOG_ERROR, source->shown, "refused: too many lines");
			return HUB_REFUSED;
		}
		if (problem == NULL)
		{
			for (int i = 0; i < CRIME_COLUMNS; i++)
			{
				int			column = source->ncolumns > i ? source->columns[i] : source->ncolumns == 0 ? i + 1 : 0;

				cell[i] = column > 0 && column <= record.ncells ? record.cells[column - 1] : blank;
			}
			problem = check_row(cell, &row, reason, sizeof(reason));
			if (problem != NULL && reader_give_back(reader))
				problem = reader_not_closed;
		}
		if (problem != NULL)
		{
			if (!rejects_add(rejects, record.line, problem))
			{
				log_error("out of memory or disk");
				return HUB_INTERNAL;
			}
			continue;
		}
		if (!find_ids(cache, cell, ids, &exit_code))
			return exit_code;
		if (!add_month(months, ids[0], row.month))
		{
			log_error("out of memory");
			return HUB_INTERNAL;
		}
		put_row(copy, source_file, record.line, cell, &row, ids);
	}
}

HubExit
crime_copy(Db *db, NameCache *cache, const Source *source, Reader *reader, int64_t source_file, Rejects *rejects,
		   CrimeMonths *months, uint64_t *read)
{
	Copy		copy;
	HubExit		exit_code;

	if (!copy_begin(&copy, db, "load_copy_crime"))
		return HUB_DATABASE;
	exit_code = copy_rows(&copy, cache, source, reader, source_file, rejects, months, read);
	if (exit_code == HUB_OK || copy.failed)
		return copy_end(&copy) ? HUB_OK : HUB_DATABASE;
	copy_abort(&copy);
	return exit_code;
}
