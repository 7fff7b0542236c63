/*
 * statistics.h
 *		Distributions, quantiles and limits that the other subjects share.
 *		Pure C with no dependency beyond libm; nothing here raises an error.
 *
 * What is not defined (NaN, a probability outside 0 to 1, no degrees of
 * freedom) gives NaN.  Relative error is about 1e-14, tails included; each
 * function has its upper-tail twin, so that nobody need subtract from 1.
 * tests/unit/statistics_test.c compares with figures of 50 digits.
 */
#ifndef WARDSTAR_STATISTICS_H
#define WARDSTAR_STATISTICS_H

#include <stdbool.h>

/* Standard normal: P(Z <= z); P(Z > z); z with P(Z <= z) = p. */
extern double ws_normal_cdf(double z);
extern double ws_normal_upper(double z);
extern double ws_normal_quantile(double p);

/* z such that P(-z <= Z <= z) = confidence; 1.959964 for 0.95. */
extern double ws_confidence_z(double confidence);

/* A confidence level is above 0 and below 1. */
extern bool ws_confidence_is_valid(double confidence);

/*
 * Student's t with df > 0 degrees of freedom, whole or not: P(T <= t); the
 * two-sided p-value P(|T| >= |t|); t with P(T <= t) = p.
 */
extern double ws_t_cdf(double t, double df);
extern double ws_t_two_sided(double t, double df);
extern double ws_t_quantile(double p, double df);

/* Gamma with shape a and scale 1: P(X <= x), P(X > x) and their inverses. */
extern double ws_gamma_p(double a, double x);
extern double ws_gamma_q(double a, double x);
extern double ws_gamma_quantile(double p, double a);
extern double ws_gamma_quantile_upper(double q, double a);

/* Chi-squared with df degrees of freedom. */
extern double ws_chisq_cdf(double x, double df);
extern double ws_chisq_upper(double x, double df);
extern double ws_chisq_quantile(double p, double df);
extern double ws_chisq_quantile_upper(double q, double df);

/*
 * Regularised incomplete beta I_x(a, b), and 1 - I_x(a, b); y must be 1 - x,
 * given apart so that neither end loses digits.
 */
extern double ws_beta_p(double a, double b, double x, double y);
extern double ws_beta_q(double a, double b, double x, double y);

/* The x with I_x(a, b) = p, and y = 1 - x; false where there is none. */
extern bool ws_beta_quantile(double p, double a, double b, double *x, double *y);

/*
 * Binomial: P(X = k), P(X <= k), P(X >= k) of n trials with probability p.
 * Poisson: P(X = k), P(X <= k), P(X >= k) with mean lambda.
 */
extern double ws_binomial_pmf(double k, double n, double p);
extern double ws_binomial_cdf(double k, double n, double p);
extern double ws_binomial_upper(double k, double n, double p);
extern double ws_poisson_pmf(double k, double lambda);
extern double ws_poisson_cdf(double k, double lambda);
extern double ws_poisson_upper(double k, double lambda);

/*
 * ln(k!) - ((k + 1/2) ln k - k + ln(2 pi)/2), and k ln(k/m) + m - k: the
 * parts of Loader's form of the densities.
 */
extern double ws_stirling_error(double k);
extern double ws_deviance_part(double k, double m);

/*
 * Limits.  z is that of ws_confidence_z(), tail is (1 - confidence) / 2.
 *
 * Wilson's limits of a proportion count/n (Wilson 1927); false when n <= 0,
 * count < 0, count > n or anything is not finite.
 * Byar's limits of a Poisson count (Breslow and Day 1987, p. 69); NaN where the
 * formula gives no number >= 0.
 * Exact limits of a Poisson count (Garwood 1936).
 */
extern bool ws_wilson_limits(double count, double n, double z,
							 double *lower, double *upper);
extern double ws_byar_lower(double count, double z);
extern double ws_byar_upper(double count, double z);
extern double ws_poisson_limit_lower(double count, double tail);
extern double ws_poisson_limit_upper(double count, double tail);

#endif							/* WARDSTAR_STATISTICS_H */
