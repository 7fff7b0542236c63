/*
 * proforma_world.h
 *		Every way in which up to six people can be counted, by enumeration: what the bounds of returns are compared
 *		with. It shares nothing with what computes them.
 */
#ifndef PROFORMA_WORLD_H
#define PROFORMA_WORLD_H

#include "proforma_builder.h"

#include <stdlib.h>

#define PEOPLE 6
#define BASE (PEOPLE + 1)
#define MAX_CELLS 7
#define MAX_STATES 64
#define MAX_KEYS 823543			/* BASE to the power of MAX_CELLS */

static int	tests = 0;
static int	failures = 0;

static inline void
ok(bool condition, const char *name)
{
	printf("%sok %d - %s\n", condition ? "" : "not ", ++tests, name);
	failures += !condition;
}

/* What one person adds to the cells, and whether the question is about such a person. */
typedef struct State
{
	int			cells[MAX_CELLS];
	int			truth;
} State;

typedef struct World
{
	State		states[MAX_STATES];
	int			nstates;
	int			ncells;
	int			nkeys;
	/* The fewest and the most by what is written in all cells; -1: cannot be. */
	signed char least[MAX_KEYS];
	signed char most[MAX_KEYS];
} World;

static World world;

static inline void
start_world(int ncells)
{
	world.nstates = 0;
	world.ncells = ncells;
	world.nkeys = 1;
	for (int i = 0; i < ncells; i++)
		world.nkeys *= BASE;
	memset(world.least, -1, world.nkeys);
	memset(world.most, -1, world.nkeys);
}

static inline State *
add_state(int truth)
{
	State	   *state = &world.states[world.nstates++];

	if (world.nstates > MAX_STATES)
		abort();
	memset(state, 0, sizeof(*state));
	state->truth = truth;
	return state;
}

static inline void
enumerate(int from, int people, int key, int truth)
{
	if (world.least[key] < 0 || truth < world.least[key])
		world.least[key] = (signed char) truth;
	if (truth > world.most[key])
		world.most[key] = (signed char) truth;
	if (people == PEOPLE)
		return;
	for (int i = from; i < world.nstates; i++)
	{
		int			step = 0;

		for (int c = world.ncells - 1; c >= 0; c--)
			step = step * BASE + world.states[i].cells[c];
		enumerate(i, people + 1, key + step, truth + world.states[i].truth);
	}
}

/* The extremes over all that cells may hold: bit n of allowed[c] is set if cell c may be n. */
static inline void
extremes(const unsigned *allowed, int *least, int *most)
{
	int			digits[MAX_CELLS] = {0};

	*least = PEOPLE + 1;
	*most = -1;
	for (;;)
	{
		int			key = 0;
		int			c;
		bool		fits = true;

		for (c = world.ncells - 1; c >= 0; c--)
			key = key * BASE + digits[c];
		for (c = 0; c < world.ncells && fits; c++)
			fits = allowed[c] >> digits[c] & 1;
		if (fits && world.least[key] >= 0)
		{
			if (world.least[key] < *least)
				*least = world.least[key];
			if (world.most[key] > *most)
				*most = world.most[key];
		}
		/* The next combination, over those that are allowed. */
		for (c = 0; c < world.ncells; c++)
		{
			do
				digits[c]++;
			while (digits[c] <= PEOPLE && !(allowed[c] >> digits[c] & 1));
			if (digits[c] <= PEOPLE)
				break;
			digits[c] = 0;
			while (!(allowed[c] >> digits[c] & 1))
				digits[c]++;
		}
		if (c == world.ncells)
			return;
	}
}

static long contained;
static long reached_low;
static long reached_high;
static long compared;

static inline void
start_comparing(void)
{
	contained = reached_low = reached_high = compared = 0;
}

/* With six people at most, an upper end beyond six is reached as far as it can be seen. */
static inline void
compare_seen(Bounds bounds, int least, int most, int can_see)
{
	bool		holds = bounds.lower <= least && bounds.upper >= most;
	bool		low = can_see < 0 || bounds.lower == least;
	bool		high = can_see < 0 || most == (bounds.upper < can_see ? bounds.upper : can_see);

	if (!holds || !low || !high)
		if (contained + reached_low + reached_high == 3 * compared)
			printf("# first difference: [%lld, %lld], truth from %d to %d of %d\n",
				   (long long) bounds.lower, (long long) bounds.upper, least, most, can_see);
	compared++;
	contained += holds;
	reached_low += low;
	reached_high += high;
}

static inline void
compare(Bounds bounds, int least, int most)
{
	compare_seen(bounds, least, most, PEOPLE);
}

static inline void
compared_ok(const char *name)
{
	char		line[200];

	snprintf(line, sizeof(line), "%s: the truth is within, %ld of %ld", name, contained, compared);
	ok(compared > 0 && contained == compared, line);
	snprintf(line, sizeof(line), "%s: the lower end is reached, %ld of %ld", name, reached_low, compared);
	ok(reached_low == compared, line);
	snprintf(line, sizeof(line), "%s: the upper end is reached, %ld of %ld", name, reached_high, compared);
	ok(reached_high == compared, line);
}

static inline bool
can_be(const int *digits)
{
	int			key = 0;

	for (int c = world.ncells - 1; c >= 0; c--)
		key = key * BASE + digits[c];
	return world.least[key] >= 0;
}

static inline bool
next_digits(int *digits)
{
	for (int c = 0; c < world.ncells; c++)
	{
		if (++digits[c] <= PEOPLE)
			return true;
		digits[c] = 0;
	}
	return false;
}

#define ALL_COUNTS ((1u << BASE) - 1)

#endif
