/*
 * pattern.h
 *		Does a whole text fit a regular expression?  Plain sequences of
 *		characters and sets are matched here, byte by byte; the rest by the
 *		server's engine, compiled once.
 */
#ifndef WARDSTAR_PATTERN_H
#define WARDSTAR_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stop.h"

/* Longest text, and most ways to write one, of a pattern whose ways are listed. */
#define PATTERN_LINED_UP 32
#define PATTERN_WAYS 8

/*
 * Bit i of the masks is the i-th place of the sequence.  A set of states has
 * bit i if i places have been matched.
 *
 * If no place repeats and few may be left out, all ways to write the pattern
 * are listed as well: a way is a set of characters for each position.  Bit w of
 * fits[i][c] says that character c may stand at position i of way w.  Then no
 * position has to wait for the one before.
 */
typedef struct PlainPattern
{
	int			places;
	int			nways;			/* 0: not listed */
	uint64_t	accepts[128];	/* places that a character fits */
	uint64_t	repeats;		/* places that may match again */
	uint64_t	optional;		/* places that may be left out */
	uint8_t		of_length[PATTERN_LINED_UP + 1];	/* ways of so many characters */
	uint8_t		fits[PATTERN_LINED_UP][128];
} PlainPattern;

extern bool plain_pattern_compile(const char *source, PlainPattern *pattern);
extern bool plain_pattern_simulate(const PlainPattern *pattern, const char *text, size_t length, StopFunction stop);

/* False too if it was stopped. */
static inline bool
plain_pattern_matches(const PlainPattern *pattern, const char *text, size_t length, StopFunction stop)
{
	const uint8_t *fits = pattern->fits[0];
	unsigned int ways;
	unsigned int all = 0;

	if (pattern->nways == 0)
		return plain_pattern_simulate(pattern, text, length, stop);
	if (length > PATTERN_LINED_UP)
		return false;
	ways = pattern->of_length[length];
	for (const char *end = text + length; text < end; text++, fits += 128)
	{
		unsigned char c = (unsigned char) *text;

		all |= c;
		ways &= fits[c & 0x7f];
	}
	return ways != 0 && all < 0x80;
}

/* Patterns of both kinds, in pattern.c. */
typedef struct Pattern Pattern;
struct FormCache;

extern void form_compile_patterns(struct FormCache *cache);
extern bool pattern_matches(void *pattern, const char *text, size_t length);
extern const PlainPattern *pattern_plain(const void *pattern);

#endif							/* WARDSTAR_PATTERN_H */
