/*
 * cell_core.c
 *		Reads a box of a form as a number of people: the grammar of what
 *		volunteers, spreadsheets and word processors write there.
 */
#include "proforma/cell.h"

#include <string.h>

/* The largest number of people: one below the largest integer of a range. */
#define CELL_MAX_NUMBER INT64_C(2147483646)

typedef struct Folded
{
	char		text[CELL_MAX_LENGTH + 8];
	size_t		length;
	bool		other_digits;
	bool		too_long;
} Folded;

static const char *const words_for_not_applicable[] = {
	"n/a", "na", "n.a.", "n.a", "n / a", "not applicable", "does not apply", NULL
};
static const char *const words_for_some[] = {
	"yes", "y", "x", "tick", "ticked", "some", "several", "many", "yes.", NULL
};
static const char *const words_for_none[] = {
	"no", "none", "nil", "nobody", "no one", "no-one", "n", NULL
};
static const char *const words_for_not_known[] = {
	"?", "??", "???", "unknown", "not known", "nk", "n/k", "tbc", "tbd", "not recorded", "don't know",
	"dont know", "dk", "unsure", "not sure", "not collected", "pending", NULL
};
static const char *const words_for_dash[] = {"-", "--", "---", ".", "..", "...", "/", "\\", NULL};
static const char *const broken_formulas[] = {
	"#ref!", "#div/0!", "#n/a", "#name?", "#value!", "#num!", "#null!", "#spill!", "#calc!", NULL
};
static const char *const months[] = {
	"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
};
static const char *const full_months[] = {
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
	"november", "december"
};
static const char *const units[] = {
	"people", "person", "persons", "adult", "adults", "child", "children", "client", "clients",
	"beneficiary", "beneficiaries", "man", "men", "woman", "women", "male", "males", "female",
	"females", "young people", "young person", "service users", "total", NULL
};
static const char *const before_fewer[] = {"<", "less than", "fewer than", "under", "below", NULL};
static const char *const before_at_most[] = {"<=", "=<", "up to", "at most", "no more than", "max", "maximum", NULL};
static const char *const before_approximate[] = {
	"~", ">", ">=", "about", "approx", "approx.", "approximately", "around", "roughly", "circa", "c.", "c", "ca",
	"ca.", "nearly", "almost", "over", "more than", "at least", "estimated", "est", "est.", "minimum", "min", NULL
};
static const char *const after_approximate[] = {
	"approx", "approx.", "(approx)", "(approx.)", "approximately", "ish", "-ish", "?", "+", "or so", "plus",
	"or more", "estimated", "(estimated)", "(est)", "est", "est.", "~", "ca", NULL
};

static bool
is_one_of(const char *text, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
put(Folded *folded, const char *text)
{
	while (*text != '\0')
	{
		if (folded->length >= CELL_MAX_LENGTH)
		{
			folded->too_long = true;
			return;
		}
		folded->text[folded->length++] = *text++;
	}
}

/* A character of more than one byte that has a plain one of like meaning. */
static size_t
fold_wide(Folded *folded, const unsigned char *s, size_t left)
{
	static const struct
	{
		const char *wide;
		const char *plain;
	}			folds[] = {
		{"\xc2\xa0", " "}, {"\xe2\x80\xaf", " "}, {"\xe2\x80\x89", " "}, {"\xe3\x80\x80", " "},
		{"\xe2\x80\x8b", ""}, {"\xef\xbb\xbf", ""},
		{"\xe2\x80\x90", "-"}, {"\xe2\x80\x91", "-"}, {"\xe2\x80\x93", "-"}, {"\xe2\x80\x94", "-"},
		{"\xe2\x88\x92", "-"}, {"\xe2\x80\xa6", "..."}, {"\xe2\x80\x99", "'"},
		{"\xe2\x89\xa4", "<="}, {"\xe2\x89\xa5", ">="}, {"\xe2\x89\x88", "~"},
		{"\xe2\x9c\x93", "x"}, {"\xe2\x9c\x94", "x"}, {"\xe2\x98\x91", "x"}
	};
	char		digit[2] = {0};

	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
	{
		size_t		n = strlen(folds[i].wide);

		if (left >= n && memcmp(s, folds[i].wide, n) == 0)
		{
			put(folded, folds[i].plain);
			return n;
		}
	}
	/* Digits of full width, then those of Arabic and of Persian. */
	if (left >= 3 && s[0] == 0xef && s[1] == 0xbc && s[2] >= 0x90 && s[2] <= 0x99)
		digit[0] = (char) ('0' + (s[2] - 0x90));
	else if (left >= 2 && s[0] == 0xd9 && s[1] >= 0xa0 && s[1] <= 0xa9)
		digit[0] = (char) ('0' + (s[1] - 0xa0));
	else if (left >= 2 && s[0] == 0xdb && s[1] >= 0xb0 && s[1] <= 0xb9)
		digit[0] = (char) ('0' + (s[1] - 0xb0));
	if (digit[0] == '\0')
		return 0;
	folded->other_digits = true;
	put(folded, digit);
	return s[0] == 0xef ? 3 : 2;
}

/* Small letters, single blanks, plain dashes and digits; no blanks around. */
static void
fold(Folded *folded, const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *) text;
	size_t		i = 0;
	size_t		out = 0;

	folded->length = 0;
	folded->other_digits = false;
	folded->too_long = false;
	while (i < length && !folded->too_long)
	{
		char		one[2] = {0};

		if (s[i] >= 0x80)
		{
			size_t		taken = fold_wide(folded, s + i, length - i);

			if (taken > 0)
			{
				i += taken;
				continue;
			}
		}
		one[0] = (char) s[i++];
		if (one[0] >= 'A' && one[0] <= 'Z')
			one[0] = (char) (one[0] - 'A' + 'a');
		else if (one[0] == '\t' || one[0] == '\n' || one[0] == '\r' || one[0] == '\f' || one[0] == '\v')
			one[0] = ' ';
		/* Blanks in a row do not use up the room. */
		if (one[0] == ' ' && (folded->length == 0 || folded->text[folded->length - 1] == ' '))
			continue;
		put(folded, one);
	}
	for (i = 0; i < folded->length; i++)
		if (folded->text[i] != ' ' || (out > 0 && folded->text[out - 1] != ' '))
			folded->text[out++] = folded->text[i];
	while (out > 0 && folded->text[out - 1] == ' ')
		out--;
	folded->text[out] = '\0';
	folded->length = out;
}

