/*
 * statistics_test.c
 *		The distributions of extension/statistics against figures of 20 digits
 *		(tests/fixtures/statistics.py), and what is not defined.
 */
#include "statistics/statistics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct reference
{
	const char *name;
	double		argument[3];
	double		value;
};

#include "statistics_reference.h"

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	tests++;
	if (!passed)
		failures++;
	printf("%sok %d - %s\n", passed ? "" : "not ", tests, what);
}

static bool
near(double got, double want, double tolerance)
{
	return got == want || fabs(got - want) <= tolerance * fabs(want);
}

typedef double (*one_argument) (double);
typedef double (*two_arguments) (double, double);
typedef double (*three_arguments) (double, double, double);

static double
beta_p(double a, double b, double x)
{
	return ws_beta_p(a, b, x, 1.0 - x);
}

static double
beta_q(double a, double b, double x)
{
	return ws_beta_q(a, b, x, 1.0 - x);
}

/*
 * How far each may be off, relative.  In the far tails the argument itself is
 * only good to so much: there a unit in the last place of the logarithm is
 * allowed on top.  Small gamma shapes (here 0.01 and 0.05) magnify the error of
 * the probability by 1 / shape.
 */
static const struct
{
	const char *name;
	one_argument one;
	two_arguments two;
	three_arguments three;
	double		tolerance;
}			functions[] = {
	{"normal_cdf", ws_normal_cdf, 0, 0, 2e-15},
	{"normal_upper", ws_normal_upper, 0, 0, 2e-15},
	{"normal_quantile", ws_normal_quantile, 0, 0, 2e-15},
	{"t_two_sided", 0, ws_t_two_sided, 0, 1e-14},
	{"t_cdf", 0, ws_t_cdf, 0, 1e-14},
	{"t_quantile", 0, ws_t_quantile, 0, 1e-14},
	{"gamma_p", 0, ws_gamma_p, 0, 1e-14},
	{"gamma_q", 0, ws_gamma_q, 0, 5e-14},
	{"gamma_quantile", 0, ws_gamma_quantile, 0, 5e-14},
	{"gamma_quantile_upper", 0, ws_gamma_quantile_upper, 0, 5e-14},
	{"beta_p", 0, 0, beta_p, 5e-14},
	{"beta_q", 0, 0, beta_q, 5e-14},
	{"binomial_pmf", 0, 0, ws_binomial_pmf, 1e-14},
	{"binomial_cdf", 0, 0, ws_binomial_cdf, 5e-14},
	{"binomial_upper", 0, 0, ws_binomial_upper, 5e-14},
	{"poisson_pmf", 0, ws_poisson_pmf, 0, 1e-14},
	{"poisson_cdf", 0, ws_poisson_cdf, 0, 1e-14},
	{"poisson_upper", 0, ws_poisson_upper, 0, 1e-14},
	{"stirling_error", ws_stirling_error, 0, 0, 5e-14},
};

static void
test_references(void)
{
	for (size_t f = 0; f < sizeof(functions) / sizeof(functions[0]); f++)
	{
		double		worst = 0.0;
		int			compared = 0;
		char		line[200];

		for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++)
		{
			const struct reference *r = &references[i];
			double		got;
			double		error;

			if (strcmp(r->name, functions[f].name) != 0)
				continue;
			compared++;
			if (functions[f].one)
				got = functions[f].one(r->argument[0]);
			else if (functions[f].two)
				got = functions[f].two(r->argument[0], r->argument[1]);
			else
				got = functions[f].three(r->argument[0], r->argument[1], r->argument[2]);
			error = r->value == 0.0 ? fabs(got) : fabs(got / r->value - 1.0);
			if (r->value != 0.0)
				error = fmax(0.0, error - 2.5e-16 * fabs(log(fabs(r->value))));
			if (!(error <= functions[f].tolerance))
				printf("# %s(%.17g, %.17g, %.17g) = %.17g, not %.17g\n", r->name,
					   r->argument[0], r->argument[1], r->argument[2], got, r->value);
			if (!(error <= worst))
				worst = error;
		}
		snprintf(line, sizeof(line), "%s: %d figures, largest relative error %.1e beyond the tail's allowance",
				 functions[f].name, compared, worst);
		ok(compared > 0 && worst <= functions[f].tolerance, line);
	}
}

