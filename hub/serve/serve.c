/*
 * hub/serve/serve.c
 *		Starting, reloading and stopping the service.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "spool/key_check.h"
#include "spool/spool.h"
#include "program/log.h"
#include "serve/address.h"
#include "serve/client.h"
#include "serve/clock.h"
#include "serve/commit.h"
#include "serve/http.h"
#include "serve/inbox.h"
#include "serve/links.h"
#include "serve/listen.h"
#include "serve/metrics.h"
#include "serve/open_files.h"
#include "serve/pool.h"
#include "serve/reload.h"
#include "serve/serve.h"
#include "serve/server.h"
#include "serve/sign_in.h"
#include "serve/sweep.h"
#include "serve/tls.h"
#include "serve/wait.h"
#include "serve/worker.h"
#include "program/settings.h"
#include "program/stop.h"

#define HTTP_THREADS 2
#define CONNECTION_MEMORY ((size_t) 64 * 1024)
#define IDLE_SECONDS 60u

/* What is in work when a stop is asked for has this long to finish; what then goes on is cut off and given back. */
#define FINISH_SECONDS 7.0

/* libmicrohttpd's own words are about clients that break off or break rules. */
static void
log_http(void *arg, const char *format, va_list args)
{
	char		text[512];

	(void) arg;
	vsnprintf(text, sizeof(text), format, args);
	log_debug("http: %s", text);
}

/* %00 would end a path or a parameter before its end; it becomes a character that no route and no name has. */
static size_t
unescape(void *arg, struct MHD_Connection *connection, char *text)
{
	char	   *in = text;
	char	   *out = text;

	(void) arg;
	(void) connection;
	for (; *in != '\0'; in++)
	{
		if (in[0] == '%' && in[1] == '0' && in[2] == '0')
		{
			*out++ = 1;
			in += 2;
		}
		else
			*out++ = *in;
	}
	*out = '\0';
	return MHD_http_unescape(text);
}

/* The key file and the schema are looked at before anybody is let in. */
static HubExit
open_keys(Server *server)
{
	Session		session;
	HubExit		exit_code;

	if (!session_init(&session, server->hub, "serve", LOADER_ROLE))
		return HUB_INTERNAL;
	exit_code = db_open_current(server->hub, &session.db, "serve");
	if (exit_code == HUB_OK)
	{
		const char *role = LOADER_ROLE;

		if (!db_run(&session.db, "serve_stay", 1, &role))
			exit_code = db_failed(&session.db, "the role of the workers could not be taken");
		else
			exit_code = keys_open(server->hub, &session.db, &server->keys);
		db_close(&session.db);
	}
	session_close(&session);
	return exit_code;
}

/* A service that can keep nothing would turn every upload away, and say that it is ready. */
static HubExit
try_spool(Server *server)
{
	SpoolWriter *writer = spool_begin(server->spool, &server->keys);

	if (writer == NULL)
	{
		log_error("hint: --spool names the folder. The one that it lies in must be there, and the user that runs the service may write in it.");
		return HUB_FILE;
	}
	spool_abort(writer);
	return HUB_OK;
}

static bool
start_parts(Server *server, pthread_t *listener, pthread_t *sweeper)
{
	server->metrics = metrics_create();
	server->limits = limits_create();
	server->sign_ins = sign_ins_create();
	server->links = links_create(server);
	if (server->metrics == NULL || server->limits == NULL || server->sign_ins == NULL || server->links == NULL)
		return false;
	server->waiters = waiters_start(server);
	server->pool = pool_start(server, (int) setting_number(server->hub, "connections"));
	server->committer = committer_start(server);
	server->workers = workers_start(server, (int) setting_number(server->hub, "intake-workers"));
	return server->waiters != NULL && server->pool != NULL && server->committer != NULL && server->workers != NULL &&
		listen_start(server, listener) && sweep_start(server, sweeper) &&
		(setting_text(server->hub, "inbox") == NULL || (server->inbox = inbox_start(server)) != NULL);
}

