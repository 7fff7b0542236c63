/*
 * ranked.h
 *		A type that is kept as the rank of its texts: 4 bytes, passed by value, in
 *		the order of the text.  For the file of such a type, once, at its end.
 */
#ifndef WARDSTAR_RANKED_H
#define WARDSTAR_RANKED_H

#include "compat.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "shown.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

/* The binary form is this byte and the rank as a signed integer in network order. */
#define RANKED_BINARY_VERSION 1

/*
 * Makes the functions of SQL that all such types have, called TYPE_NAME:
 *
 *	in, out, recv, send		22P02 for a text that is none, softly where the caller
 *							asks for it; 22P03 for another version or no rank
 *	from_text, to_text		the casts
 *	is_valid				could the text be cast?  Never raises
 *	lt, le, eq, ne, ge, gt	the operators
 *	cmp, sortsupport		sorts as integers do, by the comparator that tuplesort knows
 *	hash, hash_extended		as integers
 *	smaller, larger			the transitions of min and max
 *
 * The core has TYPE_parse(), which returns 0 if all is well, TYPE_format(), for
 * at most longest characters and a zero, and TYPE_in_range(); the file itself
 * invalid_text(), which reports a text, and invalid_number(), which raises.
 */
#define RANKED_TYPE(type, longest) \
	RANKED_FUNCTION(type##_in) \
	{ \
		char	   *text = PG_GETARG_CSTRING(0); \
		type		value; \
		int			status = type##_parse(text, strlen(text), &value); \
 \
		if (status != 0) \
			return invalid_text(shown_text(text), status, WARDSTAR_SOFT_CONTEXT(fcinfo)); \
		PG_RETURN_INT32(value); \
	} \
	RANKED_FUNCTION(type##_out) \
	{ \
		char	   *text = palloc((longest) + 1); \
 \
		type##_format(PG_GETARG_INT32(0), text); \
		PG_RETURN_CSTRING(text); \
	} \
	RANKED_FUNCTION(type##_recv) \
	{ \
		int32		number = ranked_receive((StringInfo) PG_GETARG_POINTER(0), #type); \
 \
		if (!type##_in_range(number)) \
			invalid_number(number); \
		PG_RETURN_INT32(number); \
	} \
	RANKED_FUNCTION(type##_send) \
	{ \
		StringInfoData buf; \
 \
		pq_begintypsend(&buf); \
		pq_sendbyte(&buf, RANKED_BINARY_VERSION); \
		pq_sendint32(&buf, PG_GETARG_INT32(0)); \
		PG_RETURN_BYTEA_P(pq_endtypsend(&buf)); \
	} \
	RANKED_FUNCTION(type##_from_text) \
	{ \
		text	   *input = PG_GETARG_TEXT_PP(0); \
		type		value; \
		int			status = type##_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), &value); \
 \
		if (status != 0) \
			return invalid_text(shown_text(text_to_cstring(input)), status, NULL); \
		PG_RETURN_INT32(value); \
	} \
	RANKED_FUNCTION(type##_to_text) \
	{ \
		char		written[(longest) + 1]; \
 \
		type##_format(PG_GETARG_INT32(0), written); \
		PG_RETURN_TEXT_P(cstring_to_text(written)); \
	} \
	RANKED_FUNCTION(type##_is_valid) \
	{ \
		text	   *input = PG_GETARG_TEXT_PP(0); \
		type		value; \
 \
		PG_RETURN_BOOL(type##_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), &value) == 0); \
	} \
	RANKED_OPERATOR(type##_lt, <) \
	RANKED_OPERATOR(type##_le, <=) \
	RANKED_OPERATOR(type##_eq, ==) \
	RANKED_OPERATOR(type##_ne, !=) \
	RANKED_OPERATOR(type##_ge, >=) \
	RANKED_OPERATOR(type##_gt, >) \
	RANKED_FUNCTION(type##_cmp) \
	{ \
		int32		a = PG_GETARG_INT32(0); \
		int32		b = PG_GETARG_INT32(1); \
 \
		PG_RETURN_INT32((a > b) - (a < b)); \
	} \
	RANKED_FUNCTION(type##_sortsupport) \
	{ \
		((SortSupport) PG_GETARG_POINTER(0))->comparator = ssup_datum_int32_cmp; \
		PG_RETURN_VOID(); \
	} \
	RANKED_FUNCTION(type##_hash) \
	{ \
		return hash_uint32((uint32) PG_GETARG_INT32(0)); \
	} \
	RANKED_FUNCTION(type##_hash_extended) \
	{ \
		return hash_uint32_extended((uint32) PG_GETARG_INT32(0), (uint64) PG_GETARG_INT64(1)); \
	} \
	RANKED_FUNCTION(type##_smaller) \
	{ \
		PG_RETURN_INT32(Min(PG_GETARG_INT32(0), PG_GETARG_INT32(1))); \
	} \
	RANKED_FUNCTION(type##_larger) \
	{ \
		PG_RETURN_INT32(Max(PG_GETARG_INT32(0), PG_GETARG_INT32(1))); \
	}

#define RANKED_FUNCTION(name) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS)

#define RANKED_OPERATOR(name, operator) \
	RANKED_FUNCTION(name) \
	{ \
		PG_RETURN_BOOL(PG_GETARG_INT32(0) operator PG_GETARG_INT32(1)); \
	}

/* The number of a message of the binary form; 22P03 for another version. */
static inline int32
ranked_receive(StringInfo message, const char *type)
{
	int			version = pq_getmsgbyte(message);

	if (version != RANKED_BINARY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported binary version of type %s: %d", type, version),
				 errdetail("This version of wardstar reads binary version %d.", RANKED_BINARY_VERSION),
				 errhint("Copy the data in text format between different versions of wardstar.")));
	return (int32) pq_getmsgint(message, 4);
}

#endif							/* WARDSTAR_RANKED_H */
