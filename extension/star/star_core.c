/*
 * star_core.c
 *		outcome_star and star_change: text, binary form, order, difference.
 */
#include "star/star_core.h"

#include <stdio.h>
#include <string.h>

/* From here on, a number is only said to be beyond. */
#define MANY 1000000

/* "Scale 3, "being safe"," or "Scale 3," of a local instrument. */
static void
name_scale(const StarKind *kind, int scale, char *out, size_t size)
{
	if (kind->published != NULL && scale < kind->scale_count)
		snprintf(out, size, "Scale %d, \"%s\",", scale + 1, kind->published->scales[scale]);
	else
		snprintf(out, size, "Scale %d", scale + 1);
}

static StarStatus
wrong_item(const StarKind *kind, int scale, bool change, StarError *error)
{
	char		name[STAR_MAX_SCALE_NAME + 20];

	name_scale(kind, scale, name, sizeof(name));
	if (change)
		snprintf(error->detail, sizeof(error->detail),
				 "%s must be a whole number from %d to %d, or - if either score is missing.", name,
				 kind->lowest - kind->highest, kind->highest - kind->lowest);
	else
		snprintf(error->detail, sizeof(error->detail),
				 "%s must be a whole number from %d to %d, or - if it was not given.", name,
				 kind->lowest, kind->highest);
	return STAR_SYNTAX;
}

static StarStatus
out_of_range(const StarKind *kind, int scale, int32_t value, bool change, StarError *error)
{
	char		name[STAR_MAX_SCALE_NAME + 20];
	char		number[16];
	int			lowest = change ? kind->lowest - kind->highest : kind->lowest;
	int			highest = change ? kind->highest - kind->lowest : kind->highest;

	if (value >= MANY || value <= -MANY)
		strcpy(number, value > 0 ? "above 999999" : "below -999999");
	else
		snprintf(number, sizeof(number), "%d", value);
	name_scale(kind, scale, name, sizeof(name));
	snprintf(error->detail, sizeof(error->detail),
			 "%s is %s; a %s of %.*s lies between %d and %d, or is - if it was not given.", name,
			 number, change ? "change" : "score", kind->name_length, kind->name, lowest, highest);
	return STAR_RANGE;
}

static StarStatus
wrong_count(const StarKind *kind, int count, const char *things, StarError *error)
{
	char		first[STAR_MAX_SCALE_NAME + 20] = "";

	if (count < kind->scale_count)
	{
		name_scale(kind, count, first, sizeof(first));
		snprintf(error->detail, sizeof(error->detail),
				 "%.*s has %d scales, but %d %s given. %s is the first without one.",
				 kind->name_length, kind->name, kind->scale_count, count, things, first);
	}
	else
		snprintf(error->detail, sizeof(error->detail), "%.*s has %d scales, but %d %s given.",
				 kind->name_length, kind->name, kind->scale_count, count, things);
	snprintf(error->hint, sizeof(error->hint),
			 "Write - for a scale without a score. star_scales('%.*s') lists the scales in order.",
			 kind->name_length, kind->name);
	return STAR_SYNTAX;
}

/* One item: a whole number or -, which ends at a blank, comma or parenthesis. */
static StarStatus
parse_item(const char **text, const char *end, const StarKind *kind, int scale, bool change,
		   int32_t *value, StarError *error)
{
	const char *p = *text;
	bool		negative = p < end && *p == '-';
	int			n = 0;

	*value = 0;
	if (negative || (change && p < end && *p == '+'))
		p++;
	while (p < end && *p >= '0' && *p <= '9')
	{
		/* More digits than fit are out of every range. */
		if (*value < MANY)
			*value = *value * 10 + (*p - '0');
		n++;
		p++;
	}
	if (n == 0)
	{
		if (p == *text || !negative)
			return wrong_item(kind, scale, change, error);
		*value = STAR_NOT_GIVEN;
	}
	else if (negative)
		*value = -*value;
	if (p < end && *p != ',' && *p != ')' && star_skip_blanks(p, end) == p)
		return wrong_item(kind, scale, change, error);
	if (*value != STAR_NOT_GIVEN)
	{
		int			lowest = change ? kind->lowest - kind->highest : kind->lowest;
		int			highest = change ? kind->highest - kind->lowest : kind->highest;

		if (*value < lowest || *value > highest)
			return out_of_range(kind, scale, *value, change, error);
	}
	*text = star_skip_blanks(p, end);
	return STAR_OK;
}