static bool
start_http(Server *server, int fd)
{
	Hub		   *hub = server->hub;
	unsigned	flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (server->tls_on ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *) (uintptr_t) tls_retrieve},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) (uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
		{MHD_OPTION_END, 0, NULL}
	};

	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, http_handle, server,
									  MHD_OPTION_EXTERNAL_LOGGER, log_http, NULL,
									  MHD_OPTION_LISTEN_SOCKET, fd,
									  MHD_OPTION_THREAD_POOL_SIZE, (unsigned) HTTP_THREADS,
									  MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
									  MHD_OPTION_CONNECTION_LIMIT, server->clients,
									  MHD_OPTION_PER_IP_CONNECTION_LIMIT,
									  (unsigned) (server->behind_proxy ? 0 : setting_number(hub, "client-limit-address")),
									  MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
									  MHD_OPTION_STRICT_FOR_CLIENT, 1,
									  MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
									  MHD_OPTION_NOTIFY_COMPLETED, http_completed, server,
									  MHD_OPTION_NOTIFY_CONNECTION, links_notice, server->links,
									  MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
									  MHD_OPTION_ARRAY, server->tls_on ? tls : tls + 2,
									  MHD_OPTION_END);
	if (server->daemon == NULL)
		log_error("could not start the HTTP server");
	return server->daemon != NULL;
}

/* Until a signal ends it. */
static void
attend(Server *server, const sigset_t *signals)
{
	uint64_t	watchdog = 0;
	double		told = 0;

	(void) sd_watchdog_enabled(0, &watchdog);
	for (;;)
	{
		struct timespec pause = {0, 500000000};
		int			signo = sigtimedwait(signals, NULL, &pause);

		if (signo == SIGHUP)
		{
			(void) sd_notify(0, "RELOADING=1");
			reload(server);
			(void) sd_notify(0, "READY=1");
		}
		else if (signo == SIGTERM || signo == SIGINT)
			return;
		/* A lock that is never released must not look like life. */
		if (watchdog > 0 && (serve_now() - told) * 1e6 > (double) watchdog / 3 && links_count(server->links) >= 0)
		{
			(void) sd_notify(0, "WATCHDOG=1");
			told = serve_now();
		}
	}
}

static void
pause_a_little(void)
{
	struct timespec pause = {0, 10000000};

	nanosleep(&pause, NULL);
}

/*
 * What has begun is finished, as far as that takes no longer than FINISH_SECONDS: uploads that are under way get
 * their answer, workers their verdict. The rest is cut off: nothing of it was acknowledged, or it is given back.
 */
static void
stop(Server *server, pthread_t listener, pthread_t sweeper, int fd)
{
	double		until = serve_now() + FINISH_SECONDS;

	(void) sd_notify(0, "STOPPING=1");
	log_event(LOG_INFO, "stopping", NULL);
	atomic_store(&server->stopping, true);
	if (server->daemon != NULL)
	{
		(void) MHD_quiesce_daemon(server->daemon);
		close(fd);
	}
	inbox_finish(server->inbox);
	workers_finish(server->workers);
	waiters_release(server->waiters);
	while (serve_now() < until && (atomic_load(&server->in_flight) > 0 || links_busy(server->links) > 0 || !workers_idle(server->workers)))
		pause_a_little();
	/* From here on no request is handed on; those that are get their answer at once, since no query begins any more. */
	atomic_store(&server->closed, true);
	stop_request();
	while (atomic_load(&server->handling) > 0 || atomic_load(&server->in_flight) > 0)
		pause_a_little();
	atomic_store(&server->ended, true);
	pthread_join(listener, NULL);
	pthread_join(sweeper, NULL);
	inbox_join(server->inbox);
	workers_stop(server->workers);
	committer_stop(server->committer);
	inbox_free(server->inbox);
	if (server->daemon != NULL)
		MHD_stop_daemon(server->daemon);
	waiters_stop(server->waiters);
	pool_stop(server->pool);
}

