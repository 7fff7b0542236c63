/*
 * projection_core.c
 *		Projection of quarterly counts.  docs/demand.md says when which model is
 *		used; docs/statistics.md, how its limits come about.
 */
#include "demand/projection_core.h"

#include <math.h>
#include <stdbool.h>

#include "statistics/statistics.h"

/* A mixture of negative binomial counts: mean, variance / mean, weight. */
typedef struct Component
{
	double		mean;
	double		dispersion;
	double		weight;
}			Component;

#define MOST_COMPONENTS 1000

/* Counts with this mean are normal for all that limits can tell. */
#define LARGE_MEAN 1e5

/* P(Y <= k) of a count with this mean and variance dispersion times mean. */
static double
count_cdf(double k, double mean, double dispersion)
{
	if (mean <= 0.0)
		return 1.0;
	if (mean > LARGE_MEAN)
		return ws_normal_cdf((k + 0.5 - mean) / sqrt(mean * dispersion));
	if (dispersion < 1.0 + 1e-9)
		return ws_poisson_cdf(k, mean);
	return ws_beta_p(mean / (dispersion - 1.0), k + 1.0, 1.0 / dispersion, 1.0 - 1.0 / dispersion);
}

/* ln P(Y = y), for y that need not be whole, up to what does not depend on mean. */
static double
count_log_pmf(double y, double mean, double dispersion)
{
	double		r;

	if (mean <= 0.0)
		return y == 0.0 ? 0.0 : -INFINITY;
	if (dispersion < 1.0 + 1e-9)
		return y * log(mean) - mean - lgamma(y + 1.0);
	r = mean / (dispersion - 1.0);
	return lgamma(y + r) - lgamma(r) - lgamma(y + 1.0) - r * log(dispersion) + y * log1p(-1.0 / dispersion);
}

/* A mixture in work, and why the work has to end. */
typedef struct Mixture
{
	const Component *components;
	int			count;
	double		mean;
	StopFunction stop;
	ProjectionMethod failure;	/* out of range or stopped; PROJECTION_NONE: neither */
}			Mixture;

/* Is P(Y <= k) below p?  True to no purpose once the work has to end. */
static bool
lies_below(Mixture *mixture, double k, double p)
{
	double		sum = 0.0;

	for (int i = 0; i < mixture->count; i++)
	{
		const Component *c = &mixture->components[i];

		if (mixture->stop != NULL && mixture->stop())
		{
			mixture->failure = PROJECTION_STOPPED;
			return true;
		}
		sum += c->weight * count_cdf(k, c->mean, c->dispersion);
	}
	return sum < p;
}

/*
 * The smallest whole k with P(Y <= k) >= p; the search begins about the mean.
 * Up to PROJECTION_MOST halving gets to neighbours, so it ends.
 */
static double
mixture_quantile(Mixture *mixture, double p)
{
	double		step = fmax(1.0, floor(2.0 * sqrt(mixture->mean)));
	double		low = -1.0;
	double		high = floor(mixture->mean);

	while (mixture->failure == PROJECTION_NONE && lies_below(mixture, high, p))
	{
		if (high >= PROJECTION_MOST)
			mixture->failure = PROJECTION_OUT_OF_RANGE;
		low = high;
		high = fmin(high + step, PROJECTION_MOST);
		step *= 2.0;
	}
	while (mixture->failure == PROJECTION_NONE && high - low > 1.0)
	{
		double		middle = floor(0.5 * (low + high));

		if (lies_below(mixture, middle, p))
			low = middle;
		else
			high = middle;
	}
	return high;
}

/*
 * Weights that sum to 1, and without the components that hardly weigh.
 */
static int
tidy(Component *components, int count)
{
	double		total = 0.0;
	double		most = 0.0;
	int			kept = 0;

	for (int i = 0; i < count; i++)
		most = fmax(most, components[i].weight);
	for (int i = 0; i < count; i++)
		if (components[i].weight > 1e-4 * most)
		{
			components[kept++] = components[i];
			total += components[kept - 1].weight;
		}
	for (int i = 0; i < kept; i++)
		components[i].weight /= total;
	return kept;
}

/*
 * The lower limit leaves less than the tail below it, the upper at most the tail
 * above it; and both hold the mean.  Gives why there are none, or PROJECTION_NONE.
 */
static ProjectionMethod
mixture_limits(const Component *components, int count, double mean, Projection *projection, StopFunction stop)
{
	Mixture		mixture = {components, count, mean, stop, PROJECTION_NONE};

	/* Nor is what the fit did not find a number. */
	if (!(mean <= PROJECTION_MOST))
		return PROJECTION_OUT_OF_RANGE;
	projection->lower80 = fmin(floor(mean), mixture_quantile(&mixture, 0.1));
	projection->upper80 = fmax(ceil(mean), mixture_quantile(&mixture, 0.9));
	projection->lower95 = fmin(floor(mean), mixture_quantile(&mixture, 0.025));
	projection->upper95 = fmax(ceil(mean), mixture_quantile(&mixture, 0.975));
	return mixture.failure;
}

