/*
 * gss_code_core.c
 *		The grammar of GSS codes and what their first three characters say.
 */
#include "area/gss_code.h"

#include <string.h>

static const char country_letters[] = "EJKLMNSW";

/* The first three characters of a code, as a number: its letter's place times 100 plus the two digits. */
enum
{
	E = 0,
	J = 100,
	K = 200,
	L = 300,
	M = 400,
	N = 500,
	S = 600,
	W = 700
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Reads a code, blanks at either end and lower case allowed.  Sets *code only
 * if all is well.
 */
gss_code_status
gss_code_parse(const char *text, size_t length, gss_code *code)
{
	const char *place;
	char		letter;
	uint32_t	value;
	gss_code_status status = GSS_CODE_OK;

	if (length > GSS_CODE_MAX_WRITTEN)
		return GSS_CODE_BAD_LENGTH;
	while (length > 0 && is_blank(text[0]))
	{
		text++;
		length--;
	}
	while (length > 0 && is_blank(text[length - 1]))
		length--;

	if (length != GSS_CODE_LENGTH)
		return GSS_CODE_BAD_LENGTH;

	letter = text[0];
	if (letter >= 'a' && letter <= 'z')
		letter += 'A' - 'a';
	place = letter == '\0' ? NULL : strchr(country_letters, letter);
	if (place == NULL)
		return GSS_CODE_BAD_LETTER;

	value = (uint32_t) (place - country_letters);
	for (int i = 1; i < GSS_CODE_LENGTH; i++)
	{
		if (text[i] >= '0' && text[i] <= '9')
			value = value * 10 + (uint32_t) (text[i] - '0');
		else if (text[i] != '\0' && strchr("OoIil", text[i]))
			status = GSS_CODE_LETTER_FOR_DIGIT;
		else
			return GSS_CODE_BAD_DIGIT;
	}
	if (status == GSS_CODE_OK)
		*code = (gss_code) value;
	return status;
}

/* Writes the nine characters and a NUL. */
void
gss_code_format(gss_code code, char text[GSS_CODE_LENGTH + 1])
{
	text[GSS_CODE_LENGTH] = '\0';
	for (int i = GSS_CODE_LENGTH - 1; i > 0; i--)
	{
		text[i] = (char) ('0' + code % 10);
		code /= 10;
	}
	text[0] = country_letters[code];
}

bool
gss_code_in_range(int32_t number)
{
	return number >= 0 && number <= GSS_CODE_MAX;
}

/*
 * The level of an area, by the first three characters, after ONS's Register of
 * Geographic Codes.  Areas that another country calls otherwise stand at the
 * level that ONS publishes them at: Scottish data zones and Northern Irish
 * data zones with LSOAs, communities of Wales with parishes.  The areas of one
 * level and date do not overlap: so the United Kingdom, Great Britain, and
 * England and Wales are "other".
 */
const char *
gss_code_level(gss_code code)
{
	switch (code / 1000000)
	{
		case E + 0:
		case W + 0:
		case S + 0:
		case N + 0:				/* small areas of 2011 */
			return "oa";
		case E + 1:
		case W + 1:
		case S + 1:				/* data zones */
		case N + 20:			/* data zones of 2021 */
			return "lsoa";
		case E + 2:
		case W + 2:
		case S + 2:				/* intermediate zones */
		case N + 21:			/* super data zones of 2021 */
			return "msoa";
		case E + 4:
		case W + 4:				/* communities */
		case S + 35:
			return "parish";
		case E + 5:
		case W + 5:
		case S + 13:
		case N + 8:
			return "ward";
		case E + 6:
		case W + 6:
		case S + 12:			/* council areas */
			return "unitary";
		case E + 7:
		case N + 9:				/* local government districts */
			return "district";
		case E + 8:
			return "metropolitan_district";
		case E + 9:
			return "london_borough";
		case E + 10:
			return "county";
		case E + 11:
			return "metropolitan_county";
		case E + 12:
			return "region";
		case E + 23:
		case W + 15:
		case S + 23:
		case N + 23:
			return "police_force_area";
		case E + 92:
		case W + 92:
		case S + 92:
		case N + 92:
		case L + 93:
		case M + 83:
			return "country";
		default:
			return "other";
	}
}

/*
 * The country, or union of countries, that an area lies in.  J is given to
 * areas defined for England and Wales together (major towns, the 1961
 * Census), K to the unions themselves (K02, K03, K04) and to areas across a
 * border.
 */
const char *
gss_code_country(gss_code code)
{
	switch (code / 100000000)
	{
		case E / 100:
			return "England";
		case J / 100:
			return "England and Wales";
		case K / 100:
			if (code / 1000000 == K + 3)
				return "Great Britain";
			if (code / 1000000 == K + 4)
				return "England and Wales";
			return "United Kingdom";
		case L / 100:
			return "Channel Islands";
		case M / 100:
			return "Isle of Man";
		case N / 100:
			return "Northern Ireland";
		case S / 100:
			return "Scotland";
		default:
			return "Wales";
	}
}
