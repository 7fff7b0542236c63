/*
 * hub/serve/submissions.c
 *		The routes of submissions, and those that send back one JSON object.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/log.h"
#include "serve/answer.h"
#include "serve/clock.h"
#include "serve/metrics.h"
#include "serve/negotiate.h"
#include "serve/request.h"
#include "serve/ring.h"
#include "serve/routes.h"
#include "serve/submissions.h"
#include "serve/wait.h"

/* An upload's answer: the ledger's own words. */
static void
answer_stored(Request *request)
{
	const Upload *upload = request->upload;
	char		location[64];

	answer_text(request, upload->already ? 200 : 201, TYPE_JSON, upload->text, strlen(upload->text));
	snprintf(location, sizeof(location), "/v1/submissions/%" PRId64, upload->submission);
	answer_header(request, MHD_HTTP_HEADER_LOCATION, location);
}

/* The verdict, or how far it is when the time is over. */
static void
verdict_run(Request *request, Session *session)
{
	char		id[24];
	char		already[] = "f";
	const char *values[] = {id, already};
	PGresult   *result;

	snprintf(id, sizeof(id), "%" PRId64, request->id);
	already[0] = request->upload->already ? 't' : 'f';
	result = session_query(session, request->identity->role, "serve_verdict", 2, values);
	if (result != NULL && PQntuples(result) == 1 && !PQgetisnull(result, 0, 0))
	{
		char	   *text = strdup(PQgetvalue(result, 0, 0));

		if (text != NULL)
		{
			free(request->upload->text);
			request->upload->text = text;
			answer_stored(request);
		}
	}
	else if (result == NULL)
		(void) db_failed(&session->db, "the state of a submission could not be read");
	/* What was said at first stays true, whatever failed here. */
	PQclear(result);
	request_resume(request);
}

static void
log_upload(const Upload *upload)
{
	char		id[24];
	char		size[24];

	snprintf(id, sizeof(id), "%" PRId64, upload->submission);
	snprintf(size, sizeof(size), "%" PRIu64, upload->file.size);
	log_event(LOG_INFO, upload->already ? "sent_again" : "received", "submission", id, "partner", upload->identity->organisation,
			  "size", size, "sha256", upload->file.sha256, "token", upload->identity->prefix, NULL);
}

void
submission_entered(Upload *upload)
{
	Request    *request = upload->request;
	Server	   *server = upload->server;

	switch (upload->outcome)
	{
		case OUTCOME_STORED:
			request->id = upload->submission;
			metrics_count(server->metrics, upload->already ? METRIC_REPEATED : METRIC_UPLOADS, 1);
			metrics_count(server->metrics, METRIC_BYTES, (long) upload->file.size);
			log_upload(upload);
			if (upload->text == NULL)
			{
				answer_unavailable(request, "The service is short of memory.");
				break;
			}
			answer_stored(request);
			if (upload->wait > 0 && !upload->decided)
			{
				request->run = verdict_run;
				request->deadline = serve_now() + upload->wait;
				waiters_add(server->waiters, request, upload->submission);
				return;
			}
			break;
		case OUTCOME_REFUSED:
			answer_problem(request, 422, "%s", upload->text != NULL ? upload->text : "");
			break;
		case OUTCOME_FORBIDDEN:
			answer_problem(request, 403, "Your organisation may not do this.");
			break;
		case OUTCOME_NO_DISK:
			answer_unavailable(request, "The file can't be kept at the moment.");
			break;
		case OUTCOME_FAILED:
		case OUTCOME_NONE:
			answer_problem(request, 500, "The service failed; its log says why. The file is not kept.");
			break;
		case OUTCOME_NO_DATABASE:
			answer_unavailable(request, "The ledger can't be reached at the moment.");
			break;
	}
	request_resume(request);
}

/* Sends the one value of a result as JSON; a NULL is a thing that there is not, or is another's. */
static void
send_json(Request *request, Session *session, PGresult *result)
{
	if (result == NULL)
		answer_database(request, session, request->route->path);
	else if (PQntuples(result) != 1 || PQgetisnull(result, 0, 0))
		answer_problem(request, 404, "There is nothing at this address.");
	else
		answer_text(request, 200, TYPE_JSON, PQgetvalue(result, 0, 0), (size_t) PQgetlength(result, 0, 0));
	PQclear(result);
	request_resume(request);
}

void
json_run(Request *request, Session *session)
{
	send_json(request, session, session_query(session, request->identity->role, request->route->query, 0, NULL));
}

