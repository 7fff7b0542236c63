/*
 * area_test.c
 *		The grammars of area codes and postcodes, tried on every text that could
 *		be one of their parts.
 */
#include "area/gss_code.h"
#include "area/uk_postcode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int	tests;
static int	failures;

static void
ok(bool passed, const char *format,...)
{
	va_list		args;

	tests++;
	failures += !passed;
	printf("%sok %d - ", passed ? "" : "not ", tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

static const char alphanumeric[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* The next text of that length in alphanumeric order; false after the last. */
static bool
next_text(char *text, int length)
{
	for (int i = length - 1; i >= 0; i--)
	{
		const char *at = strchr(alphanumeric, text[i]);

		if (at[1] != '\0')
		{
			text[i] = at[1];
			return true;
		}
		text[i] = '0';
	}
	return false;
}

static bool
valid_postcode(const char *text)
{
	uk_postcode postcode;

	return uk_postcode_parse(text, strlen(text), &postcode) == UK_POSTCODE_OK;
}

/* How many outward parts are valid before this inward one, and how many of them are of form A9A with a P. */
static long
count_outward(const char *inward, long *with_p)
{
	long		count = 0;

	*with_p = 0;
	for (int length = 2; length <= 4; length++)
	{
		char		text[8] = "0000";

		text[length] = '\0';
		do
		{
			char		whole[12];

			snprintf(whole, sizeof(whole), "%s%s", text, inward);
			if (valid_postcode(whole))
			{
				count++;
				*with_p += length == 3 && text[2] == 'P';
			}
		} while (next_text(text, length));
	}
	return count;
}

static long
count_inward(const char *outward)
{
	char		inward[4] = "000";
	long		count = 0;

	do
	{
		char		whole[12];

		snprintf(whole, sizeof(whole), "%s%s", outward, inward);
		count += valid_postcode(whole);
	} while (next_text(inward, 3));
	return count;
}

static void
test_postcode_count(void)
{
	long		with_p;
	long		outward = count_outward("1AB", &with_p);
	long		inward = count_inward("L1");
	long		pseudo = count_inward("ZZ99");
	long		girobank = count_inward("GIR");

	/* ZZ99 1AB is among them. */
	outward--;
	ok(outward == 127650, "%ld outward parts", outward);
	ok(inward == 4000, "%ld inward parts", inward);
	ok(pseudo == 6760, "%ld pseudo-postcodes", pseudo);
	ok(girobank == 1, "GIR has one");
	ok(outward * inward + pseudo + girobank == UK_POSTCODE_COUNT,
	   "%ld postcodes, as many as ranks", outward * inward + pseudo + girobank);
	ok((outward - with_p) * inward + pseudo + girobank == 509686761,
	   "509,686,761 without P in the third place");
}

/* Every outward part with its first and last inward part, and every inward part once: in order, and back. */
static void
test_postcode_order(void)
{
	char		before[UK_POSTCODE_MAX_LENGTH + 1] = "";
	long		out_of_order = 0;
	long		not_back = 0;
	long		steps = 0;
	uk_postcode rank = 0;

	while (rank < UK_POSTCODE_COUNT)
	{
		char		text[UK_POSTCODE_MAX_LENGTH + 1];
		uk_postcode back = -1;

		uk_postcode_format(rank, text);
		out_of_order += strcmp(before, text) >= 0;
		not_back += uk_postcode_parse(text, strlen(text), &back) != UK_POSTCODE_OK || back != rank;
		strcpy(before, text);
		steps++;
		/* 3,999 leads from the first inward part to the last, and the next 1 to another outward part. */
		if (rank < 4000 || rank > UK_POSTCODE_COUNT - 6800)
			rank++;
		else
			rank += steps % 2 ? 1 : 3999;
	}
	ok(steps > 250000, "%ld postcodes walked through", steps);
	ok(out_of_order == 0, "ranks are in the order of the written form");
	ok(not_back == 0, "each is read back as the same rank");
}

static void
test_postcode_forms(void)
{
	static const struct
	{
		const char *text;
		const char *written;	/* NULL: invalid */
	}			cases[] = {
		{"L1 8JQ", "L1 8JQ"}, {"l18jq", "L1 8JQ"}, {" L 1\t8 j Q\n", "L1 8JQ"}, {"L1  0AB", "L1 0AB"},
		{"M60 1NW", "M60 1NW"}, {"CR2 6XH", "CR2 6XH"}, {"DN55 1PT", "DN55 1PT"}, {"W1A 1HQ", "W1A 1HQ"},
		{"EC1A 1BB", "EC1A 1BB"}, {"N1P 1AA", "N1P 1AA"}, {"GIR 0AA", "GIR 0AA"}, {"gir0aa", "GIR 0AA"},
		{"ZZ99 3VZ", "ZZ99 3VZ"}, {"ZZ993CZ", "ZZ99 3CZ"}, {"BL0 0AA", "BL0 0AA"},
		{"", NULL}, {"   ", NULL}, {"L1", NULL}, {"L18J", NULL}, {"EC1A 1BBX", NULL}, {"Q1 1AA", NULL},
		{"V1 1AA", NULL}, {"X1 1AA", NULL}, {"LI1 1AA", NULL}, {"LJ1 1AA", NULL}, {"LZ1 1AA", NULL},
		{"L1I 1AA", NULL}, {"L1L 1AA", NULL}, {"EC1C 1AA", NULL}, {"EC1P 1AA", "EC1P 1AA"}, {"EC1D 1AA", NULL},
		{"L1 AAA", NULL}, {"L1 1CA", NULL}, {"L1 1AI", NULL}, {"L1 1KA", NULL}, {"L1 1AM", NULL}, {"L1 1OA", NULL},
		{"L1 1AV", NULL}, {"L1-8JQ", NULL}, {"L1 8J\xC3\x89", NULL}, {"GIR 0AB", NULL}, {"GIR 1AA", NULL},
		{"ZZ98 3VZ", NULL}, {"ZZ9 3VZ", NULL}, {"ZZ99 AVZ", NULL}, {"ZZ99 31Z", NULL}, {"1L 8JQ", NULL},
		{"LLL 8JQ", NULL}, {"L111 8JQ", NULL}, {"AAA1 1AA", NULL}, {"A1AA 1AA", NULL}, {"L1 OAA", NULL}, {"LI 8JQ", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char		written[UK_POSTCODE_MAX_LENGTH + 1] = "";
		uk_postcode postcode;
		bool		valid = uk_postcode_parse(cases[i].text, strlen(cases[i].text), &postcode) == UK_POSTCODE_OK;

		if (valid)
			uk_postcode_format(postcode, written);
		ok(valid == (cases[i].written != NULL) && (!valid || strcmp(written, cases[i].written) == 0),
		   "case %zu is %s", i, cases[i].written ? cases[i].written : "invalid");
	}
	ok(uk_postcode_parse("L1 8JQ\0x", 8, &(uk_postcode) {0}) == UK_POSTCODE_BAD_CHARACTER, "a NUL is no blank");
	ok(!uk_postcode_in_range(-1) && uk_postcode_in_range(0) && uk_postcode_in_range(UK_POSTCODE_COUNT - 1) &&
	   !uk_postcode_in_range(UK_POSTCODE_COUNT), "bounds of the rank");
}

static void
test_postcode_suggestions(void)
{
	static const struct
	{
		const char *text;
		const char *suggestion; /* NULL: none */
	}			cases[] = {
		{"L1 OAA", "L1 0AA"}, {"LI 8JQ", "L1 8JQ"}, {"0X1 1AA", "OX1 1AA"}, {"l i o a a", "L1 0AA"},
		{"POI 1AA", "PO1 1AA"}, {"1P1 1AA", "IP1 1AA"}, {"ECIA IBB", "EC1A 1BB"},
		{"Q1 1AA", NULL}, {"L1 1CA", NULL}, {"L1", NULL}, {"", NULL}, {"L1_8JQ", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char		written[UK_POSTCODE_MAX_LENGTH + 1] = "";
		uk_postcode postcode;
		bool		found = uk_postcode_suggest(cases[i].text, strlen(cases[i].text), &postcode);

		if (found)
			uk_postcode_format(postcode, written);
		ok(found == (cases[i].suggestion != NULL) && (!found || strcmp(written, cases[i].suggestion) == 0),
		   "for \"%s\": %s", cases[i].text, cases[i].suggestion ? cases[i].suggestion : "no suggestion");
	}
}

static void
test_gss_code(void)
{
	static const struct
	{
		const char *text;
		gss_code_status status;
	}			cases[] = {
		{"E01006512", GSS_CODE_OK}, {"  e01006512\t", GSS_CODE_OK}, {"W99999999", GSS_CODE_OK},
		{"", GSS_CODE_BAD_LENGTH}, {" \n ", GSS_CODE_BAD_LENGTH}, {"E0100651", GSS_CODE_BAD_LENGTH},
		{"E010065123", GSS_CODE_BAD_LENGTH}, {"00BY", GSS_CODE_BAD_LENGTH}, {"A01006512", GSS_CODE_BAD_LETTER},
		{"101006512", GSS_CODE_BAD_LETTER}, {"E0100 512", GSS_CODE_BAD_DIGIT}, {"EE1006512", GSS_CODE_BAD_DIGIT},
		{"E0100651O", GSS_CODE_LETTER_FOR_DIGIT}, {"El1006512", GSS_CODE_LETTER_FOR_DIGIT},
	};
	char		before[GSS_CODE_LENGTH + 1] = "";
	long		wrong = 0;
	gss_code	code;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(gss_code_parse(cases[i].text, strlen(cases[i].text), &code) == cases[i].status, "gss case %zu", i);
	ok(gss_code_parse("\0" "01006512", 9, &code) == GSS_CODE_BAD_LETTER, "a NUL is no letter");
	ok(gss_code_parse("E0100651\0", 9, &code) == GSS_CODE_BAD_DIGIT, "a NUL is no digit");

	for (int32_t n = 0; n <= GSS_CODE_MAX; n = n == GSS_CODE_MAX ? n + 1 : n + 4999 < GSS_CODE_MAX ? n + 4999 : GSS_CODE_MAX)
	{
		char		text[GSS_CODE_LENGTH + 1];

		gss_code_format(n, text);
		wrong += strcmp(before, text) >= 0 || gss_code_parse(text, GSS_CODE_LENGTH, &code) != GSS_CODE_OK || code != n;
		strcpy(before, text);
	}
	ok(wrong == 0 && strcmp(before, "W99999999") == 0, "codes are in the order of the text and read back");
	ok(!gss_code_in_range(-1) && gss_code_in_range(0) && gss_code_in_range(799999999) &&
	   !gss_code_in_range(800000000), "bounds of the number");
}

int
main(void)
{
	test_postcode_count();
	test_postcode_order();
	test_postcode_forms();
	test_postcode_suggestions();
	test_gss_code();
	printf("1..%d\n", tests);
	return failures > 0;
}
