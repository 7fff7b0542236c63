/*
 * star_test.c
 *		The cores of outcome_star and star_change on their own: every published
 *		instrument round trips, and no cut or changed byte is taken for a value.
 */
#include "star/star_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tests;
static int	failures;

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

static bool
parses(const char *text, bool change, StarStatus expected)
{
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	StarError	error = {0};
	StarStatus	status = star_parse(text, strlen(text), change, bytes, &length, &error);

	if (status != expected)
		printf("# %s: status %d, %s\n", text, status, error.detail);
	return status == expected && (status == STAR_OK || error.detail[0] != '\0');
}

/* Text and binary of a value give it back; no beginning of the binary form is one. */
static bool
round_trips(const uint8_t *bytes, size_t length, bool change)
{
	char		text[STAR_MAX_TEXT + 1];
	uint8_t		binary[STAR_MAX_BINARY];
	uint8_t		again[STAR_MAX_BYTES];
	size_t		text_length = star_print(bytes, length, change, text);
	size_t		binary_length = star_send(bytes, length, change, binary);
	size_t		again_length;
	StarError	error;

	if (text_length == 0 || text_length > STAR_MAX_TEXT || binary_length > sizeof(binary))
		return false;
	if (star_parse(text, text_length, change, again, &again_length, &error) != STAR_OK ||
		again_length != length || memcmp(again, bytes, length) != 0)
		return false;
	for (size_t cut = 0; cut < binary_length; cut++)
	{
		/* A copy of just that length, so that the sanitizer sees a read beyond it. */
		uint8_t    *copy = malloc(cut + (cut == 0));
		StarStatus	status;

		memcpy(copy, binary, cut);
		status = star_recv(copy, cut, change, again, &again_length, &error);
		free(copy);
		if (status == STAR_OK)
			return false;
	}
	return star_recv(binary, binary_length, change, again, &again_length, &error) == STAR_OK &&
		again_length == length && memcmp(again, bytes, length) == 0;
}

static void
every_instrument(uint32_t *random)
{
	bool		names_fit = true;
	bool		all_round = true;
	bool		mirrored = true;

	for (int i = 0; i < star_catalogue_size; i++)
	{
		const StarInstrument *instrument = &star_catalogue[i];
		uint8_t		stars[2][STAR_MAX_BYTES];
		size_t		lengths[2];
		uint8_t		there[STAR_MAX_BYTES];
		uint8_t		back[STAR_MAX_BYTES];
		size_t		there_length;
		size_t		back_length;
		StarKind	kind;
		StarError	error;

		for (int s = 0; s < instrument->scale_count; s++)
			names_fit &= strlen(instrument->scales[s]) <= STAR_MAX_SCALE_NAME;
		for (int round = 0; round < 50; round++)
		{
			for (int side = 0; side < 2; side++)
			{
				int32_t		scores[STAR_MAX_SCALES];
				int			range = instrument->highest - instrument->lowest + 1;

				for (int s = 0; s < instrument->scale_count; s++)
					scores[s] = next_random(random) % 5 == 0 ? STAR_NOT_GIVEN
						: instrument->lowest + (int) (next_random(random) % (uint32_t) range);
				if (star_make(instrument->name, strlen(instrument->name), scores,
							  instrument->scale_count, stars[side], &lengths[side], &error) != STAR_OK)
					all_round = false;
				all_round &= round_trips(stars[side], lengths[side], false);
			}
			star_subtract(stars[0], lengths[0], stars[1], lengths[1], there, &there_length, &error);
			star_subtract(stars[1], lengths[1], stars[0], lengths[0], back, &back_length, &error);
			all_round &= round_trips(there, there_length, true);
			mirrored &= star_value_is_valid(there, there_length, true, &kind);
			for (int s = 0; s < kind.scale_count; s++)
			{
				int32_t		x = star_change_at(&kind, there, s);
				int32_t		y = star_change_at(&kind, back, s);

				mirrored &= x == STAR_NOT_GIVEN ? y == x : x == -y;
			}
		}
	}
	ok(names_fit, "names of scales fit STAR_MAX_SCALE_NAME");
	ok(all_round, "stars and changes of every instrument round trip by text and binary");
	ok(mirrored, "the change back is the change there with its sign turned");
}

/* A changed or missing byte gives a valid value or none, never a read beyond. */
static void
damaged(uint32_t *random)
{
	const char *texts[] = {"teen(1,2,3,4,5,-)", "goals[0-5](3,4,-)", "wide[-100-100 low](-100,100,0)"};
	bool		good = true;

	for (int t = 0; t < 3; t++)
		for (int round = 0; round < 20000; round++)
		{
			uint8_t		bytes[STAR_MAX_BYTES];
			char		text[STAR_MAX_TEXT + 1];
			size_t		length;
			StarError	error;
			StarKind	kind;
			uint8_t    *copy;

			star_parse(texts[t], strlen(texts[t]), false, bytes, &length, &error);
			bytes[next_random(random) % length] = (uint8_t) next_random(random);
			length -= next_random(random) % 3 == 0;
			copy = malloc(length);
			memcpy(copy, bytes, length);
			if (star_value_is_valid(copy, length, false, &kind))
				good &= star_print(copy, length, false, text) > 0;
			star_compare(copy, length, bytes, length);
			free(copy);
		}
	ok(good, "damaged values are refused or can be printed");
}

int
main(void)
{
	uint32_t	random = 20211;

	printf("# seed %u\n", random);
	every_instrument(&random);
	damaged(&random);
	ok(parses("teen(1,2,3,4,5,-)", false, STAR_OK), "a star");
	ok(parses("teen(1,2,3,4,5,6)", false, STAR_RANGE), "a score above the range");
	ok(parses("teen(1,2,3,4,5)", false, STAR_SYNTAX), "too few scores");
	ok(parses("homeles(1)", false, STAR_UNKNOWN), "unknown instrument");
	ok(parses("goals[0-300](1)", false, STAR_RANGE), "too wide a range");
	ok(parses("goals[0-200](-200)", true, STAR_OK), "the widest change");
	printf("1..%d\n", tests);
	return failures != 0;
}
