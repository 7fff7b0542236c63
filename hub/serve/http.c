/*
 * hub/serve/http.c
 *		One request from its headers to its end.
 *
 * libmicrohttpd calls http_handle with the headers, with each piece of the body, at the body's end, and again
 * whenever a suspended connection is resumed; the stage tells which it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "program/log.h"
#include "serve/answer.h"
#include "serve/clock.h"
#include "serve/commit.h"
#include "serve/client.h"
#include "serve/http.h"
#include "serve/links.h"
#include "serve/metrics.h"
#include "serve/pool.h"
#include "serve/request.h"
#include "serve/routes.h"
#include "serve/sign_in.h"
#include "serve/submissions.h"

/* A body that nobody wants is still read to its end if it is no longer than this, so that its sender gets the answer. */
#define DISCARD_LIMIT (1024 * 1024)

/* Hands the request to the pool. Nothing may be done with it afterwards. */
static enum MHD_Result
to_pool(Request *request)
{
	request_suspend(request);
	if (!pool_submit(request->server->pool, request))
	{
		answer_unavailable(request, "Too many requests are waiting.");
		request_resume(request);
	}
	return MHD_YES;
}

/* The declared length of the body; -1: not declared. */
static int64_t
declared_length(Request *request)
{
	const char *text = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return text != NULL ? strtoll(text, NULL, 10) : -1;
}

static bool
has_body(Request *request)
{
	return declared_length(request) > 0 ||
		MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;
}

/* An answer that is known before the body. A short body is read first, since some clients only listen then. */
static enum MHD_Result
refuse_early(Request *request)
{
	int64_t		length = declared_length(request);

	if (has_body(request) && length <= DISCARD_LIMIT)
	{
		request->discard = true;
		request->stage = STAGE_BODY;
		link_body(link_of(request->connection));
		return MHD_YES;
	}
	if (has_body(request))
		answer_header(request, MHD_HTTP_HEADER_CONNECTION, "close");
	return answer_send(request);
}

typedef struct Framing
{
	int			lengths;
	int			encodings;
	bool		chunked;
} Framing;

