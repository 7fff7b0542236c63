/*
 * hub/intake/records.c
 *		Reading a record-level return.
 *
 * The database is asked first which table a sheet is and which columns it has. Then each cell goes as a token, as a value
 * that fits its column, or as a mark that says that it doesn't; nothing else leaves this process.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "db/db.h"
#include "document/client_table.h"
#include "intake/records.h"
#include "spool/token.h"
#include "program/log.h"
#include "program/stop.h"

#define BUNDLE_HEAD "wardstar records 1\n"
#define BUNDLE_HEAD_SIZE (sizeof(BUNDLE_HEAD) - 1)

static const char *const tables[] = {"clients", "referrals", "engagements", "contacts", "stars", "measures", "feedback"};

#define TABLES 7

typedef struct RecordsReader
{
	Db		   *db;
	const KeyRing *ring;
	char	   *organisation;
	ReturnRows *rows;
	ReturnRows *about;			/* what the file says of itself */
	bool		seen[TABLES];
	const char *hidden_mark;
} RecordsReader;

static HubExit
out_of_memory(void)
{
	log_error("out of memory");
	return HUB_INTERNAL;
}

/* Which table a name speaks of: the one whose name is a word of it. TABLES: none, or several. */
static size_t
table_of(const char *name)
{
	size_t		found = TABLES;

	for (size_t t = 0; t < TABLES; t++)
	{
		size_t		length = strlen(tables[t]);

		for (const char *at = name; *at != '\0'; at++)
		{
			if (strncasecmp(at, tables[t], length) != 0 || (at > name && isalpha((unsigned char) at[-1])) ||
				isalpha((unsigned char) at[length]))
				continue;
			if (found != TABLES && found != t)
				return TABLES;
			found = t;
		}
	}
	return found;
}

static int
compare_parts(const void *a, const void *b)
{
	const RecordsPart *x = a;
	const RecordsPart *y = b;
	size_t		at = table_of(x->name);
	size_t		bt = table_of(y->name);

	return at != bt ? (at < bt ? -1 : 1) : strcmp(x->name, y->name);
}

char *
records_bundle(RecordsPart *parts, size_t count, size_t *size)
{
	size_t		room = BUNDLE_HEAD_SIZE;
	char	   *bundle;

	qsort(parts, count, sizeof(*parts), compare_parts);
	for (size_t i = 0; i < count; i++)
		room += strlen(parts[i].name) + 32 + parts[i].size;
	bundle = malloc(room);
	if (bundle == NULL)
		return NULL;
	memcpy(bundle, BUNDLE_HEAD, BUNDLE_HEAD_SIZE);
	*size = BUNDLE_HEAD_SIZE;
	for (size_t i = 0; i < count; i++)
	{
		*size += (size_t) snprintf(bundle + *size, room - *size, "%zu ", parts[i].size);
		for (const char *c = parts[i].name; *c != '\0'; c++)
			bundle[(*size)++] = *c == '\n' ? ' ' : *c;
		bundle[(*size)++] = '\n';
		if (parts[i].size > 0)
			memcpy(bundle + *size, parts[i].bytes, parts[i].size);
		*size += parts[i].size;
		bundle[(*size)++] = '\n';
	}
	return bundle;
}

static bool
is_bundle(const char *bytes, size_t size)
{
	return size >= BUNDLE_HEAD_SIZE && memcmp(bytes, BUNDLE_HEAD, BUNDLE_HEAD_SIZE) == 0;
}

/* The next file of a bundle; *name is the caller's to free. false at the end, or with *broken if it is none. */
static bool
next_part(const char *bytes, size_t size, size_t *at, RecordsPart *part, char **name, bool *broken)
{
	const char *head = bytes + *at;
	const char *end;
	size_t		length = 0;

	*broken = false;
	if (*at >= size)
		return false;
	*broken = true;
	end = memchr(head, '\n', size - *at);
	if (end == NULL || !isdigit((unsigned char) *head))
		return false;
	for (; isdigit((unsigned char) *head); head++)
	{
		if (length > size)
			return false;
		length = length * 10 + (size_t) (*head - '0');
	}
	if (*head++ != ' ' || length >= size - (size_t) (end + 1 - bytes) || end[1 + length] != '\n')
		return false;
	*name = strndup(head, (size_t) (end - head));
	if (*name == NULL)
		return false;
	part->name = *name;
	part->bytes = end + 1;
	part->size = length;
	*at = (size_t) (end + 1 - bytes) + length + 1;
	*broken = false;
	return true;
}

