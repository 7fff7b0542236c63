/*
 * hub/command/withdraw.c
 *		wardstar-hub withdraw: removes a client who withdrew.
 *
 * The reference comes by standard input or a file, since arguments can be seen by everybody on the machine.
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "document/client_table.h"
#include "spool/key_check.h"
#include "spool/spool_marked.h"
#include "program/log.h"
#include "report/table.h"
#include "program/settings.h"

#define REFERENCE_SIZE 512

/* One line; a second one is refused, so that a list can't be taken for one reference. */
static HubExit
read_reference(Hub *hub, char reference[REFERENCE_SIZE])
{
	const char *path = setting_text(hub, "client-ref-file");
	FILE	   *in = path != NULL ? fopen(path, "re") : stdin;
	char		more[2] = "";
	HubExit		exit_code = HUB_OK;

	if (in == NULL)
	{
		log_error("%s: %s", path, strerror(errno));
		return HUB_FILE;
	}
	if (fgets(reference, REFERENCE_SIZE, in) == NULL)
		*reference = '\0';
	/* What Windows puts before a text. */
	if (strncmp(reference, "\xef\xbb\xbf", 3) == 0)
		memmove(reference, reference + 3, strlen(reference + 3) + 1);
	while (*more == '\0' && fgets(more, sizeof(more), in) != NULL)
		if (strspn(more, " \t\r\n") > 0)
			*more = '\0';
	if (in != stdin)
		fclose(in);
	if (strspn(reference, " \t\r\n") == strlen(reference) || *more != '\0')
	{
		log_error("withdraw takes one client reference, alone in a line, from standard input or --client-ref-file");
		exit_code = HUB_USAGE;
	}
	OPENSSL_cleanse(more, sizeof(more));
	return exit_code;
}

/* The tokens of the reference, by the present key and older ones, as the text of an array in rows->answers. */
static HubExit
make_tokens(Db *db, const char *programme, const char *reference, ReturnRows *rows)
{
	KeyRing		ring;
	PGresult   *organisation;
	HubExit		exit_code = keys_open(db->hub, db, &ring);

	if (exit_code != HUB_OK)
		return exit_code;
	organisation = db_query(db, "programme_organisation", 1, &programme);
	if (organisation == NULL)
		exit_code = db_failed(db, "the programme could not be looked up");
	else if (PQntuples(organisation) == 0)
	{
		log_error("there is no programme \"%s\"", programme);
		exit_code = HUB_REFUSED;
	}
	else
		exit_code = client_tokens(&ring, KEY_CLIENT, PQgetvalue(organisation, 0, 0), reference, 1, "client", "client_was", rows);
	if (exit_code == HUB_REFUSED && organisation != NULL && PQntuples(organisation) > 0)
		log_error("the client reference is not UTF-8");
	PQclear(organisation);
	keys_free(&ring);
	if (exit_code == HUB_OK && !rows_finish(rows))
	{
		log_error("out of memory");
		exit_code = HUB_INTERNAL;
	}
	return exit_code;
}

#define FILE_STAYS "the client is withdrawn, but a spool file that held the data stays"

static HubExit
withdraw(Hub *hub, Db *db, const char *programme, const char *tokens)
{
	const char *values[2] = {programme, tokens};
	PGresult   *changes = NULL;
	int			removed = 0;
	HubExit		exit_code;

	if (!db_begin(db) || (changes = db_query(db, "withdraw", 2, values)) == NULL || !db_commit(db))
	{
		bool		unknown = strcmp(db->error.sqlstate, "P0002") == 0;

		PQclear(changes);
		exit_code = db_failed(db, "nothing is changed");
		db_rollback(db);
		/* What an earlier one left is removed all the same. */
		if (unknown)
			exit_code = hub_worse(HUB_REFUSED, spool_remove_marked(hub, db, FILE_STAYS, &removed));
		return exit_code;
	}
	exit_code = spool_remove_marked(hub, db, FILE_STAYS, &removed);
	if (!setting_flag(hub, "quiet"))
	{
		printf("The client is withdrawn from %s; %d spool file%s removed.\n", programme, removed, removed == 1 ? " was" : "s were");
		if (removed > 0)
			printf("Rows of others that came in the same file stay; its bytes can't be checked again.\n");
		printf(PQntuples(changes) == 0 ? "No figure changes.\n" : "These figures changed. Publish again where they are published.\n");
		if (PQntuples(changes) > 0 && !table_write(stdout, changes))
			exit_code = HUB_INTERNAL;
	}
	PQclear(changes);
	return exit_code;
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	const char *programme = setting_text(hub, "programme");
	char		reference[REFERENCE_SIZE];
	ReturnRows	tokens = {0};
	Db			db;
	HubExit		exit_code;

	(void) argv;
	if (argc != 0 || programme == NULL)
	{
		log_error("withdraw needs --programme, and no argument: the client's reference comes by standard input or --client-ref-file");
		return HUB_USAGE;
	}
	exit_code = read_reference(hub, reference);
	if (exit_code == HUB_OK)
		exit_code = db_open_current(hub, &db, "withdraw");
	if (exit_code == HUB_OK)
	{
		exit_code = make_tokens(&db, programme, reference, &tokens);
		if (exit_code == HUB_OK)
			exit_code = withdraw(hub, &db, programme, tokens.answers.text);
		db_close(&db);
	}
	OPENSSL_cleanse(reference, sizeof(reference));
	rows_free(&tokens);
	return exit_code;
}

const HubCommand command_withdraw = {
	"withdraw", "",
	"remove a client who withdrew from a programme",
	"Removes every row of the client in this programme, and the spool files that hold the client, and lists the figures that "
	"change by it, before and after. The partner's own reference of the client (client_ref) is read from standard input or from the file that "
	"--client-ref-file names, one line: arguments can be seen by everybody on the machine. A spool file goes whole; the rows of others "
	"that came with it stay. A later file that holds the client again is taken in without them, unless it says that consent was given "
	"after the withdrawal. Exit code 4: the programme has no such client.",
	run
};