/*
 * A short series can't tell its season or trend from chance.  The level is
 * let wander by about so much (squared, relative) a quarter ahead.
 */
#define WANDER (0.08 * 0.08)

/*
 * A level: the value is the mean of the quarters, so that of a single quarter
 * is that quarter.  Limits are Bayes' over a grid of levels, even in their
 * square roots (Jeffreys' prior of a Poisson mean), and of dispersions.  The
 * weights of the latter are what quarterly caseloads of small services look
 * like before one has seen them: mostly a little more scattered than Poisson.
 * (The mean over the grid would lie above that of the quarters, the more so
 * the fewer they are, since its prior favours scattered counts of high level.)
 */
static ProjectionMethod
project_level(const double *counts, int count, int known, int ahead, Projection *projections, StopFunction stop)
{
	static const double dispersion[] = {1.0, 1.5, 2.0, 3.0, 5.0, 8.0};
	static const double prior[] = {0.30, 0.20, 0.18, 0.16, 0.10, 0.06};
	const int	points = 61;
	Component	components[MOST_COMPONENTS];
	Component	ahead_components[MOST_COMPONENTS];
	double		mean = 0.0;
	double		centre;
	double		reach;
	double		first;
	double		last;
	double		best = -INFINITY;
	int			used = 0;
	ProjectionMethod failure;

	for (int t = 0; t < count; t++)
		if (!isnan(counts[t]))
			mean += counts[t];
	mean /= known;
	centre = sqrt(mean);
	reach = 2.5 * sqrt(8.0 / known) + 1.0;
	first = fmax(0.0, centre - reach);
	last = centre + reach;
	for (int d = 0; d < 6; d++)
		for (int i = 0; i < points; i++)
		{
			double		root = first + (last - first) * (i + 0.5) / points;
			Component  *c = &components[used];

			c->mean = root * root;
			c->dispersion = dispersion[d];
			c->weight = log(prior[d]);
			for (int t = 0; t < count; t++)
				if (!isnan(counts[t]))
					c->weight += count_log_pmf(counts[t], c->mean, c->dispersion);
			best = fmax(best, c->weight);
			used++;
		}
	for (int i = 0; i < used; i++)
		components[i].weight = exp(components[i].weight - best);
	used = tidy(components, used);
	for (int h = 0; h < ahead; h++)
	{
		for (int i = 0; i < used; i++)
		{
			ahead_components[i] = components[i];
			ahead_components[i].dispersion += WANDER * (h + 1) * components[i].mean;
		}
		projections[h].value = mean;
		failure = mixture_limits(ahead_components, used, mean, &projections[h], stop);
		if (failure != PROJECTION_NONE)
			return failure;
	}
	return known == 1 ? PROJECTION_ONE : known <= 4 ? PROJECTION_SHORT : PROJECTION_LEVEL;
}

#define MOST_TERMS 6
#define DAMPING 0.85

/* Solves a x = b and inverts a, positive definite, by Gauss and Jordan. */
static void
solve(double a[MOST_TERMS][MOST_TERMS], double b[MOST_TERMS], int n, double inverse[MOST_TERMS][MOST_TERMS])
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			inverse[i][j] = i == j;
	for (int k = 0; k < n; k++)
	{
		double		pivot = 1.0 / a[k][k];

		for (int j = 0; j < n; j++)
		{
			a[k][j] *= pivot;
			inverse[k][j] *= pivot;
		}
		b[k] *= pivot;
		for (int i = 0; i < n; i++)
		{
			double		factor = a[i][k];

			if (i == k)
				continue;
			for (int j = 0; j < n; j++)
			{
				a[i][j] -= factor * a[k][j];
				inverse[i][j] -= factor * inverse[k][j];
			}
			b[i] -= factor * b[k];
		}
	}
}

/* The row of the design for quarter t, where the newest is 0. */
static void
design(double t, int terms, double row[MOST_TERMS])
{
	row[0] = 1.0;
	row[1] = t <= 0.0 ? t : DAMPING * (1.0 - pow(DAMPING, t)) / (1.0 - DAMPING);
	for (int s = 2; s < terms; s++)
		row[s] = ((int) t % 4 + 4) % 4 == s - 2;
}

/*
 * ln(mean) = level + slope t (+ season), fitted as a Poisson regression with a
 * dispersion, slope and season held towards 0 by normal priors; the slope is
 * damped from the newest quarter on.
 */
