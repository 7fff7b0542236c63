/*
 * distance_text_core.c
 *		A distance as text.
 *
 * Text: goals[0-5]{3;1>2:2,3>-:1;;1:1>2:2} is of 3 clients; on the first scale
 * two came from 1 to 2 and one had 3 and no second score; nobody answered the
 * second; and two have one scale answered in both stars, with the sums 1 and 2.
 */
#include "star/distance_core.h"

#include <stdio.h>

static void
print_code(const StarKind *kind, int code, StarBuffer *out)
{
	if (code == 0)
		star_buffer_bytes(out, "-", 1);
	else
		star_buffer_printf(out, "%d", code - 1 + kind->lowest);
}

/* Appends the text of valid bytes; false if they are not or memory ran out. */
bool
star_distance_print(const uint8_t *bytes, size_t length, StarBuffer *out)
{
	StarReader	reader;
	char		kind_text[STAR_MAX_KIND_TEXT + 1];
	size_t		kind_length;

	if (!star_distance_is_valid(bytes, length, out->memory.stop) ||
		!star_reader_begin(&reader, bytes, length, out->memory.stop))
		return false;
	kind_length = star_print_kind(&reader.kind, kind_text);
	star_buffer_bytes(out, kind_text, kind_length);
	star_buffer_printf(out, "{%lld", (long long) reader.clients);
	for (int i = 0; i <= reader.kind.scale_count; i++)
	{
		bool		first = true;

		star_buffer_bytes(out, ";", 1);
		if (!star_reader_list(&reader))
			return false;
		for (; reader.left > 0; first = false)
		{
			StarCell	cell;
			StarMean	mean;

			if (!first)
				star_buffer_bytes(out, ",", 1);
			if (i < reader.kind.scale_count)
			{
				if (!star_reader_cell(&reader, &cell))
					return false;
				print_code(&reader.kind, cell.baseline, out);
				star_buffer_bytes(out, ">", 1);
				print_code(&reader.kind, cell.latest, out);
				star_buffer_printf(out, ":%lld", (long long) cell.clients);
			}
			else
			{
				int			offset;

				if (!star_reader_mean(&reader, &mean))
					return false;
				offset = mean.answered * (reader.kind.lowest - 1);
				star_buffer_printf(out, "%d:%d>%d:%lld", mean.answered, mean.baseline + offset,
								   mean.latest + offset, (long long) mean.clients);
			}
		}
	}
	star_buffer_bytes(out, "}", 1);
	return !out->failed;
}

/* What is being read, and whether it has gone wrong. */
typedef struct Parser
{
	const char *next;
	const char *end;
	bool		failed;
	bool		too_many;		/* a list holds more clients than there are */
	StopFunction stop;
	uint32_t	steps;
} Parser;

/* Blanks may stand wherever a text is parted, and any number of them. */
static void
skip_blanks(Parser *parser)
{
	while (parser->next < parser->end && (*parser->next == ' ' || (*parser->next >= '\t' && *parser->next <= '\r')))
	{
		if (stop_now(parser->stop, &parser->steps))
		{
			parser->failed = true;
			return;
		}
		parser->next++;
	}
}

static bool
take(Parser *parser, char c)
{
	skip_blanks(parser);
	if (parser->next == parser->end || *parser->next != c)
		return false;
	parser->next++;
	skip_blanks(parser);
	return true;
}

static void
need(Parser *parser, char c)
{
	if (!take(parser, c))
		parser->failed = true;
}

/* More than any number has, noughts before it included. */
#define MAX_DIGITS 30

static int64_t
need_number(Parser *parser, bool may_be_negative)
{
	bool		negative = may_be_negative && take(parser, '-');
	int64_t		number = 0;
	const char *start = parser->next;

	while (parser->next < parser->end && *parser->next >= '0' && *parser->next <= '9' &&
		   number <= STAR_MAX_CLIENTS && parser->next - start < MAX_DIGITS)
		number = number * 10 + (*parser->next++ - '0');
	if (parser->next == start || parser->next - start == MAX_DIGITS || number > STAR_MAX_CLIENTS)
		parser->failed = true;
	return negative ? -number : number;
}

/* A score as its code; 0 for -. */
static int
need_code(Parser *parser, const StarKind *kind)
{
	const char *start = parser->next;
	int64_t		score;

	if (take(parser, '-') && (parser->next == parser->end || *parser->next < '0' || *parser->next > '9'))
		return 0;
	parser->next = start;
	score = need_number(parser, true);
	if (score < kind->lowest || score > kind->highest)
		parser->failed = true;
	return parser->failed ? 0 : (int) (score - kind->lowest + 1);
}

