/*
 * hub/intake/reread.c
 *		The answers of a submission that came before, read again from its bytes in the spool.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "spool/key_check.h"
#include "intake/records.h"
#include "intake/reread.h"
#include "spool/spool.h"
#include "program/log.h"
#include "program/settings.h"

/* Far more than a file that can be checked may hold, whatever --upload-limit lets in. */
#define REREAD_LIMIT ((size_t) 256 * 1024 * 1024)

static char *
copy_of(const char *text, bool *failed)
{
	char	   *copy = text != NULL ? strdup(text) : NULL;

	*failed = *failed || (text != NULL && copy == NULL);
	return copy;
}

static const char *
value_of(const PGresult *result, int column)
{
	return PQgetisnull(result, 0, column) ? NULL : PQgetvalue(result, 0, column);
}

static HubExit
read_bytes(Hub *hub, Db *db, const KeyRing *ring, const PGresult *known, const ReturnStated *stated, Reread *reread)
{
	const char *spool = PQgetvalue(known, 0, 3);
	ReturnStated told = {NULL, NULL, NULL};
	char	   *bytes = NULL;
	size_t		size = 0;
	Document	document;
	bool		failed = false;
	HubExit		exit_code;

	if (!spool_load(setting_text(hub, "spool"), ring, spool, REREAD_LIMIT, &bytes, &size))
		return HUB_FILE;
	exit_code = document_read_if_one(hub, bytes, size, &document);
	/* What a file is may have been in doubt when it came. */
	reread->records = exit_code == HUB_OK && records_is(&document, bytes, size);
	if (reread->records)
		exit_code = records_read(db, ring, PQgetvalue(known, 0, 4), PQgetvalue(known, 0, 5), &document, bytes, size, stated, &told, &reread->rows);
	else if (exit_code == HUB_OK)
		exit_code = return_read(db, &document, bytes, size, stated, &told, &reread->rows);
	document_free(&document);
	reread->programme = copy_of(told.programme, &failed);
	reread->period = copy_of(told.period, &failed);
	reread->form = copy_of(told.form, &failed);
	OPENSSL_cleanse(bytes, size);
	free(bytes);
	if (failed)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	snprintf(reread->hidden_sheets, sizeof(reread->hidden_sheets), "%d", reread->rows.hidden_sheets);
	snprintf(reread->hidden_rows, sizeof(reread->hidden_rows), "%d", reread->rows.hidden_rows);
	snprintf(reread->unplaced, sizeof(reread->unplaced), "%d", reread->rows.unplaced);
	return exit_code;
}

HubExit
reread_submission(Hub *hub, Db *db, const KeyRing *ring, const char *submission, Reread *reread)
{
	PGresult   *known;
	HubExit		exit_code;

	memset(reread, 0, sizeof(*reread));
	known = db_query(db, "reread", 1, &submission);
	if (known == NULL)
		return db_failed(db, "the submission could not be looked up");
	if (PQntuples(known) == 0)
	{
		log_error("there is no submission %s of a return", submission);
		exit_code = HUB_USAGE;
	}
	else if (PQgetisnull(known, 0, 3))
	{
		log_error("the bytes of submission %s are not kept", submission);
		exit_code = HUB_FILE;
	}
	else
	{
		ReturnStated stated = {value_of(known, 0), value_of(known, 1), value_of(known, 2)};

		exit_code = read_bytes(hub, db, ring, known, &stated, reread);
	}
	PQclear(known);
	return exit_code;
}

void
reread_free(Reread *reread)
{
	free(reread->programme);
	free(reread->period);
	free(reread->form);
	rows_free(&reread->rows);
	memset(reread, 0, sizeof(*reread));
}

PGresult *
reread_query(Db *db, const char *query, const char *submission, const Reread *reread)
{
	const char *values[7] = {submission, NULL, NULL, NULL, "0", "0", "0"};

	if (reread != NULL)
	{
		values[1] = reread->rows.lines.text;
		values[2] = reread->rows.fields.text;
		values[3] = reread->rows.answers.text;
		values[4] = reread->hidden_sheets;
		values[5] = reread->hidden_rows;
		values[6] = reread->unplaced;
	}
	return db_query(db, query, 7, values);
}

HubExit
reread_narrative(Hub *hub, Db *db, const char *submission)
{
	KeyRing		ring;
	Reread		reread;
	HubExit		exit_code = keys_open(hub, db, &ring);

	if (exit_code != HUB_OK)
		return exit_code;
	exit_code = reread_submission(hub, db, &ring, submission, &reread);
	if (exit_code == HUB_OK)
	{
		PGresult   *kept = reread_query(db, "reread_narrative", submission, &reread);

		if (kept == NULL)
			exit_code = db_failed(db, "the words are not kept");
		PQclear(kept);
	}
	else if (exit_code == HUB_REFUSED || exit_code == HUB_IN_DOUBT)
		return_log_problem(submission, &reread.rows);
	reread_free(&reread);
	keys_free(&ring);
	return exit_code;
}

/* The verdict on a file that was taken: that of the check, or what is wrong with the file as a whole. */
static PGresult *
decide(Db *db, const char *submission, HubExit read, const Reread *reread)
{
	const ReturnRows *rows = &reread->rows;
	const char *check[10] = {submission, reread->programme, reread->period, reread->form, rows->lines.text, rows->fields.text,
	rows->answers.text, reread->hidden_sheets, reread->hidden_rows, reread->unplaced};
	const char *records[8] = {submission, reread->programme, reread->period, rows->lines.text, rows->fields.text, rows->answers.text,
	reread->hidden_sheets, reread->hidden_rows};
	const char *problem[4] = {submission, rows->doubt, rows->problem, rows->hint};

	if (read == HUB_OK && reread->records)
		return db_query(db, "worker_check_records", 8, records);
	if (read == HUB_OK)
		return db_query(db, "reread_check", 10, check);
	return db_query(db, read == HUB_IN_DOUBT ? "reread_doubt" : "reread_refuse", 4, problem);
}

HubExit
reread_check(Hub *hub, Db *db, const char *submission, char **state)
{
	KeyRing		ring;
	Reread		reread = {0};
	PGresult   *taken = NULL;
	PGresult   *verdict = NULL;
	HubExit		exit_code = keys_open(hub, db, &ring);

	*state = NULL;
	if (exit_code != HUB_OK)
		return exit_code;
	if (!db_begin(db) || (taken = db_query(db, "reread_take", 1, &submission)) == NULL)
		exit_code = db_failed(db, "it was not checked");
	else if (PQntuples(taken) == 1)
	{
		exit_code = reread_submission(hub, db, &ring, submission, &reread);
		if (exit_code == HUB_OK || exit_code == HUB_REFUSED || exit_code == HUB_IN_DOUBT)
		{
			verdict = decide(db, submission, exit_code, &reread);
			if (verdict == NULL || !db_commit(db))
				exit_code = db_failed(db, "it was not checked");
			else
			{
				*state = strdup(PQgetvalue(verdict, 0, 0));
				exit_code = *state != NULL ? HUB_OK : HUB_INTERNAL;
			}
		}
	}
	db_rollback(db);
	PQclear(taken);
	PQclear(verdict);
	reread_free(&reread);
	keys_free(&ring);
	return exit_code;
}
