/*
 * demand_test.c
 *		The cores of extension/demand under the sanitizers: what SQL can't easily
 *		reach, and odd input of every kind.  The figures are in tests/sql/demand*.
 */
#include "demand/demand_core.h"
#include "demand/projection_core.h"
#include "demand/spatial_core.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/random.h"
#include "statistics/statistics.h"

static int	tests = 0;
static int	failures = 0;
static WsRandom numbers;

static void
ok(bool passed, const char *what)
{
	tests++;
	if (!passed)
		failures++;
	printf("%sok %d - %s\n", passed ? "" : "not ", tests, what);
}

/* Any kind of number: small, large, whole, none. */
static double
any_number(void)
{
	static const double odd[] = {0.0, -0.0, 1.0, -1.0, 5e-324, 1e-300, 1e300, -1e300, 0.5};

	switch (ws_random_below(&numbers, 5))
	{
		case 0:
			return odd[ws_random_below(&numbers, 9)];
		case 1:
			return ws_random_below(&numbers, 50);
		case 2:
			return (double) ws_random_below(&numbers, 1000000) / 1000.0 - 200.0;
		case 3:
			return exp((double) ws_random_below(&numbers, 400) - 200.0);
		default:
			return ws_random_below(&numbers, 20) == 0 ? (ws_random_below(&numbers, 2) ? NAN : INFINITY) :
				ws_random_below(&numbers, 1000);
	}
}

static void
test_random(void)
{
	WsRandom	a = ws_random_stream(0, 0);
	WsRandom	b = ws_random_stream(5, 7);
	WsRandom	c = ws_random_stream(5, 7);
	int			seen[6] = {0};
	bool		same = true;
	double		chi = 0.0;

	/* SplitMix64 of state 0 begins 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4 (its authors' own check) */
	a.state = 0;
	ok(ws_random_next(&a) == UINT64_C(0xe220a8397b1dcdaf) && ws_random_next(&a) == UINT64_C(0x6e789e6aa1b965f4),
	   "the generator is SplitMix64");
	for (int i = 0; i < 100; i++)
		same &= ws_random_next32(&b) == ws_random_next32(&c);
	ok(same, "one stream, one sequence");
	for (int i = 0; i < 60000; i++)
		seen[ws_random_below(&b, 6)]++;
	for (int i = 0; i < 6; i++)
		chi += (seen[i] - 10000.0) * (seen[i] - 10000.0) / 10000.0;
	ok(ws_chisq_upper(chi, 5) > 0.001, "numbers below six are even");
}

static void
test_ratios(void)
{
	bool		ordered = true;
	bool		undone = true;

	for (int i = 0; i < 300; i++)
	{
		double		e1 = ws_random_below(&numbers, 60);
		double		e2 = ws_random_below(&numbers, 60) + 1;
		double		expected = exp((double) ws_random_below(&numbers, 1500) / 100.0 - 4.0);
		Limits		limits;
		double		lower;
		double		upper;

		ratio_of_rates(e1, 1000.0, e2, 500.0, 0.025, &limits);
		ordered &= limits.lower <= limits.value && limits.value <= limits.upper;
		funnel_counts(expected, 0.025, &lower, &upper);
		ordered &= lower <= expected && expected <= upper;

		/* the exact limits of the edges reach the expected number */
		undone &= fabs(ws_poisson_limit_lower(upper, 0.025) / expected - 1.0) < 1e-9;
		undone &= lower == 0.0 || fabs(ws_poisson_limit_upper(lower, 0.025) / expected - 1.0) < 1e-9;
	}
	ok(ordered, "limits lie about the value");
	ok(undone, "a funnel undoes exact limits");
}

static void
test_slopes(void)
{
	bool		sound = true;

	for (int i = 0; i < 20000; i++)
	{
		SlopeRow	rows[12];
		int			count = (int) ws_random_below(&numbers, 13);
		Limits		sii;
		Limits		rii;
		SlopeStatus sii_status;
		SlopeStatus rii_status;

		for (int k = 0; k < count; k++)
		{
			double		population = fabs(any_number());

			rows[k] = (SlopeRow) {any_number(), any_number(), any_number(), any_number(),
			isfinite(population) ? population : 1.0};
			if (isnan(rows[k].rank))
				rows[k].rank = 0.0;
		}
		qsort(rows, (size_t) count, sizeof(SlopeRow), slope_row_compare);
		slope_indices(rows, count, (SlopeScale) ws_random_below(&numbers, 3), 1.96, &sii, &sii_status, &rii, &rii_status, NULL);
		if (sii_status == SLOPE_OK && isfinite(sii.lower) && isfinite(sii.upper))
			sound &= sii.lower <= sii.value && sii.value <= sii.upper;
	}
	ok(sound, "indices of odd rows");
}