/* Clients of a list are counted while they come, so that no sum leaves 64 bits. */
static StarStatus
parse_lists(Parser *parser, StarDistance *distance)
{
	const StarKind *kind = &distance->kind;
	StarStatus	status = STAR_OK;

	for (int i = 0; i <= kind->scale_count && status == STAR_OK && !parser->failed; i++)
	{
		int64_t		left = distance->clients;

		need(parser, ';');
		if (parser->failed || parser->next == parser->end || *parser->next == ';' || *parser->next == '}')
			continue;
		do
		{
			if (stop_now(parser->stop, &parser->steps))
				return STAR_STOPPED;
			if (i < kind->scale_count)
			{
				StarCell	cell;

				cell.baseline = need_code(parser, kind);
				need(parser, '>');
				cell.latest = need_code(parser, kind);
				need(parser, ':');
				cell.clients = need_number(parser, false);
				if (cell.clients < 1 || cell.baseline + cell.latest == 0)
					parser->failed = true;
				parser->too_many |= cell.clients > left;
				left -= cell.clients;
				parser->failed |= parser->too_many;
				if (!parser->failed)
					status = star_distance_add_cell(distance, i, cell);
			}
			else
			{
				StarMean	mean;
				int64_t		answered = need_number(parser, false);
				int64_t		offset = answered * (kind->lowest - 1);
				int64_t		baseline;
				int64_t		latest;

				need(parser, ':');
				baseline = need_number(parser, true) - offset;
				need(parser, '>');
				latest = need_number(parser, true) - offset;
				need(parser, ':');
				mean.clients = need_number(parser, false);
				/* Closer limits are star_distance_is_valid()'s. */
				if (answered < 1 || answered > kind->scale_count || baseline < 1 || baseline > UINT16_MAX ||
					latest < 1 || latest > UINT16_MAX || mean.clients < 1)
					parser->failed = true;
				parser->too_many |= mean.clients > left;
				left -= mean.clients;
				parser->failed |= parser->too_many;
				mean.answered = (int) answered;
				mean.baseline = (int) baseline;
				mean.latest = (int) latest;
				if (!parser->failed)
					status = star_distance_add_mean(distance, mean);
			}
		} while (status == STAR_OK && !parser->failed && take(parser, ','));
	}
	return status;
}

/*
 * Reads the text of a distance and appends its bytes.  The number of scales of
 * a local instrument is that of the lists less the means'.
 */
StarStatus
star_distance_parse(const char *text, size_t length, StarMemory memory, StarBuffer *out,
					StarError *error)
{
	Parser		parser = {.next = text, .end = text + length, .stop = memory.stop};
	char		name[STAR_MAX_NAME];
	uint8_t		head[STAR_MAX_HEAD];
	StarKind	kind;
	StarDistance distance;
	int64_t		clients;
	StarStatus	status = star_parse_kind(&parser.next, length > STAR_MAX_WRITTEN ? text + STAR_MAX_WRITTEN : parser.end, &kind, name, error);

	if (status != STAR_OK)
		return status;
	snprintf(error->detail, sizeof(error->detail),
			 "Expected {clients; a list for each scale; a list of means}, with from>to:clients in the lists of scales.");
	need(&parser, '{');
	clients = need_number(&parser, false);
	if (kind.published == NULL)
	{
		int			lists = 0;

		for (const char *p = parser.next; p < parser.end && lists <= STAR_MAX_SCALES + 1; p++)
		{
			if (stop_now(parser.stop, &parser.steps))
				return STAR_STOPPED;
			lists += *p == ';';
		}
		if (lists < 2 || lists > STAR_MAX_SCALES + 1)
			return STAR_SYNTAX;
		star_count_scales(&kind, lists - 1);
	}
	if (parser.failed || clients < 1)
		return STAR_SYNTAX;
	kind.head_length = (int) star_write_head(&kind, head);
	star_distance_begin(&distance, memory, &kind, head);
	distance.clients = clients;
	status = parse_lists(&parser, &distance);
	need(&parser, '}');
	if (parser.next != parser.end)
		parser.failed = true;
	if (status == STAR_OK && parser.failed)
		status = STAR_SYNTAX;
	if (status == STAR_OK)
		status = star_distance_encode(&distance, out);
	if (parser.too_many || (status == STAR_OK && !star_distance_is_valid(out->data, out->length, memory.stop)))
	{
		snprintf(error->detail, sizeof(error->detail),
				 "The lists must not hold more clients than there are, and the means must agree with the scales.");
		status = STAR_SYNTAX;
	}
	star_distance_end(&distance);
	return status;
}