static HubExit
serve(Server *server, int fd, const char *address, int port)
{
	pthread_t	listener;
	pthread_t	sweeper;
	sigset_t	signals;
	char		text[16];

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	/* Sent when another opens a file of the drop folder at the moment that it is looked at. */
	(void) signal(SIGIO, SIG_IGN);
	if (!start_parts(server, &listener, &sweeper))
	{
		log_error("the service could not be started: out of memory or threads");
		return HUB_INTERNAL;
	}
	if (!start_http(server, fd))
	{
		stop(server, listener, sweeper, fd);
		return HUB_INTERNAL;
	}
	snprintf(text, sizeof(text), "%d", port);
	log_event(LOG_INFO, "listening", "address", address, "port", text, "tls", server->tls_on ? "yes" : "no", "version",
			  WARDSTAR_VERSION, NULL);
	(void) sd_notifyf(0, "READY=1\nSTATUS=listening on %s port %d", address, port);
	attend(server, &signals);
	stop(server, listener, sweeper, fd);
	log_event(LOG_INFO, "stopped", NULL);
	return HUB_OK;
}

/* What may be asked for only together. */
static HubExit
check_settings(Server *server)
{
	Hub		   *hub = server->hub;
	bool		cert = setting_text(hub, "tls-cert") != NULL;
	bool		loopback;

	if (cert != (setting_text(hub, "tls-key") != NULL))
	{
		log_error("--tls-cert and --tls-key go together");
		return HUB_USAGE;
	}
	server->tls_on = cert;
	server->behind_proxy = setting_flag(hub, "behind-proxy");
	if (!address_is_loopback(setting_text(hub, "listen"), &loopback))
		return HUB_USAGE;
	if (!server->tls_on && !server->behind_proxy && !loopback)
	{
		log_error("refusing to listen on %s without TLS: tokens and files would cross the network in the clear", setting_text(hub, "listen"));
		log_error("hint: Give --tls-cert and --tls-key, or --behind-proxy if a proxy in front does TLS, or listen on 127.0.0.1.");
		return HUB_USAGE;
	}
	if (server->tls_on && !tls_load(setting_text(hub, "tls-cert"), setting_text(hub, "tls-key")))
		return HUB_FILE;
	return reload_tunables(server, hub) ? HUB_OK : HUB_USAGE;
}

HubExit
serve_run(Hub *hub)
{
	Server	   *server = calloc(1, sizeof(Server));
	char		address[64];
	int			port;
	int			fd = -1;
	HubExit		exit_code;

	if (server == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	/* What a large file took goes back to the system; few heaps, so that the threads' leftovers do not add up. */
	(void) mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
	(void) mallopt(M_ARENA_MAX, 4);
	server->hub = hub;
	server->spool = setting_text(hub, "spool");
	pthread_rwlock_init(&server->keys_lock, NULL);
	exit_code = check_settings(server);
	if (exit_code == HUB_OK)
		exit_code = open_files_clients(hub, &server->clients);
	if (exit_code == HUB_OK)
		exit_code = open_keys(server);
	if (exit_code == HUB_OK)
		exit_code = try_spool(server);
	if (exit_code == HUB_OK && (fd = address_listen(setting_text(hub, "listen"), address, sizeof(address), &port)) < 0)
		exit_code = HUB_USAGE;
	if (exit_code == HUB_OK)
		exit_code = serve(server, fd, address, port);
	else if (fd >= 0)
		close(fd);
	keys_free(&server->keys);
	metrics_free(server->metrics);
	limits_free(server->limits);
	sign_ins_free(server->sign_ins);
	links_free(server->links);
	tls_free();
	pthread_rwlock_destroy(&server->keys_lock);
	free(server);
	return exit_code;
}
