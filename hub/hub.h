/*
 * hub/hub.h
 *		What every part of wardstar-hub shares: the state of one run, and the shape of a command.
 *
 * A command is one file, hub/command/VERB.c, that defines
 *		const HubCommand command_VERB = {"VERB", "ARGUMENTS", "summary", "description", run};
 * The build finds it by its name; there is no list to edit. Its options are rows of hub/program/settings.c.
 * All that is longer than reading arguments and printing belongs in a duty's folder (hub/db, hub/load, …),
 * which are the library: no main, no exit, nothing written to standard output.
 */
#ifndef HUB_H
#define HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/exit_codes.h"

#define HUB_MUST_CHECK __attribute__((warn_unused_result))
#define HUB_PRINTF(template, first) __attribute__((format(printf, template, first)))

typedef struct Hub Hub;

typedef struct HubCommand
{
	const char *name;
	const char *arguments;		/* as shown after the name in the usage line */
	const char *summary;		/* one line of --help */
	const char *description;	/* paragraphs of VERB --help */
	HubExit		(*run) (Hub *hub, int argc, char **argv);	/* argv: the positional arguments */
} HubCommand;

/* One run. Everything that a part needs to know of the others is reached from here. */
struct Hub
{
	const HubCommand *command;
	char	  **values;			/* of the settings, in the order of the table */
	char	   *sources;		/* where each came from: 'd'efault, 'f'ile, 'e'nvironment, 'o'ption */
};

/* Every command, sorted by name and ended by NULL (generated from the files' names). */
extern const HubCommand *const hub_commands[];

/* The worse of two exits, by the weights of exit_codes.h. */
extern HubExit hub_worse(HubExit a, HubExit b);

#endif
