/*
 * star.c
 *		outcome_star and star_change: input, output, order, hashing.
 */
#include "star/star.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "shown.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(outcome_star_in);
PG_FUNCTION_INFO_V1(outcome_star_out);
PG_FUNCTION_INFO_V1(outcome_star_recv);
PG_FUNCTION_INFO_V1(outcome_star_send);
PG_FUNCTION_INFO_V1(star_change_in);
PG_FUNCTION_INFO_V1(star_change_out);
PG_FUNCTION_INFO_V1(star_change_recv);
PG_FUNCTION_INFO_V1(star_change_send);
PG_FUNCTION_INFO_V1(star_lt);
PG_FUNCTION_INFO_V1(star_le);
PG_FUNCTION_INFO_V1(star_eq);
PG_FUNCTION_INFO_V1(star_ne);
PG_FUNCTION_INFO_V1(star_ge);
PG_FUNCTION_INFO_V1(star_gt);
PG_FUNCTION_INFO_V1(star_cmp);
PG_FUNCTION_INFO_V1(star_hash);
PG_FUNCTION_INFO_V1(star_hash_extended);

/* The value in a varlena of its own. */
Datum
star_datum(const uint8_t *bytes, size_t length)
{
	struct varlena *result = palloc(VARHDRSZ + length);

	SET_VARSIZE(result, VARHDRSZ + length);
	memcpy(VARDATA(result), bytes, length);
	return PointerGetDatum(result);
}

/* What a stored value is of; input has checked it, so a failure is damage. */
StarKind
star_kind_of(StarBytes star, bool change)
{
	StarKind	kind;

	if (!star_value_is_valid(star.data, star.length, change, &kind))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("a stored %s is damaged", change ? "star_change" : "outcome_star")));
	return kind;
}

text *
star_kind_text(const StarKind *kind)
{
	char		buffer[STAR_MAX_KIND_TEXT + 1];

	return cstring_to_text_with_len(buffer, (int) star_print_kind(kind, buffer));
}

void
star_raise_unlike(const StarKind *a, const StarKind *b)
{
	char		x[STAR_MAX_KIND_TEXT + 1];
	char		y[STAR_MAX_KIND_TEXT + 1];

	star_print_kind(a, x);
	star_print_kind(b, y);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("stars of different instruments can't be compared: %s and %s", x, y),
			 errdetail("One has %d scales, the other %d.", a->scale_count, b->scale_count),
			 errhint("Group by star_instrument(), or choose the readings of one instrument.")));
}

int
star_sqlstate(StarStatus status)
{
	switch (status)
	{
		case STAR_RANGE:
			return errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE);
		case STAR_NO_MEMORY:
			return errcode(ERRCODE_OUT_OF_MEMORY);
		default:
			return errcode(ERRCODE_INVALID_TEXT_REPRESENTATION);
	}
}

int
star_errdetail(const StarError *error)
{
	errdetail("%s", error->detail);
	if (error->hint[0] != '\0')
		errhint("%s", error->hint);
	return 0;
}

static Datum
input(FunctionCallInfo fcinfo, bool change)
{
	const char *text = PG_GETARG_CSTRING(0);
	const char *type = change ? "star_change" : "outcome_star";
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	StarError	error = {0};
	StarStatus	status = star_parse(text, strlen(text), change, bytes, &length, &error);

	if (status == STAR_RANGE)
		ereturn(WARDSTAR_SOFT_CONTEXT(fcinfo), (Datum) 0,
				(star_sqlstate(status),
				 errmsg("value \"%s\" is out of range for type %s", shown_text(text), type),
				 star_errdetail(&error)));
	if (status != STAR_OK)
		ereturn(WARDSTAR_SOFT_CONTEXT(fcinfo), (Datum) 0,
				(star_sqlstate(status),
				 errmsg("invalid input syntax for type %s: \"%s\"", type, shown_text(text)),
				 star_errdetail(&error)));
	return star_datum(bytes, length);
}