/* A cell without blanks round it, the no-break space among them; the table's own copy is cut. */
static char *
trimmed(ClientTable *table, size_t row, size_t column)
{
	char	   *text = table->cells[row * table->columns + column];
	size_t		length;

	if (text == NULL)
		return NULL;
	for (;;)
	{
		if (isspace((unsigned char) *text))
			text++;
		else if (strncmp(text, "\xc2\xa0", 2) == 0)
			text += 2;
		else
			break;
	}
	length = strlen(text);
	for (;;)
	{
		if (length > 0 && isspace((unsigned char) text[length - 1]))
			length--;
		else if (length > 1 && memcmp(text + length - 2, "\xc2\xa0", 2) == 0)
			length -= 2;
		else
			break;
	}
	text[length] = '\0';
	return text;
}

static void
add(RecordsReader *reader, const char *table, const char *field, long line, const char *value)
{
	char		name[192];
	int			n = snprintf(name, sizeof(name), "%s.%s", table, field);

	if (n > 0 && (size_t) n < sizeof(name))
		rows_add(reader->rows, line, name, (size_t) n, value, strlen(value));
}

/* A token, of a value that an unreadable one stands for as the mark. */
static HubExit
add_token(RecordsReader *reader, KeyPurpose purpose, const char *scope, const char *table, const char *field, bool older,
		  const char *shown_as, long line, const char *value)
{
	char		name[64];
	char		was[64];
	HubExit		exit_code;

	snprintf(name, sizeof(name), "%s.%s", table, field);
	snprintf(was, sizeof(was), "%s.%s_was", table, field);
	exit_code = client_tokens(reader->ring, purpose, scope, value, line, name, older ? was : NULL, reader->rows);
	if (exit_code != HUB_REFUSED)
		return exit_code;
	add(reader, table, shown_as, line, reader->hidden_mark);
	return HUB_OK;
}

/* The year of a date of birth, which stays when the date itself has become a token. */
static HubExit
add_birth(RecordsReader *reader, const char *table, long line, const char *value)
{
	char	   *normal = NULL;
	TokenResult result = token_normalise(KEY_BIRTH, value, &normal);

	if (result == TOKEN_FAILED)
		return out_of_memory();
	if (result == TOKEN_MADE)
	{
		char		year[5];

		snprintf(year, sizeof(year), "%.4s", normal);
		add(reader, table, "birth_year", line, year);
	}
	token_wipe(normal);
	return add_token(reader, KEY_BIRTH, "", table, "birth_token", false, "date_of_birth", line, value);
}

static HubExit
add_cell(RecordsReader *reader, const char *table, const char *meaning, const char *field, const regex_t *pattern, long line, const char *value)
{
	if (strcmp(meaning, "client") == 0)
		return add_token(reader, KEY_CLIENT, reader->organisation, table, "client", true, "client_ref", line, value);
	if (*value == '\0' || strcmp(meaning, "left out") == 0)
		return HUB_OK;
	if (strcmp(meaning, "family") == 0)
		return add_token(reader, KEY_FAMILY, reader->organisation, table, "family", true, "family_ref", line, value);
	if (strcmp(meaning, "name") == 0)
		return add_token(reader, KEY_NAME, "", table, "name_token", false, "name", line, value);
	if (strcmp(meaning, "nhs") == 0)
		return add_token(reader, KEY_NUMBER, "", table, "nhs_token", false, "nhs_number", line, value);
	if (strcmp(meaning, "prison") == 0)
		return add_token(reader, KEY_NUMBER, "", table, "prison_token", false, "prison_number", line, value);
	if (strcmp(meaning, "birth") == 0)
		return add_birth(reader, table, line, value);
	add(reader, table, field, line, regexec(pattern, value, 0, NULL, 0) == 0 ? value : reader->hidden_mark);
	return HUB_OK;
}

