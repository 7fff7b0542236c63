/*
 * demand_core.c
 *		Differences, ratios, funnels, and indices of inequality.
 */
#include "demand/demand_core.h"

#include <math.h>
#include <stddef.h>

#include "statistics/statistics.h"

bool
difference_of_proportions(double c1, double n1, double c2, double n2, double z, Limits *limits)
{
	double		lower1;
	double		upper1;
	double		lower2;
	double		upper2;
	double		first = c1 / n1;
	double		second = c2 / n2;

	if (!ws_wilson_limits(c1, n1, z, &lower1, &upper1) ||
		!ws_wilson_limits(c2, n2, z, &lower2, &upper2))
		return false;
	limits->value = first - second;
	limits->lower = limits->value - hypot(first - lower1, upper2 - second);
	limits->upper = limits->value + hypot(upper1 - first, second - lower2);
	return true;
}

void
ratio_of_rates(double e1, double p1, double e2, double p2, double tail, Limits *limits)
{
	double		x;
	double		y;

	limits->value = e2 > 0.0 ? (e1 / p1) / (e2 / p2) : NAN;
	limits->lower = NAN;
	limits->upper = NAN;
	if (e1 == 0.0)
		limits->lower = 0.0;
	else if (ws_beta_quantile(tail, e1, e2 + 1.0, &x, &y))
		limits->lower = x / y * (p2 / p1);
	if (e2 > 0.0 && ws_beta_quantile(1.0 - tail, e1 + 1.0, e2, &x, &y))
		limits->upper = x / y * (p2 / p1);
}

/* Where shape a makes P(a, mean), or Q(a + 1, mean) if upper is false, fall to the tail. */
static double
funnel_edge(double mean, double tail, bool upper)
{
	double		low = upper ? mean : 0.0;
	double		high = upper ? mean + 10.0 + 10.0 * sqrt(mean) : mean;

	if (upper)
		while (ws_gamma_p(high, mean) > tail)
			high = 2.0 * high;
	for (int i = 0; i < 80 && high - low > 1e-13 * high; i++)
	{
		double		middle = 0.5 * (low + high);

		if (upper ? ws_gamma_p(middle, mean) > tail : ws_gamma_q(middle + 1.0, mean) < tail)
			low = middle;
		else
			high = middle;
	}
	return 0.5 * (low + high);
}

void
funnel_counts(double expected, double tail, double *lower, double *upper)
{
	*lower = ws_gamma_q(1.0, expected) >= tail ? 0.0 : funnel_edge(expected, tail, false);
	*upper = funnel_edge(expected, tail, true);
}

void
dobson_limits(double events, double weighted, double squares, double weights,
			  double multiplier, double z, Limits *limits)
{
	double		scale = sqrt(squares / events) / weights * multiplier;

	limits->value = weighted / weights * multiplier;
	limits->lower = limits->value + scale * (ws_byar_lower(events, z) - events);
	limits->upper = limits->value + scale * (ws_byar_upper(events, z) - events);
}

static int
compare_doubles(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) ? (isnan(b) ? 0 : 1) : -1;
	return a < b ? -1 : a > b;
}

/* A total order over all that a row holds, so that ties fall the same way each time. */
int
slope_row_compare(const void *a, const void *b)
{
	const SlopeRow *x = a;
	const SlopeRow *y = b;
	int			order = compare_doubles(x->rank, y->rank);

	if (order == 0)
		order = compare_doubles(x->population, y->population);
	if (order == 0)
		order = compare_doubles(x->value, y->value);
	if (order == 0)
		order = compare_doubles(x->lower, y->lower);
	if (order == 0)
		order = compare_doubles(x->upper, y->upper);
	return order;
}

static bool
on_scale(double *x, SlopeScale scale)
{
	switch (scale)
	{
		case SLOPE_LINEAR:
			return isfinite(*x);
		case SLOPE_LOG:
			if (!(*x > 0.0) || isinf(*x))
				return false;
			*x = log(*x);
			return true;
		case SLOPE_LOGIT:
			if (!(*x > 0.0 && *x < 1.0))
				return false;
			*x = log(*x) - log1p(-*x);
			return true;
	}
	return false;
}

static double
unscale(double x, SlopeScale scale)
{
	return scale == SLOPE_LINEAR ? x : scale == SLOPE_LOG ? exp(x) : 1.0 / (1.0 + exp(-x));
}

/* The derivative of unscale(x), from its value */
static double
unscale_slope(double value, SlopeScale scale)
{
	return scale == SLOPE_LINEAR ? 1.0 : scale == SLOPE_LOG ? value : value * (1.0 - value);
}

/*
 * slope_indices
 *		With a_i the share of population, and b_i the midpoint of its cumulated
 *		share (rows of one rank lie at one midpoint), the weighted least squares
 *		line of y on b has slope sum c_i y_i and intercept sum d_i y_i.  Both
 *		are linear in y, so their variances and covariance are exact, given the
 *		standard errors (upper - lower) / 2z.  docs/statistics.md derives the
 *		rest: delta for the back-transformed scales, Fieller for the ratio.
 */
