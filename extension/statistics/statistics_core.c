/*
 * statistics_core.c
 *		Student's t, beta, binomial and Poisson distributions, and the limits that
 *		rest on them.  The normal distribution is in density_core.c, the gamma
 *		family in gamma_core.c.
 */
#include "statistics/statistics.h"

#include <float.h>
#include <math.h>

#define SQRT_HALF 0.70710678118654752440
#define SQRT_2PI 2.50662827463100050242
#define MAX_STEPS 200
#define MAX_TERMS 1e6

/* Of beta: from here up the logit is normal to the last digit but one. */
#define LARGE_SHAPES 1e15

/* Degrees of freedom from which Student's t is the normal to the last digit. */
#define ENDLESS 1e18

bool
ws_confidence_is_valid(double confidence)
{
	return confidence > 0.0 && confidence < 1.0;
}

double
ws_confidence_z(double confidence)
{
	if (!ws_confidence_is_valid(confidence))
		return NAN;
	return -ws_normal_quantile(0.5 * (1.0 - confidence));
}

/*
 * x^k y^(n-k) n! / (k! (n-k)!) with x + y = 1; k and n need not be whole.
 * Loader's saddle-point form: no digit is lost however large n is.
 */
static double
binomial_density(double k, double n, double x, double y)
{
	double		rest = n - k;

	if (x == 0.0)
		return k == 0.0 ? 1.0 : 0.0;
	if (y == 0.0)
		return rest == 0.0 ? 1.0 : 0.0;
	if (k == 0.0)
		return exp(x < y ? n * log1p(-x) : n * log(y));
	if (rest == 0.0)
		return exp(y < x ? n * log1p(-y) : n * log(x));
	return exp(ws_stirling_error(n) - ws_stirling_error(k) - ws_stirling_error(rest) -
			   ws_deviance_part(k, n * x) - ws_deviance_part(rest, n * y)) *
		sqrt(n / (k * rest)) / SQRT_2PI;
}

/*
 * The continued fraction of I_x(a, b) in the form of DiDonato and Morris 1992
 * (ACM TOMS 18:360, equation 9), which takes x and y = 1 - x apart and so keeps
 * its digits where x is close to 1; evaluated in Lentz's way.  Returns
 * I_x(a, b) B(a, b) / (x^a y^b); converges fast for x < (a + 1) / (a + b + 2).
 */
static double
beta_fraction(double a, double b, double x, double y)
{
	const double tiny = 1e-300;
	double		excess = a * y - b * x;
	double		value = a * (excess + 1.0) / (a + 1.0);
	double		c;
	double		d = 0.0;
	double		steps = fmin(1000.0 + 20.0 * sqrt(a > b ? a : b), MAX_TERMS);

	if (fabs(value) < tiny)
		value = tiny;
	c = value;
	for (double m = 1.0; m < steps; m += 1.0)
	{
		double		odd = a + 2.0 * m - 1.0;
		double		above = (a + m - 1.0) / odd * ((a + b + m - 1.0) / odd) * m * (b - m) * x * x;
		double		below = m + m * (b - m) * x / odd + (a + m) * (excess + 1.0 + m * (1.0 + y)) / (odd + 2.0);
		double		change;

		d = below + above * d;
		if (fabs(d) < tiny)
			d = tiny;
		c = below + above / c;
		if (fabs(c) < tiny)
			c = tiny;
		d = 1.0 / d;
		change = c * d;
		value *= change;
		/* Ends as well where shapes near the largest double have led to no number. */
		if (!(fabs(change - 1.0) >= 0.5 * DBL_EPSILON))
			break;
	}
	return 1.0 / value;
}

/*
 * Either I_x(a, b) (upper false) or its complement, whichever is asked for:
 * the one that the fraction gives directly is never got by subtraction.
 */
static double
beta_tail(double a, double b, double x, double y, bool upper)
{
	double		density;
	double		part;

	if (!(a > 0.0 && b > 0.0 && x >= 0.0 && y >= 0.0) || isinf(a) || isinf(b))
		return NAN;
	if (x == 0.0)
		return upper ? 1.0 : 0.0;
	if (y == 0.0)
		return upper ? 0.0 : 1.0;
	density = binomial_density(a, a + b, x, y);
	if (x < (a + 1.0) / (a + b + 2.0))
	{
		part = density * (a / (a + b)) * b * beta_fraction(a, b, x, y);
		return upper ? 1.0 - part : part;
	}
	part = density * (a / (a + b)) * b * beta_fraction(b, a, y, x);
	return upper ? part : 1.0 - part;
}

double
ws_beta_p(double a, double b, double x, double y)
{
	return beta_tail(a, b, x, y, false);
}

double
ws_beta_q(double a, double b, double x, double y)
{
	return beta_tail(a, b, x, y, true);
}

/*
 * ws_beta_quantile
 *		Newton's method on the logarithm of the smaller tail against the logit
 *		of x, inside a bracket.
 */
