/*
 * kind_core.c
 *		What instrument a value is of: its head in bytes, and its text, which is
 *		a published name or a local one with its range: goals[0-5],
 *		worry[0-10 low] where low is better.
 */
#include "star/star_core.h"

#include <stdio.h>
#include <string.h>

#define FLAG_LOW_BETTER 1
#define BINARY_VERSION 1

static uint64_t
all_scales(int count)
{
	return ~UINT64_C(0) >> (64 - count);
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower_case(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* As input leaves it: lower case, and a letter first. */
static bool
is_name(const char *name, int length)
{
	if (length < 1 || length > STAR_MAX_NAME)
		return false;
	for (int i = 0; i < length; i++)
		if (!(name[i] >= 'a' && name[i] <= 'z') && (i == 0 || (!is_digit(name[i]) && name[i] != '_')))
			return false;
	return true;
}

/* Fills kind from the head; false if the bytes are no head. */
bool
star_read_head(const uint8_t *bytes, size_t length, StarKind *kind)
{
	int			width;

	if (length < 1)
		return false;
	if (bytes[0] != 0)
	{
		const StarInstrument *instrument;

		if (bytes[0] > star_catalogue_size)
			return false;
		instrument = &star_catalogue[bytes[0] - 1];
		kind->published = instrument;
		kind->name = instrument->name;
		kind->name_length = (int) strlen(instrument->name);
		kind->lowest = instrument->lowest;
		kind->highest = instrument->highest;
		kind->scale_count = instrument->scale_count;
		kind->low_better = instrument->low_better;
		kind->head_length = 1;
		return true;
	}
	if (length < 7 || (bytes[1] & ~FLAG_LOW_BETTER) != 0)
		return false;
	width = bytes[4];
	kind->published = NULL;
	kind->lowest = (int16_t) (bytes[2] | (uint16_t) bytes[3] << 8);
	kind->highest = kind->lowest + width;
	kind->scale_count = bytes[5];
	kind->name_length = bytes[6];
	kind->name = (const char *) bytes + 7;
	kind->head_length = 7 + kind->name_length;
	if (width < 1 || width > STAR_MAX_WIDTH || kind->highest > INT16_MAX ||
		kind->scale_count < 1 || kind->scale_count > STAR_MAX_SCALES ||
		(size_t) kind->head_length > length || !is_name(kind->name, kind->name_length))
		return false;
	kind->low_better = bytes[1] & FLAG_LOW_BETTER ? all_scales(kind->scale_count) : 0;
	return true;
}

/* Writes the head, at most STAR_MAX_HEAD bytes, and gives its length. */
size_t
star_write_head(const StarKind *kind, uint8_t *bytes)
{
	if (kind->published != NULL)
	{
		bytes[0] = (uint8_t) star_published_number(kind->published);
		return 1;
	}
	bytes[0] = 0;
	bytes[1] = kind->low_better != 0 ? FLAG_LOW_BETTER : 0;
	bytes[2] = (uint8_t) ((uint16_t) kind->lowest & 0xff);
	bytes[3] = (uint8_t) ((uint16_t) kind->lowest >> 8);
	bytes[4] = (uint8_t) (kind->highest - kind->lowest);
	bytes[5] = (uint8_t) kind->scale_count;
	bytes[6] = (uint8_t) kind->name_length;
	memcpy(bytes + 7, kind->name, (size_t) kind->name_length);
	return 7 + (size_t) kind->name_length;
}

const char *
star_skip_blanks(const char *text, const char *end)
{
	while (text < end && (*text == ' ' || (*text >= '\t' && *text <= '\r')))
		text++;
	return text;
}

/* One end of a range: false if no whole number of int16 stands there. */
static bool
parse_end(const char **text, const char *end, int *number)
{
	const char *p = star_skip_blanks(*text, end);
	bool		negative = p < end && *p == '-';
	int			value = 0;

	if (negative)
		p++;
	if (p == end || !is_digit(*p))
		return false;
	for (; p < end && is_digit(*p); p++)
	{
		value = value * 10 + (*p - '0');
		if (value > 32768)
			return false;
	}
	*number = negative ? -value : value;
	*text = star_skip_blanks(p, end);
	return *number >= INT16_MIN && *number <= INT16_MAX;
}

/* [0-5] or [0-10 low], after a local name. */
static StarStatus
parse_range(const char **text, const char *end, StarKind *kind, StarError *error)
{
	const char *p = *text + 1;
	bool		low = false;

	snprintf(error->hint, sizeof(error->hint),
			 "Write the range as in goals[0-5], or worry[0-10 low] if low is better.");
	if (!parse_end(&p, end, &kind->lowest) || p == end || *p++ != '-' ||
		!parse_end(&p, end, &kind->highest))
	{
		snprintf(error->detail, sizeof(error->detail),
				 "The range of \"%.*s\" must be two whole numbers from -32768 to 32767 with - between them.",
				 kind->name_length, kind->name);
		return STAR_SYNTAX;
	}
	if (p < end && is_letter(*p))
	{
		char		word[5] = "";

		for (int i = 0; p < end && is_letter(*p); p++, i++)
			if (i < 4)
				word[i] = lower_case(*p);
			else
				word[0] = '\0';
		low = strcmp(word, "low") == 0;
		if (!low && strcmp(word, "high") != 0)
		{
			snprintf(error->detail, sizeof(error->detail),
					 "After the range of \"%.*s\" only \"low\" or \"high\" may stand.",
					 kind->name_length, kind->name);
			return STAR_SYNTAX;
		}
		p = star_skip_blanks(p, end);
	}
	if (p == end || *p != ']')
	{
		snprintf(error->detail, sizeof(error->detail), "The range of \"%.*s\" is not closed by ].",
				 kind->name_length, kind->name);
		return STAR_SYNTAX;
	}
	if (kind->highest <= kind->lowest)
	{
		snprintf(error->detail, sizeof(error->detail),
				 "The lowest score of \"%.*s\", %d, must be below the highest, %d.",
				 kind->name_length, kind->name, kind->lowest, kind->highest);
		return STAR_SYNTAX;
	}
	if (kind->highest - kind->lowest > STAR_MAX_WIDTH)
	{
		snprintf(error->detail, sizeof(error->detail),
				 "The range %d to %d of \"%.*s\" is %d wide; at most %d is allowed.", kind->lowest,
				 kind->highest, kind->name_length, kind->name, kind->highest - kind->lowest,
				 STAR_MAX_WIDTH);
		return STAR_RANGE;
	}
	/* Until the scales are counted, one bit says which end is better. */
	kind->low_better = low ? 1 : 0;
	*text = p + 1;
	error->hint[0] = '\0';
	return STAR_OK;
}

/*
 * Reads an instrument from *text and leaves *text behind it.  A local one has
 * no number of scales yet (0): the caller counts them and calls
 * star_count_scales().  name_buffer has STAR_MAX_NAME bytes and must last as
 * long as kind.
 */
StarStatus
star_parse_kind(const char **text, const char *end, StarKind *kind,
				char *name_buffer, StarError *error)
{
	const char *p = star_skip_blanks(*text, end);
	const char *start = p;
	const StarInstrument *instrument;

	memset(kind, 0, sizeof(*kind));
	error->hint[0] = '\0';
	if (p == end || !is_letter(*p))
	{
		snprintf(error->detail, sizeof(error->detail),
				 "A star begins with the name of its instrument, which begins with a letter.");
		snprintf(error->hint, sizeof(error->hint),
				 "Write it as in teen(3,4,-,2,5,1), or goals[0-5](3,4,-) for a local instrument.");
		return STAR_SYNTAX;
	}
	for (; p < end && (is_letter(*p) || is_digit(*p) || *p == '_'); p++)
	{
		if (p - start == STAR_MAX_NAME)
		{
			snprintf(error->detail, sizeof(error->detail),
					 "The name of an instrument has at most %d letters, digits and underscores.",
					 STAR_MAX_NAME);
			return STAR_SYNTAX;
		}
		name_buffer[p - start] = lower_case(*p);
	}
	kind->name = name_buffer;
	kind->name_length = (int) (p - start);
	instrument = star_published(name_buffer, (size_t) kind->name_length);
	p = star_skip_blanks(p, end);
	if (p < end && *p == '[')
	{
		if (instrument != NULL)
		{
			snprintf(error->detail, sizeof(error->detail),
					 "\"%s\" is a published instrument with scores from %d to %d; it takes no range.",
					 instrument->name, instrument->lowest, instrument->highest);
			snprintf(error->hint, sizeof(error->hint),
					 "Leave the range out, or give a local instrument another name.");
			return STAR_SYNTAX;
		}
		*text = p;
		return parse_range(text, end, kind, error);
	}
	if (instrument == NULL)
	{
		char		near[160];

		star_near_names(name_buffer, (size_t) kind->name_length, near, sizeof(near));
		snprintf(error->detail, sizeof(error->detail), "\"%.*s\" is no published instrument.",
				 kind->name_length, name_buffer);
		snprintf(error->hint, sizeof(error->hint),
				 "%s%s%sstar_instruments() lists all. A local instrument carries its range, as in goals[0-5](3,4,-).",
				 near[0] != '\0' ? "Near names: " : "", near, near[0] != '\0' ? ". " : "");
		return STAR_UNKNOWN;
	}
	kind->published = instrument;
	kind->name = instrument->name;
	kind->lowest = instrument->lowest;
	kind->highest = instrument->highest;
	kind->scale_count = instrument->scale_count;
	kind->low_better = instrument->low_better;
	*text = p;
	return STAR_OK;
}

/* At most STAR_MAX_KIND_TEXT bytes and a terminating zero; gives the length. */
size_t
star_print_kind(const StarKind *kind, char *out)
{
	if (kind->published != NULL)
		return (size_t) sprintf(out, "%s", kind->name);
	return (size_t) sprintf(out, "%.*s[%d-%d%s]", kind->name_length, kind->name, kind->lowest,
							kind->highest, kind->low_better != 0 ? " low" : "");
}

/*
 * Binary: version, length of the name, name, lowest and highest as int16 (high
 * byte first), direction (0 high is better, 1 low, 2 published: by scale),
 * number of scales.  Range and number of a published instrument are sent, so
 * that a reader needs no catalogue, and must agree with the catalogue.
 */
size_t
star_send_kind(const StarKind *kind, uint8_t *out)
{
	size_t		n = 0;

	out[n++] = BINARY_VERSION;
	out[n++] = (uint8_t) kind->name_length;
	memcpy(out + n, kind->name, (size_t) kind->name_length);
	n += (size_t) kind->name_length;
	out[n++] = (uint8_t) ((uint16_t) kind->lowest >> 8);
	out[n++] = (uint8_t) ((uint16_t) kind->lowest & 0xff);
	out[n++] = (uint8_t) ((uint16_t) kind->highest >> 8);
	out[n++] = (uint8_t) ((uint16_t) kind->highest & 0xff);
	out[n++] = kind->published != NULL ? 2 : kind->low_better != 0;
	out[n++] = (uint8_t) kind->scale_count;
	return n;
}

/* kind->name points into the bytes or the catalogue. */
StarStatus
star_recv_kind(const uint8_t **bytes, size_t *length, StarKind *kind, StarError *error)
{
	const uint8_t *p = *bytes;
	const uint8_t *after;
	int			direction;

	memset(kind, 0, sizeof(*kind));
	error->hint[0] = '\0';
	snprintf(error->detail, sizeof(error->detail),
			 "The binary form must begin with version %d, a name, a range, a direction and the number of scales.",
			 BINARY_VERSION);
	if (*length < 2 || p[0] != BINARY_VERSION || *length < 8 + (size_t) p[1])
		return STAR_SYNTAX;
	kind->name_length = p[1];
	kind->name = (const char *) p + 2;
	if (!is_name(kind->name, kind->name_length))
		return STAR_SYNTAX;
	after = p + 2 + kind->name_length;
	kind->lowest = (int16_t) ((uint16_t) after[0] << 8 | after[1]);
	kind->highest = (int16_t) ((uint16_t) after[2] << 8 | after[3]);
	direction = after[4];
	kind->scale_count = after[5];
	if (direction > 2 || kind->scale_count < 1 || kind->scale_count > STAR_MAX_SCALES ||
		kind->highest <= kind->lowest || kind->highest - kind->lowest > STAR_MAX_WIDTH)
		return STAR_SYNTAX;
	if (direction == 1)
		kind->low_better = all_scales(kind->scale_count);
	kind->published = star_published(kind->name, (size_t) kind->name_length);
	if ((direction == 2) != (kind->published != NULL))
	{
		snprintf(error->detail, sizeof(error->detail),
				 "\"%.*s\" is %s.", kind->name_length, kind->name,
				 direction == 2 ? "no published instrument" : "a published instrument, not a local one");
		return STAR_UNKNOWN;
	}
	if (kind->published != NULL)
	{
		if (kind->lowest != kind->published->lowest || kind->highest != kind->published->highest ||
			kind->scale_count != kind->published->scale_count)
		{
			snprintf(error->detail, sizeof(error->detail),
					 "\"%s\" has %d scales from %d to %d.", kind->published->name,
					 kind->published->scale_count, kind->published->lowest,
					 kind->published->highest);
			return STAR_SYNTAX;
		}
		kind->name = kind->published->name;
		kind->low_better = kind->published->low_better;
	}
	*length -= (size_t) (after + 6 - p);
	*bytes = after + 6;
	return STAR_OK;
}

bool
star_same_kind(const StarKind *a, const StarKind *b)
{
	return star_compare_kinds(a, b) == 0;
}

#define COMPARE(x, y) \
	do { if ((x) != (y)) return (x) < (y) ? -1 : 1; } while (0)

/* By name, then range, direction and number of scales. */
int
star_compare_kinds(const StarKind *a, const StarKind *b)
{
	int			shorter = a->name_length < b->name_length ? a->name_length : b->name_length;
	int			names;

	if (a->published != NULL && a->published == b->published)
		return 0;
	names = memcmp(a->name, b->name, (size_t) shorter);
	if (names != 0)
		return names < 0 ? -1 : 1;
	COMPARE(a->name_length, b->name_length);
	COMPARE(a->published == NULL, b->published == NULL);
	COMPARE(a->lowest, b->lowest);
	COMPARE(a->highest, b->highest);
	COMPARE(a->scale_count, b->scale_count);
	COMPARE(a->low_better, b->low_better);
	return 0;
}

/* The scale's name, or "scale 3" of a local instrument; scales count from 0. */
void
star_print_scale(const StarKind *kind, int scale, char *out)
{
	if (kind->published != NULL)
		snprintf(out, STAR_MAX_SCALE_NAME + 1, "%s", kind->published->scales[scale]);
	else
		sprintf(out, "scale %d", scale + 1);
}

/*
 * The next letter or digit of a name, in lower case; a run of anything else
 * between two is one blank, and & is read as "and".  Zero at the end.
 */
static char
next_of_name(const char **text, const char *end, const char **pending)
{
	if (**pending != '\0')
		return *(*pending)++;
	while (*text < end && !is_letter(**text) && !is_digit(**text) && **text != '&')
		(*text)++;
	if (*text == end)
		return '\0';
	if (**text == '&')
	{
		*pending = "and ";
		(*text)++;
		return *(*pending)++;
	}
	if (*text + 1 < end && !is_letter((*text)[1]) && !is_digit((*text)[1]))
		*pending = " ";
	return lower_case(*(*text)++);
}

static bool
same_name(const char *a, const char *a_end, const char *b, const char *b_end)
{
	const char *a_pending = "";
	const char *b_pending = "";

	for (;;)
	{
		char		x = next_of_name(&a, a_end, &a_pending);
		char		y = next_of_name(&b, b_end, &b_pending);

		/* A blank at the end doesn't count. */
		if (x == ' ' && y == '\0')
			x = next_of_name(&a, a_end, &a_pending);
		if (y == ' ' && x == '\0')
			y = next_of_name(&b, b_end, &b_pending);
		if (x != y)
			return false;
		if (x == '\0')
			return true;
	}
}

/*
 * The scale of that name, from 0, or -1.  Case and what stands between words
 * don't matter, & is "and"; a number, alone or after "scale", is the position.
 */
int
star_find_scale(const StarKind *kind, const char *name, size_t length)
{
	const char *end = name + length;
	const char *p = name;
	const char *word = "scale";
	int			position = 0;

	if (length > STAR_MAX_WRITTEN)
		return -1;
	p = star_skip_blanks(name, end);

	if (kind->published != NULL)
		for (int i = 0; i < kind->scale_count; i++)
		{
			const char *scale = kind->published->scales[i];

			if (same_name(scale, scale + strlen(scale), name, end))
				return i;
		}
	if (end - p > 5 && same_name(word, word + 5, p, p + 5))
	{
		p += 5;
		while (p < end && (*p == ' ' || *p == '_'))
			p++;
	}
	if (p == end)
		return -1;
	for (; p < end && is_digit(*p) && position <= STAR_MAX_SCALES; p++)
		position = position * 10 + (*p - '0');
	if (star_skip_blanks(p, end) != end || position < 1 || position > kind->scale_count)
		return -1;
	return position - 1;
}
