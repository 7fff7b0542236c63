/*
 * gss_code.c
 *		The SQL type gss_code.
 */
#include "compat.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

#include "area/gss_code.h"

/* The binary form is this byte and the code as a signed integer in network order. */
#define GSS_CODE_BINARY_VERSION 1

/*
 * Reports a text that is not a code.
 */
static Datum
invalid_text(const char *text, gss_code_status status, struct Node *escontext)
{
	const char *detail;
	const char *hint;

	switch (status)
	{
		case GSS_CODE_BAD_LETTER:
			detail = "The first of the nine characters must be one of the letters E, J, K, L, M, N, S and W.";
			hint = "Use E for England, W for Wales, S for Scotland or N for Northern Ireland, as in E08000012.";
			break;
		case GSS_CODE_LETTER_FOR_DIGIT:
			detail = "All but the first of the nine characters must be digits.";
			hint = "Write the digits 0 and 1 where the letters O, I and l stand.";
			break;
		case GSS_CODE_BAD_DIGIT:
			detail = "All but the first of the nine characters must be digits.";
			hint = "Give the code as ONS prints it, without blanks or signs between, as in E01006512.";
			break;
		default:
			detail = "An area code of the Office for National Statistics has nine characters: a letter and eight digits.";
			hint = "Give a code such as E01006512. Look up names of areas, postcodes and codes from before 2011 first.";
			break;
	}
	ereturn(escontext, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", "gss_code", text),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

PG_FUNCTION_INFO_V1(gss_code_in);

/*
 * gss_code_in(cstring) returns gss_code
 *		Blanks at either end and lower case are allowed; all else that is not a
 *		code is 22P02, softly where the caller asks for it.
 */
Datum
gss_code_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	gss_code	code;
	gss_code_status status = gss_code_parse(text, strlen(text), &code);

	if (status != GSS_CODE_OK)
		return invalid_text(text, status, WARDSTAR_SOFT_CONTEXT(fcinfo));
	PG_RETURN_GSS_CODE(code);
}

PG_FUNCTION_INFO_V1(gss_code_out);

/*
 * gss_code_out(gss_code) returns cstring
 *		The nine characters, in upper case.
 */
Datum
gss_code_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(GSS_CODE_LENGTH + 1);

	gss_code_format(PG_GETARG_GSS_CODE(0), text);
	PG_RETURN_CSTRING(text);
}

PG_FUNCTION_INFO_V1(gss_code_recv);

/*
 * gss_code_recv(internal) returns gss_code
 *		The binary form: a version byte, 1, and the number of the code.  22P03
 *		for another version or a number that is no code.
 */
Datum
gss_code_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int32		number;

	if (version != GSS_CODE_BINARY_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported binary version of type %s: %d", "gss_code", version),
				 errdetail("This version of wardstar reads binary version %d.", GSS_CODE_BINARY_VERSION),
				 errhint("Copy the data in text format between different versions of wardstar.")));
	number = (int32) pq_getmsgint(buf, 4);
	if (!gss_code_in_range(number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type %s: %d", "gss_code", number),
				 errdetail("A code is a number from 0 to %d.", GSS_CODE_MAX),
				 errhint("Send the letter's place among E, J, K, L, M, N, S and W times 100000000 plus the eight digits, or send text.")));
	PG_RETURN_GSS_CODE(number);
}

PG_FUNCTION_INFO_V1(gss_code_send);

/*
 * gss_code_send(gss_code) returns bytea
 *		The binary form, as gss_code_recv() reads it.
 */
Datum
gss_code_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, GSS_CODE_BINARY_VERSION);
	pq_sendint32(&buf, PG_GETARG_GSS_CODE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(gss_code_from_text);

/*
 * gss_code_from_text(text) returns gss_code
 *		The cast; accepts and refuses what gss_code_in() does.
 */
Datum
gss_code_from_text(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	gss_code	code;
	gss_code_status status = gss_code_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), &code);

	if (status != GSS_CODE_OK)
		return invalid_text(text_to_cstring(input), status, NULL);
	PG_RETURN_GSS_CODE(code);
}

