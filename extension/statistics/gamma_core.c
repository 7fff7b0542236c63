/*
 * gamma_core.c
 *		The gamma distribution, its quantiles, and chi-squared.
 */
#include "statistics/statistics.h"

#include <float.h>
#include <math.h>

#define SQRT_2PI 2.50662827463100050242
#define MAX_STEPS 200
#define MAX_TERMS 1e6

/* From here up Temme's expansion is exact to double precision with few terms. */
#define LARGE_SHAPE 1e7

/* x^a exp(-x) / gamma(a + 1), by Loader's saddle-point form. */
static double
gamma_density(double a, double x)
{
	if (x == 0.0 || isinf(x))
		return 0.0;
	return exp(-ws_stirling_error(a) - ws_deviance_part(a, x)) / (SQRT_2PI * sqrt(a));
}

/* P(a, x) / density by the series of Abramowitz and Stegun 6.5.29. */
static double
gamma_series(double a, double x)
{
	double		term = 1.0;
	double		sum = 1.0;

	for (double n = a + 1.0; term > sum * 0.25 * DBL_EPSILON; n += 1.0)
	{
		term *= x / n;
		sum += term;
	}
	return sum;
}

/* Q(a, x) * x / (a * density) by the continued fraction 6.5.31, in Lentz's way. */
static double
gamma_fraction(double a, double x)
{
	const double tiny = 1e-300;
	double		b = x + 1.0 - a;
	double		c = 1.0 / tiny;
	double		d = 1.0 / b;
	double		value = d;
	double		steps = fmin(1000.0 + 20.0 * sqrt(a), MAX_TERMS);

	for (double i = 1.0; i < steps; i += 1.0)
	{
		double		t = -i * (i - a);
		double		change;

		b += 2.0;
		d = t * d + b;
		if (fabs(d) < tiny)
			d = tiny;
		c = b + t / c;
		if (fabs(c) < tiny)
			c = tiny;
		d = 1.0 / d;
		change = d * c;
		value *= change;
		if (!(fabs(change - 1.0) >= 0.5 * DBL_EPSILON))
			break;
	}
	return value * x;
}

/*
 * Temme 1979 ("The asymptotic expansion of the incomplete gamma functions"):
 * Q = erfc(eta sqrt(a/2)) / 2 + R.  For shapes above LARGE_SHAPE eta is below
 * 0.02 wherever the answer is not 0 or 1, and these terms suffice.
 */
static double
gamma_temme(double a, double x, bool upper)
{
	double		deviance = ws_deviance_part(a, x);
	double		eta = sqrt(2.0 * deviance / a) * (x < a ? -1.0 : 1.0);
	double		c0 = -1.0 / 3.0 + eta * (1.0 / 12.0 - eta * (2.0 / 135.0 - eta *
															(1.0 / 864.0 + eta *
															 (1.0 / 2835.0 - eta * 139.0 / 777600.0))));
	double		c1 = -1.0 / 540.0 - eta * (1.0 / 288.0 - eta / 378.0);
	double		rest = exp(-deviance) / (SQRT_2PI * sqrt(a)) * (c0 + c1 / a);
	double		root = sqrt(deviance) * (x < a ? -1.0 : 1.0);

	return upper ? 0.5 * erfc(root) + rest : 0.5 * erfc(-root) - rest;
}

/* P(a, x), or Q(a, x) where upper; the smaller is never got by subtraction. */
static double
gamma_tail(double a, double x, bool upper)
{
	double		density;
	double		part;

	if (!(a > 0.0 && x >= 0.0) || isinf(a))
		return NAN;
	if (x == 0.0)
		return upper ? 1.0 : 0.0;
	if (isinf(x))
		return upper ? 0.0 : 1.0;
	if (a > LARGE_SHAPE && fabs(x - a) < 0.02 * a)
		return gamma_temme(a, x, upper);
	density = gamma_density(a, x);
	if (x < a + 1.0)
	{
		part = density * gamma_series(a, x);
		return upper ? 1.0 - part : part;
	}
	part = density * a / x * gamma_fraction(a, x);
	return upper ? part : 1.0 - part;
}

double
ws_gamma_p(double a, double x)
{
	return gamma_tail(a, x, false);
}

double
ws_gamma_q(double a, double x)
{
	return gamma_tail(a, x, true);
}

/*
 * The x at which the lower (or upper) tail is p.  Starts from Wilson and
 * Hilferty 1931, or from the first term of the series where the shape is
 * small; then Newton's method on the logarithm of the tail against the
 * logarithm of x, inside a bracket.  Both curves are close to straight lines.
 */
static double
gamma_inverse(double p, double a, bool upper)
{
	double		z;
	double		x;
	double		low = 0.0;
	double		high = INFINITY;
	bool		use_upper = upper;
	double		target = p;

	if (!(p >= 0.0 && p <= 1.0) || !(a > 0.0) || isinf(a))
		return NAN;
	if (p == 0.0 || p == 1.0)
		return (p == 0.0) == upper ? INFINITY : 0.0;

	/* Solve for the smaller tail. */
	if (p > 0.5)
	{
		use_upper = !upper;
		target = 1.0 - p;
	}
	z = use_upper ? -ws_normal_quantile(target) : ws_normal_quantile(target);
	x = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * sqrt(a));
	x = a * x * x * x;
	if (!(x > 0.1 * a))
	{
		double		below = use_upper ? 1.0 - target : target;

		x = exp((log(below) + lgamma(a + 1.0)) / a);
		if (x == 0.0)
			return 0.0;
	}
	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		tail = gamma_tail(a, x, use_upper);
		double		slope = gamma_density(a, x) * a / tail;
		double		gap = use_upper ? log(tail / target) : log(target / tail);
		double		next;

		if (gap > 0.0)
			low = x;
		else
			high = x;
		next = x * exp(gap / slope);
		if (!(next > low && next < high))
		{
			if (fabs(next - x) <= 4.0 * DBL_EPSILON * x)
				break;
			next = isinf(high) ? 4.0 * low + 1.0 : low > 0.0 ? sqrt(low) * sqrt(high) : high / 16.0;
			if (isinf(next) || next == 0.0)
				return next;
		}
		if (fabs(next - x) <= DBL_EPSILON * x)
			return next;
		x = next;
	}
	return x;
}

double
ws_gamma_quantile(double p, double a)
{
	return gamma_inverse(p, a, false);
}

double
ws_gamma_quantile_upper(double q, double a)
{
	return gamma_inverse(q, a, true);
}

double
ws_chisq_cdf(double x, double df)
{
	return ws_gamma_p(0.5 * df, 0.5 * x);
}

double
ws_chisq_upper(double x, double df)
{
	return ws_gamma_q(0.5 * df, 0.5 * x);
}

double
ws_chisq_quantile(double p, double df)
{
	return 2.0 * ws_gamma_quantile(p, 0.5 * df);
}

double
ws_chisq_quantile_upper(double q, double df)
{
	return 2.0 * ws_gamma_quantile_upper(q, 0.5 * df);
}
