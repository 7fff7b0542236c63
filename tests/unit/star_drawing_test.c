/*
 * star_drawing_test.c
 *		The pictures with random readings and random bytes as title, under the
 *		sanitizers: they end, and no byte of the title becomes markup.
 */
#include "star/drawing_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tests;
static int	failures;

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

static void
ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
	failures += !good;
}

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static size_t
count_of(const StarBuffer *picture, char c)
{
	size_t		n = 0;

	for (size_t i = 0; i < picture->length; i++)
		n += picture->data[i] == (uint8_t) c;
	return n;
}

int
main(void)
{
	uint32_t	random = 640;
	bool		ended = true;
	bool		escaped = true;
	bool		clean = true;

	printf("# seed %u\n", random);
	for (int round = 0; round < 2000; round++)
	{
		const StarInstrument *instrument = &star_catalogue[next_random(&random) % (uint32_t) star_catalogue_size];
		uint8_t		stars[2][STAR_MAX_BYTES];
		size_t		lengths[2];
		int32_t		scores[STAR_MAX_SCALES];
		size_t		title_length = next_random(&random) % 120;
		char	   *title = malloc(title_length + 1);
		StarBuffer	with_title = {.memory = memory};
		StarBuffer	plain = {.memory = memory};
		StarError	error;

		for (int side = 0; side < 2; side++)
		{
			for (int s = 0; s < instrument->scale_count; s++)
				scores[s] = next_random(&random) % 4 == 0 ? STAR_NOT_GIVEN
					: instrument->lowest + (int) (next_random(&random) % (uint32_t) (instrument->highest - instrument->lowest + 1));
			star_make(instrument->name, strlen(instrument->name), scores, instrument->scale_count, stars[side],
					  &lengths[side], &error);
		}
		for (size_t i = 0; i < title_length; i++)
			title[i] = round % 2 == 0 ? "<>&\"' a\n\x01"[next_random(&random) % 9] : (char) next_random(&random);
		star_draw_radar(stars[0], lengths[0], stars[1], lengths[1], (StarText) {title, title_length}, &with_title);
		star_draw_radar(stars[0], lengths[0], stars[1], lengths[1], (StarText) {"", 0}, &plain);
		ended &= with_title.length > 8 && memcmp(with_title.data + with_title.length - 7, "</svg>\n", 7) == 0;
		/* A line of heading is an element more: two of each sign. */
		escaped &= (count_of(&with_title, '<') - count_of(&plain, '<')) % 2 == 0 &&
			count_of(&with_title, '<') - count_of(&plain, '<') <= 16 &&
			count_of(&with_title, '<') == count_of(&with_title, '>');
		for (size_t i = 0; i < with_title.length; i++)
			clean &= with_title.data[i] >= ' ' || with_title.data[i] == '\n';
		free(title);
		free(with_title.data);
		free(plain.data);
	}
	ok(ended, "each picture ends");
	ok(escaped, "no title adds an element but its own lines");
	ok(clean, "no control character is left");
	printf("1..%d\n", tests);
	return failures != 0;
}
