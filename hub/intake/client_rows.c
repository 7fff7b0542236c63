/*
 * hub/intake/client_rows.c
 *		Readings and cases: a CSV file or a workbook with a heading and a row a reading or referral.
 *
 * The partner's own client reference becomes a token here, by the key of the file that --key-file names, and the
 * reference itself goes nowhere but, with all of the file, into the spool, encrypted. The database says first which columns it knows and what their values look like; the
 * file is refused here if it has others, since what nobody asked for may be a name. What the values mean is decided there.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/db.h"
#include "intake/client_rows.h"
#include "document/client_table.h"
#include "spool/key_check.h"
#include "intake/received.h"
#include "document/return_file.h"
#include "spool/spool.h"
#include "program/log.h"
#include "program/settings.h"

typedef struct ClientFile
{
	Hub		   *hub;
	Db			db;
	const char *kind;
	const char *programme;
	char	   *organisation;
	Received	in;
	ClientTable table;
	KeyRing		ring;
	ReturnRows	rows;
} ClientFile;

static HubExit
out_of_memory(void)
{
	log_error("out of memory");
	return HUB_INTERNAL;
}

/* The first sheet that is not hidden. */
static HubExit
read_workbook(ClientFile *file)
{
	Document	document;
	HubExit		exit_code = document_read(file->hub, file->in.bytes, file->in.size, &document);
	size_t		first = 0;

	if (exit_code != HUB_OK)
		return exit_code;
	while (first < document.ncells && document.sheets[document.cells[first].sheet].hidden)
		first++;
	if (document.refused != NULL)
	{
		rows_problem(&file->rows, "%s", document.refused);
		exit_code = HUB_REFUSED;
	}
	else if (first < document.ncells)
		exit_code = client_table_sheet(&file->table, &document, document.cells[first].sheet, false, &file->rows);
	document_free(&document);
	return exit_code;
}

/* What each column is, as the database says; the file is refused if it has one that nobody asked for. */
static HubExit
ask_meanings(ClientFile *file, PGresult **meanings)
{
	const ClientTable *table = &file->table;
	ReturnRows	headings = {0};
	const char *values[2] = {file->kind, NULL};
	HubExit		exit_code = HUB_OK;
	size_t		clients = 0;

	exit_code = client_table_headings(table, &headings);
	values[1] = headings.answers.text;
	*meanings = exit_code == HUB_OK ? db_query(&file->db, "client_columns", 2, values) : NULL;
	rows_free(&headings);
	if (exit_code != HUB_OK)
		return exit_code;
	if (*meanings == NULL)
		return db_failed(&file->db, "the columns could not be looked up");
	for (size_t i = 0; i < table->columns && (int) i < PQntuples(*meanings); i++)
	{
		const char *meaning = PQgetvalue(*meanings, (int) i, 0);
		const char *heading = client_table_cell(table, 0, i);

		if (strcmp(meaning, "unknown") == 0)
		{
			/* Its heading may be a name: it is not repeated. */
			log_error("%s: refused: column %zu is none of those expected", file->in.name, i + 1);
			exit_code = HUB_REFUSED;
		}
		else if (strcmp(meaning, "left out") == 0)
			log_warning("%s: column \"%s\" is left out: a note may name a person", file->in.name, heading);
		clients += strcmp(meaning, "client") == 0;
	}
	if (exit_code == HUB_OK && clients != 1)
	{
		log_error("%s: refused: one column client_ref is needed", file->in.name);
		exit_code = HUB_REFUSED;
	}
	if (exit_code != HUB_OK)
		log_error("hint: %s", strcmp(file->kind, "stars") == 0 ?
				  "The columns are client_ref, taken_on, mode, instrument, and a column a scale by name or number, or one column scores." :
				  "The columns are client_ref, referred_on, started_on, closed_on, outcome.");
	return exit_code;
}

static HubExit
add_tokens(ClientFile *file, long line, const char *reference)
{
	HubExit		exit_code = client_tokens(&file->ring, KEY_CLIENT, file->organisation, reference, line, "client", "client_was", &file->rows);

	if (exit_code == HUB_REFUSED)
		log_error("%s: refused: line %ld: client_ref is not UTF-8", file->in.name, line);
	return exit_code;
}