static void
test_spatial(void)
{
	bool		sound = true;

	for (int round = 0; round < 60; round++)
	{
		int32_t		n = 3 + (int32_t) ws_random_below(&numbers, 60);
		double	   *value = malloc(sizeof(double) * (size_t) n);
		int64_t    *start = malloc(sizeof(int64_t) * ((size_t) n + 1));
		int32_t    *neighbour = malloc(sizeof(int32_t) * (size_t) n * (size_t) n);
		double	   *weight = malloc(sizeof(double) * (size_t) n * (size_t) n);
		bool		weighted = ws_random_below(&numbers, 2) == 0;
		SpatialData data = {n, value, start, neighbour, weighted ? weight : NULL, NULL};
		SpatialMoments moments;
		SpatialScratch scratch = {0};
		uint32_t	share = 1 + ws_random_below(&numbers, 100);

		scratch.deviation = malloc(sizeof(double) * (size_t) n);
		scratch.order = malloc(sizeof(int32_t) * (size_t) n);
		scratch.drawn = malloc(sizeof(int32_t) * (size_t) n);
		scratch.stamp = calloc((size_t) n, sizeof(uint32_t));
		start[0] = 0;
		for (int32_t i = 0; i < n; i++)
		{
			do
				value[i] = any_number();
			while (!(fabs(value[i]) < 1e150));
			start[i + 1] = start[i];
			for (int32_t j = 0; j < n; j++)
				if (j != i && ws_random_below(&numbers, 100) < share)
				{
					weight[start[i + 1]] = 1.0 + ws_random_below(&numbers, 5);
					neighbour[start[i + 1]++] = j;
				}
		}
		if (spatial_moments(&data, &moments, &scratch))
			for (int32_t i = 0; i < n; i++)
			{
				SpatialResult forwards;
				SpatialResult again;

				if (start[i + 1] == start[i])
					continue;
				local_moran_area(&data, &moments, &scratch, i, true, 50, 9, &forwards);
				getis_ord_area(&data, &moments, &scratch, i, round % 2 == 0, 50, 9, &again);
				sound &= again.p_permutation > 0.0 && again.p_permutation <= 1.0;
				local_moran_area(&data, &moments, &scratch, i, true, 50, 9, &again);
				sound &= forwards.p_permutation == again.p_permutation &&
					forwards.p_permutation > 0.0 && forwards.p_permutation <= 1.0;
			}
		free(value);
		free(start);
		free(neighbour);
		free(weight);
		free(scratch.deviation);
		free(scratch.order);
		free(scratch.drawn);
		free(scratch.stamp);
	}
	ok(sound, "clusters of odd values, few and many neighbours, the same again");
}

static void
test_projections(void)
{
	bool		sound = true;

	for (int round = 0; round < 60; round++)
	{
		double		counts[60];
		int			count = (int) ws_random_below(&numbers, 61);
		int			ahead = 1 + (int) ws_random_below(&numbers, PROJECTION_FURTHEST);
		Projection	projections[PROJECTION_FURTHEST];
		ProjectionMethod method;

		for (int t = 0; t < count; t++)
		{
			counts[t] = floor(fabs(any_number()));
			if (!(counts[t] <= 2147483647.0))
				counts[t] = NAN;
		}
		method = project_counts(counts, count, ahead, projections, NULL);
		for (int h = 0; h < ahead && method != PROJECTION_NONE && method != PROJECTION_OUT_OF_RANGE; h++)
			sound &= projections[h].lower95 >= 0.0 && projections[h].lower95 <= projections[h].lower80 &&
				projections[h].lower80 <= projections[h].value && projections[h].value <= projections[h].upper80 &&
				projections[h].upper80 <= projections[h].upper95;
	}
	ok(sound, "projections of odd series are in order");
}

static bool
stop_at_once(void)
{
	return true;
}