static size_t
write_code(const StarKind *kind, bool change, int32_t value, uint8_t *out)
{
	int			code = 0;

	if (value != STAR_NOT_GIVEN)
		code = change ? value + (kind->highest - kind->lowest) + 1 : value - kind->lowest + 1;
	if (star_code_size(kind, change) == 1)
	{
		out[0] = (uint8_t) code;
		return 1;
	}
	out[0] = (uint8_t) (code >> 8);
	out[1] = (uint8_t) (code & 0xff);
	return 2;
}

static int
read_code(const StarKind *kind, bool change, const uint8_t *codes, int scale)
{
	if (star_code_size(kind, change) == 1)
		return codes[scale];
	return codes[2 * scale] << 8 | codes[2 * scale + 1];
}

/* The score of a scale (from 0) of a valid star, or STAR_NOT_GIVEN. */
int32_t
star_score_at(const StarKind *kind, const uint8_t *bytes, int scale)
{
	int			code = bytes[kind->head_length + scale];

	return code == 0 ? STAR_NOT_GIVEN : code - 1 + kind->lowest;
}

/* The same of a change. */
int32_t
star_change_at(const StarKind *kind, const uint8_t *bytes, int scale)
{
	int			code = read_code(kind, true, bytes + kind->head_length, scale);

	return code == 0 ? STAR_NOT_GIVEN : code - 1 - (kind->highest - kind->lowest);
}

static void
write_value(StarKind *kind, bool change, const int32_t *values, uint8_t *bytes, size_t *byte_count)
{
	size_t		n = star_write_head(kind, bytes);

	for (int i = 0; i < kind->scale_count; i++)
		n += write_code(kind, change, values[i], bytes + n);
	*byte_count = n;
}

static StarStatus
star_too_long(StarError *error)
{
	snprintf(error->detail, sizeof(error->detail), "It may have at most %d bytes.", STAR_MAX_WRITTEN);
	return STAR_SYNTAX;
}

/*
 * Reads homelessness(3,4,-,5,7,6,4,3,2,8), or a change.  bytes has room for
 * STAR_MAX_BYTES.  Blanks may stand between any two parts.
 */
StarStatus
star_parse(const char *text, size_t length, bool change, uint8_t *bytes, size_t *byte_count,
		   StarError *error)
{
	const char *end = text + length;
	const char *p = text;
	char		name[STAR_MAX_NAME];
	int32_t		values[STAR_MAX_SCALES];
	int			count = 0;
	StarKind	kind;
	StarStatus	status = length > STAR_MAX_WRITTEN ? star_too_long(error) : star_parse_kind(&p, end, &kind, name, error);

	if (status != STAR_OK)
		return status;
	p = star_skip_blanks(p, end);
	if (p == end || *p != '(')
	{
		snprintf(error->detail, sizeof(error->detail),
				 "After the instrument, scores are expected in parentheses.");
		snprintf(error->hint, sizeof(error->hint),
				 "Write it as in teen(3,4,-,2,5,1), or goals[0-5](3,4,-) for a local instrument.");
		return STAR_SYNTAX;
	}
	do
	{
		int32_t		value;

		p = star_skip_blanks(p + 1, end);
		status = parse_item(&p, end, &kind, count, change, &value, error);
		if (status != STAR_OK)
			return status;
		if (count < STAR_MAX_SCALES)
			values[count] = value;
		count++;
	} while (p < end && *p == ',');
	if (p == end || *p != ')' || star_skip_blanks(p + 1, end) != end)
	{
		snprintf(error->detail, sizeof(error->detail),
				 "The scores must be parted by commas and closed by one parenthesis, with nothing after it.");
		return STAR_SYNTAX;
	}
	if (kind.published != NULL && count != kind.scale_count)
		return wrong_count(&kind, count, count == 1 ? "is" : "are", error);
	if (count > STAR_MAX_SCALES)
	{
		snprintf(error->detail, sizeof(error->detail),
				 "An instrument has at most %d scales, but %d are given.", STAR_MAX_SCALES, count);
		return STAR_SYNTAX;
	}
	if (kind.published == NULL)
		star_count_scales(&kind, count);
	write_value(&kind, change, values, bytes, byte_count);
	return STAR_OK;
}