static enum MHD_Result
look_at_framing(void *arg, enum MHD_ValueKind kind, const char *key, const char *value)
{
	Framing    *framing = arg;

	(void) kind;
	if (strcasecmp(key, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
		framing->lengths++;
	else if (strcasecmp(key, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0)
	{
		framing->encodings++;
		framing->chunked = value != NULL && strcasecmp(value, "chunked") == 0;
	}
	return MHD_YES;
}

/* Where a body ends must be beyond doubt, or a proxy in front and the hub may part the same bytes in two ways. */
static bool
is_framed(Request *request)
{
	Framing		framing = {0};

	(void) MHD_get_connection_values(request->connection, MHD_HEADER_KIND, look_at_framing, &framing);
	if (framing.lengths + framing.encodings <= 1 && (framing.encodings == 0 || framing.chunked))
		return true;
	answer_problem(request, 400, "The length of the body is in doubt: one Content-Length, or Transfer-Encoding: chunked, is read here.");
	answer_header(request, MHD_HTTP_HEADER_CONNECTION, "close");
	return false;
}

static bool
find_route(Request *request, const char *url, const char *method)
{
	char		allowed[64];

	request->head = strcmp(method, "HEAD") == 0;
	request->route = route_find(request, method, url, allowed, sizeof(allowed));
	if (request->route != NULL && request->route->who == WHO_LOCAL && !request->local)
		request->route = NULL;
	else if (request->route == NULL && *allowed != '\0')
	{
		answer_problem(request, 405, "This address does not take the method %.16s.", method);
		answer_header(request, MHD_HTTP_HEADER_ALLOW, allowed);
		return false;
	}
	if (request->route == NULL)
		answer_problem(request, 404, "There is nothing at this address.");
	return request->route != NULL;
}

/* Whether too many came from this address or with this token; then the answer is there. */
static bool
is_limited(Request *request, bool by_token)
{
	Server	   *server = request->server;
	LimitKey	key = request->client;
	int			rate = atomic_load(by_token ? &server->tunables.token_rate : &server->tunables.address_rate);
	int			seconds;

	if (by_token)
	{
		memset(&key, 0, sizeof(key));
		key.kind = 't';
		memcpy(key.bytes, request->token, sizeof(key.bytes));
	}
	seconds = limits_count(server->limits, &key, rate);
	if (seconds == 0)
		return false;
	metrics_count(server->metrics, METRIC_LIMITED, 1);
	answer_slow_down(request, seconds, by_token ? "There are too many requests with this token." : "There are too many requests from this address.");
	return true;
}

/* What is known once the caller is: whether the body is wanted, and where it goes. */
static enum MHD_Result
begin_body(Request *request)
{
	long		limit = atomic_load(&request->server->tunables.upload_limit);

	if (request->identity != NULL && is_limited(request, true))
		return refuse_early(request);
	if (request->route->upload)
	{
		if (atomic_load(&request->server->stopping))
		{
			answer_unavailable(request, "The service is stopping.");
			return refuse_early(request);
		}
		if (declared_length(request) > limit)
		{
			answer_problem(request, 413, "A file may have %ld MiB at most.", limit / 1024 / 1024);
			return refuse_early(request);
		}
		if (!upload_open(request))
			return refuse_early(request);
	}
	request->stage = STAGE_BODY;
	link_body(link_of(request->connection));
	return MHD_YES;
}

static enum MHD_Result
take_headers(Request *request, const char *url, const char *method)
{
	if (request->route == NULL)
	{
		client_of(request);
		if (!is_framed(request))
			return answer_send(request);
		if (!find_route(request, url, method) || is_limited(request, false))
			return refuse_early(request);
		if (request->route->who == WHO_PARTNER)
		{
			switch (sign_in(request))
			{
				case SIGN_IN_ANSWERED:
					return refuse_early(request);
				case SIGN_IN_ASK:
					return to_pool(request);
				case SIGN_IN_DONE:
					break;
			}
		}
	}
	/* Back from the pool with an answer: the token is wrong, or it could not be told. */
	if (request->answer.status != 0)
		return refuse_early(request);
	return begin_body(request);
}

static enum MHD_Result
take_body(Request *request, const char *data, size_t *size)
{
	size_t		n = *size;

	*size = 0;
	link_progress(link_of(request->connection), n);
	if (request->discard || !request->route->upload)
	{
		request->body_size += n;
		if (request->body_size <= DISCARD_LIMIT)
			return MHD_YES;
		link_abort(request->server, request->connection, request->answer.status != 0 ? request->answer.status : 413,
				   "The body is too large.");
		return MHD_NO;
	}
	if (!upload_take(request, data, n))
	{
		request->discard = true;
		request->body_size = 0;
		/* The disk is not for what can't be taken any more. */
		spool_abort(request->upload->writer);
		request->upload->writer = NULL;
	}
	return MHD_YES;
}

static enum MHD_Result
end_body(Request *request)
{
	if (request->discard)
		return answer_send(request);
	if (request->route->upload)
	{
		if (!upload_close(request))
			return answer_send(request);
		request->upload->done = submission_entered;
		request_suspend(request);
		committer_submit(request->server->committer, request->upload);
		return MHD_YES;
	}
	if (request->route->answer != NULL)
	{
		request->route->answer(request);
		return answer_send(request);
	}
	request->run = request->route->run;
	return to_pool(request);
}

static enum MHD_Result
handle(Request *request, const char *url, const char *method, const char *data, size_t *size)
{
	switch (request->stage)
	{
		case STAGE_HEADERS:
			return take_headers(request, url, method);
		case STAGE_BODY:
			if (*size > 0)
				return take_body(request, data, size);
			link_work(link_of(request->connection));
			return end_body(request);
		case STAGE_WORK:
			return answer_send(request);
		case STAGE_DONE:
			break;
	}
	*size = 0;
	return MHD_YES;
}

enum MHD_Result
http_handle(void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
			const char *data, size_t *size, void **context)
{
	Server	   *server = arg;
	Request    *request = *context;
	enum MHD_Result result = MHD_NO;
	bool		was_resumed;

	(void) version;
	if (request == NULL)
	{
		request = calloc(1, sizeof(Request));
		if (request == NULL)
			return MHD_NO;
		*context = request;
		request->server = server;
		request->connection = connection;
		request->started = serve_now();
		link_work(link_of(connection));
	}
	/* A stop looks at both: what passes here after "closed" is set hands nothing on. */
	was_resumed = request->stage == STAGE_WORK;
	atomic_fetch_add(&server->handling, 1);
	if (!atomic_load(&server->closed) || request->stage == STAGE_WORK)
	{
		result = handle(request, url, method, data, size);
		/* In any other stage it may be another thread's by now. */
		if (result == MHD_YES && was_resumed)
			link_answer(link_of(connection));
	}
	atomic_fetch_sub(&server->handling, 1);
	return result;
}

static void
log_request(const Request *request)
{
	char		status[8];
	char		milliseconds[16];
	char		submission[24];
	unsigned	code = request->answer.status;

	snprintf(status, sizeof(status), "%u", code);
	snprintf(milliseconds, sizeof(milliseconds), "%.1f", (serve_now() - request->started) * 1000);
	snprintf(submission, sizeof(submission), "%" PRId64, request->id);
	log_event(code == 503 ? LOG_INFO : code >= 500 ? LOG_ERROR : LOG_DEBUG, "request", "route", request->route != NULL ? request->route->path : NULL,
			  "status", status, "ms", milliseconds, "address", request->address,
			  "partner", request->identity != NULL ? request->identity->organisation : NULL,
			  "submission", request->id != 0 ? submission : NULL, NULL);
}

void
http_completed(void *arg, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
	Request    *request = *context;

	(void) arg;
	(void) code;
	if (request == NULL)
		return;
	link_headers(link_of(connection));
	if (request->stage == STAGE_DONE)
	{
		metrics_request(request->server->metrics, request->answer.status, serve_now() - request->started);
		log_request(request);
	}
	answer_free(&request->answer);
	upload_free(request->upload);
	identity_release(request->identity);
	OPENSSL_cleanse(request->token, sizeof(request->token));
	free(request);
	*context = NULL;
}
