/*
 * compat.h
 *		All that differs between the PostgreSQL versions that wardstar supports
 *		(15 and later).  No other file tests PG_VERSION_NUM.
 */
#ifndef WARDSTAR_COMPAT_H
#define WARDSTAR_COMPAT_H

#include "postgres.h"
#include "fmgr.h"

/* VARDATA and the like left postgres.h with PostgreSQL 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * Soft errors came with PostgreSQL 16.  On 15 there is no context to report
 * to, and ereturn() raises the error.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define WARDSTAR_SOFT_CONTEXT(fcinfo) ((fcinfo)->context)
#else
#define WARDSTAR_SOFT_CONTEXT(fcinfo) NULL
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* make_range() reports errors softly since PostgreSQL 16. */
#if PG_VERSION_NUM >= 160000
#define make_range_compat(typcache, lower, upper, empty) \
	make_range(typcache, lower, upper, empty, NULL)
#else
#define make_range_compat(typcache, lower, upper, empty) \
	make_range(typcache, lower, upper, empty)
#endif

/* The module's version in its magic block came with PostgreSQL 18. */
#ifdef PG_MODULE_MAGIC_EXT
#define WARDSTAR_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "wardstar", .version = WARDSTAR_VERSION)
#else
#define WARDSTAR_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif							/* WARDSTAR_COMPAT_H */