PG_FUNCTION_INFO_V1(gss_code_to_text);

/*
 * gss_code_to_text(gss_code) returns text
 *		The cast: the nine characters.
 */
Datum
gss_code_to_text(PG_FUNCTION_ARGS)
{
	char		text[GSS_CODE_LENGTH + 1];

	gss_code_format(PG_GETARG_GSS_CODE(0), text);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text, GSS_CODE_LENGTH));
}

PG_FUNCTION_INFO_V1(gss_code_is_valid);

/*
 * gss_code_is_valid(text) returns boolean
 *		Whether the text could be cast to gss_code.  Never raises.
 */
Datum
gss_code_is_valid(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	gss_code	code;

	PG_RETURN_BOOL(gss_code_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input), &code) == GSS_CODE_OK);
}

PG_FUNCTION_INFO_V1(gss_level);

/*
 * gss_level(gss_code) returns text
 *		The level of the area, "other" for entities that wardstar gives no level.
 *		After ONS's Register of Geographic Codes; the table is in docs/area.md.
 */
Datum
gss_level(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(gss_code_level(PG_GETARG_GSS_CODE(0))));
}

PG_FUNCTION_INFO_V1(gss_country);

/*
 * gss_country(gss_code) returns text
 *		The country, or union of countries, that the code's first letter (and
 *		for K its entity) stands for.
 */
Datum
gss_country(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(gss_code_country(PG_GETARG_GSS_CODE(0))));
}

/* The six operators, in the order of the text. */
#define GSS_CODE_OPERATOR(name, operator) \
	PG_FUNCTION_INFO_V1(gss_code_##name); \
	Datum \
	gss_code_##name(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BOOL(PG_GETARG_GSS_CODE(0) operator PG_GETARG_GSS_CODE(1)); \
	}

GSS_CODE_OPERATOR(lt, <)
GSS_CODE_OPERATOR(le, <=)
GSS_CODE_OPERATOR(eq, ==)
GSS_CODE_OPERATOR(ne, !=)
GSS_CODE_OPERATOR(ge, >=)
GSS_CODE_OPERATOR(gt, >)

PG_FUNCTION_INFO_V1(gss_code_cmp);

/*
 * gss_code_cmp(gss_code, gss_code) returns integer
 *		Less than, equal to or greater than 0, in the order of the text.
 */
Datum
gss_code_cmp(PG_FUNCTION_ARGS)
{
	gss_code	a = PG_GETARG_GSS_CODE(0);
	gss_code	b = PG_GETARG_GSS_CODE(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

PG_FUNCTION_INFO_V1(gss_code_sortsupport);

/*
 * gss_code_sortsupport(internal) returns void
 *		Codes sort as integers do: by the comparator that tuplesort knows.
 */
Datum
gss_code_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = ssup_datum_int32_cmp;
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(gss_code_hash);

/*
 * gss_code_hash(gss_code) returns integer
 *		For the hash operator class.
 */
Datum
gss_code_hash(PG_FUNCTION_ARGS)
{
	return hash_uint32((uint32) PG_GETARG_GSS_CODE(0));
}

PG_FUNCTION_INFO_V1(gss_code_hash_extended);

/*
 * gss_code_hash_extended(gss_code, bigint) returns bigint
 *		The same with a seed, for hash partitions and the like.
 */
Datum
gss_code_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended((uint32) PG_GETARG_GSS_CODE(0), (uint64) PG_GETARG_INT64(1));
}

PG_FUNCTION_INFO_V1(gss_code_smaller);

/*
 * gss_code_smaller(gss_code, gss_code) returns gss_code
 *		The transition of min.
 */
Datum
gss_code_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_GSS_CODE(Min(PG_GETARG_GSS_CODE(0), PG_GETARG_GSS_CODE(1)));
}

PG_FUNCTION_INFO_V1(gss_code_larger);

/*
 * gss_code_larger(gss_code, gss_code) returns gss_code
 *		The transition of max.
 */
Datum
gss_code_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_GSS_CODE(Max(PG_GETARG_GSS_CODE(0), PG_GETARG_GSS_CODE(1)));
}
