/*
 * spatial_core.c
 *		Local Moran's I (Anselin 1995), G and G* (Ord and Getis 1995), each with
 *		moments under conditional randomisation and with permutations.
 */
#include "demand/spatial_core.h"

#include <math.h>

#include "sort.h"
#include "statistics/exact_sum.h"
#include "statistics/random.h"
#include "statistics/statistics.h"

/* Draws of up to this many neighbours are checked for repeats by comparing all. */
#define FEW 24

/* A sum asks once, and for this much. */
static void *
whole_range(void *arg, size_t size)
{
	return memset(arg, 0, size);
}

bool
spatial_moments(const SpatialData *data, SpatialMoments *moments, SpatialScratch *scratch)
{
	WsSum		sum = {0};
	WsSum		squares = {0};
	int64_t		sum_room[WS_SUM_WHOLE];
	int64_t		squares_room[WS_SUM_WHOLE];

	for (int32_t i = 0; i < data->n; i++)
	{
		if (stop_now(scratch->stop, &scratch->steps))
		{
			scratch->stopped = true;
			return false;
		}
		ws_sum_add(&sum, data->value[i], (WsAllocator) {whole_range, sum_room});
	}
	moments->mean = ws_sum_value(&sum) / data->n;
	moments->largest = 0.0;
	for (int32_t i = 0; i < data->n; i++)
	{
		if (stop_now(scratch->stop, &scratch->steps))
		{
			scratch->stopped = true;
			return false;
		}
		scratch->deviation[i] = data->value[i] - moments->mean;
		scratch->order[i] = i;
		moments->largest = fmax(moments->largest, fabs(scratch->deviation[i]));
		ws_sum_add(&squares, scratch->deviation[i] * scratch->deviation[i], (WsAllocator) {whole_range, squares_room});
	}
	moments->variance = ws_sum_value(&squares) / data->n;

	/* Values that differ by rounding alone don't vary. */
	return moments->variance > 0.0 && isfinite(moments->variance) &&
		moments->largest > 1e-14 * fabs(moments->mean);
}

/*
 * The same number twice among drawn[0 .. 7]?  Those not in use must be negative
 * and different.  drawn has room for 12: comparing with a shifted copy lets the
 * compiler take four or eight at a time.
 */
static inline bool
repeated_in_eight(int32_t *drawn)
{
	int32_t		same = 0;

	memcpy(drawn + 8, drawn, 4 * sizeof(int32_t));
	for (int shift = 1; shift <= 4; shift++)
		for (int j = 0; j < 8; j++)
			same |= drawn[j] == drawn[j + shift];
	return same != 0;
}

/*
 * Fills drawn with k <= FEW of the n - 1 areas other than i, in random order:
 * draws all, and again from the start should one come twice.
 */
static inline void
draw_few(WsRandom *random, uint32_t others, int32_t i, int32_t k, int32_t *drawn)
{
	bool		repeated;

	do
	{
		for (int32_t j = 0; j < k; j++)
		{
			int32_t		candidate = (int32_t) ws_random_below(random, others);

			drawn[j] = candidate + (candidate >= i);
		}
		if (k <= 8)
			repeated = repeated_in_eight(drawn);
		else
		{
			repeated = false;
			for (int32_t j = 1; j < k; j++)
				for (int32_t before = 0; before < j; before++)
					repeated |= drawn[before] == drawn[j];
		}
	} while (repeated);
}

