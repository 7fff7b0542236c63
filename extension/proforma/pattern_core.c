/*
 * pattern_core.c
 *		Regular expressions that are a plain sequence: characters, sets such as
 *		[A-Z0-9] and \d, each with ?, *, +, {n}, {n,} or {n,m}.
 */
#include "proforma/pattern.h"

#include <string.h>

#define MAX_PLACES 62

typedef struct Set
{
	uint64_t	bits[2];
} Set;

static void
set_add(Set *set, int from, int to)
{
	for (int c = from; c <= to; c++)
		set->bits[c / 64] |= UINT64_C(1) << (c % 64);
}

static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A character after a backslash; only what means itself, and \d. */
static bool
read_escape(const char **s, Set *set, char *single)
{
	char		c = **s;

	if (c == 'd')
	{
		set_add(set, '0', '9');
		*single = '\0';
	}
	else if (c == '\0' || is_alphanumeric(c) || (unsigned char) c >= 0x80)
		return false;
	else
	{
		set_add(set, c, c);
		*single = c;
	}
	(*s)++;
	return true;
}

/* What follows an opening bracket. */
static bool
read_bracket(const char **s, Set *set)
{
	if (**s == '^' || **s == ']')
		return false;
	while (**s != ']')
	{
		char		from = **s;
		char		to;

		if (from == '\0' || (unsigned char) from >= 0x80 || from == '[')
			return false;
		(*s)++;
		if (from == '\\')
		{
			if (!read_escape(s, set, &from))
				return false;
			if (from == '\0')
				continue;
		}
		to = from;
		if (**s == '-' && (*s)[1] != ']')
		{
			to = (*s)[1];
			if (to == '\0' || (unsigned char) to >= 0x80 || to == '\\' || to == '[' || to < from)
				return false;
			*s += 2;
		}
		set_add(set, from, to);
	}
	(*s)++;
	return true;
}

static bool
read_count(const char **s, int *n)
{
	int			digits = 0;

	*n = 0;
	for (; **s >= '0' && **s <= '9' && digits < 4; (*s)++, digits++)
		*n = *n * 10 + (**s - '0');
	return digits > 0 && digits < 4;
}

/* The fewest and the most times (-1: any) that what stands before may come. */
static bool
read_quantifier(const char **s, int *least, int *most)
{
	*least = *most = 1;
	switch (**s)
	{
		case '?':
			*least = 0;
			break;
		case '*':
			*least = 0;
			*most = -1;
			break;
		case '+':
			*most = -1;
			break;
		case '{':
			(*s)++;
			if (!read_count(s, least))
				return false;
			*most = *least;
			if (**s == ',')
			{
				(*s)++;
				*most = -1;
				if (**s != '}' && !read_count(s, most))
					return false;
			}
			if (**s != '}' || (*most >= 0 && *most < *least))
				return false;
			break;
		default:
			return true;
	}
	(*s)++;
	/* Not the greed of it, nor a second quantifier. */
	return **s != '?' && **s != '*' && **s != '+' && **s != '{';
}

static bool
add_place(PlainPattern *pattern, Set set, bool repeats, bool optional)
{
	uint64_t	bit = UINT64_C(1) << pattern->places;

	if (pattern->places >= MAX_PLACES)
		return false;
	for (int c = 0; c < 128; c++)
		if (set.bits[c / 64] >> (c % 64) & 1)
			pattern->accepts[c] |= bit;
	if (repeats)
		pattern->repeats |= bit;
	if (optional)
		pattern->optional |= bit;
	pattern->places++;
	return true;
}

/* Do two places take the same characters? */
static bool
same_place(const PlainPattern *pattern, int a, int b)
{
	for (int c = 0; c < 128; c++)
		if ((pattern->accepts[c] >> a & 1) != (pattern->accepts[c] >> b & 1))
			return false;
	return true;
}

/* The places of a way to write the pattern, if those of the mask are left out. */
static int
list_places(const PlainPattern *pattern, uint64_t left_out, int places[MAX_PLACES])
{
	int			n = 0;

	for (int i = 0; i < pattern->places; i++)
		if ((left_out >> i & 1) == 0)
			places[n++] = i;
	return n;
}