bool
ws_beta_quantile(double p, double a, double b, double *x, double *y)
{
	bool		upper = p > 0.5;
	double		tail = upper ? 1.0 - p : p;
	double		u;
	double		low = -INFINITY;
	double		high = INFINITY;

	if (!(p >= 0.0 && p <= 1.0 && a > 0.0 && b > 0.0) || isinf(a) || isinf(b))
		return false;
	if (tail == 0.0)
	{
		*x = upper ? 1.0 : 0.0;
		*y = 1.0 - *x;
		return true;
	}
	u = log(a) - log(b) + ws_normal_quantile(p) * sqrt(1.0 / a + 1.0 / b);
	if (a > LARGE_SHAPES && b > LARGE_SHAPES)
	{
		*x = 1.0 / (1.0 + exp(-u));
		*y = 1.0 / (1.0 + exp(u));
		return true;
	}
	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		got;
		double		gap;		/* positive when u is too small */
		double		next;

		*x = 1.0 / (1.0 + exp(-u));
		*y = 1.0 / (1.0 + exp(u));
		got = beta_tail(a, b, *x, *y, upper);
		if (isnan(got))
			return false;
		gap = upper ? log(got / tail) : log(tail / got);
		if (gap > 0.0)
			low = u;
		else
			high = u;
		next = u + gap * got / (binomial_density(a, a + b, *x, *y) * (a / (a + b)) * b);
		if (!(next > low && next < high))
		{
			if (fabs(next - u) <= 4.0 * DBL_EPSILON * fmax(1.0, fabs(u)))
				break;
			next = isinf(low) ? high - 8.0 : isinf(high) ? low + 8.0 : 0.5 * (low + high);
			if (fabs(next) > 745.0)
				break;
		}
		if (fabs(next - u) <= DBL_EPSILON * fabs(u))
			break;
		u = next;
	}
	return true;
}

/* P(|T| >= t) and P(|T| <= t) for t >= 0, by the incomplete beta function. */
static void
t_tails(double t, double df, double *outside, double *inside)
{
	double		square = t * t;
	double		x;
	double		y;

	if (df >= ENDLESS)
	{
		*outside = erfc(t * SQRT_HALF);
		*inside = erf(t * SQRT_HALF);
		return;
	}
	if (isinf(square))
	{
		/* t above 1e154: the leading term is all there is */
		*outside = exp(0.5 * df * (log(df) - 2.0 * log(t)) + lgamma(0.5 * df + 0.5) -
					   lgamma(0.5 * df + 1.0)) / sqrt(M_PI);
		*inside = 1.0 - *outside;
		return;
	}
	x = df / (df + square);
	y = square / (df + square);
	*outside = ws_beta_p(0.5 * df, 0.5, x, y);
	*inside = ws_beta_q(0.5 * df, 0.5, x, y);
}

double
ws_t_two_sided(double t, double df)
{
	double		outside;
	double		inside;

	if (isnan(t) || !(df > 0.0))
		return NAN;
	t_tails(fabs(t), df, &outside, &inside);
	return outside;
}

double
ws_t_cdf(double t, double df)
{
	double		outside;
	double		inside;

	if (isnan(t) || !(df > 0.0))
		return NAN;
	t_tails(fabs(t), df, &outside, &inside);
	return t < 0.0 ? 0.5 * outside : 0.5 + 0.5 * inside;
}

/* ln of the density of Student's t at t > 0, times t */
static double
t_density_times_t(double t, double df)
{
	double		square = t * t;

	/* the density of beta at x = df / (df + t^2), and dx/dt */
	return binomial_density(0.5 * df, 0.5 * df + 0.5, df / (df + square), square / (df + square)) *
		0.5 * df / (df + 1.0);
}

/*
 * ws_t_quantile
 *		Newton's method on the logarithm of the probability against the logarithm
 *		of t, both nearly linear in each other, inside a bracket that halves
 *		when a step leaves it.
 */
double
ws_t_quantile(double p, double df)
{
	double		tail = p < 0.5 ? p : 1.0 - p;
	double		t;
	double		low = 0.0;
	double		high = INFINITY;

	if (!(p >= 0.0 && p <= 1.0) || !(df > 0.0))
		return NAN;
	if (tail == 0.0)
		return p == 0.0 ? -INFINITY : INFINITY;
	if (tail == 0.5)
		return 0.0;
	if (df >= ENDLESS)
		return ws_normal_quantile(p);
	t = fabs(ws_normal_quantile(tail));
	for (int i = 0; i < MAX_STEPS; i++)
	{
		double		outside;
		double		inside;
		double		gap;		/* positive when t is too small */
		double		slope;
		double		next;

		t_tails(t, df, &outside, &inside);
		slope = t_density_times_t(t, df);
		if (tail > 0.25)
		{
			gap = log((1.0 - 2.0 * tail) / inside);
			slope /= 0.5 * inside;
		}
		else
		{
			gap = log(outside / (2.0 * tail));
			slope /= 0.5 * outside;
		}
		if (gap > 0.0)
			low = t;
		else
			high = t;
		next = t * exp(gap / slope);
		if (!(next > low && next < high))
		{
			if (fabs(next - t) <= 4.0 * DBL_EPSILON * t)
				break;
			next = isinf(high) ? (low > 0.0 ? low * 16.0 : 1.0) : low > 0.0 ? sqrt(low) * sqrt(high) : high / 16.0;
			if (isinf(next))
				return p < 0.5 ? -INFINITY : INFINITY;
		}
		if (fabs(next - t) <= DBL_EPSILON * t)
		{
			t = next;
			break;
		}
		t = next;
	}
	return p < 0.5 ? -t : t;
}

