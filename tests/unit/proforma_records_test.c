/*
 * proforma_records_test.c
 *		Values of records: sets of texts against a search one by one, dates
 *		against timegm(), patterns against their simulation and regexec().
 */
#include "proforma/record.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool condition, const char *what)
{
	tests++;
	failures += !condition;
	printf("%sok %d - %s\n", condition ? "" : "not ", tests, what);
}

/* A copy without an end, so that reading past the last character is seen. */
static char *
bare(const char *text, size_t length)
{
	char	   *copy = malloc(length > 0 ? length : 1);

	memcpy(copy, text, length);
	return copy;
}

/* The first rule that a text breaks in a column of one type, and its number. */
static int
check_text_as(FieldType type, const char *text, size_t length, RecordValue *value)
{
	ProformaField field = {.name = "f", .title = "F", .type = type, .required = true, .min_length = -1, .max_length = -1};
	RecordColumn column = {.field = &field, .kind = COLUMN_TEXT};
	char	   *copy = bare(text, length);
	int			place = 0;
	int			rule;

	record_prepare(&column);
	*value = (RecordValue) {.text = copy, .length = length};
	rule = record_check_values(&column, 1, value, &place);
	free(copy);
	return rule;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool
dates_of_year(int year)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	for (int month = 0; month <= 13; month++)
		for (int day = 0; day <= 32; day++)
		{
			char		text[48];
			RecordValue value;
			bool		exists = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1] + (month == 2 && is_leap(year));
			struct tm	tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
			bool		read;

			snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
			read = check_text_as(FIELD_DATE, text, 10, &value) == RECORD_FINE;
			if (read != exists || (read && value.number != (double) (timegm(&tm) / 86400 - 10957)))
			{
				printf("# %s\n", text);
				return false;
			}
		}
	return true;
}

static void
test_dates(void)
{
	static const int others[] = {0, 1, 2, 3, 4, 99, 100, 399, 400, 1582, 1600, 1752, 1800, 9999};
	bool		right = true;
	RecordValue value;

	for (int year = 1896; year <= 2110; year++)
		right &= dates_of_year(year);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		right &= dates_of_year(others[i]);
	ok(right, "dates are those of timegm, and no others");

	right = true;
	for (int at = 0; at < 10; at++)
		for (int c = 0; c < 256; c++)
		{
			char		text[] = "2024-11-11";
			bool		same_kind = at == 4 || at == 7 ? c == '-' : c >= '0' && c <= '9';

			text[at] = (char) c;
			if (!same_kind)
				right &= check_text_as(FIELD_DATE, text, 10, &value) == R101;
			else if (at < 4)
				right &= check_text_as(FIELD_DATE, text, 10, &value) == RECORD_FINE;
		}
	ok(right, "no other character stands in a date");
	for (size_t length = 1; length < 10; length++)
		right &= check_text_as(FIELD_DATE, "2024-11-11", length, &value) == R101;
	right &= check_text_as(FIELD_DATE, "2024-11-110", 11, &value) == R101;
	ok(right, "a date has ten characters");
	ok(check_text_as(FIELD_DATETIME, "2024-11-11T12:30", 16, &value) == RECORD_FINE && value.number == 9081, "a date and a time");
}

static void
test_numbers(void)
{
	static const struct
	{
		const char *text;
		bool		fits;
		double		number;
	}			cases[] = {
		{"0", true, 0}, {"7", true, 7}, {"-7", true, -7}, {"+7", true, 7}, {"007", true, 7}, {"999999999999999999", true, 999999999999999999.0},
		{"1000000000000000000", false, 0}, {"-", false, 0}, {"+", false, 0}, {"1.0", false, 0}, {"1,024", false, 0}, {" 7", false, 0},
		{"7 ", false, 0}, {"1e3", false, 0}, {"/", false, 0}, {":", false, 0}, {"seven", false, 0}
	};
	RecordValue value;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		int			rule = check_text_as(FIELD_INTEGER, cases[i].text, strlen(cases[i].text), &value);

		ok(cases[i].fits ? rule == RECORD_FINE && value.has_number && value.number == cases[i].number : rule == R101 && !value.has_number,
		   cases[i].text);
	}
	ok(check_text_as(FIELD_INTEGER, "", 0, &value) == R102, "nothing is missing");
}