/* All cells of a table whose columns are known: a result of table, meaning, field and pattern. */
static HubExit
add_cells(RecordsReader *reader, ClientTable *table, const PGresult *columns)
{
	regex_t    *patterns = client_patterns(columns, 3, table->columns);
	HubExit		exit_code = HUB_OK;

	if (patterns == NULL)
		return out_of_memory();
	for (size_t row = 1; row < table->rows && exit_code == HUB_OK; row++)
	{
		bool		empty = true;

		if (stop_requested())
			exit_code = HUB_STOPPED;
		for (size_t i = 0; i < table->columns; i++)
		{
			const char *cell = trimmed(table, row, i);

			empty = empty && (cell == NULL || *cell == '\0');
		}
		for (size_t i = 0; i < table->columns && !empty && exit_code == HUB_OK; i++)
		{
			const char *cell = trimmed(table, row, i);

			exit_code = add_cell(reader, PQgetvalue(columns, 0, 0), PQgetvalue(columns, (int) i, 1), PQgetvalue(columns, (int) i, 2),
								 &patterns[i], table->lines[row], cell != NULL ? cell : "");
		}
	}
	client_patterns_free(patterns, table->columns);
	return exit_code;
}

/* Asks what the columns are, and refuses those that nobody asked for: they may hold names. */
static HubExit
read_table(RecordsReader *reader, const char *name, ClientTable *table)
{
	size_t		named = table_of(name);
	const char *values[2] = {named < TABLES ? tables[named] : "", NULL};
	ReturnRows	headings = {0};
	PGresult   *columns;
	HubExit		exit_code = client_table_headings(table, &headings);
	int			clients = 0;

	values[1] = headings.answers.text;
	columns = exit_code == HUB_OK ? db_query(reader->db, "record_columns", 2, values) : NULL;
	rows_free(&headings);
	if (columns == NULL)
		return exit_code == HUB_OK ? db_failed(reader->db, "the columns could not be looked up") : exit_code;
	if (PQntuples(columns) == 0)
	{
		rows_problem(reader->rows, "there is a column client_ref, but it can't be told which table this is");
		rows_hint(reader->rows, "Name the sheets or files clients, referrals, engagements, contacts, stars, measures and feedback.");
		exit_code = HUB_REFUSED;
	}
	else
	{
		named = table_of(PQgetvalue(columns, 0, 0));
		if (named < TABLES && reader->seen[named])
		{
			rows_problem(reader->rows, "the table %s is there twice", tables[named]);
			exit_code = HUB_REFUSED;
		}
		else if (named < TABLES)
			reader->seen[named] = true;
	}
	for (int i = 0; i < PQntuples(columns) && exit_code != HUB_INTERNAL; i++)
	{
		const char *meaning = PQgetvalue(columns, i, 1);

		if (strcmp(meaning, "unknown") == 0)
		{
			rows_problem(reader->rows, "%s: column %d is none of those expected; its heading is not repeated here", PQgetvalue(columns, 0, 0), i + 1);
			rows_hint(reader->rows, "Leave it out: what nobody asked for may be a name. docs/records.md lists the columns.");
			exit_code = HUB_REFUSED;
		}
		clients += strcmp(meaning, "client") == 0;
	}
	if (exit_code == HUB_OK && clients != 1)
	{
		rows_problem(reader->rows, "%s: one column client_ref is needed", PQgetvalue(columns, 0, 0));
		exit_code = HUB_REFUSED;
	}
	if (exit_code == HUB_OK)
		exit_code = add_cells(reader, table, columns);
	PQclear(columns);
	return exit_code;
}

/* A sheet or file. */
static HubExit
take_table(RecordsReader *reader, const char *name, ClientTable *table, bool must_be_one)
{
	if (table->rows == 0)
		return HUB_OK;
	if (client_table_has_client(table))
		return client_table_once(table, reader->rows) == HUB_OK ? read_table(reader, name, table) : HUB_REFUSED;
	if (table_of(name) < TABLES || must_be_one)
	{
		rows_problem(reader->rows, "%s: the first row must hold the headings, client_ref among them",
					 table_of(name) < TABLES ? tables[table_of(name)] : "a table");
		return HUB_REFUSED;
	}
	return HUB_OK;
}

