/*
 * hub/command/help.c
 *		--help and the sample settings file.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "program/settings.h"

#define HELP_WIDTH 96
#define HELP_INDENT 30

/* Prints a paragraph, its lines broken at blanks; the cursor stands at "column" when it begins. */
static void
paragraph(const char *text, int column, int indent, int width)
{
	while (*text != '\0')
	{
		int			word = (int) strcspn(text, " \n");
		int			letters = 0;

		for (int i = 0; i < word; i++)
			letters += (text[i] & 0xc0) != 0x80;
		if (column > indent && column + 1 + letters > width)
		{
			printf("\n%*s", indent, "");
			column = indent;
		}
		else if (column > indent)
		{
			putchar(' ');
			column++;
		}
		printf("%.*s", word, text);
		column += letters;
		text += word;
		if (*text == '\n')
		{
			printf("\n%*s", indent, "");
			column = indent;
		}
		if (*text != '\0')
			text++;
	}
	putchar('\n');
}

static void
show_setting(const Setting *setting)
{
	char		left[128];
	char		help[512];

	if (setting->type == SETTING_FLAG)
		snprintf(left, sizeof(left), "  --%s", setting->name);
	else
		snprintf(left, sizeof(left), "  --%s %s", setting->name, setting->meta);
	if (setting->initial != NULL)
		snprintf(help, sizeof(help), "%s (default %s)", setting->help, setting->initial);
	else
		snprintf(help, sizeof(help), "%s", setting->help);
	if (strlen(left) >= HELP_INDENT)
		printf("%s\n%*s", left, HELP_INDENT, "");
	else
		printf("%-*s", HELP_INDENT, left);
	paragraph(help, HELP_INDENT, HELP_INDENT, HELP_WIDTH);
}

static void
show_settings(const char *command)
{
	for (size_t i = 0; i < settings_count; i++)
	{
		if (setting_is_of(&settings[i], command))
			show_setting(&settings[i]);
	}
}

void
help_program(void)
{
	printf("wardstar-hub keeps the database of a violence reduction partnership's data hub.\n\n"
		   "Usage: wardstar-hub COMMAND [OPTION …] [ARGUMENT …]\n\nCommands:\n");
	for (int i = 0; hub_commands[i] != NULL; i++)
	{
		printf("  %-*s", HELP_INDENT - 2, hub_commands[i]->name);
		paragraph(hub_commands[i]->summary, HELP_INDENT, HELP_INDENT, HELP_WIDTH);
	}
	printf("\nOptions of every command:\n");
	show_settings(NULL);
	printf("\n");
	paragraph("Every option that \"wardstar-hub settings\" lists can also be set by an environment variable (--dsn is "
			  "WARDSTAR_DSN) or in a settings file. An option wins over the environment, that over the file.",
			  0, 0, HELP_WIDTH);
	printf("\nExit codes:\n");
#define X(name, code, weight, meaning) printf("  %2d  %s\n", code, meaning);
	HUB_EXIT_CODES(X)
#undef X
	printf("\n\"wardstar-hub COMMAND --help\" tells more of a command.\n");
}

void
help_command(const HubCommand *command)
{
	printf("Usage: wardstar-hub %s [OPTION …]%s%s\n\n", command->name, *command->arguments ? " " : "",
		   command->arguments);
	paragraph(command->description, 0, 0, HELP_WIDTH);
	for (size_t i = 0, n = 0; i < settings_count; i++)
	{
		if (settings[i].commands == NULL || !setting_is_of(&settings[i], command->name))
			continue;
		if (n++ == 0)
			printf("\nOptions:\n");
		show_setting(&settings[i]);
	}
	printf("\nOptions of every command:\n");
	show_settings(NULL);
}

/* A connection string is shown without its password. */
static void
show_dsn(const char *dsn)
{
	PQconninfoOption *options = PQconninfoParse(dsn, NULL);

	if (options == NULL)
		printf("(not a connection string)");
	for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
	{
		if (o->val != NULL)
			printf("%s=%s ", o->keyword, strchr(o->dispchar, '*') != NULL ? "********" : o->val);
	}
	PQconninfoFree(options);
}

void
help_settings(const Hub *hub, bool current)
{
	if (!current)
		printf("# Settings of wardstar-hub. Read by --settings FILE or WARDSTAR_SETTINGS=FILE.\n"
			   "# A line that begins with # is a comment; the values shown are the defaults.\n");
	for (size_t i = 0; i < settings_count; i++)
	{
		const Setting *setting = &settings[i];
		char		variable[64];

		if (!setting->kept || strcmp(setting->name, "settings") == 0)
			continue;
		setting_variable(setting, variable, sizeof(variable));
		if (current)
		{
			const char *value = setting_text(hub, setting->name);
			char		source = setting_source(hub, setting->name);

			printf("%s = ", setting->name);
			if (value != NULL && strcmp(setting->name, "dsn") == 0)
				show_dsn(value);
			else
				printf("%s", value != NULL ? value : setting->type == SETTING_FLAG ? "off" : "");
			printf("  # %s\n", source == 'o' ? "option" : source == 'e' ? variable :
				   source == 'f' ? "settings file" : "default");
			continue;
		}
		printf("\n# %s\n", setting->help);
		printf("# For %s; environment variable %s; %s.\n",
			   setting->commands != NULL ? setting->commands : "every command", variable,
			   setting->type == SETTING_FLAG ? "on or off" : setting->meta);
		printf("#%s = %s\n", setting->name, setting->initial != NULL ? setting->initial :
			   setting->type == SETTING_FLAG ? "off" : "");
	}
}
