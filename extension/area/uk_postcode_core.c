/*
 * uk_postcode_core.c
 *		The grammar of postcodes, and their rank in the order of the written form.
 *
 * The outward part is one of A9, A99, A9A, AA9, AA99 and AA9A, the inward part
 * 9AA.  Each place has its own letters.  Apart from these stand GIR 0AA and
 * the pseudo-postcodes ZZ99, which take any inward letters.
 *
 * The written form has one blank between the parts, and a blank comes before
 * digits and digits before letters.  So, after the same beginning, a part that
 * ends comes first, then one with a digit, then one with a letter:
 * L1, L10 .. L19, L1A, L2 .. L9, LA1.
 */
#include "area/uk_postcode.h"

#include <string.h>

#define LETTERS(alphabet) ((int) sizeof(alphabet) - 1)

static const char first_letters[] = "ABCDEFGHIJKLMNOPRSTUWYZ";	/* not Q, V, X */
static const char second_letters[] = "ABCDEFGHKLMNOPQRSTUVWXY"; /* not I, J, Z */
static const char third_letters[] = "ABCDEFGHJKPSTUW";	/* A9A */
static const char fourth_letters[] = "ABEHMNPRVWXY";	/* AA9A */
static const char inward_letters[] = "ABDEFGHJLNPQRSTUWXYZ";	/* not C, I, K, M, O, V */

/* After the first digit: nothing, a digit or a letter. */
#define SHORT_TAILS (1 + 10 + LETTERS(third_letters))
#define LONG_TAILS (1 + 10 + LETTERS(fourth_letters))

/* Outward parts with one letter at the start, with two, and all of one first letter. */
#define SHORT_OUTWARDS (10 * SHORT_TAILS)
#define LONG_OUTWARDS (10 * LONG_TAILS)
#define OUTWARDS (SHORT_OUTWARDS + LETTERS(second_letters) * LONG_OUTWARDS)

#define INWARDS (10 * LETTERS(inward_letters) * LETTERS(inward_letters))
#define PSEUDO_INWARDS (10 * 26 * 26)

/* GIR 0AA stands after the last GH and before the first GK: 6 first letters and 8 second ones are before it. */
#define GIR_RANK ((6 * OUTWARDS + SHORT_OUTWARDS + 8 * LONG_OUTWARDS) * INWARDS)

#define PSEUDO_RANK (LETTERS(first_letters) * OUTWARDS * INWARDS + 1)

_Static_assert(PSEUDO_RANK + PSEUDO_INWARDS == UK_POSTCODE_COUNT, "the ranks are as many as the postcodes");

/* The longest postcode without its blank. */
/* Longest text with all its blanks, in bytes. */
#define MAX_WRITTEN 1000

#define MAX_COMPACT 7

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The place of a letter in an alphabet, or -1. */
static int
place(const char *alphabet, int letters, char c)
{
	const char *found = memchr(alphabet, c, letters);

	return found ? (int) (found - alphabet) : -1;
}

#define PLACE(alphabet, c) place(alphabet, LETTERS(alphabet), c)

/* The value of a digit, or -1. */
static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : -1;
}

/*
 * Copies the letters and digits of a text, in upper case and without blanks
 * wherever they stand.
 */
static uk_postcode_status
compact(const char *text, size_t length, char out[MAX_COMPACT], int *count)
{
	*count = 0;
	if (length > MAX_WRITTEN)
		return UK_POSTCODE_BAD_LENGTH;
	for (size_t i = 0; i < length; i++)
	{
		char		c = text[i];

		if (is_blank(c))
			continue;
		if (c >= 'a' && c <= 'z')
			c += 'A' - 'a';
		if (!((c >= 'A' && c <= 'Z') || digit(c) >= 0))
			return UK_POSTCODE_BAD_CHARACTER;
		if (*count == MAX_COMPACT)
			return UK_POSTCODE_BAD_LENGTH;
		out[(*count)++] = c;
	}
	/* From A9 9AA to AA9A 9AA. */
	return *count < 5 ? UK_POSTCODE_BAD_LENGTH : UK_POSTCODE_OK;
}

/*
 * The place of an outward part of 2 to 4 characters among all, or -1.
 */
static int
outward_place(const char *text, int length)
{
	int			first = PLACE(first_letters, text[0]);
	int			result;
	int			number;
	int			tail = 0;
	bool		is_long = digit(text[1]) < 0;
	const char *rest = text + (is_long ? 2 : 1);
	int			left = length - (is_long ? 2 : 1);

	if (first < 0 || left < 1 || left > 2 || (number = digit(rest[0])) < 0)
		return -1;

	if (left == 2)
	{
		tail = digit(rest[1]) >= 0 ? 1 + digit(rest[1]) : -1;
		if (tail < 0)
		{
			tail = is_long ? PLACE(fourth_letters, rest[1]) : PLACE(third_letters, rest[1]);
			if (tail < 0)
				return -1;
			tail += 11;
		}
	}

	result = first * OUTWARDS;
	if (is_long)
	{
		int			second = PLACE(second_letters, text[1]);

		if (second < 0)
			return -1;
		return result + SHORT_OUTWARDS + second * LONG_OUTWARDS + number * LONG_TAILS + tail;
	}
	return result + number * SHORT_TAILS + tail;
}