/* What a sheet that is no table says of the file: Programme or Period in the first column, and it beside. */
static void
read_about(RecordsReader *reader, const Document *document)
{
	for (size_t i = 0; i + 1 < document->ncells; i++)
	{
		const DocumentCell *cell = &document->cells[i];
		const DocumentCell *beside = &document->cells[i + 1];
		const DocumentSheet *sheet = &document->sheets[cell->sheet];

		if (sheet->hidden || table_of(sheet->name) < TABLES || cell->column != 1 || beside->sheet != cell->sheet ||
			beside->row != cell->row || beside->column != 2)
			continue;
		if (strcasecmp(cell->text, "programme") == 0 || strcasecmp(cell->text, "period") == 0)
			rows_add(reader->about, 0, cell->text, strlen(cell->text), beside->text, strlen(beside->text));
	}
}

/* Every table of the bytes. */
static HubExit
walk(RecordsReader *reader, const char *name, const char *bytes, size_t size, const Document *document)
{
	HubExit		exit_code = HUB_OK;

	if (document != NULL)
	{
		for (size_t i = 0; i < document->nsheets && exit_code == HUB_OK; i++)
		{
			ClientTable table = {0};

			if (document->sheets[i].hidden)
			{
				reader->rows->hidden_sheets++;
				continue;
			}
			/* What is not one of our tables may look as it likes. */
			exit_code = client_table_sheet(&table, document, (int) i, true, reader->rows);
			if (exit_code == HUB_OK)
				exit_code = take_table(reader, document->sheets[i].name, &table, false);
			else if (exit_code == HUB_REFUSED && table_of(document->sheets[i].name) == TABLES && !client_table_has_client(&table))
			{
				free(reader->rows->problem);
				reader->rows->problem = NULL;
				exit_code = HUB_OK;
			}
			client_table_free(&table);
		}
	}
	else if (is_bundle(bytes, size))
	{
		size_t		at = BUNDLE_HEAD_SIZE;
		RecordsPart part;
		char	   *part_name = NULL;
		bool		broken;

		while (exit_code == HUB_OK && next_part(bytes, size, &at, &part, &part_name, &broken))
		{
			ClientTable table = {0};

			exit_code = client_table_csv(&table, part.bytes, part.size, reader->rows);
			if (exit_code == HUB_OK)
				exit_code = take_table(reader, part.name, &table, true);
			client_table_free(&table);
			free(part_name);
		}
		if (exit_code == HUB_OK && broken)
		{
			rows_problem(reader->rows, "the bundle of files is damaged");
			exit_code = HUB_REFUSED;
		}
	}
	else
	{
		ClientTable table = {0};

		exit_code = client_table_csv(&table, bytes, size, reader->rows);
		if (exit_code == HUB_OK)
			exit_code = take_table(reader, name, &table, true);
		client_table_free(&table);
	}
	return exit_code;
}

/* Whether a table has the heading of one of ours, whatever is wrong below it: then that is what its sender should hear of. */
static bool
has_heading(HubExit read, const ClientTable *table)
{
	return (read == HUB_OK || read == HUB_REFUSED) && table->rows > 0 && client_table_has_client(table);
}

bool
records_is(const Document *document, const void *bytes, size_t size)
{
	ReturnRows	said = {0};
	bool		is = false;

	if (is_bundle(bytes, size))
		return true;
	if (!document_is_one(bytes, size))
	{
		ClientTable table = {0};

		is = has_heading(client_table_csv(&table, bytes, size, &said), &table);
		client_table_free(&table);
	}
	for (size_t i = 0; i < document->nsheets && !is; i++)
	{
		ClientTable table = {0};

		is = has_heading(client_table_sheet(&table, document, (int) i, true, &said), &table);
		client_table_free(&table);
	}
	rows_free(&said);
	return is;
}

/* Whose programme it is: client references are tokens within their organisation. */
static HubExit
find_organisation(RecordsReader *reader, const char *organisation, const char *programme)
{
	PGresult   *result = db_query(reader->db, "programme_organisation", 1, &programme);
	HubExit		exit_code = HUB_OK;

	if (result == NULL)
		return db_failed(reader->db, "the programme could not be looked up");
	if (PQntuples(result) == 0 || (organisation != NULL && strcmp(organisation, PQgetvalue(result, 0, 0)) != 0))
	{
		rows_problem(reader->rows, organisation != NULL ? "there is no such programme of this organisation" : "there is no such programme in the register");
		rows_hint(reader->rows, organisation != NULL ? "Say which of your programmes it is for." :
				  "wardstar-hub programme list shows them; programme add makes one.");
		reader->rows->doubt = "programme";
		exit_code = HUB_IN_DOUBT;
	}
	else if ((reader->organisation = strdup(PQgetvalue(result, 0, 0))) == NULL)
		exit_code = out_of_memory();
	PQclear(result);
	return exit_code;
}