static void
test_limits(void)
{
	double		z = ws_confidence_z(0.95);
	double		lower;
	double		upper;

	ok(near(z, 1.9599639845400542355, 1e-15), "z of 95%");
	ok(near(ws_confidence_z(0.998), 3.0902323061678135415, 1e-14), "z of 99.8%");
	ok(isnan(ws_confidence_z(0.0)) && isnan(ws_confidence_z(1.0)) && isnan(ws_confidence_z(95.0)) &&
	   isnan(ws_confidence_z(NAN)), "confidence lies between 0 and 1");

	/* Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3 */
	ws_wilson_limits(81, 263, z, &lower, &upper);
	ok(fabs(lower - 0.2553) < 5e-5 && fabs(upper - 0.3662) < 5e-5, "Wilson 81/263 as printed by Newcombe");
	ws_wilson_limits(15, 148, z, &lower, &upper);
	ok(fabs(lower - 0.0624) < 5e-5 && fabs(upper - 0.1605) < 5e-5, "Wilson 15/148 as printed by Newcombe");
	ws_wilson_limits(0, 20, z, &lower, &upper);
	ok(lower == 0.0 && fabs(upper - 0.1611) < 5e-5, "Wilson 0/20 as printed by Newcombe");
	ws_wilson_limits(1, 29, z, &lower, &upper);
	ok(fabs(lower - 0.0061) < 5e-5 && fabs(upper - 0.1718) < 5e-5, "Wilson 1/29 as printed by Newcombe");
	ws_wilson_limits(29, 29, z, &lower, &upper);
	ok(upper == 1.0 && fabs(lower - (1 - 0.1170)) < 5e-5, "Wilson n/n ends at 1");
	ok(!ws_wilson_limits(1, 0, z, &lower, &upper) && !ws_wilson_limits(3, 2, z, &lower, &upper) &&
	   !ws_wilson_limits(-1, 2, z, &lower, &upper) && !ws_wilson_limits(NAN, 2, z, &lower, &upper) &&
	   !ws_wilson_limits(1, INFINITY, z, &lower, &upper) && !ws_wilson_limits(1, 2, NAN, &lower, &upper),
	   "Wilson refuses what is no proportion");

	/* Garwood's limits as every table of the Poisson distribution prints them */
	ok(ws_poisson_limit_lower(0, 0.025) == 0.0, "exact lower limit of 0");
	ok(fabs(ws_poisson_limit_upper(0, 0.025) - 3.689) < 5e-4, "exact upper limit of 0");
	ok(fabs(ws_poisson_limit_lower(1, 0.025) - 0.0253) < 5e-5 && fabs(ws_poisson_limit_upper(1, 0.025) - 5.572) < 5e-4,
	   "exact limits of 1");
	ok(fabs(ws_poisson_limit_lower(10, 0.025) - 4.795) < 5e-4 && fabs(ws_poisson_limit_upper(10, 0.025) - 18.390) < 5e-4,
	   "exact limits of 10");
	ok(near(ws_poisson_cdf(7, ws_poisson_limit_upper(7, 0.025)), 0.025, 1e-13) &&
	   near(ws_poisson_upper(7, ws_poisson_limit_lower(7, 0.025)), 0.025, 1e-13), "exact limits undo the distribution");
	ok(isnan(ws_poisson_limit_lower(-1, 0.025)) && isnan(ws_poisson_limit_upper(INFINITY, 0.025)) &&
	   isnan(ws_poisson_limit_lower(NAN, 0.025)), "exact limits of what is no count");

	/* x (1 - 1/9x - z/3 sqrt x)^3 with 40 digits (mpmath) */
	ok(near(ws_byar_lower(100, z), 81.362105490527868, 1e-12) && near(ws_byar_upper(100, z), 121.62793757920648, 1e-12),
	   "Byar's limits of 100");
	ok(isnan(ws_byar_lower(0, z)) && isnan(ws_byar_lower(0.1, z)) && isnan(ws_byar_lower(-1, z)) &&
	   isnan(ws_byar_lower(INFINITY, z)) && isnan(ws_byar_lower(NAN, z)), "Byar's lower limit where there is none");
	ok(ws_byar_upper(0, z) > 0.0 && isnan(ws_byar_upper(-1, z)) && isnan(ws_byar_upper(INFINITY, z)) &&
	   isnan(ws_byar_upper(NAN, z)), "Byar's upper limit where there is none");
}