/* A whole number from 1 to most. */
static bool
is_number(const char *text, long most)
{
	char	   *end;
	long		n;

	if (text == NULL)
		return true;
	n = strtol(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && strlen(text) < 19 && n >= 1 && n <= most;
}

void
submissions_run(Request *request, Session *session)
{
	const char *values[] = {request_argument(request, "limit"), request_argument(request, "before")};

	if (!is_number(values[0], 500) || !is_number(values[1], INT64_MAX))
	{
		answer_problem(request, 400, "\"limit\" must be a whole number from 1 to 500, \"before\" the number of a submission.");
		request_resume(request);
		return;
	}
	send_json(request, session, session_query(session, request->identity->role, request->route->query, 2, values));
}

void
submission_run(Request *request, Session *session)
{
	char		id[24];
	const char *values[] = {id};

	snprintf(id, sizeof(id), "%" PRId64, request->id);
	send_json(request, session, session_query(session, request->identity->role, request->route->query, 1, values));
}

void
receipt_run(Request *request, Session *session)
{
	static const Offer offers[] = {
		{"application/json", TYPE_JSON, "json"},
		{"text/html", "text/html; charset=utf-8", "html"},
		{"text/csv", "text/csv; header=present; charset=utf-8", "csv"},
		{"text/plain", "text/plain; charset=utf-8", "text"},
	};
	const Offer *offer = negotiate(request, offers, sizeof(offers) / sizeof(offers[0]));
	char		id[24];
	const char *values[] = {id, offer != NULL ? offer->name : NULL};
	PGresult   *result;

	if (offer == NULL)
	{
		answer_problem(request, 406, "A receipt is to be had as application/json, text/html, text/csv and text/plain.");
		request_resume(request);
		return;
	}
	snprintf(id, sizeof(id), "%" PRId64, request->id);
	result = session_query(session, request->identity->role, request->route->query, 2, values);
	if (result == NULL)
		answer_database(request, session, "a receipt could not be written");
	else if (PQntuples(result) != 1 || PQgetisnull(result, 0, 0))
		answer_problem(request, 404, "There is nothing at this address.");
	else
	{
		answer_text(request, 200, offer->type, PQgetvalue(result, 0, 0), (size_t) PQgetlength(result, 0, 0));
		answer_header(request, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT);
		/* It has a style of its own, and no script can run in it. */
		if (strcmp(offer->name, "html") == 0)
			request->answer.policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
	}
	PQclear(result);
	request_resume(request);
}

/* attachment; filename*=UTF-8''… (RFC 6266, RFC 8187). */
static void
add_disposition(Request *request, const char *name)
{
	char		value[32 + 3 * UPLOAD_NAME_LIMIT + 1];
	size_t		used = (size_t) snprintf(value, sizeof(value), "attachment; filename*=UTF-8''");

	for (const unsigned char *p = (const unsigned char *) name; *p != '\0' && used + 4 < sizeof(value); p++)
	{
		if ((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || strchr("-._~", *p) != NULL)
			value[used++] = (char) *p;
		else
			used += (size_t) snprintf(value + used, sizeof(value) - used, "%%%02X", *p);
	}
	value[used] = '\0';
	answer_header(request, MHD_HTTP_HEADER_CONTENT_DISPOSITION, value);
}

/* The bytes as they came, out of the spool. */
void
file_run(Request *request, Session *session)
{
	Server	   *server = request->server;
	char		id[24];
	const char *values[] = {id};
	PGresult   *result;
	KeyRing		ring;
	SpoolReader *reader = NULL;

	snprintf(id, sizeof(id), "%" PRId64, request->id);
	result = session_query(session, request->identity->role, request->route->query, 1, values);
	if (result == NULL)
		answer_database(request, session, "a file could not be found");
	else if (PQntuples(result) != 1 || PQgetisnull(result, 0, 0))
		answer_problem(request, 404, "There is nothing at this address.");
	else
	{
		if (ring_take(server, &ring))
			reader = spool_open(server->spool, &ring, PQgetvalue(result, 0, 0));
		keys_free(&ring);
		if (reader == NULL)
			answer_problem(request, 500, "The service failed; its log says why.");
		else
		{
			answer_fixed(request, 200, "application/octet-stream", NULL, (size_t) strtoull(PQgetvalue(result, 0, 2), NULL, 10));
			request->answer.file = reader;
			add_disposition(request, PQgetvalue(result, 0, 1));
			log_event(LOG_INFO, "file_read", "submission", id, "partner", request->identity->organisation, "token",
					  request->identity->prefix, NULL);
		}
	}
	PQclear(result);
	request_resume(request);
}

/* A value of a CSV file, in quotes where it needs them (RFC 4180). */
static void
write_value(FILE *out, const char *value)
{
	if (strpbrk(value, "\",\r\n") == NULL)
	{
		fputs(value, out);
		return;
	}
	putc('"', out);
	for (; *value != '\0'; value++)
	{
		if (*value == '"')
			putc('"', out);
		putc(*value, out);
	}
	putc('"', out);
}

void
csv_run(Request *request, Session *session)
{
	PGresult   *result = session_query(session, request->identity->role, request->route->query, 0, NULL);
	char	   *text = NULL;
	size_t		size = 0;
	FILE	   *out = result != NULL ? open_memstream(&text, &size) : NULL;

	if (result == NULL)
		answer_database(request, session, request->route->path);
	else if (out == NULL)
		answer_unavailable(request, "The service is short of memory.");
	else
	{
		for (int row = -1; row < PQntuples(result); row++)
		{
			for (int field = 0; field < PQnfields(result); field++)
			{
				if (field > 0)
					putc(',', out);
				write_value(out, row < 0 ? PQfname(result, field) : PQgetvalue(result, row, field));
			}
			fputs("\r\n", out);
		}
		if (fclose(out) != 0)
			answer_unavailable(request, "The service is short of memory.");
		else
		{
			answer_text(request, 200, "text/csv; header=present; charset=utf-8", text, size);
			add_disposition(request, strrchr(request->route->path, '/') + 1);
		}
	}
	free(text);
	PQclear(result);
	request_resume(request);
}
