/*
 * privacy_core.c
 *		Looks for what may identify a person in free text: patterns only, each
 *		with a checksum where it has one.  It finds what is written in the usual
 *		ways; that it finds nothing is no proof that nobody is named.
 */
#include "proforma/privacy.h"

#include <stdint.h>
#include <string.h>

#include "area/uk_postcode.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* A letter, or a byte of a character beyond ASCII. */
static bool
is_letter(char c)
{
	return is_upper(c) || is_lower(c) || (unsigned char) c >= 0x80;
}

static bool
is_word(char c)
{
	return is_letter(c) || is_digit(c);
}

static char
lower(char c)
{
	return is_upper(c) ? (char) (c - 'A' + 'a') : c;
}

static void
found(PrivacyFound *result, PrivacyKind kind, size_t at)
{
	int			bit = __builtin_ctz(kind);

	if ((result->kinds & kind) == 0)
		result->at[bit] = at;
	result->kinds |= kind;
}

static bool
word_at(const char *text, size_t length, size_t at, const char *word)
{
	size_t		n = strlen(word);

	if (length - at < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(text[at + i]) != word[i])
			return false;
	return at + n == length || !is_word(text[at + n]);
}

/* The check digit of an NHS number: weights 10 to 2, modulo 11. */
static bool
nhs_checksum(const char *digits)
{
	int			sum = 0;
	int			check;

	for (int i = 0; i < 9; i++)
		sum += (digits[i] - '0') * (10 - i);
	check = 11 - sum % 11;
	if (check == 11)
		check = 0;
	/* Ten equal digits are a filler, though some would pass. */
	for (int i = 1; i < 10; i++)
		if (digits[i] != digits[0])
			return check == digits[9] - '0';
	return false;
}

/*
 * Digits from a place on, over single blanks, dashes and brackets.  as_nhs: they
 * stand together, or as 3, 3 and 4.
 */
static size_t
digits_at(const char *text, size_t length, size_t at, char digits[16], size_t *n, bool *as_nhs)
{
	size_t		i = at;
	int			gaps = 0;

	*n = 0;
	*as_nhs = true;
	while (i < length && *n < 15)
	{
		if (is_digit(text[i]))
			digits[(*n)++] = text[i++];
		else if ((text[i] == ' ' || text[i] == '-' || text[i] == '(' || text[i] == ')') && i + 1 < length &&
				 (is_digit(text[i + 1]) || text[i + 1] == '(' || text[i + 1] == ' ') && *n > 0)
		{
			gaps++;
			*as_nhs &= *n == 3 || *n == 6;
			i++;
			if (i < length && !is_digit(text[i]))
				i++;
			if (i >= length || !is_digit(text[i]))
				break;
		}
		else
			break;
	}
	*as_nhs &= gaps == 0 || gaps == 2;
	return i;
}

static void
scan_digits(PrivacyFound *result, const char *text, size_t length, size_t at)
{
	char		digits[16];
	size_t		n;
	bool		as_nhs;
	size_t		end = digits_at(text, length, at, digits, &n, &as_nhs);
	bool		plus = at > 0 && text[at - 1] == '+';

	if (end < length && is_digit(text[end]))
		return;
	if (n == 10 && !plus && as_nhs && nhs_checksum(digits))
		found(result, PRIVACY_NHS_NUMBER, at);
	if ((n == 10 || n == 11) && digits[0] == '0' && (digits[1] == '1' || digits[1] == '2' || digits[1] == '3' || digits[1] == '7'))
		found(result, PRIVACY_PHONE, at);
	if (plus && n >= 11 && n <= 13 && digits[0] == '4' && digits[1] == '4')
		found(result, PRIVACY_PHONE, at);
}

static size_t
month_length(const char *text, size_t length, size_t at)
{
	static const char *const months[] = {
		"january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
		"november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec"
	};

	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
		if (word_at(text, length, at, months[i]))
			return strlen(months[i]);
	return 0;
}

/* A full date (day, month and year) that starts here; its length. */
static size_t
date_length(const char *text, size_t length, size_t at)
{
	size_t		i = at;
	size_t		n[3] = {0, 0, 0};
	size_t		month;

	for (; i < length && is_digit(text[i]); i++)
		n[0]++;
	if (n[0] == 0 || n[0] > 4 || n[0] == 3 || i >= length)
		return 0;
	if (text[i] == '/' || text[i] == '-' || text[i] == '.')
	{
		char		joiner = text[i++];

		for (; i < length && is_digit(text[i]); i++)
			n[1]++;
		if (n[1] == 0 || n[1] > 2 || i >= length || text[i] != joiner)
			return 0;
		for (i++; i < length && is_digit(text[i]); i++)
			n[2]++;
		if ((n[0] == 4) == (n[2] == 4))
			return n[0] == 2 && n[2] == 2 ? i - at : 0;
		return n[2] == 4 || n[2] == 2 || n[2] == 1 ? i - at : 0;
	}
	if (n[0] > 2)
		return 0;
	if (length - i >= 2 && is_lower(text[i]) && is_lower(text[i + 1]))
		i += 2;					/* 5th */
	while (i < length && (text[i] == ' ' || text[i] == ','))
		i++;
	if (i >= length || (month = month_length(text, length, i)) == 0)
		return 0;
	i += month;
	while (i < length && (text[i] == ' ' || text[i] == ','))
		i++;
	for (; i < length && is_digit(text[i]); i++)
		n[2]++;
	return n[2] == 4 || n[2] == 2 ? i - at : 0;
}

