/*
 * uk_postcode.c
 *		The SQL type uk_postcode.
 */
#include "compat.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

#include "area/uk_postcode.h"

/* The binary form is this byte and the rank as a signed integer in network order. */
#define UK_POSTCODE_BINARY_VERSION 1

/*
 * Reports a text that is not a postcode; names the postcode that it may have
 * been meant for, if it is clear which.
 */
static Datum
invalid_text(const char *text, uk_postcode_status status, struct Node *escontext)
{
	const char *detail;
	const char *hint = "Check the postcode where it was written down. For a person of no fixed abode use ZZ99 3VZ.";
	char		written[UK_POSTCODE_MAX_LENGTH + 1];
	uk_postcode suggestion;

	switch (status)
	{
		case UK_POSTCODE_BAD_CHARACTER:
			detail = "A postcode has letters from A to Z, digits and blanks, and nothing else.";
			break;
		case UK_POSTCODE_BAD_OUTWARD:
			detail = "What comes before the last three characters must look like L1, L15, M1A, CH4, CH41 or EC1A, with letters that postcodes have there.";
			break;
		case UK_POSTCODE_BAD_INWARD:
			detail = "The last three characters must be a digit and two letters other than C, I, K, M, O and V.";
			break;
		default:
			detail = "A postcode has five to seven letters and digits.";
			hint = "Give the whole postcode, such as L1 8JQ. For a person of no fixed abode use ZZ99 3VZ.";
			break;
	}
	if (uk_postcode_suggest(text, strlen(text), &suggestion))
	{
		uk_postcode_format(suggestion, written);
		hint = psprintf("If %s is meant, write the letters O and I and the digits 0 and 1 each in their place.", written);
	}
	ereturn(escontext, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", "uk_postcode", text),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

PG_FUNCTION_INFO_V1(uk_postcode_in);

/*
 * uk_postcode_in(cstring) returns uk_postcode
 *		Any spacing and case is allowed; all else that is not a postcode is
 *		22P02, softly where the caller asks for it.
 */
Datum
uk_postcode_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	uk_postcode postcode;
	uk_postcode_status status = uk_postcode_parse(text, strlen(text), &postcode);

	if (status != UK_POSTCODE_OK)
		return invalid_text(text, status, WARDSTAR_SOFT_CONTEXT(fcinfo));
	PG_RETURN_UK_POSTCODE(postcode);
}

PG_FUNCTION_INFO_V1(uk_postcode_out);

/*
 * uk_postcode_out(uk_postcode) returns cstring
 *		The written form: upper case, one blank.
 */
Datum
uk_postcode_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(UK_POSTCODE_MAX_LENGTH + 1);

	uk_postcode_format(PG_GETARG_UK_POSTCODE(0), text);
	PG_RETURN_CSTRING(text);
}

PG_FUNCTION_INFO_V1(uk_postcode_recv);

/*
 * uk_postcode_recv(internal) returns uk_postcode
 *		The binary form: a version byte, 1, and the rank.  22P03 for another
 *		version or a number that is no rank.
 */
Datum
uk_postcode_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int32		number;

	if (version != UK_POSTCODE_BINARY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported binary version of type %s: %d", "uk_postcode", version),
				 errdetail("This version of wardstar reads binary version %d.", UK_POSTCODE_BINARY_VERSION),
				 errhint("Copy the data in text format between different versions of wardstar.")));
	number = (int32) pq_getmsgint(buf, 4);
	if (!uk_postcode_in_range(number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type %s: %d", "uk_postcode", number),
				 errdetail("A postcode is a rank from 0 to %d.", UK_POSTCODE_COUNT - 1),
				 errhint("Send text, unless the number comes from uk_postcode_send.")));
	PG_RETURN_UK_POSTCODE(number);
}

PG_FUNCTION_INFO_V1(uk_postcode_send);

/*
 * uk_postcode_send(uk_postcode) returns bytea
 *		The binary form, as uk_postcode_recv() reads it.
 */
Datum
uk_postcode_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, UK_POSTCODE_BINARY_VERSION);
	pq_sendint32(&buf, PG_GETARG_UK_POSTCODE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(uk_postcode_from_text);

/*
 * uk_postcode_from_text(text) returns uk_postcode
 *		The cast; accepts and refuses what uk_postcode_in() does.
 */
Datum
uk_postcode_from_text(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	uk_postcode postcode;
	uk_postcode_status status = uk_postcode_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), &postcode);

	if (status != UK_POSTCODE_OK)
		return invalid_text(text_to_cstring(input), status, NULL);
	PG_RETURN_UK_POSTCODE(postcode);
}

/*
 * The first characters of the written form, as text.
 */
static Datum
written_text(const char *written, size_t length)
{
	PG_RETURN_TEXT_P(cstring_to_text_with_len(written, (int) length));
}

PG_FUNCTION_INFO_V1(uk_postcode_to_text);

/*
 * uk_postcode_to_text(uk_postcode) returns text
 *		The cast: the written form.
 */
Datum
uk_postcode_to_text(PG_FUNCTION_ARGS)
{
	char		written[UK_POSTCODE_MAX_LENGTH + 1];

	uk_postcode_format(PG_GETARG_UK_POSTCODE(0), written);
	return written_text(written, strlen(written));
}

