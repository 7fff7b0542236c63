/*
 * star_distance_fuzz.c
 *		Any bytes as the text, binary and stored form of star_distance: refused,
 *		or a value that round trips, merges and has figures.
 */
#include "star/distance_core.h"

#include <stdlib.h>
#include <string.h>

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
must(bool good)
{
	if (!good)
		abort();
}

static void
check_value(const uint8_t *bytes, size_t length)
{
	StarBuffer	printed = {.memory = memory};
	StarBuffer	again = {.memory = memory};
	StarBuffer	sent = {.memory = memory};
	StarBuffer	received = {.memory = memory};
	StarBuffer	doubled = {.memory = memory};
	StarFigures rows[STAR_MAX_SCALES + 1];
	StarDistance sum;
	StarKind	kind;
	StarError	error = {0};
	int			count;

	must(star_distance_print(bytes, length, &printed));
	must(star_distance_parse((char *) printed.data, printed.length, memory, &again, &error) == STAR_OK);
	must(again.length == length && memcmp(again.data, bytes, length) == 0);
	must(star_distance_send_bytes(bytes, length, &sent));
	must(star_distance_recv_bytes(sent.data, sent.length, &received, &error) == STAR_OK);
	must(received.length == length && memcmp(received.data, bytes, length) == 0);
	must(star_distance_figures(bytes, length, 1, 0.95, memory, rows, &count) == STAR_OK);
	must(star_read_head(bytes, length, &kind));
	star_distance_begin(&sum, memory, &kind, bytes);
	must(star_distance_absorb(&sum, bytes, length) == STAR_OK);
	if (sum.clients <= STAR_MAX_CLIENTS / 2)
	{
		must(star_distance_absorb(&sum, bytes, length) == STAR_OK);
		must(star_distance_encode(&sum, &doubled) == STAR_OK);
		must(star_distance_is_valid(doubled.data, doubled.length, NULL));
	}
	star_distance_end(&sum);
	free(printed.data);
	free(again.data);
	free(sent.data);
	free(received.data);
	free(doubled.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	StarBuffer	buffer = {.memory = memory};
	StarError	error = {0};
	StarStatus	status;

	if (size == 0)
		return 0;
	if (data[0] == 'b')
		status = star_distance_recv_bytes(data + 1, size - 1, &buffer, &error);
	else if (data[0] == 's')
		status = star_distance_is_valid(data + 1, size - 1, NULL) ? STAR_OK : STAR_SYNTAX;
	else
		status = star_distance_parse((const char *) data + 1, size - 1, memory, &buffer, &error);
	if (status == STAR_OK && data[0] == 's')
		check_value(data + 1, size - 1);
	else if (status == STAR_OK)
		check_value(buffer.data, buffer.length);
	else
		must(data[0] == 's' || error.detail[0] != '\0');
	free(buffer.data);
	return 0;
}