/* Series that no limits fit: a fit without end, counts that halving can't tell apart. */
static void
test_endless_projections(void)
{
	double		counts[26] = {0};
	double		huge[3] = {1e300, 1e300, 1e300};
	double		most[8];
	Projection	projections[PROJECTION_FURTHEST];

	for (int t = 0; t < 8; t++)
		most[t] = 9.9e14;
	for (int t = 23; t < 26; t++)
		counts[t] = 2147483647.0;
	ok(project_counts(counts, 26, 8, projections, NULL) == PROJECTION_OUT_OF_RANGE, "nobody, then all people at once");
	ok(project_counts(huge, 3, 8, projections, NULL) == PROJECTION_OUT_OF_RANGE, "a level above all numbers of people");
	ok(project_counts(most, 8, 1, projections, NULL) == PROJECTION_TREND && projections[0].lower95 < 9.9e14 &&
	   projections[0].upper95 > 9.9e14 && projections[0].upper95 < 9.91e14, "counts up to 10^15 have limits");
	ok(project_counts(counts + 20, 6, 8, projections, stop_at_once) == PROJECTION_STOPPED, "a projection stops when told to");
}

static int	questions;

/* Says so at the third question. */
static bool
stop_later(void)
{
	return ++questions == 3;
}

/* Clusters and the slope, told to stop at any question, stop; adjusted p-values beside those by definition. */
static void
test_stops(void)
{
	enum
	{
		AREAS = 3000, TESTS = 5000
	};
	static double value[AREAS], deviation[AREAS], p[TESTS], given[TESTS];
	static int64_t start[AREAS + 1];
	static int32_t neighbour[AREAS], order[AREAS], drawn[AREAS];
	static uint32_t stamp[AREAS];
	static RankedP room[2 * TESTS];
	static SlopeRow rows[4 * STOP_EVERY];
	SpatialData data = {.n = AREAS, .value = value, .start = start, .neighbour = neighbour};
	SpatialScratch scratch = {.deviation = deviation, .order = order, .drawn = drawn, .stamp = stamp, .stop = stop_later};
	SpatialMoments moments;
	SpatialResult result;
	Limits		sii;
	Limits		rii;
	SlopeStatus status;
	bool		same = true;

	for (int i = 0; i < AREAS; i++)
	{
		value[i] = i % 17;
		neighbour[i] = i + 1;
		start[i + 1] = AREAS - 1;
	}
	questions = 0;
	ok(!spatial_moments(&data, &moments, &scratch) && scratch.stopped && questions == 3, "moments stop when told to");
	scratch.stopped = false;
	questions = 4;
	ok(spatial_moments(&data, &moments, &scratch) && !scratch.stopped, "and are had otherwise");
	questions = 0;
	local_moran_area(&data, &moments, &scratch, 0, true, 1000000, 1, &result);
	ok(scratch.stopped && questions == 3, "permutations of many neighbours stop when told to");
	scratch.stopped = false;
	start[1] = 3;
	questions = 0;
	local_moran_area(&data, &moments, &scratch, 0, true, 1000000, 1, &result);
	ok(scratch.stopped && questions == 3, "and those of few");

	/* By definition: the least of p_j m / (rank of j) over all p_j that are at least as large. */
	for (int i = 0; i < TESTS; i++)
		given[i] = p[i] = i % 97 == 0 ? NAN : (double) ws_random_below(&numbers, 400) / 400.0;
	ok(benjamini_hochberg_adjust(p, TESTS, room, NULL), "p-values in more runs than one");
	for (int i = 0; i < TESTS; i += 61)
	{
		double		least = 1.0;
		int			tests_made = 0;

		for (int j = 0; j < TESTS; j++)
			tests_made += !isnan(given[j]);
		for (int j = 0; j < TESTS; j++)
		{
			int			rank = 0;

			if (!(given[j] >= given[i]))
				continue;
			for (int k = 0; k < TESTS; k++)
				rank += given[k] <= given[j];
			least = fmin(least, given[j] * tests_made / rank);
		}
		same &= isnan(given[i]) ? isnan(p[i]) : fabs(p[i] - least) <= 1e-15;
	}
	ok(same, "are adjusted as defined");
	questions = 0;
	memcpy(p, given, sizeof(p));
	ok(!benjamini_hochberg_adjust(p, TESTS, room, stop_later) && memcmp(p, given, sizeof(p)) == 0, "or left alone when told to stop");

	for (int i = 0; i < 4 * STOP_EVERY; i++)
		rows[i] = (SlopeRow) {i, i, i - 1, i + 1, 10};
	questions = 0;
	slope_indices(rows, 4 * STOP_EVERY, SLOPE_LINEAR, 1.96, &sii, &status, &rii, &status, stop_later);
	ok(status == SLOPE_STOPPED && isnan(sii.value), "a slope stops when told to");
}

int
main(void)
{
	numbers = ws_random_stream(20260401, 0);
	test_random();
	test_ratios();
	test_slopes();
	test_spatial();
	test_projections();
	test_endless_projections();
	test_stops();
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
