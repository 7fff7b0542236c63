/*
 * star_distance_test.c
 *		The state of distance_travelled on its own: dense and sparse, in any
 *		order and merged from parts it gives the same bytes, which read back.
 */
#include "star/distance_core.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS 3000

static int	tests;
static int	failures;

static void
ok(bool good, const char *what, const char *of)
{
	printf("%sok %d - %s, %s\n", good ? "" : "not ", ++tests, what, of);
	failures += !good;
}

static void *
get(void *arg, size_t size)
{
	(void) arg;
	return malloc(size);
}

static void
release(void *arg, void *data)
{
	(void) arg;
	free(data);
}

static const StarMemory memory = {get, release, NULL, NULL};

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* The distance of clients from, from + step, ... as bytes. */
static StarBuffer
gather(const StarKind *kind, const uint8_t *head, uint8_t (*stars)[2][STAR_MAX_SCALES], int from,
	   int step, bool backwards)
{
	StarDistance distance;
	StarBuffer	buffer = {.memory = memory};

	star_distance_begin(&distance, memory, kind, head);
	for (int i = from; i < CLIENTS; i += step)
	{
		int			client = backwards ? CLIENTS - 1 - i : i;

		star_distance_add(&distance, client % 19 == 3 ? NULL : stars[client][0],
						  client % 7 == 2 ? NULL : stars[client][1]);
	}
	star_distance_encode(&distance, &buffer);
	star_distance_end(&distance);
	return buffer;
}