void
slope_indices(const SlopeRow *rows, int64_t count, SlopeScale scale, double z,
			  Limits *sii, SlopeStatus *sii_status, Limits *rii, SlopeStatus *rii_status, StopFunction stop)
{
	double		total = 0.0;
	double		before = 0.0;
	double		mean_b = 0.0;
	double		mean_y = 0.0;
	double		spread_b = 0.0;
	double		slope = 0.0;
	double		intercept;
	double		var_slope = 0.0;
	double		var_intercept = 0.0;
	double		covariance = 0.0;
	double		bottom;
	double		top;
	bool		limits_known = true;
	uint32_t	steps = 0;

	sii->value = sii->lower = sii->upper = NAN;
	*rii = *sii;
	*sii_status = *rii_status = SLOPE_TOO_FEW;
	for (int64_t i = 0; i < count; i++)
		total += rows[i].population;
	if (!(total > 0.0) || isinf(total))
		return;

	/* Twice over the ranks: first the means, then slope and variances. */
	for (int pass = 0; pass < 2; pass++)
	{
		before = 0.0;
		for (int64_t from = 0, to; from < count; from = to)
		{
			double		tied = 0.0;
			double		b;

			for (to = from; to < count && rows[to].rank == rows[from].rank; to++)
				tied += rows[to].population;
			b = (before + 0.5 * tied) / total;
			before += tied;
			for (int64_t i = from; i < to; i++)
			{
				double		a = rows[i].population / total;
				double		y = rows[i].value;

				if (stop_now(stop, &steps))
				{
					*sii_status = *rii_status = SLOPE_STOPPED;
					return;
				}
				if (a == 0.0)
					continue;
				if (!on_scale(&y, scale))
				{
					*sii_status = *rii_status = SLOPE_VALUE;
					return;
				}
				if (pass == 0)
				{
					mean_b += a * b;
					mean_y += a * y;
					continue;
				}
				spread_b += a * (b - mean_b) * (b - mean_b);
				slope += a * (b - mean_b) * (y - mean_y);
			}
		}
	}
	if (!(spread_b > 1e-15))
		return;
	slope /= spread_b;
	intercept = mean_y - slope * mean_b;

	before = 0.0;
	for (int64_t from = 0, to; from < count && limits_known; from = to)
	{
		double		tied = 0.0;
		double		b;

		for (to = from; to < count && rows[to].rank == rows[from].rank; to++)
			tied += rows[to].population;
		b = (before + 0.5 * tied) / total;
		before += tied;
		for (int64_t i = from; i < to; i++)
		{
			double		a = rows[i].population / total;
			double		c = a * (b - mean_b) / spread_b;
			double		d = a - mean_b * c;
			double		lower = rows[i].lower;
			double		upper = rows[i].upper;
			double		variance;

			if (stop_now(stop, &steps))
			{
				*sii_status = *rii_status = SLOPE_STOPPED;
				return;
			}
			if (a == 0.0)
				continue;
			if (!on_scale(&lower, scale) || !on_scale(&upper, scale) || lower > upper)
			{
				limits_known = false;
				break;
			}
			variance = (upper - lower) / (2.0 * z) * ((upper - lower) / (2.0 * z));
			var_slope += c * c * variance;
			var_intercept += d * d * variance;
			covariance += c * d * variance;
		}
	}

	bottom = unscale(intercept, scale);
	top = unscale(intercept + slope, scale);
	sii->value = scale == SLOPE_LINEAR ? slope : top - bottom;
	*sii_status = limits_known ? SLOPE_OK : SLOPE_NO_LIMITS;
	rii->value = top / bottom;
	*rii_status = *sii_status;
	if (!(bottom > 0.0))
	{
		/* a line that starts at or below zero has no meaningful ratio */
		rii->value = NAN;
		*rii_status = SLOPE_UNBOUNDED;
	}
	if (!limits_known)
		return;

	{
		double		by_top = unscale_slope(top, scale);
		double		by_bottom = unscale_slope(bottom, scale);
		double		var_top = var_intercept + 2.0 * covariance + var_slope;
		double		half;

		/* d(top - bottom) = by_top (d intercept + d slope) - by_bottom d intercept */
		half = z * sqrt(fmax(0.0, by_top * by_top * var_top -
							 2.0 * by_top * by_bottom * (var_intercept + covariance) +
							 by_bottom * by_bottom * var_intercept));
		if (scale == SLOPE_LINEAR)
			half = z * sqrt(var_slope);
		sii->lower = sii->value - half;
		sii->upper = sii->value + half;
		if (*rii_status == SLOPE_UNBOUNDED)
			return;

		if (scale == SLOPE_LINEAR)
		{
			/* Fieller: the ratios r for which (top - r bottom)^2 <= z^2 var(top - r bottom) */
			double		between = var_intercept + covariance;
			double		a = bottom * bottom - z * z * var_intercept;
			double		b = top * bottom - z * z * between;
			double		c = top * top - z * z * var_top;
			double		root = b * b - a * c;

			if (!(a > 0.0) || !(root >= 0.0))
			{
				*rii_status = SLOPE_UNBOUNDED;
				return;
			}
			rii->lower = (b - sqrt(root)) / a;
			rii->upper = (b + sqrt(root)) / a;
		}
		else
		{
			/* ln(top / bottom) by delta; for the log scale that is the slope itself */
			double		g = by_top / top;
			double		h = by_bottom / bottom;

			half = z * sqrt(fmax(0.0, g * g * var_top - 2.0 * g * h * (var_intercept + covariance) +
								 h * h * var_intercept));
			rii->lower = rii->value * exp(-half);
			rii->upper = rii->value * exp(half);
		}
	}
}
