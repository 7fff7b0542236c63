/*
 * hub_records_fuzz.c
 *		Any bytes as a record-level return in CSV, or as a bundle of such files: what would go to the database is
 *		tokens, values that fit the pattern of their column, and the mark that stands for all else; and a file in a bundle says
 *		the same as the file alone.
 *
 * The database, the keys and the reader of documents are stood in for here; documents are hub_damaged_test's.
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "db/db.h"
#include "document/document.h"
#include "intake/records.h"
#include "program/log.h"
#include "stop.h"

#define PATTERN "^[a-z0-9 .-]{0,20}$"
#define MOST_ELEMENTS 100000

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

typedef struct Elements
{
	size_t		count;
	char	   *at[MOST_ELEMENTS];
	char	   *room;
} Elements;

/* The elements of an array as the hub writes it: each in quotes, with backslashes. */
static void
read_array(const char *text, Elements *elements)
{
	char	   *out = elements->room = malloc(strlen(text) + 1);

	CHECK(out != NULL && *text == '{');
	elements->count = 0;
	for (text++; *text != '}';)
	{
		if (elements->count > 0)
			CHECK(*text++ == ',');
		CHECK(*text++ == '"' && elements->count < MOST_ELEMENTS);
		elements->at[elements->count++] = out;
		while (*text != '"')
		{
			if (*text == '\\')
				text++;
			CHECK(*text != '\0');
			*out++ = *text++;
		}
		*out++ = '\0';
		text++;
	}
	CHECK(text[1] == '\0');
}

static void
set(PGresult *result, int row, int column, const char *value)
{
	CHECK(PQsetvalue(result, row, column, (char *) value, value == NULL ? -1 : (int) strlen(value)));
}

static PGresult *
new_result(int columns)
{
	PGresult   *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attributes[4] = {0};

	for (int i = 0; i < columns; i++)
		attributes[i].name = (char *) "c";
	CHECK(result != NULL && PQsetResultAttrs(result, columns, attributes));
	return result;
}

/* A column's meaning goes by how its heading begins. */
static const char *
meaning_of(const char *heading)
{
	static const char *const meanings[][2] = {{"client", "client"}, {"family", "family"}, {"name", "name"}, {"nhs", "nhs"},
	{"prison", "prison"}, {"birth", "birth"}, {"note", "left out"}, {"x", "unknown"}};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (strncasecmp(heading, meanings[i][0], strlen(meanings[i][0])) == 0)
			return meanings[i][1];
	return "value";
}

PGresult *
db_query(Db *db, const char *name, int nvalues, const char *const *values)
{
	static Elements headings;
	PGresult   *result;

	if (strcmp(name, "programme_organisation") == 0)
	{
		result = new_result(1);
		set(result, 0, 0, "Org");
		return result;
	}
	CHECK(strcmp(name, "record_columns") == 0 && nvalues == 2);
	read_array(values[1], &headings);
	result = new_result(4);
	for (size_t i = 0; i < headings.count && (*values[0] != '\0' || headings.count % 2 == 0); i++)
	{
		set(result, (int) i, 0, *values[0] != '\0' ? values[0] : "clients");
		set(result, (int) i, 1, meaning_of(headings.at[i]));
		set(result, (int) i, 2, "a_value");
		set(result, (int) i, 3, strcmp(meaning_of(headings.at[i]), "value") == 0 ? PATTERN : NULL);
	}
	free(headings.room);
	return result;
}

HubExit
db_failed(Db *db, const char *what)
{
	abort();
}

static const Key keys[KEY_PURPOSE_COUNT] = {
	{KEY_SPOOL, 1, "2025-01-01", "1"}, {KEY_CLIENT, 1, "2025-01-01", "2"}, {KEY_FAMILY, 1, "2025-01-01", "3"},
	{KEY_NAME, 1, "2025-01-01", "4"}, {KEY_BIRTH, 1, "2025-01-01", "5"}, {KEY_NUMBER, 1, "2025-01-01", "6"}};

