/*
 * star_fuzz.c
 *		Any bytes as the text and the binary form of outcome_star and
 *		star_change: refused with a detail, or a value that round trips.
 */
#include "star/star_core.h"

#include <stdlib.h>
#include <string.h>

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_value(const uint8_t *bytes, size_t length, bool change)
{
	char		text[STAR_MAX_TEXT + 1];
	uint8_t		binary[STAR_MAX_BINARY];
	uint8_t		again[STAR_MAX_BYTES];
	size_t		again_length;
	StarKind	kind;
	StarError	error = {0};

	must(length <= STAR_MAX_BYTES && star_value_is_valid(bytes, length, change, &kind));
	must(star_parse(text, star_print(bytes, length, change, text), change, again, &again_length,
					&error) == STAR_OK);
	must(again_length == length && memcmp(again, bytes, length) == 0);
	must(star_recv(binary, star_send(bytes, length, change, binary), change, again, &again_length,
				   &error) == STAR_OK);
	must(star_compare(again, again_length, bytes, length) == 0);
	if (!change)
		must(star_subtract(bytes, length, bytes, length, again, &again_length, &error) == STAR_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	bool		change;
	StarKind	kind;
	StarError	error = {0};

	if (size == 0)
		return 0;
	change = data[0] & 1;
	if (data[0] & 2)
	{
		if (star_recv(data + 1, size - 1, change, bytes, &length, &error) == STAR_OK)
			check_value(bytes, length, change);
		else
			must(error.detail[0] != '\0');
	}
	else if (star_parse((const char *) data + 1, size - 1, change, bytes, &length, &error) == STAR_OK)
		check_value(bytes, length, change);
	else
		must(error.detail[0] != '\0');
	star_value_is_valid(data + 1, size - 1, change, &kind);
	star_compare(data, size, bytes, 0);
	star_find_scale(&(StarKind) {.published = &star_catalogue[0], .scale_count = 10},
					(const char *) data, size);
	return 0;
}
