/*
 * hub/program/settings.c
 *		The table of settings, and reading them from options, environment and settings file.
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "settings.h"

/* Sorted by name; a test compares. To add an option to a command, add a row. */
const Setting settings[] = {
	{"ages", "programme", SETTING_TEXT, false, "AGES", NULL, 0, 0,
	"whom the programme is for by age, such as 5-18 (both included) or 18+"},
	{"anchor", "audit", SETTING_TEXT, false, "NUMBER:SHA256", NULL, 0, 0,
	"an anchor that an earlier audit printed: it must still be there"},
	{"apply", "recheck retention", SETTING_FLAG, false, NULL, NULL, 0, 0,
	"with recheck: enter returns that differ again, in the place of the old ones; with retention: remove what is older"},
	{"as", "load", SETTING_TEXT, false, "KIND", NULL, 0, 0,
	"take the files as this kind instead of finding it by their heading: areas, lookup, postcodes, population, deprivation, crime, return, stars, cases, records"},
	{"behind-proxy", "serve", SETTING_FLAG, true, NULL, NULL, 0, 0,
	"a proxy in front does TLS: listen without it, and believe X-Forwarded-For of this machine and of --trusted-proxies"},
	{"client-limit", "serve", SETTING_NUMBER, true, "N", "1000", 1, 100000,
	"how many connections of clients there may be"},
	{"client-limit-address", "serve", SETTING_NUMBER, true, "N", "100", 0, 100000,
	"how many of them may come from one address; 0 is any number, as it is with --behind-proxy"},
	{"client-ref-file", "withdraw", SETTING_TEXT, false, "FILE", NULL, 0, 0,
	"the file with the client's reference; without it standard input"},
	{"connect-timeout", NULL, SETTING_NUMBER, true, "SECONDS", "10", 1, 3600,
	"how long one attempt to connect may take"},
	{"connect-wait", NULL, SETTING_NUMBER, true, "SECONDS", "15", 0, 86400,
	"how long to go on trying when the server is not there or still starting"},
	{"connections", "serve", SETTING_NUMBER, true, "N", "4", 1, 64,
	"how many connections to the database answer questions; the ledger, the listener and each worker have one more"},
	{"content", "key", SETTING_FLAG, false, NULL, NULL, 0, 0,
	"with check: read every spool file to its end and compare it with what was received"},
	{"districts", "programme", SETTING_TEXT, false, "CODES", NULL, 0, 0,
	"the districts in which the programme works, by ONS code, such as E08000012,E08000014"},
	{"dsn", NULL, SETTING_TEXT, true, "CONNINFO", NULL, 0, 0,
	"the database: a libpq connection string or URI; what it leaves out comes from the PG* variables and the service file"},
	{"due-days", "programme", SETTING_NUMBER, false, "DAYS", NULL, 0, 366,
	"how many days after the end of the quarter a return is due; 28 if it is not said"},
	{"edition", "load", SETTING_TEXT, false, "EDITION", NULL, 0, 0,
	"the edition of the files, where their content doesn't tell it"},
	{"ends", "programme", SETTING_TEXT, false, "DATE", NULL, 0, 0,
	"the last day of the programme, such as 2026-03-31; empty: it goes on"},
	{"expected", "programme", SETTING_TEXT, false, "QUARTERS", NULL, 0, 0,
	"quarters in which a return is expected, such as 2025-Q1,2025-Q2"},
	{"expires", "token", SETTING_TEXT, false, "DATE", NULL, 0, 0,
	"with issue: the day on which the token stops working, such as 2030-03-31; without it, it works until it is revoked"},
	{"form", "explain load", SETTING_TEXT, false, "old|new|…", NULL, 0, 0,
	"the form of a return, if it is not to be told by its content"},
	{"format", "receipt report", SETTING_TEXT, false, "FORMAT", NULL, 0, 0,
	"how to print it: a receipt as text, html, csv or json, a report as table, csv, json or geojson (default: the first)"},
	{"forms", "programme", SETTING_TEXT, false, "FORMS", NULL, 0, 0,
	"what the programme has to send, such as old:2025-Q1:2025-Q1,improved:2025-Q2; quarters are the first and last one, records is the record-level return"},
	{"gdal-cpu", "load", SETTING_NUMBER, true, "SECONDS", "60", 1, 86400,
	"how much CPU time the reader of boundary files may use"},
	{"gdal-memory", "load", SETTING_NUMBER, true, "MIB", "512", 64, 1048576,
	"how much memory the reader of boundary files may use"},
	{"header-timeout", "serve", SETTING_NUMBER, true, "SECONDS", "15", 1, 3600,
	"how long a client may take to send a request's headers, and how long a connection may lie idle between two requests"},
	{"help", NULL, SETTING_FLAG, false, NULL, NULL, 0, 0,
	"show how to use the program or a command, and end"},
	{"html", "report", SETTING_TEXT, false, "FILE", NULL, 0, 0,
	"with stars: write the report as a page with its picture to this file"},
	{"inbox", "serve", SETTING_TEXT, true, "FOLDER", NULL, 0, 0,
	"a drop folder: files are taken from FOLDER/ORGANISATION/PROGRAMME/QUARTER/"},
	{"intake-workers", "serve", SETTING_NUMBER, true, "N", "2", 0, 16,
	"how many received files are checked at the same time"},
	{"json", "load status", SETTING_FLAG, true, NULL, NULL, 0, 0,
	"print one JSON object a line instead of text"},
	{"key-file", "audit explain key load recheck serve waive withdraw", SETTING_TEXT, true, "FILE", NULL, 0, 0,
	"the keys that hide identifiers and encrypt the spool; see wardstar-hub key --help"},
	{"level", "report", SETTING_CHOICE, false, "ward|lsoa", "ward", 0, 0,
	"the areas of the report"},
	{"line", "explain waive", SETTING_NUMBER, false, "N", NULL, 1, 2147483647,
	"the line of the finding, where only one is meant"},
	{"listen", "serve", SETTING_TEXT, true, "ADDRESS:PORT", "127.0.0.1:8420", 0, 0,
	"where to listen, such as 127.0.0.1:8420 or [::1]:8420; port 0 is any free one, and the log says which"},
	{"log-format", NULL, SETTING_CHOICE, true, "text|logfmt|json", NULL, 0, 0,
	"how log lines are written; without it logfmt by serve, and text by all else"},
	{"log-level", NULL, SETTING_CHOICE, true, "error|warning|info|debug", "info", 0, 0,
	"how much to log on standard error"},
	{"made-up", "programme", SETTING_FLAG, false, NULL, NULL, 0, 0,
	"the programme is made up, for a demonstration: every output with its figures says so"},
	{"member-limit", "load", SETTING_NUMBER, true, "MIB", "4096", 1, 1048576,
	"how large a file may be once it is taken out of a zip"},
	{"not-expected", "programme", SETTING_TEXT, false, "QUARTERS", NULL, 0, 0,
	"quarters in which no return is expected"},
	{"older-than", "retention", SETTING_TEXT, false, "AGE", NULL, 0, 0,
	"how long ago, such as 7y, 18m or 90d: years, months or days"},
	{"organisation", "programme", SETTING_TEXT, false, "NAME", NULL, 0, 0,
	"the organisation that runs the programme"},
	{"output", "receipt template", SETTING_TEXT, false, "FILE", NULL, 0, 0,
	"the file to write"},
	{"period", "explain load recheck report template", SETTING_TEXT, false, "QUARTER", NULL, 0, 0,
	"a quarter of the reporting year from April, such as 2025-Q2: 1 July to 30 September 2025"},
	{"programme", "explain load recheck report template withdraw", SETTING_TEXT, false, "NAME", NULL, 0, 0,
	"the programme whose return, readings or report it is"},
	{"quiet", NULL, SETTING_FLAG, true, NULL, NULL, 0, 0,
	"print no progress and no summary; errors and warnings are still logged"},
	{"rate-address", "serve", SETTING_NUMBER, true, "N", "100", 0, 1000000,
	"how many requests a second may come from one address, after a burst of four seconds' worth; 0 is any number"},
	{"rate-token", "serve", SETTING_NUMBER, true, "N", "50", 0, 1000000,
	"how many requests a second may come with one token, after a burst of four seconds' worth; 0 is any number"},
	{"reader", "explain load recheck serve waive", SETTING_TEXT, true, "PROGRAM", NULL, 0, 0,
	"the program that reads documents, if wardstar-read does not stand beside wardstar-hub"},
	{"reader-cpu", "explain load recheck serve waive", SETTING_NUMBER, true, "SECONDS", "10", 1, 3600,
	"how much CPU time the reader of documents may use"},
	{"reader-memory", "explain load recheck serve waive", SETTING_NUMBER, true, "MIB", "512", 64, 1048576,
	"how much memory the reader of documents may use"},
	{"reason", "waive", SETTING_TEXT, false, "TEXT", NULL, 0, 0,
	"why it is let be"},
	{"rewrap-only", "key", SETTING_FLAG, false, NULL, NULL, 0, 0,
	"with rotate: make no new key, only put the spool under the present one"},
	{"serves", "programme", SETTING_TEXT, false, "WORDS", NULL, 0, 0,
	"whom the programme is for, in words"},
	{"settings", NULL, SETTING_TEXT, true, "FILE", NULL, 0, 0,
	"read settings from this file"},
	{"sexes", "programme", SETTING_TEXT, false, "SEXES", NULL, 0, 0,
	"whom the programme is for by sex: female, male, other, parted by commas; everyone if it is not said"},
	{"spool", "audit explain key load recheck retention serve waive withdraw", SETTING_TEXT, true, "FOLDER", "/var/lib/wardstar/spool", 0, 0,
	"where received files lie, encrypted"},
	{"starts", "programme", SETTING_TEXT, false, "DATE", NULL, 0, 0,
	"the first day of the programme, such as 2025-04-01"},
	{"statement-timeout", NULL, SETTING_NUMBER, true, "SECONDS", "0", 0, 86400,
	"how long one statement may take; 0 is for ever"},
	{"svg", "report", SETTING_TEXT, false, "FILE", NULL, 0, 0,
	"with stars: write the picture to this file"},
	{"sweep-after", "serve", SETTING_NUMBER, true, "SECONDS", "3600", 10, 604800,
	"when a spool file that nothing names is removed: longer than an upload can take from its last byte to the ledger"},
	{"tls-cert", "serve", SETTING_TEXT, true, "FILE", NULL, 0, 0,
	"the certificate and those that it is signed by, as PEM"},
	{"tls-key", "serve", SETTING_TEXT, true, "FILE", NULL, 0, 0,
	"the certificate's private key, as PEM"},
	{"top", "report", SETTING_NUMBER, false, "N", NULL, 1, 1000000,
	"print only the first N areas"},
	{"trusted-proxies", "serve", SETTING_TEXT, true, "ADDRESSES", NULL, 0, 0,
	"with --behind-proxy: addresses of proxies on other machines, parted by commas"},
	{"undisclosed", "report", SETTING_FLAG, false, NULL, NULL, 0, 0,
	"print the figures as they are, small numbers of people included"},
	{"upload-limit", "serve", SETTING_NUMBER, true, "MIB", "64", 1, 4096,
	"how large an uploaded file may be"},
	{"version", NULL, SETTING_FLAG, false, NULL, NULL, 0, 0,
	"show the version, and end"},
	{"wait-limit", "serve", SETTING_NUMBER, true, "SECONDS", "60", 0, 3600,
	"how long a request may wait for a verdict"},
	{"workers", "load", SETTING_NUMBER, true, "N", "2", 1, 64,
	"how many connections load crime files at the same time"},
};