/* The same for more; false if told to stop. */
static bool
draw_many(SpatialScratch *scratch, WsRandom *random, int32_t n, int32_t i, int32_t k, int32_t *drawn)
{
	uint32_t	others = (uint32_t) n - 1;

	if (k <= n / 2)
	{
		if (++scratch->now == 0)
		{
			/* Four thousand million draws: stamps of old must not look new. */
			memset(scratch->stamp, 0, sizeof(uint32_t) * (size_t) n);
			scratch->now = 1;
		}
		for (int32_t j = 0; j < k;)
		{
			if (stop_now(scratch->stop, &scratch->steps))
				return false;
			int32_t		candidate = (int32_t) ws_random_below(random, others);

			candidate += candidate >= i;
			if (scratch->stamp[candidate] == scratch->now)
				continue;
			scratch->stamp[candidate] = scratch->now;
			drawn[j++] = candidate;
		}
	}
	else
	{
		/* Fisher and Yates over the others, of which the first k are taken */
		int32_t    *order = scratch->order;
		int32_t		at = 0;

		for (int32_t j = 0; j < n; j++)
			if (j != i)
				order[at++] = j;
		for (int32_t j = 0; j < k; j++)
		{
			int32_t		with = j + (int32_t) ws_random_below(random, others - (uint32_t) j);
			int32_t		taken = order[with];

			if (stop_now(scratch->stop, &scratch->steps))
				return false;
			order[with] = order[j];
			order[j] = taken;
			drawn[j] = taken;
		}
	}
	return true;
}

/*
 * p of the weighted sum of deviations over the neighbours of area i, among such
 * sums over as many areas drawn at random: larger is the number of draws whose
 * sum, times sign, is at least the observed one; the smaller of it and its
 * complement counts, as in esda.
 */
static double
permutation_p(const SpatialData *data, const SpatialMoments *moments, SpatialScratch *scratch,
			  int32_t i, double sign, int32_t permutations, uint64_t seed)
{
	int32_t		k = (int32_t) (data->start[i + 1] - data->start[i]);
	const int32_t *neighbour = data->neighbour + data->start[i];
	const double *weight = data->weight ? data->weight + data->start[i] : NULL;
	const double *deviation = scratch->deviation;
	double		observed = 0.0;
	double		weights = 0.0;
	int32_t		larger = 0;
	WsRandom	random = ws_random_stream(seed, (uint64_t) i);
	int32_t		few[FEW] = {-1, -2, -3, -4, -5, -6, -7, -8};
	bool		is_few = k <= FEW && 2 * k * k <= data->n;
	int32_t    *drawn = k <= FEW ? few : scratch->drawn;

	for (int32_t j = 0; j < k; j++)
	{
		double		w = weight ? weight[j] : 1.0;

		observed += w * deviation[neighbour[j]];
		weights += fabs(w);
	}
	/* Equal sums added in another order may differ in their last bits. */
	observed = sign * observed - 1e-12 * weights * moments->largest;
	for (int32_t permutation = 0; permutation < permutations; permutation++)
	{
		double		sum = 0.0;

		if (is_few)
			draw_few(&random, (uint32_t) data->n - 1, i, k, drawn);
		if (stop_now(scratch->stop, &scratch->steps) ||
			(!is_few && !draw_many(scratch, &random, data->n, i, k, drawn)))
		{
			scratch->stopped = true;
			return NAN;
		}
		if (weight == NULL)
			for (int32_t j = 0; j < k; j++)
				sum += deviation[drawn[j]];
		else
			for (int32_t j = 0; j < k; j++)
				sum += weight[j] * deviation[drawn[j]];
		larger += sign * sum >= observed;
	}
	if (permutations - larger < larger)
		larger = permutations - larger;
	return (larger + 1.0) / (permutations + 1.0);
}

/*
 * Sums over the neighbours of area i: of the weights, of their squares, of
 * weight times deviation.
 */
static void
neighbour_sums(const SpatialData *data, const SpatialScratch *scratch, int32_t i,
			   double *weights, double *squares, double *lag)
{
	*weights = *squares = *lag = 0.0;
	for (int64_t j = data->start[i]; j < data->start[i + 1]; j++)
	{
		double		w = data->weight ? data->weight[j] : 1.0;

		*weights += w;
		*squares += w * w;
		*lag += w * scratch->deviation[data->neighbour[j]];
	}
}