/* Two words with a capital each, one after the other, in a stretch of text. */
static bool
holds_name(const char *text, size_t from, size_t to)
{
	bool		before = false;
	size_t		i = from;

	while (i < to)
	{
		size_t		start = i;

		if (!is_letter(text[i]))
		{
			if (text[i] != ' ')
				before = false;
			i++;
			continue;
		}
		while (i < to && (is_letter(text[i]) || text[i] == '\'' || text[i] == '-'))
			i++;
		if (i - start >= 2 && is_upper(text[start]) && is_lower(text[start + 1]))
		{
			if (before)
				return true;
			before = true;
		}
		else
			before = false;
	}
	return false;
}

/*
 * A date of birth: a full date with "born", "dob" or "date of birth" shortly
 * before it, or one next to two words that look like a name.
 */
static void
scan_date(PrivacyFound *result, const char *text, size_t length, size_t at)
{
	size_t		n = date_length(text, length, at);
	size_t		from = at > 40 ? at - 40 : 0;
	size_t		to;
	bool		born = false;

	if (n == 0)
		return;
	to = at + n + 25 < length ? at + n + 25 : length;
	/* Do not start inside a word. */
	while (from > 0 && from < at && is_letter(text[from - 1]))
		from++;
	for (size_t i = from; i < to; i++)
		if ((i == 0 || !is_word(text[i - 1])) &&
			(word_at(text, length, i, "born") || word_at(text, length, i, "dob") ||
			 word_at(text, length, i, "d.o.b") || word_at(text, length, i, "birth")))
			born = true;
	if (born)
		found(result, PRIVACY_BIRTH, at);
	else if (holds_name(text, at > 25 ? from : 0, at))
	{
		/* Close before it: "Sam Example, 3/2/1999", "Sam Example (3/2/1999)". */
		size_t		back = at;

		while (back > from && !is_word(text[back - 1]) && text[back - 1] != '.')
			back--;
		if (back > from && is_letter(text[back - 1]))
		{
			size_t		start = back;

			while (start > from && (is_letter(text[start - 1]) || text[start - 1] == ' ' || text[start - 1] == '-' || text[start - 1] == '\''))
				start--;
			/* The last two words are the name. */
			{
				int			words = 0;
				size_t		i = back;

				while (i > start && words < 2)
				{
					while (i > start && !is_letter(text[i - 1]))
						i--;
					while (i > start && text[i - 1] != ' ')
						i--;
					words++;
				}
				if (words == 2 && holds_name(text, i, back))
					found(result, PRIVACY_BIRTH, at);
			}
		}
	}
}

static void
scan_email(PrivacyFound *result, const char *text, size_t length, size_t at)
{
	size_t		end = at + 1;
	bool		dot = false;

	if (at == 0 || !(is_word(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '_' || text[at - 1] == '-' || text[at - 1] == '+'))
		return;
	for (; end < length && (is_word(text[end]) || text[end] == '-' || text[end] == '.'); end++)
		if (text[end] == '.' && end > at + 1 && end + 2 < length + 1 && end + 1 < length && is_letter(text[end + 1]))
			dot = true;
	if (dot)
		found(result, PRIVACY_EMAIL, at);
}

/* Letters (A) and digits (9) in the order of a template, alone as a word; blanks between them if allowed. */
static bool
template_at(const char *text, size_t length, size_t at, const char *template, bool blanks)
{
	size_t		i = at;

	for (; *template != '\0'; template++)
	{
		if (blanks)
			while (i < length && i > at && text[i] == ' ')
				i++;
		if (i >= length)
			return false;
		if (*template == 'A' ? !is_upper(text[i]) : *template == '9' ? !is_digit(text[i]) : text[i] != *template)
			return false;
		i++;
	}
	return i == length || !is_word(text[i]);
}

static void
scan_reference(PrivacyFound *result, const char *text, size_t length, size_t at)
{
	/* Prison (A1234BC), National Insurance (QQ123456C), Police National Computer (2001/0012345X). */
	if (template_at(text, length, at, "A9999AA", false) ||
		(template_at(text, length, at, "AA999999A", true) && text[at] != 'D' && text[at] != 'F' && text[at] != 'I') ||
		template_at(text, length, at, "9999/9999999A", false) ||
		template_at(text, length, at, "99/9999999A", false))
		found(result, PRIVACY_REFERENCE, at);
}

static void
scan_postcode(PrivacyFound *result, const char *text, size_t length, size_t at)
{
	size_t		end = at;
	size_t		blank;
	uk_postcode postcode;

	while (end < length && end - at < 4 && (is_upper(text[end]) || is_digit(text[end])))
		end++;
	blank = end;
	if (end - at < 2 || end >= length || text[end] != ' ' || end + 4 > length)
		return;
	end += 4;
	if (end < length && is_word(text[end]))
		return;
	for (size_t i = blank + 1; i < end; i++)
		if (!is_upper(text[i]) && !is_digit(text[i]))
			return;
	if (uk_postcode_parse(text + at, end - at, &postcode) == UK_POSTCODE_OK && !uk_postcode_is_pseudo(postcode))
		found(result, PRIVACY_POSTCODE, at);
}

/* All kinds that occur in a text. */
PrivacyFound
privacy_scan(const char *text, size_t length, StopFunction stop)
{
	PrivacyFound result = {0};
	uint32_t	steps = 0;

	for (size_t i = 0; i < length; i++)
	{
		if (stop_now(stop, &steps))
		{
			result.stopped = true;
			break;
		}
		if (text[i] == '@')
			scan_email(&result, text, length, i);
		if (i > 0 && is_word(text[i - 1]))
			continue;
		if (is_digit(text[i]))
		{
			scan_digits(&result, text, length, i);
			scan_date(&result, text, length, i);
			scan_reference(&result, text, length, i);
		}
		else if (is_upper(text[i]))
		{
			scan_reference(&result, text, length, i);
			scan_postcode(&result, text, length, i);
		}
	}
	return result;
}
