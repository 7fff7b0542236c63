/*
 * uk_postcode.c
 *		The SQL type uk_postcode.
 */
#include "area/ranked.h"
#include "area/uk_postcode.h"

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

/* Raises: a number from a binary form that is none of the type. */
static void
invalid_number(int32 number)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value of type %s: %d", "uk_postcode", number),
			 errdetail("A postcode is a rank from 0 to %d.", UK_POSTCODE_COUNT - 1),
			 errhint("Send text, unless the number comes from uk_postcode_send.")));
}

/*
 * The first characters of the written form, as text.
 */
static Datum
written_text(const char *written, size_t length)
{
	PG_RETURN_TEXT_P(cstring_to_text_with_len(written, (int) length));
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

RANKED_TYPE(uk_postcode, UK_POSTCODE_MAX_LENGTH)