const size_t settings_count = sizeof(settings) / sizeof(settings[0]);

void
setting_variable(const Setting *setting, char *variable, size_t size)
{
	snprintf(variable, size, "WARDSTAR_%s", setting->name);
	for (char *p = variable; *p != '\0'; p++)
		*p = *p == '-' ? '_' : (char) toupper((unsigned char) *p);
}

/* Whether a word stands in a list whose words are parted by one character. */
static bool
list_has(const char *list, char separator, const char *word)
{
	size_t		length = strlen(word);

	for (const char *p = list; p != NULL; p = strchr(p, separator))
	{
		if (*p == separator)
			p++;
		if (strncmp(p, word, length) == 0 && (p[length] == separator || p[length] == '\0'))
			return true;
	}
	return false;
}

bool
setting_is_of(const Setting *setting, const char *command)
{
	if (setting->commands == NULL || command == NULL)
		return setting->commands == NULL && command == NULL;
	return list_has(setting->commands, ' ', command);
}

static int
find(const char *name, size_t length)
{
	for (size_t i = 0; i < settings_count; i++)
	{
		if (strncmp(settings[i].name, name, length) == 0 && settings[i].name[length] == '\0')
			return (int) i;
	}
	return -1;
}

static int
must_find(const char *name)
{
	int			i = find(name, strlen(name));

	if (i < 0)
	{
		log_error("BUG: no setting is called \"%s\"", name);
		abort();
	}
	return i;
}