/*
 * A star of the instrument whose text is given (homelessness or goals[0-5])
 * from scores, STAR_NOT_GIVEN among them.
 */
StarStatus
star_make(const char *kind_text, size_t length, const int32_t *scores, int count, uint8_t *bytes,
		  size_t *byte_count, StarError *error)
{
	const char *p = kind_text;
	const char *end = kind_text + length;
	char		name[STAR_MAX_NAME];
	StarKind	kind;
	StarStatus	status = length > STAR_MAX_WRITTEN ? star_too_long(error) : star_parse_kind(&p, end, &kind, name, error);

	if (status != STAR_OK)
		return status;
	if (star_skip_blanks(p, end) != end)
	{
		snprintf(error->detail, sizeof(error->detail),
				 "Only the name of an instrument is expected here, with its range if it is a local one.");
		return STAR_SYNTAX;
	}
	if (kind.published != NULL && count != kind.scale_count)
		return wrong_count(&kind, count, count == 1 ? "is" : "are", error);
	if (count < 1 || count > STAR_MAX_SCALES)
	{
		snprintf(error->detail, sizeof(error->detail),
				 "An instrument has 1 to %d scales, but %d scores are given.", STAR_MAX_SCALES, count);
		return STAR_SYNTAX;
	}
	for (int i = 0; i < count; i++)
	{
		if (scores[i] != STAR_NOT_GIVEN && (scores[i] < kind.lowest || scores[i] > kind.highest))
			return out_of_range(&kind, i, scores[i], false, error);
	}
	if (kind.published == NULL)
		star_count_scales(&kind, count);
	write_value(&kind, false, scores, bytes, byte_count);
	return STAR_OK;
}

/* True if the bytes are a whole value; fills kind. */
bool
star_value_is_valid(const uint8_t *bytes, size_t length, bool change, StarKind *kind)
{
	int			highest_code;

	if (!star_read_head(bytes, length, kind))
		return false;
	if (length - (size_t) kind->head_length !=
		(size_t) kind->scale_count * (size_t) star_code_size(kind, change))
		return false;
	highest_code = (kind->highest - kind->lowest) * (change ? 2 : 1) + 1;
	for (int i = 0; i < kind->scale_count; i++)
		if (read_code(kind, change, bytes + kind->head_length, i) > highest_code)
			return false;
	return true;
}

/* At most STAR_MAX_TEXT bytes and a terminating zero; 0 if not valid. */
size_t
star_print(const uint8_t *bytes, size_t length, bool change, char *out)
{
	StarKind	kind;
	size_t		n;

	if (!star_value_is_valid(bytes, length, change, &kind))
		return 0;
	n = star_print_kind(&kind, out);
	for (int i = 0; i < kind.scale_count; i++)
	{
		int32_t		value = change ? star_change_at(&kind, bytes, i) : star_score_at(&kind, bytes, i);

		out[n++] = i == 0 ? '(' : ',';
		if (value == STAR_NOT_GIVEN)
			out[n++] = '-';
		else
			n += (size_t) sprintf(out + n, "%d", value);
	}
	out[n++] = ')';
	out[n] = '\0';
	return n;
}

/* Binary: the instrument as star_send_kind() has it, then the codes. */
size_t
star_send(const uint8_t *bytes, size_t length, bool change, uint8_t *out)
{
	StarKind	kind;
	size_t		n;

	if (!star_value_is_valid(bytes, length, change, &kind))
		return 0;
	n = star_send_kind(&kind, out);
	memcpy(out + n, bytes + kind.head_length, length - (size_t) kind.head_length);
	return n + length - (size_t) kind.head_length;
}

