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

/* Privileges on any kind of object are asked for by one function since PostgreSQL 16.  For files that include utils/acl.h. */
#if PG_VERSION_NUM >= 160000
#define may_execute(function, role) \
	(object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK)
#else
#define may_execute(function, role) \
	(pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK)
#endif

/* Since PostgreSQL 18 RETURNING can name the row before or after a change, which may be missing.  For files that include nodes/primnodes.h. */
#if PG_VERSION_NUM >= 180000
#define var_is_of_current_row(var) ((var)->varreturningtype == VAR_RETURNING_DEFAULT)
#else
#define var_is_of_current_row(var) true
#endif

/* The module's version in its magic block came with PostgreSQL 18. */
#ifdef PG_MODULE_MAGIC_EXT
#define WARDSTAR_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "wardstar", .version = WARDSTAR_VERSION)
#else
#define WARDSTAR_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif							/* WARDSTAR_COMPAT_H */
