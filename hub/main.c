/*
 * hub/main.c
 *		wardstar-hub: reads the settings, runs the command.
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/help.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

static LogLevel
level_of(const char *name)
{
	return name[0] == 'e' ? LOG_ERROR : name[0] == 'w' ? LOG_WARNING : name[0] == 'i' ? LOG_INFO : LOG_DEBUG;
}

static LogFormat
format_of(const char *name)
{
	return name[0] == 't' ? LOG_TEXT : name[0] == 'l' ? LOG_LOGFMT : LOG_JSON;
}

/*
 * A standard stream that was closed is opened, lest a file of the hub's take its number and be written to as if it were
 * one; the wrong way round, so that it stays of no use, and output that goes nowhere does not look like success.
 */
static bool
standard_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
	{
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	Hub			hub = {0};
	HubExit		exit_code;

	if (!standard_streams())
		return HUB_INTERNAL;
	setlocale(LC_CTYPE, "");
	stop_on_signals();
	exit_code = settings_read(&hub, &argc, argv);
	if (exit_code == HUB_OK)
	{
		log_set_level(level_of(setting_text(&hub, "log-level")));
		if (setting_text(&hub, "log-format") != NULL)
			log_set_format(format_of(setting_text(&hub, "log-format")));
		if (setting_flag(&hub, "version"))
			printf("wardstar-hub %s\n", WARDSTAR_VERSION);
		else if (hub.command != NULL && setting_flag(&hub, "help"))
			help_command(hub.command);
		else if (setting_flag(&hub, "help"))
			help_program();
		else if (hub.command == NULL)
		{
			log_error("no command is named; see wardstar-hub --help");
			exit_code = HUB_USAGE;
		}
		else
			exit_code = hub.command->run(&hub, argc, argv);
	}
	/* A full disk must not look like success. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && exit_code == HUB_OK)
	{
		log_error("could not write to standard output");
		exit_code = HUB_INTERNAL;
	}
	settings_free(&hub);
	return (int) exit_code;
}