Cell
cell_of_kind(CellKind kind)
{
	Cell		cell = {.kind = kind, .bounds = BOUNDS_NOTHING_KNOWN};

	if (kind == CELL_SOME)
		cell.bounds.lower = 1;
	else if (kind == CELL_BLANK || kind == CELL_NOT_APPLICABLE)
		cell.bounds.upper = 0;
	return cell;
}

static Cell
number_cell(int64_t number, CellWriting writing)
{
	Cell		cell = {.kind = CELL_NUMBER, .writing = writing, .number = number, .bounds = {number, number}};

	return number > CELL_MAX_NUMBER ? cell_of_kind(CELL_TOO_LARGE) : cell;
}

static Cell
limit_cell(int64_t limit, int64_t lower, int64_t upper)
{
	Cell		cell = {.kind = CELL_FEWER, .number = limit, .bounds = {lower, upper}};

	return upper < lower ? cell_of_kind(CELL_UNREADABLE) : cell;
}

/*
 * Reads digits at s, with commas or blanks between thousands, and zeros after
 * a point.  Returns how many bytes were read, 0 if that is no whole number.
 */
static size_t
read_digits(const char *s, int64_t *number, bool *separators, bool *decimal)
{
	size_t		i = 0;
	size_t		group = 0;
	char		separator = '\0';

	*number = 0;
	*separators = false;
	*decimal = false;
	while (is_digit(s[i]) || s[i] == ',' || s[i] == ' ')
	{
		if (is_digit(s[i]))
		{
			if (*number <= CELL_MAX_NUMBER)
				*number = *number * 10 + (s[i] - '0');
			group++;
			if (separator != '\0' && group > 3)
				return 0;
		}
		else
		{
			/* A separator stands before exactly three digits. */
			if (group == 0 || !is_digit(s[i + 1]) || !is_digit(s[i + 2]) || !is_digit(s[i + 3]) || is_digit(s[i + 4]))
				break;
			if (separator == '\0' ? group > 3 : separator != s[i])
				return 0;
			separator = s[i];
			*separators = true;
			group = 0;
		}
		i++;
	}
	if (i == 0)
		return 0;
	if (s[i] == '.' && is_digit(s[i + 1]))
	{
		i++;
		for (; is_digit(s[i]); i++)
			if (s[i] != '0')
				*decimal = true;
	}
	return i;
}

static const char *
after_prefix(const char *text, const char *const *prefixes)
{
	const char *best = NULL;

	for (; *prefixes != NULL; prefixes++)
	{
		size_t		n = strlen(*prefixes);

		if (strncmp(text, *prefixes, n) == 0 && (best == NULL || text + n > best))
			best = text + n;
	}
	if (best != NULL && *best == ' ')
		best++;
	return best;
}

