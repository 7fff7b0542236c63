/*
 * density_core.c
 *		The normal distribution, and the parts of densities from which the other
 *		distributions are made: the floor below gamma_core.c and
 *		statistics_core.c.
 */
#include "statistics/statistics.h"

#include <math.h>

#define SQRT_HALF 0.70710678118654752440
#define SQRT_2PI 2.50662827463100050242
#define MAX_STEPS 200

/*
 * ws_normal_cdf, ws_normal_upper
 *		By the C library's erfc, whose tails are full precision.
 */
double
ws_normal_cdf(double z)
{
	return 0.5 * erfc(-z * SQRT_HALF);
}

double
ws_normal_upper(double z)
{
	return 0.5 * erfc(z * SQRT_HALF);
}

/*
 * ws_normal_quantile
 *		Abramowitz and Stegun 26.2.23 (error 4.5e-4) as a start, then three
 *		steps of Halley's method, each of which triples the digits.  Near the
 *		middle the equation is that of erf, so that a quantile near 0 keeps its
 *		relative precision.
 */
double
ws_normal_quantile(double p)
{
	double		tail = p < 0.5 ? p : 1.0 - p;
	double		s;
	double		z;

	if (!(p >= 0.0 && p <= 1.0))
		return NAN;
	if (tail == 0.0)
		return p == 0.0 ? -INFINITY : INFINITY;
	if (tail == 0.5)
		return 0.0;
	s = sqrt(-2.0 * log(tail));
	z = s - (2.515517 + s * (0.802853 + s * 0.010328)) /
		(1.0 + s * (1.432788 + s * (0.189269 + s * 0.001308)));
	for (int i = 0; i < 3; i++)
	{
		double		density = exp(-0.5 * z * z) / SQRT_2PI;
		double		error;

		/* error is P(Z > z) - tail */
		if (tail > 0.25)
			error = (0.5 - tail) - 0.5 * erf(z * SQRT_HALF);
		else
			error = ws_normal_upper(z) - tail;
		error /= density;
		z += error / (1.0 - 0.5 * z * error);
	}
	return p < 0.5 ? -z : z;
}

/*
 * ws_stirling_error
 *		Stirling's series from 16 up; below, the recurrence
 *		d(k) = d(k + 1) + (k + 1/2) ln(1 + 1/k) - 1.
 */
double
ws_stirling_error(double k)
{
	double		sum = 0.0;
	double		r;

	if (!(k >= 0.0))
		return NAN;
	if (k == 0.0)
		return INFINITY;
	while (k < 16.0)
	{
		sum += (k + 0.5) * log1p(1.0 / k) - 1.0;
		k += 1.0;
	}
	r = 1.0 / (k * k);
	return sum + (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r *
													   (1.0 / 1680.0 - r *
														(1.0 / 1188.0 - r *
														 (691.0 / 360360.0 - r / 156.0)))))) / k;
}

/*
 * ws_deviance_part
 *		k ln(k/m) + m - k, by the series of atanh where k and m are close
 *		(Loader 2000, "Fast and accurate computation of binomial
 *		probabilities").
 */
double
ws_deviance_part(double k, double m)
{
	double		v = (k - m) / (k + m);

	if (k == 0.0)
		return m;
	if (fabs(v) < 0.1)
	{
		double		sum = v * (k - m);
		double		term = 2.0 * k * v;

		for (int j = 3; j < MAX_STEPS; j += 2)
		{
			double		next;

			term *= v * v;
			next = sum + term / j;
			if (next == sum)
				break;
			sum = next;
		}
		return sum;
	}
	return k * log(k / m) + m - k;
}