/* Tokens and values of every row; a value that can't be one of its column is said, and stays here. */
static HubExit
gather(ClientFile *file, const PGresult *meanings)
{
	const ClientTable *table = &file->table;
	regex_t    *patterns = client_patterns(meanings, 1, table->columns);
	HubExit		exit_code = HUB_OK;

	if (patterns == NULL)
		return out_of_memory();
	for (size_t row = 1; row < table->rows; row++)
		for (size_t i = 0; i < table->columns; i++)
		{
			const char *meaning = PQgetvalue(meanings, (int) i, 0);
			const char *cell = client_table_cell(table, row, i);
			const char *heading = client_table_cell(table, 0, i);

			if (strcmp(meaning, "client") == 0)
				exit_code = hub_worse(exit_code, add_tokens(file, table->lines[row], cell));
			else if (strcmp(meaning, "value") == 0 && regexec(&patterns[i], cell, 0, NULL, 0) != 0)
			{
				if (exit_code == HUB_OK)
					log_error("%s: refused, nothing of it is stored", file->in.name);
				log_error("line %ld: %s", table->lines[row], PQgetvalue(meanings, (int) i, 2));
				exit_code = hub_worse(exit_code, HUB_REFUSED);
			}
			else if (strcmp(meaning, "value") == 0)
				rows_add(&file->rows, table->lines[row], heading, strlen(heading), cell, strlen(cell));
		}
	client_patterns_free(patterns, table->columns);
	if (!rows_finish(&file->rows))
		return out_of_memory();
	return exit_code;
}

static HubExit
find_organisation(ClientFile *file)
{
	PGresult   *result = db_query(&file->db, "programme_organisation", 1, &file->programme);
	HubExit		exit_code = HUB_OK;

	if (result == NULL)
		return db_failed(&file->db, "the programme could not be looked up");
	if (PQntuples(result) == 0)
	{
		log_error("%s: refused: there is no programme \"%s\"", file->in.name, file->programme);
		log_error("hint: wardstar-hub programme list shows them; programme add makes one.");
		exit_code = HUB_REFUSED;
	}
	else if ((file->organisation = strdup(PQgetvalue(result, 0, 0))) == NULL)
		exit_code = out_of_memory();
	PQclear(result);
	return exit_code;
}

/* The rows and the place of the bytes in the spool, in one transaction; NULL on failure. */
static PGresult *
store(ClientFile *file, const char *const *values)
{
	const char *place[4] = {file->programme, file->kind, file->in.sha256, file->in.spool};
	PGresult   *result = NULL;
	PGresult   *spooled;

	file->in.spool_unneeded = true;
	if (!db_begin(&file->db) || (result = db_query(&file->db, "client_rows", 7, values)) == NULL)
		return NULL;
	if (strcmp(PQgetvalue(result, 0, 0), "refused") == 0)
	{
		db_rollback(&file->db);
		return result;
	}
	spooled = db_query(&file->db, "client_spooled", 4, place);
	if (spooled != NULL)
	{
		/* When a commit's answer is lost it may have happened: the bytes stay. */
		file->in.spool_unneeded = PQntuples(spooled) == 0;
		PQclear(spooled);
		if (db_commit(&file->db))
			return result;
	}
	PQclear(result);
	return NULL;
}