/* Checks a value and keeps a copy. "where" names its place in the message. */
static HubExit
keep(Hub *hub, int i, const char *value, char source, const char *where)
{
	const Setting *setting = &settings[i];
	char	   *copy;

	switch (setting->type)
	{
		case SETTING_FLAG:
			if (!list_has("on|off|true|false|yes|no|1|0", '|', value))
			{
				log_error("%s: \"%s\" is neither on nor off", where, value);
				return HUB_USAGE;
			}
			value = list_has("on|true|yes|1", '|', value) ? "on" : NULL;
			break;
		case SETTING_NUMBER:
			{
				char	   *end;
				long		n;

				errno = 0;
				n = strtol(value, &end, 10);
				if (end == value || *end != '\0' || errno != 0 || n < setting->minimum || n > setting->maximum)
				{
					log_error("%s: \"%s\" is not a whole number from %ld to %ld", where, value,
							  setting->minimum, setting->maximum);
					return HUB_USAGE;
				}
				break;
			}
		case SETTING_CHOICE:
			if (*value == '\0' || strchr(value, '|') != NULL || !list_has(setting->meta, '|', value))
			{
				log_error("%s: \"%s\" is not one of %s", where, value, setting->meta);
				return HUB_USAGE;
			}
			break;
		case SETTING_TEXT:
			break;
	}
	copy = value != NULL ? strdup(value) : NULL;
	if (value != NULL && copy == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	free(hub->values[i]);
	hub->values[i] = copy;
	hub->sources[i] = source;
	return HUB_OK;
}

/*
 * One pass over the arguments: gathers the positional ones, or, with "apply", sets the options. The first
 * positional argument is the command, wherever it stands; only then is it known which options are allowed.
 */
static HubExit
read_options(Hub *hub, int argc, char **argv, bool apply, char **positional, int *npositional)
{
	bool		ended = false;

	*npositional = 0;
	for (int a = 1; a < argc; a++)
	{
		const char *name = argv[a];
		const char *value;
		size_t		length;
		char		where[128];
		int			i;

		if (ended || name[0] != '-' || name[1] == '\0')
		{
			positional[(*npositional)++] = argv[a];
			continue;
		}
		if (strcmp(name, "--") == 0)
		{
			ended = true;
			continue;
		}
		if (strcmp(name, "-h") == 0)
			name = "--help";
		else if (strcmp(name, "-V") == 0)
			name = "--version";
		else if (strcmp(name, "-q") == 0)
			name = "--quiet";
		else if (strcmp(name, "-o") == 0)
			name = "--output";
		value = strchr(name, '=');
		length = value != NULL ? (size_t) (value - name) : strlen(name);
		i = length > 2 && name[1] == '-' ? find(name + 2, length - 2) : -1;
		if (i < 0)
		{
			log_error("unknown option \"%.*s\"; see wardstar-hub --help", (int) length, name);
			return HUB_USAGE;
		}
		snprintf(where, sizeof(where), "--%s", settings[i].name);
		if (settings[i].type == SETTING_FLAG)
		{
			if (value != NULL)
			{
				log_error("%s takes no value", where);
				return HUB_USAGE;
			}
			value = "on";
		}
		else if (value != NULL)
			value++;
		else if (a + 1 < argc)
			value = argv[++a];
		else
		{
			log_error("%s needs a value: %s", where, settings[i].meta);
			return HUB_USAGE;
		}
		if (apply)
		{
			HubExit		exit_code;

			if (hub->command != NULL && settings[i].commands != NULL &&
				!setting_is_of(&settings[i], hub->command->name))
			{
				log_error("%s is no option of %s; see wardstar-hub %s --help", where, hub->command->name,
						  hub->command->name);
				return HUB_USAGE;
			}
			exit_code = keep(hub, i, value, 'o', where);
			if (exit_code != HUB_OK)
				return exit_code;
		}
	}
	return HUB_OK;
}

static HubExit
read_environment(Hub *hub)
{
	for (size_t i = 0; i < settings_count; i++)
	{
		char		variable[64];
		const char *value;
		HubExit		exit_code;

		if (!settings[i].kept)
			continue;
		setting_variable(&settings[i], variable, sizeof(variable));
		value = getenv(variable);
		if (value == NULL || *value == '\0')
			continue;
		exit_code = keep(hub, (int) i, value, 'e', variable);
		if (exit_code != HUB_OK)
			return exit_code;
	}
	return HUB_OK;
}

static char *
trim(char *text)
{
	char	   *end;

	while (isspace((unsigned char) *text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char) end[-1]))
		*--end = '\0';
	return text;
}