const Key *
keys_current(const KeyRing *ring, KeyPurpose purpose)
{
	return &keys[purpose];
}

const Key *
keys_next(const KeyRing *ring, KeyPurpose purpose, size_t *next)
{
	return (*next)++ == 0 ? &keys[purpose] : NULL;
}

const char *
key_purpose_name(KeyPurpose purpose)
{
	return "purpose";
}

bool
document_is_one(const void *bytes, size_t size)
{
	return false;
}

bool
stop_requested(void)
{
	return false;
}

void
log_line(LogLevel level, const char *who, const char *format,...)
{
}

static bool
ends_in(const char *field, const char *end)
{
	return strlen(field) > strlen(end) && strcmp(field + strlen(field) - strlen(end), end) == 0;
}

static bool
is_token(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* Nothing else may leave the program. */
static void
check_rows(const ReturnRows *rows)
{
	static Elements lines;
	static Elements fields;
	static Elements answers;
	static regex_t pattern;
	static bool compiled = false;

	if (!compiled)
		CHECK(regcomp(&pattern, PATTERN, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0);
	compiled = true;
	if (rows->count > MOST_ELEMENTS)
		return;
	read_array(rows->lines.text, &lines);
	read_array(rows->fields.text, &fields);
	read_array(rows->answers.text, &answers);
	CHECK(lines.count == (size_t) rows->count && fields.count == lines.count && answers.count == lines.count);
	for (size_t i = 0; i < lines.count; i++)
	{
		const char *field = fields.at[i];
		const char *answer = answers.at[i];

		CHECK(atol(lines.at[i]) > 1);
		if (ends_in(field, "_token") || ends_in(field, ".client") || ends_in(field, ".family"))
			CHECK(is_token(answer));
		else if (ends_in(field, ".birth_year"))
			CHECK(strlen(answer) == 4 && strspn(answer, "0123456789") == 4);
		else if (strcmp(answer, "(not shown)") != 0)
			CHECK(ends_in(field, ".a_value") && regexec(&pattern, answer, 0, NULL, 0) == 0);
	}
	free(lines.room);
	free(fields.room);
	free(answers.room);
}

static const Document none;

static HubExit
read_records(const char *bytes, size_t size, ReturnRows *rows)
{
	KeyRing		ring = {0};
	ReturnStated stated = {"POPs", "2025-Q2", NULL};
	ReturnStated told = {NULL, NULL, NULL};
	HubExit		exit_code = records_read(NULL, &ring, "Org", "clients.csv", &none, bytes, size, &stated, &told, rows);

	CHECK(exit_code == HUB_OK || exit_code == HUB_REFUSED);
	CHECK((exit_code == HUB_OK) == (rows->problem == NULL));
	check_rows(rows);
	return exit_code;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char head[] = "wardstar records 1\n";
	/* The exact size: one byte read too many is seen. */
	char	   *bytes = malloc(size > 0 ? size : 1);
	ReturnRows	alone = {0};
	ReturnRows	within = {0};
	HubExit		exit_code;

	CHECK(bytes != NULL);
	if (size > 0)
		memcpy(bytes, data, size);
	(void) records_is(&none, bytes, size);
	exit_code = read_records(bytes, size, &alone);
	if (size < sizeof(head) - 1 || memcmp(bytes, head, sizeof(head) - 1) != 0)
	{
		RecordsPart part = {.name = "clients.csv",.bytes = bytes,.size = size};
		size_t		bundled;
		char	   *bundle = records_bundle(&part, 1, &bundled);

		CHECK(bundle != NULL && read_records(bundle, bundled, &within) == exit_code);
		CHECK(same_text(alone.problem, within.problem) && same_text(alone.lines.text, within.lines.text) &&
			  same_text(alone.fields.text, within.fields.text) && same_text(alone.answers.text, within.answers.text));
		free(bundle);
	}
	rows_free(&alone);
	rows_free(&within);
	free(bytes);
	return 0;
}
