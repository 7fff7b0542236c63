/*
 * hub/command/settings.c
 *		wardstar-hub settings: the sample settings file, or what is in force.
 */
#include <string.h>

#include "help.h"
#include "program/log.h"

static HubExit
run(Hub *hub, int argc, char **argv)
{
	if (argc > 1 || (argc == 1 && strcmp(argv[0], "current") != 0 && strcmp(argv[0], "sample") != 0))
	{
		log_error("settings takes one argument at most: current or sample");
		return HUB_USAGE;
	}
	help_settings(hub, argc == 1 && argv[0][0] == 'c');
	return HUB_OK;
}

const HubCommand command_settings = {
	"settings", "[sample|current]",
	"print a sample settings file, or the settings in force",
	"Prints a settings file with every setting, its meaning and its default. With \"current\" it prints the "
	"settings in force and where each came from; passwords are not shown.",
	run
};