/* Lines of "name = value"; # begins a comment line. An unknown name is an error, not a silence. */
static HubExit
read_file(Hub *hub, const char *path)
{
	FILE	   *file = fopen(path, "re");
	char		line[4096];
	int			number = 0;
	HubExit		exit_code = HUB_OK;

	if (file == NULL)
	{
		log_error("could not open settings file \"%s\": %s", path, strerror(errno));
		return HUB_USAGE;
	}
	while (exit_code == HUB_OK && fgets(line, sizeof(line), file) != NULL)
	{
		char	   *name = trim(line);
		char	   *value = strchr(name, '=');
		char		where[512];
		int			i;

		number++;
		if (*name == '#' || *name == '\0')
			continue;
		snprintf(where, sizeof(where), "%s, line %d", path, number);
		if (value == NULL)
		{
			log_error("%s: a line must be \"name = value\"", where);
			exit_code = HUB_USAGE;
			break;
		}
		*value++ = '\0';
		name = trim(name);
		i = find(name, strlen(name));
		if (i < 0 || !settings[i].kept || strcmp(name, "settings") == 0)
		{
			log_error("%s: no setting is called \"%s\"; see wardstar-hub settings", where, name);
			exit_code = HUB_USAGE;
			break;
		}
		exit_code = keep(hub, i, trim(value), 'f', where);
	}
	if (ferror(file))
	{
		log_error("could not read settings file \"%s\": %s", path, strerror(errno));
		exit_code = HUB_USAGE;
	}
	fclose(file);
	return exit_code;
}

