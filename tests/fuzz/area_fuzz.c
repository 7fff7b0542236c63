/*
 * area_fuzz.c
 *		Any bytes as an area code and as a postcode: what is accepted is what a
 *		regular expression accepts, and its written form is read back as itself.
 */
#include "area/gss_code.h"
#include "area/uk_postcode.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\n\v\f\r"

static const char *gss_pattern = "^[ \t\n\v\f\r]*[EJKLMNSW][0-9]{8}[ \t\n\v\f\r]*$";
static const char *postcode_pattern =
"^(GIR0AA|ZZ99[0-9][A-Z]{2}|"
"([A-PR-UWYZ]([0-9]([0-9]|[A-HJKPSTUW])?|[A-HK-Y][0-9]([0-9]|[ABEHMNPRVWXY])?))"
"[0-9][ABD-HJLNP-UW-Z]{2})$";

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

static bool
matches(const regex_t *pattern, const char *text)
{
	return regexec(pattern, text, 0, NULL, 0) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static regex_t gss_regex;
	static regex_t postcode_regex;
	static bool compiled = false;
	char	   *text = malloc(size + 1);
	char	   *compact = malloc(size + 1);
	size_t		length = 0;
	bool		has_nul = memchr(data, '\0', size) != NULL;
	gss_code	code;
	uk_postcode postcode;
	bool		valid;

	if (!compiled)
	{
		CHECK(regcomp(&gss_regex, gss_pattern, REG_EXTENDED | REG_NOSUB) == 0);
		CHECK(regcomp(&postcode_regex, postcode_pattern, REG_EXTENDED | REG_NOSUB) == 0);
		compiled = true;
	}

	for (size_t i = 0; i < size; i++)
	{
		text[i] = (char) (data[i] < 128 ? toupper(data[i]) : data[i]);
		if (data[i] == '\0' || strchr(BLANKS, data[i]) == NULL)
			compact[length++] = text[i];
	}
	text[size] = compact[length] = '\0';

	valid = gss_code_parse((const char *) data, size, &code) == GSS_CODE_OK;
	CHECK(valid == (!has_nul && matches(&gss_regex, text)));
	if (valid)
	{
		char		written[GSS_CODE_LENGTH + 1];
		gss_code	back;

		CHECK(gss_code_in_range(code));
		gss_code_format(code, written);
		CHECK(strstr(text, written) != NULL);
		CHECK(gss_code_parse(written, strlen(written), &back) == GSS_CODE_OK && back == code);
		CHECK(gss_code_level(code) != NULL && gss_code_country(code) != NULL);
	}

	valid = uk_postcode_parse((const char *) data, size, &postcode) == UK_POSTCODE_OK;
	CHECK(valid == (!has_nul && matches(&postcode_regex, compact)));
	if (valid || uk_postcode_suggest((const char *) data, size, &postcode))
	{
		char		written[UK_POSTCODE_MAX_LENGTH + 1];
		uk_postcode back;

		CHECK(uk_postcode_in_range(postcode));
		uk_postcode_format(postcode, written);
		CHECK(uk_postcode_parse(written, strlen(written), &back) == UK_POSTCODE_OK && back == postcode);
		CHECK(uk_postcode_is_pseudo(postcode) == (strncmp(written, "ZZ99 ", 5) == 0));
	}

	free(text);
	free(compact);
	return 0;
}
