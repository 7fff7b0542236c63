/*
 * hub/command/load.c
 *		wardstar-hub load: loads reference files and shows how it goes.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "intake/client_rows.h"
#include "intake/records.h"
#include "intake/returns.h"
#include "program/json.h"
#include "load/load.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

typedef struct Show
{
	Progress	progress;
	bool		json;
	bool		quiet;
	bool		terminal;		/* progress is shown, and a line a file */
	pthread_mutex_t lock;		/* of the screen */
	atomic_bool ended;
	double		started;
	unsigned	outcomes[5];
	uint64_t	stored;
	uint64_t	rejected;
} Show;

static const char *const outcome_names[] = {"stored", "already loaded", "skipped", "refused", "failed"};

static double
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* 1234567 as 1,234,567. */
static const char *
with_commas(uint64_t n, char *text, size_t size)
{
	char		digits[32];
	int			length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long) n);
	size_t		used = 0;

	for (int i = 0; i < length && used + 2 < size; i++)
	{
		if (i > 0 && (length - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	return text;
}

/* Lines of text as a JSON array of strings. */
static void
json_lines(const char *name, const char *lines)
{
	const char *separator = "";

	printf(", \"%s\": [", name);
	while (lines != NULL && *lines != '\0')
	{
		size_t		length = strcspn(lines, "\n");

		printf("%s", separator);
		json_string(stdout, lines, length);
		separator = ", ";
		lines += length + (lines[length] == '\n');
	}
	printf("]");
}

static void
json_member(const char *name, const char *value)
{
	printf(", \"%s\": ", name);
	if (value != NULL)
		json_string(stdout, value, strlen(value));
	else
		printf("null");
}

static void
show_json(const LoadReport *report)
{
	printf("{\"file\": ");
	json_string(stdout, report->name, strlen(report->name));
	json_member("outcome", outcome_names[report->outcome]);
	json_member("kind", report->kind);
	json_member("edition", report->edition);
	printf(", \"read\": %llu, \"stored\": %llu, \"rejected\": %llu, \"seconds\": %.3f, \"exit_code\": %d",
		   (unsigned long long) report->read, (unsigned long long) report->stored,
		   (unsigned long long) report->rejected, report->seconds, (int) report->exit_code);
	json_member("reason", report->reason);
	json_lines("notes", report->notes);
	json_lines("rejected_sample", report->sample);
	printf("}\n");
}

/* Each line to the log. */
static void
log_lines(LogLevel level, const char *who, const char *lines)
{
	while (lines != NULL && *lines != '\0')
	{
		size_t		length = strcspn(lines, "\n");

		log_line(level, who, "%.*s", (int) length, lines);
		lines += length + (lines[length] == '\n');
	}
}

static void
show_text(const Show *show, const LoadReport *report)
{
	char		a[32];
	char		b[32];
	LogLevel	chatter = show->quiet ? LOG_DEBUG : LOG_INFO;

	switch (report->outcome)
	{
		case LOAD_STORED:
			if (show->terminal)
				printf("%s: %s%s%s, %s rows stored, %s rejected, %.1f s\n", report->name, report->kind,
					   report->edition != NULL ? " " : "", report->edition != NULL ? report->edition : "",
					   with_commas(report->stored, a, sizeof(a)), with_commas(report->rejected, b, sizeof(b)),
					   report->seconds);
			log_lines(chatter, report->name, report->notes);
			if (report->rejected > 0)
			{
				log_line(LOG_WARNING, report->name, "%s of %s rows rejected; all are in reference.rejected_row, the first are:",
						 with_commas(report->rejected, a, sizeof(a)), with_commas(report->read, b, sizeof(b)));
				log_lines(LOG_WARNING, report->name, report->sample);
			}
			break;
		case LOAD_ALREADY:
			log_line(chatter, report->name, "already loaded");
			break;
		case LOAD_SKIPPED:
			log_line(chatter, report->name, "skipped: %s", report->reason != NULL ? report->reason : "");
			break;
		case LOAD_REFUSED:
			if (report->reason != NULL)
				log_line(LOG_ERROR, report->name, "refused: %s", report->reason);
			break;
		case LOAD_FAILED:
			break;
	}
}

static void
clear_line(const Show *show)
{
	if (show->terminal)
		fputs("\r\033[K", stderr);
}

static void
show_done(void *arg, const LoadReport *report)
{
	Show	   *show = arg;

	pthread_mutex_lock(&show->lock);
	show->outcomes[report->outcome]++;
	if (report->outcome == LOAD_STORED)
	{
		show->stored += report->stored;
		show->rejected += report->rejected;
	}
	clear_line(show);
	if (show->json)
	{
		show_json(report);
		if (report->outcome == LOAD_REFUSED && report->reason != NULL)
			log_line(LOG_ERROR, report->name, "refused: %s", report->reason);
	}
	else
		show_text(show, report);
	fflush(stdout);
	pthread_mutex_unlock(&show->lock);
}

/* Rows, MB/s, share and the time that is left, four times a second. */
static void *
show_progress(void *arg)
{
	Show	   *show = arg;
	char		rows[32];

	while (!atomic_load(&show->ended))
	{
		struct timespec pause = {0, 250000000};
		double		seconds = now_seconds() - show->started;
		uint64_t	total = show->progress.bytes_total;
		uint64_t	done = show->progress.bytes_done;

		if (done > total)
			done = total;
		pthread_mutex_lock(&show->lock);
		if (total == 0)
			fprintf(stderr, "\r\033[Klooking at the files");
		else
		{
			double		left = done > 0 ? seconds * (double) (total - done) / (double) done : 0;

			fprintf(stderr, "\r\033[K%s rows  %.1f MB/s  %d %%  ETA %d:%02d", with_commas(show->progress.rows, rows, sizeof(rows)),
					(double) done / 1e6 / (seconds > 0.001 ? seconds : 0.001), (int) (done * 100 / total),
					(int) left / 60, (int) left % 60);
		}
		fflush(stderr);
		pthread_mutex_unlock(&show->lock);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static void
show_summary(const Show *show, HubExit exit_code)
{
	double		seconds = now_seconds() - show->started;
	double		megabytes = (double) show->progress.bytes_done / 1e6;
	char		a[32];
	char		b[32];
	const unsigned *n = show->outcomes;

	if (show->json)
	{
		printf("{\"files\": {");
		for (int i = 0; i < 5; i++)
			printf("%s\"%s\": %u", i > 0 ? ", " : "", outcome_names[i], n[i]);
		printf("}, \"stored\": %llu, \"rejected\": %llu, \"seconds\": %.3f, \"exit_code\": %d}\n",
			   (unsigned long long) show->stored, (unsigned long long) show->rejected, seconds, (int) exit_code);
		return;
	}
	if (show->quiet)
		return;
	printf("%u file%s loaded, %s rows stored, %s rejected", n[LOAD_STORED], n[LOAD_STORED] == 1 ? "" : "s",
		   with_commas(show->stored, a, sizeof(a)), with_commas(show->rejected, b, sizeof(b)));
	for (int i = LOAD_ALREADY; i <= LOAD_FAILED; i++)
	{
		if (n[i] > 0)
			printf(", %u %s", n[i], outcome_names[i]);
	}
	printf("; %.1f s", seconds);
	if (n[LOAD_STORED] > 0)
		printf(", %.1f MB/s", megabytes / (seconds > 0.001 ? seconds : 0.001));
	printf("%s\n", exit_code == HUB_STOPPED ? "; stopped" : "");
}

static HubExit
run(Hub *hub, int argc, char **argv)
{
	Show		show = {0};
	LoadOptions options = {&show.progress, show_done, &show};
	pthread_t	thread;
	bool		threaded = false;
	HubExit		exit_code;

	if (argc == 0)
	{
		log_error("load needs a file, folder or zip; see wardstar-hub load --help");
		return HUB_USAGE;
	}
	if (setting_text(hub, "as") != NULL && strcmp(setting_text(hub, "as"), "return") == 0)
		return return_load(hub, argc, argv, stdout);
	if (setting_text(hub, "as") != NULL && (strcmp(setting_text(hub, "as"), "stars") == 0 || strcmp(setting_text(hub, "as"), "cases") == 0))
		return client_rows_load(hub, setting_text(hub, "as"), argc, argv, stdout);
	if (setting_text(hub, "as") != NULL && strcmp(setting_text(hub, "as"), "records") == 0)
		return records_load(hub, argc, argv, stdout);
	show.json = setting_flag(hub, "json");
	show.quiet = setting_flag(hub, "quiet");
	show.terminal = !show.json && !show.quiet && isatty(STDERR_FILENO);
	show.started = now_seconds();
	pthread_mutex_init(&show.lock, NULL);
	if (show.terminal)
		threaded = pthread_create(&thread, NULL, show_progress, &show) == 0;

	exit_code = load_paths(hub, argc, argv, &options);

	atomic_store(&show.ended, true);
	if (threaded)
		pthread_join(thread, NULL);
	clear_line(&show);
	if (exit_code != HUB_CONNECTION || show.stored > 0)
		show_summary(&show, exit_code);
	pthread_mutex_destroy(&show.lock);
	return exit_code;
}

const HubCommand command_load = {
	"load", "FILE|FOLDER|ZIP …",
	"load official reference files, or a programme's return",
	"Loads reference files. What each file is, is found by its heading or its content; --as overrides. A folder is "
	"walked with all below it, a zip is looked into. Each file is one transaction: all of it is stored or nothing. "
	"The same bytes again are \"already loaded\". Rows that can't be taken are kept with line and reason in "
	"reference.rejected_row, and make exit code 3. A file that is named and of no known kind, or lacks a column, is "
	"refused whole with exit code 4; one that is merely found in a folder or zip is skipped.\n\n"
	"Kinds: areas (GeoJSON, GeoPackage, Shapefile), lookup, postcodes, population, deprivation, crime.\n\n"
	"load --as return --programme NAME --period 2025-Q2 [--form old|new] FILE.csv takes in a programme's return, one "
	"\"field,value\" a line (docs/return-format.md), and says what was understood and what was found. Exit code 3 means "
	"that it is stored, but was not accepted or has queries.\n\n"
	"load --as stars --programme NAME --key-file FILE readings.csv takes readings of outcome stars, one a row: client_ref, taken_on, "
	"mode, instrument, and a column a scale or one column scores. load --as cases takes referrals: client_ref, referred_on, started_on, "
	"closed_on, outcome. Both may be workbooks. Only a keyed token of client_ref is stored. A file is taken whole or refused with "
	"exit code 4, row by row (docs/star.md).\n\n"
	"load --as records --programme NAME --period 2025-Q2 FILE … takes a record-level return: a workbook with the sheets clients, "
	"referrals, engagements, contacts, stars, measures and feedback, or CSV files of these names (docs/records.md). It replaces what "
	"the programme sent for the quarter before.",
	run
};
