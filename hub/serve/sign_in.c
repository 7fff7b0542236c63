/*
 * hub/serve/sign_in.c
 *		Whose token a request carries.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "program/log.h"
#include "serve/answer.h"
#include "serve/clock.h"
#include "serve/metrics.h"
#include "serve/request.h"
#include "serve/sign_in.h"
#include "serve/wait.h"

#define SETS 256
#define WAYS 4
#define KEPT_SECONDS 30.0
#define TOKEN_LIMIT 512

/* From the tenth wrong token of an address within a minute on, each is answered this much later. */
#define WRONG_ALLOWED 10
#define WRONG_PAUSE 3.0

typedef struct Entry
{
	unsigned char sha256[32];
	Identity   *identity;
	double		kept_since;
} Entry;

struct SignIns
{
	pthread_mutex_t lock;
	unsigned	generation;		/* one up at each forgetting */
	Entry		entries[SETS][WAYS];
};

SignIns *
sign_ins_create(void)
{
	SignIns    *sign_ins = calloc(1, sizeof(SignIns));

	if (sign_ins != NULL)
		pthread_mutex_init(&sign_ins->lock, NULL);
	return sign_ins;
}

void
identity_release(Identity *identity)
{
	if (identity == NULL || atomic_fetch_sub(&identity->references, 1) > 1)
		return;
	free(identity->organisation);
	free(identity->role);
	free(identity->prefix);
	free(identity);
}

void
sign_ins_forget(SignIns *sign_ins)
{
	pthread_mutex_lock(&sign_ins->lock);
	sign_ins->generation++;
	for (int i = 0; i < SETS; i++)
	{
		for (int j = 0; j < WAYS; j++)
		{
			identity_release(sign_ins->entries[i][j].identity);
			memset(&sign_ins->entries[i][j], 0, sizeof(Entry));
		}
	}
	pthread_mutex_unlock(&sign_ins->lock);
}

void
sign_ins_free(SignIns *sign_ins)
{
	if (sign_ins == NULL)
		return;
	sign_ins_forget(sign_ins);
	pthread_mutex_destroy(&sign_ins->lock);
	free(sign_ins);
}

static bool
is_current(const Identity *identity)
{
	return identity->expires == 0 || identity->expires > time(NULL);
}

/* The one that is known under this SHA-256, with a reference more, or NULL. */
static Identity *
find(SignIns *sign_ins, const unsigned char *sha256)
{
	Entry	   *set = sign_ins->entries[sha256[0]];
	Identity   *found = NULL;
	double		now = serve_now();

	pthread_mutex_lock(&sign_ins->lock);
	for (int i = 0; i < WAYS; i++)
	{
		Identity   *identity = set[i].identity;

		if (identity != NULL && CRYPTO_memcmp(set[i].sha256, sha256, 32) == 0 && now - set[i].kept_since < KEPT_SECONDS &&
			is_current(identity))
			found = identity;
	}
	if (found != NULL)
		atomic_fetch_add(&found->references, 1);
	pthread_mutex_unlock(&sign_ins->lock);
	return found;
}

/* Keeps an answer, unless tokens changed since it was asked for. */
static void
keep(SignIns *sign_ins, const unsigned char *sha256, Identity *identity, unsigned generation)
{
	Entry	   *set = sign_ins->entries[sha256[0]];
	Entry	   *place = &set[0];

	pthread_mutex_lock(&sign_ins->lock);
	for (int i = 0; i < WAYS; i++)
	{
		if (set[i].identity != NULL && memcmp(set[i].sha256, sha256, 32) == 0)
		{
			place = &set[i];
			break;
		}
		if (set[i].kept_since < place->kept_since)
			place = &set[i];
	}
	if (generation == sign_ins->generation)
	{
		identity_release(place->identity);
		atomic_fetch_add(&identity->references, 1);
		memcpy(place->sha256, sha256, 32);
		place->identity = identity;
		place->kept_since = serve_now();
	}
	pthread_mutex_unlock(&sign_ins->lock);
}