static HubExit
send_rows(ClientFile *file, FILE *out)
{
	const struct passwd *user = getpwuid(geteuid());
	char		from[128];
	const char *values[7] = {file->programme, file->kind, file->in.sha256, from, file->rows.lines.text,
	file->rows.fields.text, file->rows.answers.text};
	PGresult   *result;
	HubExit		exit_code = HUB_OK;
	const char *state;
	bool		refused;

	snprintf(from, sizeof(from), "command line, %s", user != NULL ? user->pw_name : "unknown user");
	result = store(file, values);
	if (result == NULL)
	{
		exit_code = db_failed(&file->db, "nothing of the file is stored");
		db_rollback(&file->db);
		return exit_code;
	}
	state = PQgetvalue(result, 0, 0);
	refused = strcmp(state, "refused") == 0;
	if (refused)
	{
		log_error("%s: refused, nothing of it is stored", file->in.name);
		exit_code = HUB_REFUSED;
	}
	for (const char *finding = PQgetvalue(result, 0, 3); *finding != '\0';)
	{
		size_t		length = strcspn(finding, "\n");

		log_line(refused ? LOG_ERROR : LOG_WARNING, NULL, "%.*s", (int) length, finding);
		finding += length + (finding[length] == '\n');
	}
	if (!refused && !setting_flag(file->hub, "quiet"))
	{
		if (strcmp(state, "already") == 0)
			fprintf(out, "%s: already loaded\n", file->in.name);
		else
			fprintf(out, "%s: %s %s stored for %s, %s already there\n", file->in.name, PQgetvalue(result, 0, 1), file->kind,
					file->programme, PQgetvalue(result, 0, 2));
	}
	PQclear(result);
	return exit_code;
}

/* The table in the file, with its heading. */
static HubExit
read_table(ClientFile *file, const char *path)
{
	HubExit		exit_code = received_read(path, RECEIVED_LIMIT, &file->in);

	if (exit_code == HUB_OK)
		exit_code = received_hash(&file->in);
	if (exit_code == HUB_OK)
		exit_code = document_is_one(file->in.bytes, file->in.size) ? read_workbook(file)
			: client_table_csv(&file->table, file->in.bytes, file->in.size, &file->rows);
	if (exit_code == HUB_REFUSED && file->rows.problem != NULL)
		return_log_problem(file->in.name, &file->rows);
	if (exit_code == HUB_OK && file->table.rows == 0)
	{
		log_error("%s: refused: it is empty", file->in.name);
		exit_code = HUB_REFUSED;
	}
	else if (exit_code == HUB_OK && !client_table_has_client(&file->table))
	{
		log_error("%s: refused: the first row must hold the headings, client_ref among them", file->in.name);
		exit_code = HUB_REFUSED;
	}
	else if (exit_code == HUB_OK && (exit_code = client_table_once(&file->table, &file->rows)) == HUB_REFUSED)
		return_log_problem(file->in.name, &file->rows);
	return exit_code;
}

static HubExit
load_one(ClientFile *file, const char *path, FILE *out)
{
	const char *folder = setting_text(file->hub, "spool");
	PGresult   *meanings = NULL;
	HubExit		exit_code = read_table(file, path);

	if (exit_code == HUB_OK)
		exit_code = find_organisation(file);
	if (exit_code == HUB_OK)
		exit_code = ask_meanings(file, &meanings);
	if (exit_code == HUB_OK)
		exit_code = gather(file, meanings);
	if (exit_code == HUB_OK && !spool_store(folder, &file->ring, file->in.bytes, file->in.size, file->in.spool))
		exit_code = HUB_FILE;
	if (exit_code == HUB_OK)
		exit_code = send_rows(file, out);
	PQclear(meanings);
	received_end(folder, &file->in);
	free(file->organisation);
	client_table_free(&file->table);
	rows_free(&file->rows);
	return exit_code;
}

HubExit
client_rows_load(Hub *hub, const char *kind, int argc, char **argv, FILE *out)
{
	ClientFile	file = {.hub = hub, .kind = kind, .programme = setting_text(hub, "programme")};
	HubExit		exit_code;

	if (argc != 1 || file.programme == NULL)
	{
		log_error("load --as %s takes one file, and needs --programme", kind);
		log_error("hint: wardstar-hub load --as %s --programme NAME --key-file FILE %s.csv", kind, kind);
		return HUB_USAGE;
	}
	exit_code = db_open_current(hub, &file.db, kind);
	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = keys_open(hub, &file.db, &file.ring);
	if (exit_code == HUB_OK)
	{
		exit_code = load_one(&file, argv[0], out);
		keys_free(&file.ring);
	}
	db_close(&file.db);
	return exit_code;
}