static bool
is_quarter(const char *text)
{
	return strlen(text) == 7 && strspn(text, "0123456789") == 4 && text[4] == '-' && text[5] == 'Q' && text[6] >= '1' && text[6] <= '4' &&
		(strncmp(text, "19", 2) == 0 || strncmp(text, "20", 2) == 0);
}

/* Programme and quarter: as stated, else as the file says; two that differ are in doubt. */
static HubExit
settle(RecordsReader *reader, const char *organisation, const ReturnStated *stated, ReturnStated *told)
{
	const ReturnRows *about = reader->about;

	told->programme = stated->programme != NULL ? stated->programme : about->programme;
	told->period = stated->period != NULL ? stated->period : about->period;
	told->form = "records";
	if (told->programme == NULL)
	{
		reader->rows->doubt = "programme";
		rows_problem(reader->rows, "it does not say which programme it is for");
		rows_hint(reader->rows, "Say which of your programmes it is for.");
	}
	else if (told->period == NULL || !is_quarter(told->period))
	{
		reader->rows->doubt = "period";
		rows_problem(reader->rows, told->period == NULL ? "it does not say which quarter it is for" : "its quarter can't be read");
		rows_hint(reader->rows, "Write the quarter as 2025-Q2, which is 1 July to 30 September 2025.");
	}
	else if (stated->period != NULL && about->period != NULL && strcmp(stated->period, about->period) != 0)
	{
		reader->rows->doubt = "period";
		rows_problem(reader->rows, "it says that it is for another quarter than the one stated");
		rows_hint(reader->rows, "Correct the quarter in the file, or send it for the quarter that it names.");
	}
	else if (stated->programme != NULL && about->programme != NULL && strcmp(stated->programme, about->programme) != 0)
	{
		reader->rows->doubt = "programme";
		rows_problem(reader->rows, "it says that it is for another programme than the one stated");
		rows_hint(reader->rows, "Correct the programme in the file, or send it for the programme that it names.");
	}
	else
		return find_organisation(reader, organisation, told->programme);
	return HUB_IN_DOUBT;
}

HubExit
records_read(Db *db, const KeyRing *ring, const char *organisation, const char *name, const Document *document,
			 const void *bytes, size_t size, const ReturnStated *stated, ReturnStated *told, ReturnRows *rows)
{
	ReturnRows	about = {0};
	RecordsReader reader = {.db = db, .ring = ring, .rows = rows, .about = &about, .hidden_mark = "(not shown)"};
	bool		is_document = document_is_one(bytes, size);
	HubExit		exit_code = HUB_OK;

	if (document->refused != NULL)
	{
		rows_problem(rows, "%s", document->refused);
		exit_code = HUB_REFUSED;
	}
	else if (is_document)
		read_about(&reader, document);
	if (exit_code == HUB_OK)
		exit_code = settle(&reader, organisation, stated, told);
	if (exit_code == HUB_OK)
		exit_code = walk(&reader, name, bytes, size, is_document ? document : NULL);
	if (exit_code == HUB_OK && !reader.seen[0])
	{
		rows_problem(rows, "there is no table clients");
		rows_hint(rows, "Every record-level return needs a sheet or file clients, with a row for everyone.");
		exit_code = HUB_REFUSED;
	}
	if (!rows_finish(rows) && (exit_code == HUB_OK || exit_code == HUB_REFUSED || exit_code == HUB_IN_DOUBT))
		exit_code = out_of_memory();
	/* What it says of itself lives on in rows. */
	free(rows->programme);
	free(rows->period);
	rows->programme = about.programme;
	rows->period = about.period;
	about.programme = about.period = NULL;
	rows_free(&about);
	free(reader.organisation);
	return exit_code;
}