/* Sets of n texts drawn from few letters, so that heads and tails are alike. */
static void
test_choices(void)
{
	bool		right = true;

	srand(4);
	for (int round = 0; round < 300; round++)
	{
		enum
		{
			MOST = 40
		};
		char	   *texts[MOST];
		int			n = 1 + rand() % MOST;
		Choice	   *slots = malloc(choices_room(n) * sizeof(Choice));
		Choices		set;

		for (int i = 0; i < n; i++)
		{
			size_t		length = (size_t) (rand() % 30);

			texts[i] = malloc(length + 1);
			for (size_t k = 0; k < length; k++)
				texts[i][k] = "aab"[rand() % 3];
			texts[i][length] = '\0';
		}
		choices_prepare(&set, slots, (const char *const *) texts, n, NULL);
		for (int probe = 0; probe < 200; probe++)
		{
			char		wanted[31];
			size_t		length = (size_t) (rand() % 31);
			bool		listed = false;
			char	   *copy;

			/* Half of them one letter away from a text of the set, or the text itself. */
			if (probe % 2 == 0)
			{
				const char *near = texts[rand() % n];

				length = strlen(near);
				memcpy(wanted, near, length);
				if (probe % 4 == 0 && length > 0)
					wanted[rand() % length] = "ab"[rand() % 2];
			}
			else
				for (size_t k = 0; k < length; k++)
					wanted[k] = "aab"[rand() % 3];
			for (int i = 0; i < n; i++)
				listed |= strlen(texts[i]) == length && memcmp(texts[i], wanted, length) == 0;
			copy = bare(wanted, length);
			right &= choices_have(&set, copy, length) == listed;
			free(copy);
		}
		for (int i = 0; i < n; i++)
			free(texts[i]);
		free(slots);
	}
	ok(right, "a set has its texts and no others");
}

static void
test_patterns(void)
{
	static const struct
	{
		const char *pattern;
		const char *letters;
		bool		lined_up;
	}			cases[] = {
		{"C[0-9]{3}", "C05c", true}, {"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", "A1 ", true}, {"a?b?c?", "abc", true},
		{"a?b?a?b?", "ab", false}, {"x{0,7}", "x", true}, {"x{0,3}y", "xy", true}, {"", "ab", true}, {"a*b", "ab", false}, {"a?b?c?d?", "abcd", false}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		PlainPattern pattern;
		char		whole[80];
		regex_t		engine;
		bool		right = plain_pattern_compile(cases[i].pattern, &pattern);
		int			nletters = (int) strlen(cases[i].letters);

		right &= (pattern.nways > 0) == cases[i].lined_up;
		snprintf(whole, sizeof(whole), "^(%s)$", cases[i].pattern);
		if (regcomp(&engine, whole, REG_EXTENDED | REG_NOSUB) != 0)
			abort();
		/* Every text of up to eight of the letters. */
		for (int length = 0; length <= 8; length++)
		{
			int			all = 1;

			for (int k = 0; k < length; k++)
				all *= nletters;
			for (int number = 0; number < all; number++)
			{
				char		text[9] = {0};
				char	   *copy;
				bool		fits;

				for (int k = 0, rest = number; k < length; k++, rest /= nletters)
					text[k] = cases[i].letters[rest % nletters];
				copy = bare(text, (size_t) length);
				fits = plain_pattern_matches(&pattern, copy, (size_t) length, NULL);
				right &= fits == plain_pattern_simulate(&pattern, copy, (size_t) length, NULL) &&
					fits == (regexec(&engine, text, 0, NULL, 0) == 0);
				free(copy);
			}
		}
		right &= !plain_pattern_matches(&pattern, "\xc3", 1, NULL);
		regfree(&engine);
		ok(right, *cases[i].pattern != '\0' ? cases[i].pattern : "an empty pattern");
	}
}

int
main(void)
{
	test_dates();
	test_numbers();
	test_choices();
	test_patterns();
	printf("1..%d\n", tests);
	return failures > 0;
}