/* Is the way already among those that leave out as told? */
static bool
is_listed(const PlainPattern *pattern, const uint64_t *listed, int nlisted, const int *places, int n)
{
	for (int w = 0; w < nlisted; w++)
	{
		int			others[MAX_PLACES];
		bool		same = list_places(pattern, listed[w], others) == n;

		for (int i = 0; same && i < n; i++)
			same = same_place(pattern, places[i], others[i]);
		if (same)
			return true;
	}
	return false;
}

/* Lists the ways to write the pattern, if they are few. */
static void
line_up(PlainPattern *pattern)
{
	uint64_t	listed[PATTERN_WAYS];
	int			nlisted = 0;
	uint64_t	left_out = pattern->optional;

	if (pattern->repeats != 0 || pattern->places > PATTERN_LINED_UP)
		return;
	/* All subsets of the optional places; equal ways count once. */
	for (int tries = 0; tries < 256; tries++)
	{
		int			places[MAX_PLACES];
		int			n = list_places(pattern, left_out, places);

		if (!is_listed(pattern, listed, nlisted, places, n))
		{
			if (nlisted == PATTERN_WAYS)
				break;
			for (int i = 0; i < n; i++)
				for (int c = 0; c < 128; c++)
					pattern->fits[i][c] |= (uint8_t) ((pattern->accepts[c] >> places[i] & 1) << nlisted);
			pattern->of_length[n] |= (uint8_t) (1 << nlisted);
			listed[nlisted++] = left_out;
		}
		if (left_out == 0)
		{
			pattern->nways = nlisted;
			return;
		}
		left_out = (left_out - 1) & pattern->optional;
	}
}

static bool
read_sequence(const char *s, PlainPattern *pattern)
{
	if (*s == '^')
		s++;
	while (*s != '\0')
	{
		Set			set = {{0, 0}};
		char		c = *s++;
		int			least;
		int			most;
		char		single;

		if (c == '$')
			return *s == '\0';
		if (c == '\\')
		{
			if (!read_escape(&s, &set, &single))
				return false;
		}
		else if (c == '[')
		{
			if (!read_bracket(&s, &set))
				return false;
		}
		else if (strchr(".|()?*+{}^]", c) != NULL || (unsigned char) c >= 0x80)
			return false;
		else
			set_add(&set, c, c);
		if (!read_quantifier(&s, &least, &most))
			return false;
		for (int i = 0; i < least; i++)
			if (!add_place(pattern, set, most < 0 && i == least - 1, false))
				return false;
		if (most < 0 && least == 0)
		{
			if (!add_place(pattern, set, true, true))
				return false;
		}
		for (int i = least; i < most; i++)
			if (!add_place(pattern, set, false, true))
				return false;
	}
	return true;
}

/* False if the expression is not a plain sequence. */
bool
plain_pattern_compile(const char *source, PlainPattern *pattern)
{
	memset(pattern, 0, sizeof(*pattern));
	if (!read_sequence(source, pattern))
		return false;
	line_up(pattern);
	return true;
}

/*
 * Adds the states that are reached by leaving optional places out.  A sum does
 * a whole run of them: it carries from its lowest state to the place behind.
 */
static inline uint64_t
leave_out(const PlainPattern *pattern, uint64_t states)
{
	uint64_t	leaving = states & pattern->optional;

	return states | ((leaving + pattern->optional) ^ pattern->optional);
}

/* The same answer as plain_pattern_matches(), for every plain pattern. */
bool
plain_pattern_simulate(const PlainPattern *pattern, const char *text, size_t length, StopFunction stop)
{
	uint32_t	steps = 0;
	uint64_t	states = leave_out(pattern, 1);

	for (size_t i = 0; i < length; i++)
	{
		unsigned char c = (unsigned char) text[i];
		uint64_t	fits;

		if (c >= 0x80 || stop_now(stop, &steps))
			return false;
		fits = pattern->accepts[c];
		states = ((states & fits) << 1) | (states & ((fits & pattern->repeats) << 1));
		if (states == 0)
			return false;
		states = leave_out(pattern, states);
	}
	return (states >> pattern->places & 1) != 0;
}
