/*
 * demand.h
 *		Rates and their limits, and the composite type estimate in which they
 *		are returned: (value, lower, upper, confidence, method).
 */
#ifndef WARDSTAR_DEMAND_H
#define WARDSTAR_DEMAND_H

#include "compat.h"

#include "funcapi.h"

/* What is written in estimate.method; estimate.c has the words. */
typedef enum EstimateMethod
{
	METHOD_BYAR,
	METHOD_EXACT_POISSON,
	METHOD_NO_POPULATION,
	METHOD_EVENTS_NOT_KNOWN,
	METHOD_EVENTS_NOT_A_COUNT,
	METHOD_POPULATION_NOT_A_COUNT,
	METHOD_OUT_OF_RANGE,
	METHOD_WILSON,
	METHOD_NO_DENOMINATOR,
	METHOD_COUNT_NOT_KNOWN,
	METHOD_NOT_A_PART,
	METHOD_NEWCOMBE,
	METHOD_CONDITIONAL,
	METHOD_NO_EVENTS,
	METHOD_NO_EVENTS_TO_COMPARE,
	METHOD_BENCHMARK_NOT_KNOWN,
	METHOD_FUNNEL_POISSON,
	METHOD_FUNNEL_SCORE,
	METHOD_NO_ROWS,
	METHOD_STUDENT,
	METHOD_ONE_VALUE,
	METHOD_NOT_A_NUMBER,
	METHOD_DOBSON,
	METHOD_DOBSON_PARTLY,
	METHOD_FEW_EVENTS,
	METHOD_EVENTS_WITHOUT_POPULATION,
	METHOD_STANDARD_NOT_A_COUNT,
	METHOD_NO_STANDARD,
	METHOD_NO_REFERENCE,
	METHOD_REFERENCE_NOT_A_COUNT,
	METHOD_NO_EXPECTED,
	METHOD_SLOPE,
	METHOD_SLOPE_LOG,
	METHOD_SLOPE_LOGIT,
	METHOD_SLOPE_NO_LIMITS,
	METHOD_SLOPE_TOO_FEW,
	METHOD_SLOPE_VALUE,
	METHOD_SLOPE_UNBOUNDED,
	METHOD_SLOPE_FIELLER,
	METHOD_PREVALENCE,
	METHOD_PREVALENCE_NOT_KNOWN,
	METHOD_EXPECTED_LESS_REACHED,
	METHOD_REACHED_PER_EXPECTED,
	METHOD_REACHED_NOT_KNOWN,
	METHOD_EXPECTED_NOT_KNOWN,
	METHOD_COUNT
}			EstimateMethod;

/* Counts below this get exact Poisson limits, from it on Byar's. */
#define EXACT_BELOW 10

/* Byar's limits of smaller whole counts are kept. */
#define BYAR_KEPT 256

/*
 * Kept in fn_extra over the calls of one expression: the row type, the normal
 * quantile of the confidence last asked for, the limits of the small counts at
 * that confidence, and for each method a formed tuple to copy.
 */
typedef struct EstimateCache
{
	MemoryContext context;
	TupleDesc	tupdesc;		/* NULL until a tuple is formed */
	double		confidence;		/* NaN until set */
	double		z;
	double		tail;			/* (1 - confidence) / 2 */
	unsigned	exact_known;	/* bit x: exact_lower[x] and exact_upper[x] are set */
	double		exact_lower[EXACT_BELOW];
	double		exact_upper[EXACT_BELOW];
	double		(*byar)[2];		/* limits of whole counts below BYAR_KEPT; an upper
								 * one of 0 is not known yet; NULL until needed */
	Datum		method[METHOD_COUNT];	/* text; 0 until made */
	HeapTuple	model[METHOD_COUNT];	/* NULL until formed */
}			EstimateCache;

extern double multiplier_argument(double multiplier);
extern double confidence_argument(double confidence);
extern _Noreturn void group_setting_differs(const char *setting);
extern EstimateCache *estimate_cache(FunctionCallInfo fcinfo);
extern void estimate_set_confidence(EstimateCache *cache, double confidence);
extern void estimate_count_limits(EstimateCache *cache, double count,
								  double *lower, double *upper, EstimateMethod *method);
extern const double *estimate_byar(EstimateCache *cache, double count);
extern Datum estimate_form(EstimateCache *cache, FunctionCallInfo fcinfo,
						   double value, double lower, double upper, EstimateMethod method);

/* A limit that a formula does not give is NaN in C and NULL in SQL. */
#define RETURN_FLOAT8_OR_NULL(x) \
	do { \
		double		result_ = (x); \
		if (isnan(result_)) \
			PG_RETURN_NULL(); \
		PG_RETURN_FLOAT8(result_); \
	} while (0)

#endif							/* WARDSTAR_DEMAND_H */
