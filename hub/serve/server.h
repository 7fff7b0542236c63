/*
 * hub/serve/server.h
 *		What the parts of the service share.
 *
 * A request belongs to libmicrohttpd's thread until it is handed on (its connection suspended), then to whoever
 * took it, until request_resume gives it back. Nobody touches it after handing it on, so it needs no lock.
 */
#ifndef HUB_SERVER_H
#define HUB_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "db/db.h"
#include "spool/keys.h"
#include "spool/spool.h"
#include "serve/limits.h"
#include "serve/session.h"

typedef struct Server Server;
typedef struct Request Request;
typedef struct Route Route;
typedef struct Upload Upload;
typedef struct Pool Pool;
typedef struct Committer Committer;
typedef struct Waiters Waiters;
typedef struct Workers Workers;
typedef struct Inbox Inbox;
typedef struct SignIns SignIns;
typedef struct Tls Tls;
typedef struct Links Links;
typedef struct Metrics Metrics;

/* Whose a token is; shared by the cache and the requests. */
typedef struct Identity
{
	atomic_int	references;
	char	   *organisation;
	char	   *role;
	char	   *prefix;			/* of the token, for recognition */
	time_t		expires;		/* 0: never */
} Identity;

#define ANSWER_HEADERS 6

typedef struct Answer
{
	unsigned	status;			/* 0: none yet */
	const char *type;			/* content type; NULL: none */
	char	   *body;			/* from malloc, or fixed */
	size_t		size;
	bool		fixed;
	SpoolReader *file;			/* instead of body: size bytes from the spool */
	const char *policy;			/* Content-Security-Policy */
	const char *caching;		/* Cache-Control */
	int			nheaders;
	struct
	{
		const char *name;
		char	   *value;
	}			headers[ANSWER_HEADERS];
} Answer;

typedef enum Stage
{
	STAGE_HEADERS,				/* what comes is looked at */
	STAGE_BODY,					/* its body is taken in */
	STAGE_WORK,					/* handed on */
	STAGE_DONE					/* its answer is given to libmicrohttpd */
} Stage;

struct Request
{
	Server	   *server;
	struct MHD_Connection *connection;
	Request    *next;			/* in whatever queue it is */
	Stage		stage;
	const Route *route;
	bool		head;			/* HEAD: as GET, without a body */
	bool		discard;		/* an answer is there, the body is of no interest */
	char		address[48];	/* of the client, as text */
	LimitKey	client;
	bool		local;			/* comes from this machine, through no proxy */
	unsigned char token[32];	/* SHA-256 */
	bool		has_token;
	Identity   *identity;
	int64_t		id;				/* {id} of the path */
	char		name[64];		/* {form} of the path */
	Upload	   *upload;
	uint64_t	body_size;		/* so far */
	double		started;		/* monotonic seconds */
	double		deadline;		/* while waiting for a verdict or being slowed */
	void		(*run) (Request *request, Session *session);	/* in a thread of the pool */
	Answer		answer;
};

/* Settings that a reload may change. */
typedef struct Tunables
{
	atomic_long upload_limit;	/* bytes */
	atomic_int	token_rate;		/* requests a second; 0: no limit */
	atomic_int	address_rate;
	atomic_int	header_seconds;
	atomic_int	wait_limit;		/* of ?wait=, seconds */
} Tunables;

struct Server
{
	Hub		   *hub;
	struct MHD_Daemon *daemon;
	const char *spool;
	pthread_rwlock_t keys_lock;
	KeyRing		keys;
	Tunables	tunables;
	unsigned	clients;		/* the most connections of theirs */
	bool		tls_on;
	bool		behind_proxy;
	atomic_bool stopping;		/* takes no new work */
	atomic_bool closed;			/* answers nothing new */
	atomic_bool ended;			/* threads end */
	atomic_int	handling;		/* callbacks of libmicrohttpd that are under way */
	_Atomic double busy_until;	/* many uploads come at the same time: workers wait */
	atomic_long in_flight;		/* requests that are handed on */
	atomic_bool ready;			/* the database answers and the schema is ours */
	Limits	   *limits;
	Pool	   *pool;
	Committer  *committer;
	Waiters    *waiters;
	Workers    *workers;
	Inbox	   *inbox;
	SignIns    *sign_ins;
	Tls		   *tls;
	Links	   *links;
	Metrics    *metrics;
};

#endif