PG_FUNCTION_INFO_V1(uk_postcode_is_valid);

/*
 * uk_postcode_is_valid(text) returns boolean
 *		Whether the text could be cast to uk_postcode.  Never raises.  Says
 *		nothing of whether Royal Mail has given the postcode to anybody.
 */
Datum
uk_postcode_is_valid(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	uk_postcode postcode;

	PG_RETURN_BOOL(uk_postcode_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), &postcode) == UK_POSTCODE_OK);
}

PG_FUNCTION_INFO_V1(postcode_area);

/*
 * postcode_area(uk_postcode) returns text
 *		The letters at the start: L of L1 8JQ, EC of EC1A 1BB.
 */
Datum
postcode_area(PG_FUNCTION_ARGS)
{
	char		written[UK_POSTCODE_MAX_LENGTH + 1];

	uk_postcode_format(PG_GETARG_UK_POSTCODE(0), written);
	return written_text(written, strcspn(written, "0123456789 "));
}

PG_FUNCTION_INFO_V1(postcode_district);

/*
 * postcode_district(uk_postcode) returns text
 *		The outward part: L1 of L1 8JQ, EC1A of EC1A 1BB.
 */
Datum
postcode_district(PG_FUNCTION_ARGS)
{
	char		written[UK_POSTCODE_MAX_LENGTH + 1];

	uk_postcode_format(PG_GETARG_UK_POSTCODE(0), written);
	return written_text(written, strcspn(written, " "));
}

PG_FUNCTION_INFO_V1(postcode_sector);

/*
 * postcode_sector(uk_postcode) returns text
 *		The outward part and the first digit of the inward one: L1 8 of L1 8JQ.
 */
Datum
postcode_sector(PG_FUNCTION_ARGS)
{
	char		written[UK_POSTCODE_MAX_LENGTH + 1];

	uk_postcode_format(PG_GETARG_UK_POSTCODE(0), written);
	return written_text(written, strcspn(written, " ") + 2);
}

PG_FUNCTION_INFO_V1(postcode_unit_is_pseudo);

/*
 * postcode_unit_is_pseudo(uk_postcode) returns boolean
 *		Whether it is a pseudo-postcode (ZZ99), which records that there is no
 *		usual address in the United Kingdom, or none known.
 */
Datum
postcode_unit_is_pseudo(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(uk_postcode_is_pseudo(PG_GETARG_UK_POSTCODE(0)));
}

/* The six operators, in the order of the written form. */
#define UK_POSTCODE_OPERATOR(name, operator) \
	PG_FUNCTION_INFO_V1(uk_postcode_##name); \
	Datum \
	uk_postcode_##name(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BOOL(PG_GETARG_UK_POSTCODE(0) operator PG_GETARG_UK_POSTCODE(1)); \
	}

UK_POSTCODE_OPERATOR(lt, <)
UK_POSTCODE_OPERATOR(le, <=)
UK_POSTCODE_OPERATOR(eq, ==)
UK_POSTCODE_OPERATOR(ne, !=)
UK_POSTCODE_OPERATOR(ge, >=)
UK_POSTCODE_OPERATOR(gt, >)

PG_FUNCTION_INFO_V1(uk_postcode_cmp);

/*
 * uk_postcode_cmp(uk_postcode, uk_postcode) returns integer
 *		Less than, equal to or greater than 0, in the order of the written form.
 */
Datum
uk_postcode_cmp(PG_FUNCTION_ARGS)
{
	uk_postcode a = PG_GETARG_UK_POSTCODE(0);
	uk_postcode b = PG_GETARG_UK_POSTCODE(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

PG_FUNCTION_INFO_V1(uk_postcode_sortsupport);

/*
 * uk_postcode_sortsupport(internal) returns void
 *		Postcodes sort as integers do: by the comparator that tuplesort knows.
 */
Datum
uk_postcode_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = ssup_datum_int32_cmp;
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(uk_postcode_hash);

/*
 * uk_postcode_hash(uk_postcode) returns integer
 *		For the hash operator class.
 */
Datum
uk_postcode_hash(PG_FUNCTION_ARGS)
{
	return hash_uint32((uint32) PG_GETARG_UK_POSTCODE(0));
}

PG_FUNCTION_INFO_V1(uk_postcode_hash_extended);

/*
 * uk_postcode_hash_extended(uk_postcode, bigint) returns bigint
 *		The same with a seed, for hash partitions and the like.
 */
Datum
uk_postcode_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended((uint32) PG_GETARG_UK_POSTCODE(0), (uint64) PG_GETARG_INT64(1));
}

PG_FUNCTION_INFO_V1(uk_postcode_smaller);

/*
 * uk_postcode_smaller(uk_postcode, uk_postcode) returns uk_postcode
 *		The transition of min.
 */
Datum
uk_postcode_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_UK_POSTCODE(Min(PG_GETARG_UK_POSTCODE(0), PG_GETARG_UK_POSTCODE(1)));
}

PG_FUNCTION_INFO_V1(uk_postcode_larger);

/*
 * uk_postcode_larger(uk_postcode, uk_postcode) returns uk_postcode
 *		The transition of max.
 */
Datum
uk_postcode_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_UK_POSTCODE(Max(PG_GETARG_UK_POSTCODE(0), PG_GETARG_UK_POSTCODE(1)));
}