static bool
same(const StarBuffer *a, const StarBuffer *b)
{
	return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

static void
check(const char *text, uint32_t *random)
{
	static uint8_t stars[CLIENTS][2][STAR_MAX_SCALES];
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	StarError	error;
	StarKind	kind;
	StarBuffer	whole;
	StarBuffer	backwards;
	StarBuffer	merged = {.memory = memory};
	StarBuffer	printed = {.memory = memory};
	StarBuffer	again = {.memory = memory};
	StarBuffer	sent = {.memory = memory};
	StarBuffer	received = {.memory = memory};
	StarDistance sum;
	StarFigures rows[STAR_MAX_SCALES + 1];
	int			count;
	bool		cuts_refused = true;

	star_parse(text, strlen(text), false, bytes, &length, &error);
	star_read_head(bytes, length, &kind);
	for (int i = 0; i < CLIENTS; i++)
		for (int side = 0; side < 2; side++)
			for (int s = 0; s < kind.scale_count; s++)
				stars[i][side][s] = (uint8_t) (next_random(random) % (uint32_t) (kind.highest - kind.lowest + 2));
	whole = gather(&kind, bytes, stars, 0, 1, false);
	backwards = gather(&kind, bytes, stars, 0, 1, true);
	ok(star_distance_is_valid(whole.data, whole.length, NULL), "valid", text);
	ok(same(&whole, &backwards), "the order doesn't matter", text);

	star_distance_begin(&sum, memory, &kind, bytes);
	for (int part = 0; part < 300; part++)
	{
		StarBuffer	buffer = gather(&kind, bytes, stars, part, 300, false);

		star_distance_absorb(&sum, buffer.data, buffer.length);
		free(buffer.data);
	}
	star_distance_encode(&sum, &merged);
	star_distance_end(&sum);
	ok(same(&whole, &merged), "300 parts make the whole", text);

	ok(star_distance_print(whole.data, whole.length, &printed) &&
	   star_distance_parse((char *) printed.data, printed.length, memory, &again, &error) == STAR_OK &&
	   same(&whole, &again), "text gives it back", text);
	ok(star_distance_send_bytes(whole.data, whole.length, &sent) &&
	   star_distance_recv_bytes(sent.data, sent.length, &received, &error) == STAR_OK &&
	   same(&whole, &received), "binary gives it back", text);
	for (size_t cut = 0; cut < whole.length; cut += 1 + cut / 50)
	{
		uint8_t    *copy = malloc(cut + (cut == 0));

		memcpy(copy, whole.data, cut);
		cuts_refused &= !star_distance_is_valid(copy, cut, NULL);
		free(copy);
	}
	ok(cuts_refused, "a cut one is refused", text);
	ok(star_distance_figures(whole.data, whole.length, 1, 0.95, memory, rows, &count) == STAR_OK &&
	   count == kind.scale_count + star_one_direction(&kind) && rows[0].pairs > 0 &&
	   rows[0].pairs == rows[0].improved + rows[0].maintained + rows[0].declined, "has figures", text);
	free(whole.data);
	free(backwards.data);
	free(merged.data);
	free(printed.data);
	free(again.data);
	free(sent.data);
	free(received.data);
}

/* One cell so often that its clients would leave 64 bits, and come back. */
static void
test_too_many_clients(void)
{
	static const char cell[] = "1>1:1099511627776,";
	size_t		length = sizeof(cell) - 1;
	size_t		cells = (size_t) 1 << 24;
	char	   *text = malloc(cells * length + 100);
	size_t		end = (size_t) sprintf(text, "phq9{1099511627776;");
	StarBuffer	buffer = {.memory = memory};
	StarError	error = {0};

	for (size_t i = 0; i < cells; i++, end += length)
		memcpy(text + end, cell, length);
	end += (size_t) sprintf(text + end - 1, ";;;;;;;;;}") - 1;
	ok(star_distance_parse(text, end, memory, &buffer, &error) == STAR_SYNTAX, "more clients than 64 bits hold", "phq9");
	free(text);
	free(buffer.data);
	end = (size_t) sprintf(text = malloc(100), "phq9{3;1>1:2,1>1:2;;;;;;;;;}");
	buffer = (StarBuffer) {.memory = memory};
	ok(star_distance_parse(text, end, memory, &buffer, &error) == STAR_SYNTAX &&
	   strstr(error.detail, "more clients than there are") != NULL, "more clients than there are", "phq9");
	free(text);
	free(buffer.data);
}

static long asked;
static long patience;

static bool
stop_after(void)
{
	return ++asked > patience;
}

/* A text of many cells, told to stop at one question or another on the way from text to figures. */
static void
test_stop(void)
{
	enum
	{
		CELLS = 20000
	};
	char	   *text = malloc(CELLS * 24 + 100);
	size_t		end = (size_t) sprintf(text, "wide[0-200]{20000;");
	StarMemory	asking = memory;
	StarFigures rows[STAR_MAX_SCALES + 1];
	StarError	error = {0};
	int			count;
	long		questions = 0;
	bool		stopped = true;

	/* One scale with a cell from each score to each of 100 others, and as many means. */
	for (int i = 0; i < CELLS; i++)
		end += (size_t) sprintf(text + end, "%s%d>%d:1", i == 0 ? "" : ",", i / 100, i % 100);
	end += (size_t) sprintf(text + end, ";");
	text = realloc(text, end + CELLS * 24 + 10);
	for (int i = 0; i < CELLS; i++)
		end += (size_t) sprintf(text + end, "%s1:%d>%d:1", i == 0 ? "" : ",", i / 100, i % 100);
	end += (size_t) sprintf(text + end, "}");
	asking.stop = stop_after;
	patience = 1000000000;
	for (long turn = -1;; turn += turn < 0 ? 1 : 11)
	{
		StarBuffer	buffer = {.memory = asking};
		StarStatus	status;

		asked = 0;
		patience = turn < 0 ? 1000000000 : turn;
		status = star_distance_parse(text, end, asking, &buffer, &error);
		if (status == STAR_OK)
			status = star_distance_figures(buffer.data, buffer.length, 1, 0.95, asking, rows, &count);
		free(buffer.data);
		if (turn < 0)
		{
			questions = asked;
			ok(status == STAR_OK && questions > 100, "asked on the way", "wide");
		}
		else if (turn < questions)
			stopped &= status != STAR_OK;
		else
		{
			ok(stopped && status == STAR_OK, "told to stop at any question", "wide");
			break;
		}
	}
	free(text);
}

int
main(void)
{
	uint32_t	random = 2022;

	printf("# seed %u\n", random);
	check("homelessness(-,-,-,-,-,-,-,-,-,-)", &random);
	check("sdq(-,-,-,-,-)", &random);
	check("phq9(-,-,-,-,-,-,-,-,-)", &random);
	check("one[0-1](-)", &random);
	check("wide[-100-100 low](-,-,-,-,-,-,-,-)", &random);
	test_too_many_clients();
	test_stop();
	printf("1..%d\n", tests);
	return failures != 0;
}