StarStatus
star_recv(const uint8_t *in, size_t length, bool change, uint8_t *bytes, size_t *byte_count,
		  StarError *error)
{
	StarKind	kind;
	StarStatus	status = star_recv_kind(&in, &length, &kind, error);
	size_t		head;

	if (status != STAR_OK)
		return status;
	head = star_write_head(&kind, bytes);
	if (length != (size_t) kind.scale_count * (size_t) star_code_size(&kind, change))
	{
		snprintf(error->detail, sizeof(error->detail), "%d scales need %d bytes of scores, not %zu.",
				 kind.scale_count, kind.scale_count * star_code_size(&kind, change), length);
		return STAR_SYNTAX;
	}
	memcpy(bytes + head, in, length);
	*byte_count = head + length;
	if (!star_value_is_valid(bytes, *byte_count, change, &kind))
	{
		snprintf(error->detail, sizeof(error->detail), "A score lies outside %d to %d.", kind.lowest,
				 kind.highest);
		return STAR_RANGE;
	}
	return STAR_OK;
}

/*
 * Orders two values of one type: by instrument, then scale by scale; a missing
 * score comes first.  Never fails: what is not valid is ordered by its bytes.
 */
int
star_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
	StarKind	x;
	StarKind	y;
	size_t		shorter;
	int			order;

	if (star_read_head(a, a_length, &x) && star_read_head(b, b_length, &y))
	{
		order = star_compare_kinds(&x, &y);
		if (order != 0)
			return order;
		a += x.head_length;
		a_length -= (size_t) x.head_length;
		b += y.head_length;
		b_length -= (size_t) y.head_length;
	}
	shorter = a_length < b_length ? a_length : b_length;
	order = memcmp(a, b, shorter);
	if (order != 0)
		return order < 0 ? -1 : 1;
	return a_length < b_length ? -1 : a_length > b_length;
}

/* latest - baseline, scale by scale; missing on either side is missing. */
StarStatus
star_subtract(const uint8_t *latest, size_t latest_length, const uint8_t *baseline,
			  size_t baseline_length, uint8_t *bytes, size_t *byte_count, StarError *error)
{
	StarKind	to;
	StarKind	from;
	int32_t		values[STAR_MAX_SCALES];

	if (!star_value_is_valid(latest, latest_length, false, &to) ||
		!star_value_is_valid(baseline, baseline_length, false, &from))
	{
		snprintf(error->detail, sizeof(error->detail), "A stored star is damaged.");
		return STAR_SYNTAX;
	}
	if (!star_same_kind(&to, &from))
		return STAR_UNLIKE;
	for (int i = 0; i < to.scale_count; i++)
	{
		int32_t		x = star_score_at(&to, latest, i);
		int32_t		y = star_score_at(&from, baseline, i);

		values[i] = x == STAR_NOT_GIVEN || y == STAR_NOT_GIVEN ? STAR_NOT_GIVEN : x - y;
	}
	write_value(&to, true, values, bytes, byte_count);
	return STAR_OK;
}

/* The stage of a score, from 1; 0 if it was not given or there are no stages. */
int
star_stage_of(const StarKind *kind, int32_t score)
{
	if (score == STAR_NOT_GIVEN || kind->published == NULL || kind->published->points_per_stage == 0)
		return 0;
	return (score - kind->lowest) / kind->published->points_per_stage + 1;
}

/* On how many scales the change for the better reaches the threshold, and so on. */
void
star_count_changes(const StarKind *kind, const uint8_t *bytes, int32_t threshold, int *improved,
				   int *maintained, int *declined)
{
	*improved = *maintained = *declined = 0;
	for (int i = 0; i < kind->scale_count; i++)
	{
		int32_t		change = star_change_at(kind, bytes, i);

		if (change == STAR_NOT_GIVEN)
			continue;
		change *= star_direction(kind, i);
		*improved += change >= threshold;
		*declined += change <= -threshold;
		*maintained += change < threshold && change > -threshold;
	}
}
