/*
 * demand_coverage.c
 *		How often 80 and 95% limits hold the truth.  Of rates exactly, by summing
 *		the Poisson distribution; of standardised rates, slope indices and
 *		projections by simulation with a stated seed.  Prints a table; run by
 *		demand_coverage.sh.  The argument is the number of draws.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "demand/demand_core.h"
#include "demand/projection_core.h"
#include "statistics/random.h"
#include "statistics/statistics.h"

static WsRandom random_numbers;
static double z95;

static double
uniform(void)
{
	return ((double) (ws_random_next(&random_numbers) >> 11) + 0.5) * 0x1p-53;
}

/* A negative binomial count (Poisson for dispersion 1) by its distribution function. */
static double
draw(double mean, double dispersion)
{
	double		u;
	double		r = dispersion > 1.0 ? mean / (dispersion - 1.0) : 0.0;
	double		p = dispersion > 1.0 ? pow(dispersion, -r) : exp(-mean);
	double		k = 0.0;

	/* exp(-mean) must not vanish; Poisson counts add up */
	if (dispersion <= 1.0 && mean > 400.0)
		return draw(400.0, 1.0) + draw(mean - 400.0, 1.0);
	u = uniform();
	while (u > p && k < 100.0 * mean + 1000.0)
	{
		u -= p;
		p *= dispersion > 1.0 ? (k + r) / (k + 1.0) * (1.0 - 1.0 / dispersion) : mean / (k + 1.0);
		k += 1.0;
	}
	return k;
}

static void
limits_of(double x, double *lower, double *upper)
{
	*lower = x < 10.0 ? ws_poisson_limit_lower(x, 0.025) : ws_byar_lower(x, z95);
	*upper = x < 10.0 ? ws_poisson_limit_upper(x, 0.025) : ws_byar_upper(x, z95);
}

/* Averaged over means within a tenth of each: single means jump about. */
static void
rates(void)
{
	static const double means[] = {0.5, 1, 2, 5, 10, 20, 50, 100, 500};

	for (int m = 0; m < 9; m++)
	{
		double		covered = 0.0;

		for (int i = 0; i < 100; i++)
		{
			double		mean = means[m] * (0.9 + 0.002 * (i + 0.5));

			for (double x = 0.0; x < mean + 12.0 * sqrt(mean) + 12.0; x += 1.0)
			{
				double		lower;
				double		upper;

				limits_of(x, &lower, &upper);
				if (lower <= mean && mean <= upper)
					covered += ws_poisson_pmf(x, mean) / 100.0;
			}
		}
		printf("rate\t%g events expected\t%.1f\t\n", means[m], 100.0 * covered);
	}
}

static void
standardised(int draws)
{
	static const double totals[] = {15, 50, 500};
	static const double weights[] = {5, 11, 11.5, 12.5, 14, 14, 12.5, 10.5, 6.5, 2.5};

	for (int m = 0; m < 3; m++)
	{
		int			covered = 0;
		int			used = 0;

		random_numbers = ws_random_stream(1, (uint64_t) m);
		while (used < draws)
		{
			double		events = 0.0;
			double		weighted = 0.0;
			double		squares = 0.0;
			double		truth = 0.0;
			Limits		limits;

			for (int s = 0; s < 10; s++)
			{
				double		population = 500.0 + 150.0 * ((s * 7) % 10);
				double		rate = totals[m] * (1.0 + s) / 67000.0;
				double		x = draw(population * rate, 1.0);
				double		w = weights[s] / population;

				events += x;
				weighted += x * w;
				squares += x * w * w;
				truth += rate * weights[s];
			}
			used++;
			if (events < 10.0)
			{
				/* no rate is given: not counted either way */
				used--;
				continue;
			}
			dobson_limits(events, weighted, squares, 100.0, 1.0, z95, &limits);
			covered += limits.lower <= truth / 100.0 && truth / 100.0 <= limits.upper;
		}
		printf("dsr\tabout %g events in 10 strata\t%.1f\t\n", totals[m], 100.0 * covered / draws);
	}
}

