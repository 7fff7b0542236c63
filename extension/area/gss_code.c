/*
 * gss_code.c
 *		The SQL type gss_code.
 */
#include "area/ranked.h"
#include "area/gss_code.h"

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

/* Raises: a number from a binary form that is none of the type. */
static void
invalid_number(int32 number)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value of type %s: %d", "gss_code", number),
			 errdetail("A code is a number from 0 to %d.", GSS_CODE_MAX),
			 errhint("Send the letter's place among E, J, K, L, M, N, S and W times 100000000 plus the eight digits, or send text.")));
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

RANKED_TYPE(gss_code, GSS_CODE_LENGTH)