/*
 * local_moran_area
 *		I = d_i sum(w d_j) / m2.  Given the area's own value, its neighbours are a
 *		sample without replacement from the n - 1 others, which gives mean and
 *		variance (Sokal, Oden and Thomson 1998).
 */
void
local_moran_area(const SpatialData *data, const SpatialMoments *moments, SpatialScratch *scratch,
				 int32_t i, bool row_standardised, int32_t permutations, uint64_t seed, SpatialResult *result)
{
	double		n = data->n;
	double		d = scratch->deviation[i];
	double		m2 = moments->variance;
	double		weights;
	double		squares;
	double		lag;

	neighbour_sums(data, scratch, i, &weights, &squares, &lag);
	if (row_standardised && weights != 0.0)
	{
		lag /= weights;
		squares /= weights * weights;
		weights = 1.0;
	}
	result->deviation = d;
	result->lag = lag;
	result->statistic = d * lag / m2;
	result->expected = -weights * d * d / ((n - 1.0) * m2);
	result->variance = n < 3 ? NAN :
		d / m2 * (d / m2) * n / (n - 2.0) * (squares - weights * weights / (n - 1.0)) *
		(m2 - d * d / (n - 1.0));
	result->z = (result->statistic - result->expected) / sqrt(result->variance);
	if (!(result->variance > 0.0) || !isfinite(result->z))
		result->z = NAN;
	result->p = 2.0 * ws_normal_upper(fabs(result->z));
	result->p_permutation = permutations <= 0 ? NAN : d == 0.0 ? 1.0 :
		permutation_p(data, moments, scratch, i, d > 0.0 ? 1.0 : -1.0, permutations, seed);
}

/*
 * getis_ord_area
 *		z of G_i* (the area counts among its own neighbours) or of G_i (it is left
 *		out of everything): Ord and Getis 1995, equations 14 and 6.
 */
void
getis_ord_area(const SpatialData *data, const SpatialMoments *moments, SpatialScratch *scratch,
			   int32_t i, bool star, int32_t permutations, uint64_t seed, SpatialResult *result)
{
	double		n = data->n;
	double		d = scratch->deviation[i];
	double		weights;
	double		squares;
	double		lag;
	double		mean = 0.0;		/* of the deviations */
	double		variance = moments->variance;

	neighbour_sums(data, scratch, i, &weights, &squares, &lag);
	result->deviation = d;
	result->lag = lag;
	if (star)
	{
		double		w = data->self_weight ? data->self_weight[i] : 1.0;

		weights += w;
		squares += w * w;
		lag += w * d;
	}
	else
	{
		mean = -d / (n - 1.0);
		variance = (n * moments->variance - d * d) / (n - 1.0) - mean * mean;
		n -= 1.0;
	}
	result->expected = mean * weights;
	result->variance = variance * (n * squares - weights * weights) / (n - 1.0);
	result->z = (lag - result->expected) / sqrt(result->variance);
	if (!(result->variance > 1e-20 * moments->variance) || !isfinite(result->z))
		result->z = NAN;
	result->statistic = result->z;
	result->p = 2.0 * ws_normal_upper(fabs(result->z));
	result->p_permutation = permutations <= 0 ? NAN :
		permutation_p(data, moments, scratch, i, 1.0, permutations, seed);
}

static int
by_p(const void *a, const void *b)
{
	const RankedP *x = a;
	const RankedP *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

bool
benjamini_hochberg_adjust(double *p, int64_t count, RankedP *room, StopFunction stop)
{
	int64_t		tests = 0;
	double		least = 1.0;

	for (int64_t i = 0; i < count; i++)
		if (!isnan(p[i]))
			room[tests++] = (RankedP) {p[i], i};
	if (!sort_elements(room, room + count, (size_t) tests, sizeof(RankedP), by_p, stop))
		return false;
	for (int64_t k = tests; k >= 1; k--)
	{
		least = fmin(least, room[k - 1].p * (double) tests / (double) k);
		p[room[k - 1].place] = least;
	}
	return true;
}