/* A whole number and nothing else. */
static bool
only_digits(const char *s, int64_t *number)
{
	bool		separators;
	bool		decimal;
	size_t		n = read_digits(s, number, &separators, &decimal);

	return n > 0 && s[n] == '\0' && !decimal;
}

static size_t
month_at(const char *s)
{
	for (int i = 0; i < 12; i++)
	{
		size_t		n = strlen(full_months[i]);

		if (strncmp(s, full_months[i], n) == 0)
			return n;
	}
	for (int i = 0; i < 12; i++)
		if (strncmp(s, months[i], 3) == 0)
			return strncmp(s, "sept", 4) == 0 ? 4 : 3;
	return 0;
}

static size_t
skip_digits(const char **s)
{
	size_t		n = 0;

	for (; is_digit(**s); (*s)++)
		n++;
	return n;
}

static void
skip_joiner(const char **s)
{
	while (**s == ' ' || **s == '-' || **s == '/' || **s == '.' || **s == ',')
		(*s)++;
}

/* 5-Nov, 5th November 2021, Nov-05, 05/11/2021, 2021-11-05, with a time or not. */
static bool
is_date(const char *s)
{
	size_t		digits;
	size_t		month;

	if ((month = month_at(s)) > 0)
	{
		s += month;
		skip_joiner(&s);
		if ((digits = skip_digits(&s)) == 0 || digits > 4)
			return false;
		skip_joiner(&s);
		skip_digits(&s);
		return *s == '\0';
	}
	digits = skip_digits(&s);
	if (digits == 0 || digits > 4)
		return false;
	if (digits <= 2)
	{
		const char *t = s;

		if (strncmp(t, "st", 2) == 0 || strncmp(t, "nd", 2) == 0 || strncmp(t, "rd", 2) == 0 || strncmp(t, "th", 2) == 0)
			t += 2;
		if (strncmp(t, " of ", 4) == 0)
			t += 3;
		skip_joiner(&t);
		if ((month = month_at(t)) > 0)
		{
			t += month;
			skip_joiner(&t);
			skip_digits(&t);
			return *t == '\0' || *t == ' ';
		}
	}
	/* Three parts of digits, one of them a year or all of two digits at most. */
	if (*s == '-' || *s == '/' || *s == '.')
	{
		char		joiner = *s++;
		size_t		second = skip_digits(&s);
		size_t		third;

		if (second == 0 || second > 2 || *s != joiner)
			return false;
		s++;
		third = skip_digits(&s);
		if (third == 0 || third > 4 || (digits == 4 && third > 2) || third == 3 || digits == 3)
			return false;
		return *s == '\0' || *s == ' ' || *s == 't';
	}
	return false;
}

/* Several numbers where one is asked for: 10-12, 10 to 12, 5/6, 5 or 6, or one below the other, which is a blank here. */
static bool
is_span(const char *s)
{
	static const char *const joiners[] = {" - ", " -", "- ", "-", " to ", "/", " or ", " and ", " & ", " + ", "+", ", ", "; ", ";", " ", NULL};
	size_t		digits = skip_digits(&s);
	int			numbers = 1;

	while (digits > 0 && *s != '\0')
	{
		const char *const *joiner = joiners;

		while (*joiner != NULL && (strncmp(s, *joiner, strlen(*joiner)) != 0 || !is_digit(s[strlen(*joiner)])))
			joiner++;
		if (*joiner == NULL)
			return false;
		s += strlen(*joiner);
		/* Long groups with a blank between are a telephone number. */
		if (strcmp(*joiner, " ") == 0 && digits > 3)
			return false;
		digits = skip_digits(&s);
		if (strcmp(*joiner, " ") == 0 && digits > 3)
			return false;
		numbers++;
	}
	return numbers > 1;
}

/* A number below a thousand in words; -1 if it is none. */
static int64_t
read_words(const char *s)
{
	static const char *const ones[] = {
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
		"twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"
	};
	static const char *const tens[] = {
		"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"
	};
	int64_t		total = 0;
	int			state = 0;		/* 0 nothing yet, 1 after hundreds, 2 after tens, 3 ended */

	while (*s != '\0')
	{
		int			value = -1;
		size_t		n = 0;

		while (*s == ' ' || *s == '-')
			s++;
		while (s[n] >= 'a' && s[n] <= 'z')
			n++;
		if (n == 0)
			return -1;
		for (int i = 0; i < 20 && value < 0; i++)
			if (strlen(ones[i]) == n && strncmp(s, ones[i], n) == 0)
				value = i;
		for (int i = 0; i < 8 && value < 0; i++)
			if (strlen(tens[i]) == n && strncmp(s, tens[i], n) == 0)
				value = 20 + 10 * i;
		if (n == 7 && strncmp(s, "hundred", n) == 0)
		{
			if (state != 3 || total == 0 || total > 9)
				return -1;
			total *= 100;
			state = 1;
		}
		else if (n == 3 && strncmp(s, "and", n) == 0)
		{
			if (state != 1)
				return -1;
		}
		else if (n == 1 && *s == 'a' && state == 0)
		{
			total = 1;
			state = 3;
		}
		else if (value >= 20 && state <= 1)
		{
			total += value;
			state = 2;
		}
		else if (value >= 0 && (state <= 1 || (state == 2 && value > 0 && value < 10)))
		{
			total += value;
			state = 3;
		}
		else
			return -1;
		s += n;
	}
	/* "a" alone is no number. */
	return state == 0 ? -1 : total;
}