double
ws_binomial_pmf(double k, double n, double p)
{
	if (!(n >= 0.0 && p >= 0.0 && p <= 1.0) || isnan(k) || isinf(n))
		return NAN;
	if (k < 0.0 || k > n || k != floor(k))
		return 0.0;
	return binomial_density(k, n, p, 1.0 - p);
}

double
ws_binomial_cdf(double k, double n, double p)
{
	if (!(n >= 0.0 && p >= 0.0 && p <= 1.0) || isnan(k) || isinf(n))
		return NAN;
	k = floor(k);
	if (k < 0.0)
		return 0.0;
	if (k >= n)
		return 1.0;
	return ws_beta_q(k + 1.0, n - k, p, 1.0 - p);
}

double
ws_binomial_upper(double k, double n, double p)
{
	if (!(n >= 0.0 && p >= 0.0 && p <= 1.0) || isnan(k) || isinf(n))
		return NAN;
	k = ceil(k);
	if (k <= 0.0)
		return 1.0;
	if (k > n)
		return 0.0;
	return ws_beta_p(k, n - k + 1.0, p, 1.0 - p);
}

double
ws_poisson_pmf(double k, double lambda)
{
	if (!(lambda >= 0.0) || isnan(k) || isinf(lambda))
		return NAN;
	if (k < 0.0 || k != floor(k) || isinf(k))
		return 0.0;
	if (k == 0.0 || lambda == 0.0)
		return k == 0.0 ? exp(-lambda) : 0.0;
	return exp(-ws_stirling_error(k) - ws_deviance_part(k, lambda)) / (SQRT_2PI * sqrt(k));
}

double
ws_poisson_cdf(double k, double lambda)
{
	if (!(lambda >= 0.0) || isnan(k) || isinf(lambda))
		return NAN;
	if (k < 0.0)
		return 0.0;
	if (isinf(k))
		return 1.0;
	return ws_gamma_q(floor(k) + 1.0, lambda);
}

double
ws_poisson_upper(double k, double lambda)
{
	if (!(lambda >= 0.0) || isnan(k) || isinf(lambda))
		return NAN;
	if (k <= 0.0)
		return 1.0;
	if (isinf(k))
		return 0.0;
	return ws_gamma_p(ceil(k), lambda);
}

bool
ws_wilson_limits(double count, double n, double z, double *lower, double *upper)
{
	double		square = z * z;
	double		middle;
	double		half;

	if (!(n > 0.0 && count >= 0.0 && count <= n && z >= 0.0) || isinf(n) || isinf(z))
		return false;
	middle = 2.0 * count + square;
	half = z * sqrt(square + 4.0 * count * ((n - count) / n));

	/*
	 * The lower limit as product of roots, so that it keeps its digits near
	 * 0; at 0 and at n the limit is the boundary itself.
	 */
	*lower = count == 0.0 ? 0.0 : 2.0 * count * (count / n) / (middle + half);
	*upper = count == n ? 1.0 : (middle + half) / (2.0 * (n + square));
	return true;
}

double
ws_byar_lower(double count, double z)
{
	double		root;

	if (!(count > 0.0) || isinf(count))
		return NAN;
	root = 1.0 - 1.0 / (9.0 * count) - z / (3.0 * sqrt(count));
	return root < 0.0 ? NAN : count * root * root * root;
}

double
ws_byar_upper(double count, double z)
{
	double		next = count + 1.0;
	double		root;

	if (!(count >= 0.0) || isinf(count))
		return NAN;
	root = 1.0 - 1.0 / (9.0 * next) + z / (3.0 * sqrt(next));
	return next * root * root * root;
}

double
ws_poisson_limit_lower(double count, double tail)
{
	if (!(count >= 0.0) || isinf(count))
		return NAN;
	return count == 0.0 ? 0.0 : ws_gamma_quantile(tail, count);
}

double
ws_poisson_limit_upper(double count, double tail)
{
	if (!(count >= 0.0) || isinf(count))
		return NAN;
	return ws_gamma_quantile_upper(tail, count + 1.0);
}