/* The token of "Bearer TOKEN", or of "Basic" with it as the password. */
static bool
read_token(const char *header, char token[TOKEN_LIMIT])
{
	char		decoded[TOKEN_LIMIT];
	const char *value;
	size_t		length = strcspn(header, " ");
	int			n;

	if (header[length] == '\0')
		return false;
	value = header + length + strspn(header + length, " ");
	if (*value == '\0' || strlen(value) >= TOKEN_LIMIT)
		return false;
	if (length == 6 && strncasecmp(header, "Bearer", 6) == 0)
	{
		snprintf(token, TOKEN_LIMIT, "%s", value);
		return true;
	}
	if (length != 5 || strncasecmp(header, "Basic", 5) != 0 || strlen(value) % 4 != 0)
		return false;
	n = EVP_DecodeBlock((unsigned char *) decoded, (const unsigned char *) value, (int) strlen(value));
	if (n < 0)
		return false;
	decoded[n] = '\0';
	value = memchr(decoded, ':', (size_t) n);
	snprintf(token, TOKEN_LIMIT, "%s", value != NULL ? value + 1 : "");
	OPENSSL_cleanse(decoded, sizeof(decoded));
	return value != NULL && *token != '\0';
}

/* Answers a wrong token, later and later if there were many. */
static void
refuse(Request *request)
{
	int			wrong = limits_wrong(request->server->limits, &request->client);

	metrics_count(request->server->metrics, METRIC_WRONG_TOKENS, 1);
	log_event(LOG_WARNING, "wrong_token", "address", request->address, NULL);
	answer_problem(request, 401, "The token is not in force: it is mistyped, has expired or was withdrawn. Ask the partnership's data hub for a new one.");
	if (wrong <= WRONG_ALLOWED)
		request_resume(request);
	else
		waiters_pause(request->server->waiters, request, WRONG_PAUSE);
}

static char *
copy_value(const PGresult *result, int field)
{
	return strdup(PQgetvalue(result, 0, field));
}

/* Asks the database. */
static void
sign_in_run(Request *request, Session *session)
{
	SignIns    *sign_ins = request->server->sign_ins;
	char		hex[67] = "\\x";
	const char *values[] = {hex};
	PGresult   *result;
	Identity   *identity;
	unsigned	generation;

	pthread_mutex_lock(&sign_ins->lock);
	generation = sign_ins->generation;
	pthread_mutex_unlock(&sign_ins->lock);
	metrics_count(request->server->metrics, METRIC_SIGN_INS, 1);
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 + 2 * i, 3, "%02x", request->token[i]);
	result = session_query(session, SERVICE_ROLE, "serve_sign_in", 1, values);
	if (result == NULL)
	{
		answer_database(request, session, "a token could not be looked up");
		request_resume(request);
		return;
	}
	if (PQntuples(result) != 1)
	{
		PQclear(result);
		refuse(request);
		return;
	}
	identity = calloc(1, sizeof(Identity));
	if (identity != NULL)
	{
		atomic_store(&identity->references, 1);
		identity->organisation = copy_value(result, 0);
		identity->role = copy_value(result, 1);
		identity->prefix = copy_value(result, 2);
		identity->expires = (time_t) strtoll(PQgetvalue(result, 0, 3), NULL, 10);
	}
	PQclear(result);
	if (identity == NULL || identity->organisation == NULL || identity->role == NULL || identity->prefix == NULL)
	{
		identity_release(identity);
		answer_unavailable(request, "The service is short of memory.");
	}
	else
	{
		keep(sign_ins, request->token, identity, generation);
		request->identity = identity;
	}
	request_resume(request);
}

SignIn
sign_in(Request *request)
{
	const char *header = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
	char		token[TOKEN_LIMIT];
	bool		fine;

	if (header == NULL || !read_token(header, token))
	{
		answer_problem(request, 401, "Sign in with your organisation's token: Authorization: Bearer TOKEN.");
		return SIGN_IN_ANSWERED;
	}
	fine = EVP_Digest(token, strlen(token), request->token, NULL, EVP_sha256(), NULL) == 1;
	OPENSSL_cleanse(token, sizeof(token));
	if (!fine)
	{
		answer_problem(request, 500, "The service failed; its log says why.");
		return SIGN_IN_ANSWERED;
	}
	request->has_token = true;
	request->identity = find(request->server->sign_ins, request->token);
	if (request->identity != NULL)
		return SIGN_IN_DONE;
	request->run = sign_in_run;
	return SIGN_IN_ASK;
}