static void
test_edges(void)
{
	ok(ws_normal_quantile(0.5) == 0.0 && ws_normal_quantile(0.0) == -INFINITY && ws_normal_quantile(1.0) == INFINITY,
	   "normal quantile at 0, half and 1");
	ok(isnan(ws_normal_quantile(-0.1)) && isnan(ws_normal_quantile(1.1)) && isnan(ws_normal_quantile(NAN)),
	   "normal quantile outside");
	ok(near(ws_normal_quantile(5e-324), -38.467405617144346, 1e-4), "normal quantile of the smallest number");
	ok(ws_t_quantile(0.5, 3) == 0.0 && ws_t_quantile(0.0, 3) == -INFINITY && ws_t_quantile(1.0, 3) == INFINITY,
	   "t quantile at 0, half and 1");
	ok(isnan(ws_t_quantile(0.3, 0)) && isnan(ws_t_cdf(NAN, 3)) && isnan(ws_t_two_sided(1, -1)) && isnan(ws_t_quantile(NAN, 3)),
	   "t outside");
	ok(near(ws_t_quantile(0.975, INFINITY), 1.9599639845400542355, 1e-15) && near(ws_t_quantile(0.975, 1e300), 1.9599639845400542355, 1e-14),
	   "t with endless degrees of freedom is normal");
	ok(ws_t_two_sided(0, 5) == 1.0 && ws_t_two_sided(INFINITY, 5) == 0.0 && ws_t_cdf(-INFINITY, 5) == 0.0, "t at 0 and at infinity");
	ok(near(ws_t_two_sided(1e200, 1), 2.0 / 3.14159265358979323846 * 1e-200, 1e-12), "t whose square overflows");
	ok(ws_gamma_p(2, 0) == 0.0 && ws_gamma_q(2, INFINITY) == 0.0 && isnan(ws_gamma_p(0, 1)) && isnan(ws_gamma_q(1, -1)) &&
	   isnan(ws_gamma_p(NAN, 1)) && isnan(ws_gamma_p(INFINITY, 1)), "gamma at its edges");
	ok(ws_gamma_quantile(0, 2) == 0.0 && ws_gamma_quantile(1, 2) == INFINITY && isnan(ws_gamma_quantile(2, 2)) &&
	   ws_gamma_quantile_upper(0, 2) == INFINITY && ws_gamma_quantile_upper(1, 2) == 0.0 && isnan(ws_gamma_quantile(0.5, 0)),
	   "gamma quantile at its edges");
	ok(near(ws_gamma_q(1e15, ws_gamma_quantile_upper(0.025, 1e15)), 0.025, 1e-6), "gamma quantile of a huge shape");
	ok(near(ws_chisq_quantile(0.95, 1), 3.8414588206941259584, 1e-14) && near(ws_chisq_upper(3.841458820694124, 1), 0.05, 1e-13),
	   "chi-squared of one degree of freedom");
	ok(isnan(ws_beta_p(0, 1, 0.5, 0.5)) && ws_beta_p(2, 3, 0, 1) == 0.0 && ws_beta_q(2, 3, 1, 0) == 0.0 && isnan(ws_beta_p(NAN, 1, 0.5, 0.5)),
	   "beta at its edges");
	ok(ws_binomial_cdf(-1, 5, 0.3) == 0.0 && ws_binomial_cdf(5, 5, 0.3) == 1.0 && ws_binomial_upper(0, 5, 0.3) == 1.0 &&
	   ws_binomial_upper(6, 5, 0.3) == 0.0 && ws_binomial_pmf(2.5, 5, 0.3) == 0.0 && isnan(ws_binomial_pmf(1, 5, 1.5)),
	   "binomial at its edges");
	ok(ws_poisson_cdf(-1, 5) == 0.0 && ws_poisson_upper(0, 5) == 1.0 && ws_poisson_pmf(0, 0) == 1.0 && isnan(ws_poisson_pmf(1, -1)),
	   "Poisson at its edges");
}

int
main(void)
{
	test_references();
	test_limits();
	test_edges();
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
