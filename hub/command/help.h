/*
 * hub/command/help.h
 *		--help, the sample settings file and the tables of docs/hub.md, from the tables of the program.
 */
#ifndef HUB_HELP_H
#define HUB_HELP_H

#include "hub.h"

extern void help_program(void);
extern void help_command(const HubCommand *command);

/* "sample": a settings file with every default; "current": what is in force, and from where. */
extern void help_settings(const Hub *hub, bool current);

#endif
