/*
 * hub/serve/reload.c
 *		Settings that may change while the service runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/log.h"
#include "serve/client.h"
#include "serve/reload.h"
#include "serve/ring.h"
#include "serve/tls.h"
#include "program/settings.h"

/* Everything else of serve's is read once, at the start. */
static const char *const changeable[] = {"header-timeout", "log-level", "rate-address", "rate-token", "trusted-proxies",
"upload-limit", "wait-limit"};

static LogLevel
level_of(const char *name)
{
	return name[0] == 'e' ? LOG_ERROR : name[0] == 'w' ? LOG_WARNING : name[0] == 'i' ? LOG_INFO : LOG_DEBUG;
}

bool
reload_tunables(Server *server, const Hub *hub)
{
	Tunables   *t = &server->tunables;

	if (!client_set_proxies(setting_text(hub, "trusted-proxies")))
		return false;
	atomic_store(&t->upload_limit, setting_number(hub, "upload-limit") * 1024 * 1024);
	atomic_store(&t->token_rate, (int) setting_number(hub, "rate-token"));
	atomic_store(&t->address_rate, (int) setting_number(hub, "rate-address"));
	atomic_store(&t->header_seconds, (int) setting_number(hub, "header-timeout"));
	atomic_store(&t->wait_limit, (int) setting_number(hub, "wait-limit"));
	log_set_level(level_of(setting_text(hub, "log-level")));
	return true;
}

static bool
is_changeable(const char *name)
{
	for (size_t i = 0; i < sizeof(changeable) / sizeof(changeable[0]); i++)
	{
		if (strcmp(changeable[i], name) == 0)
			return true;
	}
	return false;
}

static void
tell_unchanged(const Hub *before, const Hub *after)
{
	for (size_t i = 0; i < settings_count; i++)
	{
		const char *a = setting_text(before, settings[i].name);
		const char *b = setting_text(after, settings[i].name);

		if (!is_changeable(settings[i].name) && (a == NULL) != (b == NULL || (a != NULL && strcmp(a, b) != 0)) && a != b)
			log_warning("%s has changed: it is taken at the next start", settings[i].name);
	}
}

/* The arguments of the process, as settings_read wants them: in an array that ends with NULL. */
static char **
own_arguments(char **text, int *count)
{
	FILE	   *file = fopen("/proc/self/cmdline", "re");
	char	  **arguments = NULL;
	size_t		size = 0;
	ssize_t		length;
	int			n = 0;

	*text = NULL;
	length = file != NULL ? getdelim(text, &size, EOF, file) : -1;
	if (file != NULL)
		fclose(file);
	for (ssize_t i = 0; i < length; i++)
		n += (*text)[i] == '\0';
	arguments = length > 0 ? calloc((size_t) n + 1, sizeof(char *)) : NULL;
	*count = 0;
	for (char *p = *text; arguments != NULL && *count < n; p += strlen(p) + 1)
		arguments[(*count)++] = p;
	return arguments;
}

static void
reload_keys(Server *server, const Hub *hub)
{
	KeyRing		ring;

	if (keys_read(setting_text(hub, "key-file"), &ring) != HUB_OK)
	{
		log_error("the key file can't be read; the keys of before stay in use");
		return;
	}
	ring_replace(server, &ring);
}

void
reload(Server *server)
{
	Hub			hub = {0};
	char	   *text;
	int			count;
	char	  **arguments = own_arguments(&text, &count);

	if (arguments == NULL || settings_read(&hub, &count, arguments) != HUB_OK || !reload_tunables(server, &hub))
		log_error("the settings are no good; those of before stay in force");
	else
	{
		tell_unchanged(server->hub, &hub);
		reload_keys(server, server->hub);
		if (server->tls_on && !tls_load(setting_text(server->hub, "tls-cert"), setting_text(server->hub, "tls-key")))
			log_error("the certificate is no good; the one of before stays in use");
		log_event(LOG_INFO, "reloaded", NULL);
	}
	settings_free(&hub);
	free(arguments);
	free(text);
}
