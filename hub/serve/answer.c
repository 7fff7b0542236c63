/*
 * hub/serve/answer.c
 *		What goes back to a client.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/json.h"
#include "program/log.h"
#include "serve/answer.h"

#define FILE_BLOCK 65536

const char *
answer_title(unsigned status)
{
	switch (status)
	{
		case 400:
			return "Bad Request";
		case 401:
			return "Unauthorized";
		case 403:
			return "Forbidden";
		case 404:
			return "Not Found";
		case 405:
			return "Method Not Allowed";
		case 406:
			return "Not Acceptable";
		case 408:
			return "Request Timeout";
		case 411:
			return "Length Required";
		case 413:
			return "Content Too Large";
		case 414:
			return "URI Too Long";
		case 415:
			return "Unsupported Media Type";
		case 422:
			return "Unprocessable Content";
		case 429:
			return "Too Many Requests";
		case 503:
			return "Service Unavailable";
		default:
			return "Internal Server Error";
	}
}

static void
clear(Answer *answer)
{
	answer_free(answer);
	memset(answer, 0, sizeof(*answer));
}

void
answer_free(Answer *answer)
{
	if (!answer->fixed)
		free(answer->body);
	answer->body = NULL;
	if (answer->file != NULL)
		spool_close(answer->file);
	answer->file = NULL;
	for (int i = 0; i < answer->nheaders; i++)
		free(answer->headers[i].value);
	answer->nheaders = 0;
}

void
answer_header(Request *request, const char *name, const char *value)
{
	Answer	   *answer = &request->answer;
	char	   *copy = strdup(value);

	if (copy == NULL || answer->nheaders == ANSWER_HEADERS)
	{
		free(copy);
		return;
	}
	answer->headers[answer->nheaders].name = name;
	answer->headers[answer->nheaders++].value = copy;
}

void
answer_problem(Request *request, unsigned status, const char *detail,...)
{
	Answer	   *answer = &request->answer;
	char		text[1024];
	size_t		size = 0;
	char	   *body = NULL;
	FILE	   *out;
	va_list		args;

	va_start(args, detail);
	vsnprintf(text, sizeof(text), detail, args);
	va_end(args);
	clear(answer);
	answer->status = status;
	answer->type = TYPE_PROBLEM;
	out = open_memstream(&body, &size);
	if (out == NULL)
		return;
	fprintf(out, "{\"type\": \"about:blank\", \"title\": \"%s\", \"status\": %u, \"detail\": ", answer_title(status), status);
	json_string(out, text, strlen(text));
	fputs("}\n", out);
	if (fclose(out) != 0)
	{
		free(body);
		return;
	}
	answer->body = body;
	answer->size = size;
	if (status == 401)
		answer_header(request, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"wardstar\"");
}

void
answer_unavailable(Request *request, const char *detail)
{
	answer_problem(request, 503, "%s Please try again; sending a file again is safe.", detail);
	answer_header(request, MHD_HTTP_HEADER_RETRY_AFTER, "2");
}

void
answer_slow_down(Request *request, int seconds, const char *detail)
{
	char		text[16];

	answer_problem(request, 429, "%s Please try again in %d second%s.", detail, seconds, seconds == 1 ? "" : "s");
	snprintf(text, sizeof(text), "%d", seconds);
	answer_header(request, MHD_HTTP_HEADER_RETRY_AFTER, text);
}

void
answer_text(Request *request, unsigned status, const char *type, const char *text, size_t size)
{
	Answer	   *answer = &request->answer;
	char	   *copy = malloc(size + 1);

	if (copy == NULL)
	{
		answer_unavailable(request, "The service is short of memory.");
		return;
	}
	memcpy(copy, text, size);
	clear(answer);
	answer->status = status;
	answer->type = type;
	answer->body = copy;
	answer->size = size;
}

void
answer_fixed(Request *request, unsigned status, const char *type, const char *bytes, size_t size)
{
	Answer	   *answer = &request->answer;

	clear(answer);
	answer->status = status;
	answer->type = type;
	answer->body = (char *) (uintptr_t) bytes;
	answer->size = size;
	answer->fixed = true;
}

void
answer_database(Request *request, Session *session, const char *what)
{
	const char *sqlstate = session->db.error.sqlstate;
	HubExit		cause = session->db.error.cause;
	const char *message = session->db.error.message;

	if (cause != HUB_CONNECTION && (strcmp(sqlstate, "22023") == 0 || strcmp(sqlstate, "22007") == 0))
	{
		const char *hint = session->db.error.hint;

		answer_problem(request, 422, "%s%s%s", message != NULL ? message : "", hint != NULL ? ". " : "", hint != NULL ? hint : "");
		db_clear_error(&session->db);
		return;
	}
	if (strcmp(sqlstate, "P0002") == 0)
	{
		answer_problem(request, 404, "There is nothing at this address.");
		db_clear_error(&session->db);
		return;
	}
	if (strcmp(sqlstate, "42501") == 0)
	{
		(void) db_failed(&session->db, what);
		answer_problem(request, 403, "Your organisation may not do this.");
		return;
	}
	(void) db_failed(&session->db, what);
	if (cause == HUB_CONNECTION || cause == HUB_STOPPED || strncmp(sqlstate, "53", 2) == 0 || strncmp(sqlstate, "40", 2) == 0 ||
		strcmp(sqlstate, "57014") == 0)
		answer_unavailable(request, "The database could not answer.");
	else
		answer_problem(request, 500, "The service failed; its log says why.");
}

static ssize_t
read_file(void *state, uint64_t position, char *buffer, size_t size)
{
	ssize_t		n = spool_read(state, buffer, size);

	(void) position;
	return n > 0 ? n : n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void
close_file(void *state)
{
	spool_close(state);
}

static struct MHD_Response *
make(Answer *answer)
{
	struct MHD_Response *response;

	if (answer->file != NULL)
	{
		response = MHD_create_response_from_callback(answer->size, FILE_BLOCK, read_file, answer->file, close_file);
		if (response != NULL)
			answer->file = NULL;
		return response;
	}
	response = MHD_create_response_from_buffer(answer->size, answer->body != NULL ? (void *) answer->body : (void *) (uintptr_t) "",
											   answer->fixed || answer->body == NULL ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);
	if (response != NULL && !answer->fixed)
		answer->body = NULL;
	return response;
}

enum MHD_Result
answer_send(Request *request)
{
	Answer	   *answer = &request->answer;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (answer->status == 0)
		answer_problem(request, 500, "The service failed; its log says why.");
	response = make(answer);
	if (response == NULL)
		return MHD_NO;
	if (answer->type != NULL)
		(void) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
	(void) MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	(void) MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	(void) MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	(void) MHD_add_response_header(response, "Content-Security-Policy",
								   answer->policy != NULL ? answer->policy : "default-src 'none'; frame-ancestors 'none'; sandbox");
	(void) MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, answer->caching != NULL ? answer->caching : "no-store");
	if (request->server->tls_on)
		(void) MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
	for (int i = 0; i < answer->nheaders; i++)
		(void) MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
	if (request->server->stopping)
		(void) MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(request->connection, answer->status, response);
	MHD_destroy_response(response);
	request->stage = STAGE_DONE;
	return result;
}
