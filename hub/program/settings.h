/*
 * hub/program/settings.h
 *		Settings: one sorted table (settings.c) from which the options, the environment variables, the sample
 *		settings file, --help and docs/hub.md all come.
 *
 * A setting "gdal-memory" is the option --gdal-memory, and, if it is kept, the environment variable
 * WARDSTAR_GDAL_MEMORY and the line "gdal-memory = …" of the settings file. An option wins over the
 * environment, that over the file, that over the default.
 */
#ifndef HUB_SETTINGS_H
#define HUB_SETTINGS_H

#include "hub.h"

typedef enum SettingType
{
	SETTING_FLAG,				/* no value: on or off */
	SETTING_NUMBER,				/* whole, within minimum and maximum */
	SETTING_CHOICE,				/* one of the words of "meta", parted by | */
	SETTING_TEXT
} SettingType;

typedef struct Setting
{
	const char *name;
	const char *commands;		/* parted by blanks; NULL: every command */
	SettingType type;
	bool		kept;			/* also from the environment and the settings file */
	const char *meta;			/* what stands for the value in --help */
	const char *initial;		/* NULL: none */
	long		minimum;
	long		maximum;
	const char *help;
} Setting;

extern const Setting settings[];
extern const size_t settings_count;

/* The environment variable of a kept setting, in a buffer of the caller's. */
extern void setting_variable(const Setting *setting, char *variable, size_t size);

/* Whether a command has the setting as its own (or every command has it, command NULL). */
extern bool setting_is_of(const Setting *setting, const char *command);

/*
 * Reads options, environment and settings file. Sets hub->command (NULL if none is named) and leaves the
 * positional arguments at the front of argv, their number in *argc. What is wrong is logged.
 */
extern HubExit settings_read(Hub *hub, int *argc, char **argv) HUB_MUST_CHECK;
extern void settings_free(Hub *hub);

/* The value; a name that is not in the table is a fault of the program and aborts. */
extern const char *setting_text(const Hub *hub, const char *name);	/* NULL: not set */
extern long setting_number(const Hub *hub, const char *name);
extern bool setting_flag(const Hub *hub, const char *name);

/* 'd'efault, 'f'ile, 'e'nvironment or 'o'ption. */
extern char setting_source(const Hub *hub, const char *name);

#endif