static Datum
output(StarBytes star, bool change)
{
	char		buffer[STAR_MAX_TEXT + 1];

	star_kind_of(star, change);
	star_print(star.data, star.length, change, buffer);
	return CStringGetDatum(pstrdup(buffer));
}

static Datum
receive(FunctionCallInfo fcinfo, bool change)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			rest = buffer->len - buffer->cursor;
	const uint8_t *in = (const uint8_t *) pq_getmsgbytes(buffer, rest);
	uint8_t		bytes[STAR_MAX_BYTES];
	size_t		length;
	StarError	error = {0};

	if (star_recv(in, (size_t) rest, change, bytes, &length, &error) != STAR_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary form of type %s", change ? "star_change" : "outcome_star"),
				 star_errdetail(&error)));
	return star_datum(bytes, length);
}

static Datum
send(StarBytes star, bool change)
{
	uint8_t		out[STAR_MAX_BINARY];

	star_kind_of(star, change);
	return star_datum(out, star_send(star.data, star.length, change, out));
}

/*
 * outcome_star_in(cstring) returns outcome_star
 *		The grammar is in star_core.c.  22P02 for what is no star, 22003 for a
 *		score outside its range; soft on 16 and later.
 */
Datum
outcome_star_in(PG_FUNCTION_ARGS)
{
	return input(fcinfo, false);
}

/* outcome_star_out(outcome_star) returns cstring, without blanks */
Datum
outcome_star_out(PG_FUNCTION_ARGS)
{
	return output(PG_GETARG_STAR_BYTES(0), false);
}

/* outcome_star_recv(internal) returns outcome_star; as strict as input */
Datum
outcome_star_recv(PG_FUNCTION_ARGS)
{
	return receive(fcinfo, false);
}

/* outcome_star_send(outcome_star) returns bytea; needs no catalogue to be read */
Datum
outcome_star_send(PG_FUNCTION_ARGS)
{
	return send(PG_GETARG_STAR_BYTES(0), false);
}

/* star_change_in(cstring) returns star_change; as outcome_star_in */
Datum
star_change_in(PG_FUNCTION_ARGS)
{
	return input(fcinfo, true);
}

/* star_change_out(star_change) returns cstring */
Datum
star_change_out(PG_FUNCTION_ARGS)
{
	return output(PG_GETARG_STAR_BYTES(0), true);
}

/* star_change_recv(internal) returns star_change */
Datum
star_change_recv(PG_FUNCTION_ARGS)
{
	return receive(fcinfo, true);
}

/* star_change_send(star_change) returns bytea */
Datum
star_change_send(PG_FUNCTION_ARGS)
{
	return send(PG_GETARG_STAR_BYTES(0), true);
}

/*
 * The order of both types: instrument, then scale by scale, missing first.
 * Copies are freed, since index builds compare in a context that lives long.
 */
static int
compare(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	int			order = star_compare((uint8_t *) VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a),
									 (uint8_t *) VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b));

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return order;
}

/* star_lt(a, b) returns bool */
Datum
star_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

/* star_le(a, b) returns bool */
Datum
star_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

/* star_eq(a, b) returns bool */
Datum
star_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

/* star_ne(a, b) returns bool */
Datum
star_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

/* star_ge(a, b) returns bool */
Datum
star_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

/* star_gt(a, b) returns bool */
Datum
star_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

/* star_cmp(a, b) returns int: below, equal to or above 0 */
Datum
star_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

/* star_hash(value) returns int; equal values are equal byte by byte */
Datum
star_hash(PG_FUNCTION_ARGS)
{
	struct varlena *star = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any((uint8_t *) VARDATA_ANY(star), (int) VARSIZE_ANY_EXHDR(star));

	PG_FREE_IF_COPY(star, 0);
	return hash;
}

/* star_hash_extended(value, seed bigint) returns bigint */
Datum
star_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *star = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any_extended((uint8_t *) VARDATA_ANY(star),
										 (int) VARSIZE_ANY_EXHDR(star),
										 (uint64) PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(star, 0);
	return hash;
}