/* Reads letters and digits alone, in upper case. */
static uk_postcode_status
parse_compact(const char *text, int length, uk_postcode *postcode)
{
	const char *inward = text + length - 3;
	int			outward;
	int			number = digit(inward[0]);
	int			a;
	int			b;

	if (length == 6 && memcmp(text, "GIR0AA", 6) == 0)
	{
		*postcode = GIR_RANK;
		return UK_POSTCODE_OK;
	}
	if (length == 7 && memcmp(text, "ZZ99", 4) == 0)
	{
		if (number < 0 || digit(inward[1]) >= 0 || digit(inward[2]) >= 0)
			return UK_POSTCODE_BAD_INWARD;
		*postcode = PSEUDO_RANK + (number * 26 + (inward[1] - 'A')) * 26 + (inward[2] - 'A');
		return UK_POSTCODE_OK;
	}

	outward = outward_place(text, length - 3);
	if (outward < 0)
		return UK_POSTCODE_BAD_OUTWARD;
	a = PLACE(inward_letters, inward[1]);
	b = PLACE(inward_letters, inward[2]);
	if (number < 0 || a < 0 || b < 0)
		return UK_POSTCODE_BAD_INWARD;

	*postcode = outward * INWARDS + (number * LETTERS(inward_letters) + a) * LETTERS(inward_letters) + b;
	if (*postcode >= GIR_RANK)
		(*postcode)++;
	return UK_POSTCODE_OK;
}

/*
 * Reads a postcode, in any spacing and case.  Sets *postcode only if all is
 * well.
 */
uk_postcode_status
uk_postcode_parse(const char *text, size_t length, uk_postcode *postcode)
{
	char		letters[MAX_COMPACT];
	int			count;
	uk_postcode_status status = compact(text, length, letters, &count);

	return status == UK_POSTCODE_OK ? parse_compact(letters, count, postcode) : status;
}

/* What a character may have been mistaken for. */
static char
look_alike(char c)
{
	switch (c)
	{
		case 'O':
			return '0';
		case '0':
			return 'O';
		case 'I':
			return '1';
		case '1':
			return 'I';
		default:
			return c;
	}
}

/*
 * The postcode that an invalid text would be if some of its O and 0, or I and 1,
 * were exchanged: the one that needs the fewest exchanges, and false if there
 * is none or more than one such.
 */
bool
uk_postcode_suggest(const char *text, size_t length, uk_postcode *postcode)
{
	char		letters[MAX_COMPACT];
	int			count;
	int			fewest = MAX_COMPACT + 1;
	bool		unique = false;

	if (compact(text, length, letters, &count) != UK_POSTCODE_OK)
		return false;

	for (unsigned exchange = 1; exchange < 1u << count; exchange++)
	{
		char		changed[MAX_COMPACT];
		int			changes = 0;
		bool		possible = true;
		uk_postcode found;

		for (int i = 0; i < count; i++)
		{
			changed[i] = letters[i];
			if (exchange & (1u << i))
			{
				changed[i] = look_alike(letters[i]);
				possible = possible && changed[i] != letters[i];
				changes++;
			}
		}
		if (!possible || changes > fewest || parse_compact(changed, count, &found) != UK_POSTCODE_OK)
			continue;
		unique = changes < fewest;
		fewest = changes;
		*postcode = found;
	}
	return unique;
}

/* Writes the postcode in upper case, with one blank, and a NUL. */
void
uk_postcode_format(uk_postcode postcode, char text[UK_POSTCODE_MAX_LENGTH + 1])
{
	char	   *p = text;
	int			outward;
	int			inward;
	int			first;
	int			tail;

	if (postcode == GIR_RANK)
	{
		memcpy(text, "GIR 0AA", 8);
		return;
	}
	if (postcode >= PSEUDO_RANK)
	{
		inward = postcode - PSEUDO_RANK;
		memcpy(text, "ZZ99 ", 5);
		text[5] = (char) ('0' + inward / (26 * 26));
		text[6] = (char) ('A' + inward / 26 % 26);
		text[7] = (char) ('A' + inward % 26);
		text[8] = '\0';
		return;
	}
	if (postcode > GIR_RANK)
		postcode--;

	outward = postcode / INWARDS;
	inward = postcode % INWARDS;

	first = outward / OUTWARDS;
	outward %= OUTWARDS;
	*p++ = first_letters[first];
	if (outward < SHORT_OUTWARDS)
	{
		*p++ = (char) ('0' + outward / SHORT_TAILS);
		tail = outward % SHORT_TAILS;
		if (tail > 10)
			*p++ = third_letters[tail - 11];
	}
	else
	{
		outward -= SHORT_OUTWARDS;
		*p++ = second_letters[outward / LONG_OUTWARDS];
		outward %= LONG_OUTWARDS;
		*p++ = (char) ('0' + outward / LONG_TAILS);
		tail = outward % LONG_TAILS;
		if (tail > 10)
			*p++ = fourth_letters[tail - 11];
	}
	if (tail >= 1 && tail <= 10)
		*p++ = (char) ('0' + tail - 1);

	*p++ = ' ';
	*p++ = (char) ('0' + inward / (LETTERS(inward_letters) * LETTERS(inward_letters)));
	*p++ = inward_letters[inward / LETTERS(inward_letters) % LETTERS(inward_letters)];
	*p++ = inward_letters[inward % LETTERS(inward_letters)];
	*p = '\0';
}

bool
uk_postcode_in_range(int32_t number)
{
	return number >= 0 && number < UK_POSTCODE_COUNT;
}

/* Whether it is of ZZ99, which stands for no place in the United Kingdom. */
bool
uk_postcode_is_pseudo(uk_postcode postcode)
{
	return postcode >= PSEUDO_RANK;
}