static void
slopes(int draws)
{
	static const double totals[] = {20, 100, 1000};

	for (int m = 0; m < 3; m++)
	{
		int			sii_covered = 0;
		int			rii_covered = 0;

		random_numbers = ws_random_stream(2, (uint64_t) m);
		for (int d = 0; d < draws; d++)
		{
			SlopeRow	rows[10];
			Limits		sii;
			Limits		rii;
			SlopeStatus status;
			SlopeStatus rii_status;

			for (int k = 0; k < 10; k++)
			{
				/* the rate falls from 1.5 to 0.5 of the mean along the ranks */
				double		mean = totals[m] * (1.5 - (k + 0.5) / 10.0);
				double		x = draw(mean, 1.0);

				rows[k] = (SlopeRow) {k + 1.0, x / totals[m], 0.0, 0.0, 1000.0};
				limits_of(x, &rows[k].lower, &rows[k].upper);
				rows[k].lower /= totals[m];
				rows[k].upper /= totals[m];
			}
			slope_indices(rows, 10, SLOPE_LINEAR, z95, &sii, &status, &rii, &rii_status, NULL);
			sii_covered += sii.lower <= -1.0 && -1.0 <= sii.upper;
			rii_covered += rii.lower <= 1.0 / 3.0 && 1.0 / 3.0 <= rii.upper;
		}
		printf("sii\t10 deciles of about %g events\t%.1f\t\n", totals[m], 100.0 * sii_covered / draws);
		printf("rii\t10 deciles of about %g events\t%.1f\t\n", totals[m], 100.0 * rii_covered / draws);
	}
}

/*
 * Series of steady level, and series that rise or fall by 2% a quarter with a
 * season of a fifth up and down; means 2, 15 and 100; Poisson, and scattered
 * two and four times as much.  Four quarters ahead, all four counted.
 */
static void
projections(int draws)
{
	static const int lengths[] = {1, 2, 3, 4, 8, 20};
	static const double means[] = {2, 15, 100};
	static const double dispersions[] = {1, 2, 4};

	for (int l = 0; l < 6; l++)
		for (int moving = 0; moving < 2; moving++)
		{
			int			inside80 = 0;
			int			inside95 = 0;
			int			count = 0;
			double		error = 0.0;
			double		naive = 0.0;

			random_numbers = ws_random_stream(3, (uint64_t) (10 * l + moving));
			for (int d = 0; d < draws; d++)
				for (int c = 0; c < 9; c++)
				{
					double		counts[40];
					Projection	ahead[4];
					double		slope = moving ? (d % 2 ? 0.02 : -0.02) : 0.0;

					for (int t = 0; t < lengths[l] + 4; t++)
						counts[t] = draw(means[c / 3] * exp(slope * (t - lengths[l]) +
															(moving ? 0.2 * sin(t * M_PI / 2.0 + 1.0) : 0.0)),
										 dispersions[c % 3]);
					project_counts(counts, lengths[l], 4, ahead, NULL);
					for (int h = 0; h < 4; h++)
					{
						double		actual = counts[lengths[l] + h];

						inside80 += ahead[h].lower80 <= actual && actual <= ahead[h].upper80;
						inside95 += ahead[h].lower95 <= actual && actual <= ahead[h].upper95;
						error += fabs(actual - ahead[h].value) / means[c / 3];
						naive += fabs(actual - counts[lengths[l] - 1]) / means[c / 3];
						count++;
					}
				}
			printf("projection\t%d quarters, %s\t%.1f\t%.1f\tMASE %.2f\n", lengths[l],
				   moving ? "trend and season" : "steady", 100.0 * inside95 / count, 100.0 * inside80 / count, error / naive);
		}
}

int
main(int argc, char **argv)
{
	int			draws = argc > 1 ? atoi(argv[1]) : 20000;

	z95 = ws_confidence_z(0.95);
	rates();
	standardised(draws);
	slopes(draws);
	projections(draws / 100 < 10 ? 10 : draws / 100);
	return 0;
}