static ProjectionMethod
project_trend(const double *counts, int count, int known, int ahead, bool season, Projection *projections,
			  StopFunction stop)
{
	/* 1 / variance of the priors of level, slope and season */
	static const double precision[MOST_TERMS] = {1e-4, 1.0 / (0.08 * 0.08), 4.0, 4.0, 4.0, 4.0};
	int			terms = season ? MOST_TERMS : 2;
	double		beta[MOST_TERMS] = {0};
	double		covariance[MOST_TERMS][MOST_TERMS];
	double		total = 0.0;
	double		dispersion = 1.5;
	double		freedom = 0.0;

	for (int t = 0; t < count; t++)
		if (!isnan(counts[t]))
			total += counts[t];
	beta[0] = log(total / known);
	for (int pass = 0; pass < 4; pass++)
	{
		double		pearson = 0.0;
		double		effective = 0.0;

		for (int step = 0; step < 30; step++)
		{
			double		hessian[MOST_TERMS][MOST_TERMS] = {{0}};
			double		change[MOST_TERMS] = {0};
			double		largest = 0.0;

			for (int i = 0; i < terms; i++)
			{
				hessian[i][i] = precision[i];
				change[i] = -precision[i] * (i == 0 ? 0.0 : beta[i]);
			}
			pearson = 0.0;
			for (int t = 0; t < count; t++)
			{
				double		row[MOST_TERMS];
				double		eta = 0.0;
				double		mean;

				if (isnan(counts[t]))
					continue;
				design(t - (count - 1), terms, row);
				for (int i = 0; i < terms; i++)
					eta += row[i] * beta[i];
				mean = exp(eta);
				pearson += (counts[t] - mean) * (counts[t] - mean) / mean;
				for (int i = 0; i < terms; i++)
				{
					change[i] += row[i] * (counts[t] - mean) / dispersion;
					for (int j = 0; j < terms; j++)
						hessian[i][j] += row[i] * row[j] * mean / dispersion;
				}
			}
			solve(hessian, change, terms, covariance);
			for (int i = 0; i < terms; i++)
			{
				double		move = fmax(-1.0, fmin(1.0, change[i]));

				beta[i] += move;
				largest = fmax(largest, fabs(move));
			}
			if (largest < 1e-10)
				break;
		}

		/* Terms that the data, not the priors, determine */
		for (int i = 0; i < terms; i++)
			effective += 1.0 - precision[i] * covariance[i][i];
		freedom = fmax(1.0, known - effective);

		/* drawn towards 1.5, as if four more quarters had said so */
		dispersion = fmax(1.0, (pearson + 4.0 * 1.5) / (freedom + 4.0));
	}

	for (int h = 0; h < ahead; h++)
	{
		Component	components[MOST_COMPONENTS];
		double		row[MOST_TERMS];
		double		eta = 0.0;
		double		variance = 0.0;
		int			used = 0;
		ProjectionMethod failure;

		design(h + 1, terms, row);
		for (int i = 0; i < terms; i++)
		{
			eta += row[i] * beta[i];
			for (int j = 0; j < terms; j++)
				variance += row[i] * row[j] * covariance[i][j];
		}

		/* The unknown mean is log-normal, the unknown dispersion scaled inverse chi-squared. */
		for (int d = 0; d < 7; d++)
		{
			double		scatter = dispersion * (freedom + 4.0) / ws_chisq_quantile((d + 0.5) / 7.0, freedom + 4.0);

			for (int i = -8; i <= 8; i++)
			{
				double		z = 0.5 * i;

				components[used].mean = exp(eta + z * sqrt(variance));
				components[used].dispersion = fmax(1.0, scatter);
				components[used].weight = exp(-0.5 * z * z);
				used++;
			}
		}
		used = tidy(components, used);
		projections[h].value = exp(eta);
		failure = mixture_limits(components, used, projections[h].value, &projections[h], stop);
		if (failure != PROJECTION_NONE)
			return failure;
	}
	return season ? PROJECTION_SEASON : PROJECTION_TREND;
}

ProjectionMethod
project_counts(const double *counts, int count, int ahead, Projection *projections, StopFunction stop)
{
	int			known = 0;
	int			seen[4] = {0};
	double		total = 0.0;
	bool		season = true;

	if (count > PROJECTION_LONGEST)
	{
		counts += count - PROJECTION_LONGEST;
		count = PROJECTION_LONGEST;
	}
	for (int t = 0; t < count; t++)
		if (!isnan(counts[t]))
		{
			known++;
			total += counts[t];
			seen[t % 4]++;
		}
	if (known == 0)
		return PROJECTION_NONE;
	for (int s = 0; s < 4; s++)
		season = season && seen[s] >= 2;
	if (known < 8 || total < 2.0 * known)
		/* Too short, or too few events, for more than a level. */
		return project_level(counts, count, known, ahead, projections, stop);
	return project_trend(counts, count, known, ahead, season && known >= 12, projections, stop);
}