static Cell
read_folded(const Folded *folded)
{
	const char *s = folded->text;
	const char *rest;
	int64_t		number;
	bool		separators;
	bool		decimal;
	size_t		n;

	if (*s == '\0')
		return cell_of_kind(CELL_BLANK);
	if (is_one_of(s, words_for_not_applicable))
		return cell_of_kind(CELL_NOT_APPLICABLE);
	if (is_one_of(s, words_for_some))
		return cell_of_kind(CELL_SOME);
	if (is_one_of(s, words_for_none))
		return number_cell(0, CELL_WORD_FOR_NONE);
	if (is_one_of(s, words_for_not_known))
		return cell_of_kind(CELL_NOT_KNOWN);
	if (is_one_of(s, words_for_dash))
		return cell_of_kind(CELL_DASH);
	if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
		return cell_of_kind(CELL_LOGICAL);
	if (*s == '#')
		return cell_of_kind(is_one_of(s, broken_formulas) || strspn(s, "#") == folded->length ?
							CELL_BROKEN_FORMULA : CELL_UNREADABLE);

	n = read_digits(s, &number, &separators, &decimal);
	if (n == folded->length)
	{
		if (decimal)
			return cell_of_kind(CELL_DECIMAL);
		return number_cell(number, folded->other_digits ? CELL_OTHER_DIGITS :
						   separators ? CELL_WITH_SEPARATOR : CELL_PLAIN);
	}
	if (*s == '.' && is_digit(s[1]) && strspn(s + 1, "0123456789") == folded->length - 1)
		return cell_of_kind(CELL_DECIMAL);
	if (*s == '-' && only_digits(s[1] == ' ' ? s + 2 : s + 1, &number))
		return number == 0 ? number_cell(0, CELL_PLAIN) : cell_of_kind(CELL_NEGATIVE);
	if (*s == '-' && read_digits(s + 1, &number, &separators, &decimal) == folded->length - 1)
		return cell_of_kind(CELL_NEGATIVE);
	if (*s == '(' && (n = read_digits(s + 1, &number, &separators, &decimal)) > 0 && strcmp(s + 1 + n, ")") == 0)
		return cell_of_kind(CELL_NEGATIVE);
	if (is_date(s))
		return cell_of_kind(CELL_DATE);
	if (is_span(s))
		return cell_of_kind(CELL_SPAN);

	/* "<=" before "<". */
	if ((rest = after_prefix(s, before_at_most)) != NULL && only_digits(rest, &number))
		return limit_cell(number, 0, number);
	if ((rest = after_prefix(s, before_fewer)) != NULL && only_digits(rest, &number))
		return limit_cell(number, 1, number - 1);
	if ((rest = after_prefix(s, before_approximate)) != NULL && only_digits(rest, &number))
		return cell_of_kind(CELL_APPROXIMATE);
	n = read_digits(s, &number, &separators, &decimal);
	if (n > 0)
	{
		rest = s + n;
		if (*rest == ' ')
			rest++;
		if (is_one_of(rest, after_approximate))
			return cell_of_kind(CELL_APPROXIMATE);
		if (is_one_of(rest, units))
			return decimal ? cell_of_kind(CELL_DECIMAL) : number_cell(number, CELL_WITH_UNIT);
		return cell_of_kind(CELL_UNREADABLE);
	}
	number = read_words(s);
	return number < 0 ? cell_of_kind(CELL_UNREADABLE) : number_cell(number, CELL_IN_WORDS);
}

/* What the text of a box says. */
Cell
cell_read(const char *text, size_t length)
{
	Folded		folded;

	fold(&folded, text, length);
	if (folded.too_long)
	{
		/* A number of so many digits is still a number. */
		for (size_t i = 0; i < folded.length; i++)
			if (!is_digit(folded.text[i]))
				return cell_of_kind(CELL_UNREADABLE);
		return cell_of_kind(CELL_TOO_LARGE);
	}
	return read_folded(&folded);
}