HubExit
settings_read(Hub *hub, int *argc, char **argv)
{
	char	  **positional = calloc((size_t) *argc + 1, sizeof(char *));
	int			npositional = 0;
	HubExit		exit_code = HUB_OK;
	const char *path;

	hub->values = calloc(settings_count, sizeof(char *));
	hub->sources = calloc(settings_count, 1);
	if (positional == NULL || hub->values == NULL || hub->sources == NULL)
	{
		log_error("out of memory");
		free(positional);
		return HUB_INTERNAL;
	}
	for (size_t i = 0; i < settings_count && exit_code == HUB_OK; i++)
	{
		assert(i == 0 || strcmp(settings[i - 1].name, settings[i].name) < 0);
		if (settings[i].initial != NULL)
			exit_code = keep(hub, (int) i, settings[i].initial, 'd', settings[i].name);
		hub->sources[i] = 'd';
	}

	if (exit_code == HUB_OK)
		exit_code = read_options(hub, *argc, argv, false, positional, &npositional);
	if (exit_code == HUB_OK && npositional > 0)
	{
		for (int i = 0; hub_commands[i] != NULL && hub->command == NULL; i++)
		{
			if (strcmp(hub_commands[i]->name, positional[0]) == 0)
				hub->command = hub_commands[i];
		}
		if (hub->command == NULL)
		{
			log_error("unknown command \"%s\"; see wardstar-hub --help", positional[0]);
			exit_code = HUB_USAGE;
		}
	}
	/* The file's name may come from the environment or an option, and both win over what it says. */
	if (exit_code == HUB_OK)
		exit_code = read_environment(hub);
	if (exit_code == HUB_OK)
		exit_code = read_options(hub, *argc, argv, true, positional, &npositional);
	path = exit_code == HUB_OK ? setting_text(hub, "settings") : NULL;
	if (path != NULL)
	{
		char	   *copy = strdup(path);

		exit_code = copy == NULL ? HUB_INTERNAL : read_file(hub, copy);
		free(copy);
		if (exit_code == HUB_OK)
			exit_code = read_environment(hub);
		if (exit_code == HUB_OK)
			exit_code = read_options(hub, *argc, argv, true, positional, &npositional);
	}

	if (exit_code == HUB_OK)
	{
		*argc = npositional > 0 ? npositional - 1 : 0;
		for (int i = 0; i < *argc; i++)
			argv[i] = positional[i + 1];
		argv[*argc] = NULL;
	}
	free(positional);
	return exit_code;
}

void
settings_free(Hub *hub)
{
	for (size_t i = 0; i < settings_count && hub->values != NULL; i++)
		free(hub->values[i]);
	free(hub->values);
	free(hub->sources);
}

const char *
setting_text(const Hub *hub, const char *name)
{
	return hub->values[must_find(name)];
}

long
setting_number(const Hub *hub, const char *name)
{
	const char *value = setting_text(hub, name);

	return value != NULL ? strtol(value, NULL, 10) : 0;
}

bool
setting_flag(const Hub *hub, const char *name)
{
	return setting_text(hub, name) != NULL;
}

char
setting_source(const Hub *hub, const char *name)
{
	return hub->sources[must_find(name)];
}
