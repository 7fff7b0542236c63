/*
 * radar_core.c
 *		A reading, and the baseline beside it, as a radar: an axis a scale, a
 *		ring a score.  Further out is better on every axis.
 */
#include "star/drawing_core.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RADIUS 165.0
#define LABEL_SIZE 13.0
#define LABEL_HEIGHT 15.0
#define LABEL_LINES 4

/* With more scales than this, labels are numbers alone. */
#define MAX_LABELLED 16

typedef struct Radar
{
	StarBuffer *out;
	StarKind	kind;
	const uint8_t *latest;
	const uint8_t *baseline;	/* NULL: none */
	double		x;				/* the middle */
	double		y;
} Radar;

static double
angle_of(const Radar *radar, int scale)
{
	return 2 * M_PI * scale / radar->kind.scale_count;
}

/* The worst score is on the innermost ring, the best on the outermost. */
static double
radius_of(const Radar *radar, int scale, int32_t score)
{
	const StarKind *kind = &radar->kind;
	int			from_worst = star_direction(kind, scale) > 0 ? score - kind->lowest : kind->highest - score;

	return RADIUS * (from_worst + 1) / (kind->highest - kind->lowest + 1);
}

static double
point_x(const Radar *radar, int scale, double radius)
{
	return radar->x + radius * sin(angle_of(radar, scale));
}

static double
point_y(const Radar *radar, int scale, double radius)
{
	return radar->y - radius * cos(angle_of(radar, scale));
}

static int32_t
score_of(const Radar *radar, bool latest, int scale)
{
	return star_score_at(&radar->kind, latest ? radar->latest : radar->baseline, scale);
}

/* The distance between rings that are drawn: at most about ten. */
static int
ring_step(const StarKind *kind)
{
	static const int steps[] = {1, 2, 5, 10, 20, 25, 50};
	int			width = kind->highest - kind->lowest;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (width / steps[i] <= 10)
			return steps[i];
	return 50;
}

static void
draw_rings(Radar *radar)
{
	const StarKind *kind = &radar->kind;
	int			step = ring_step(kind);

	star_buffer_printf(radar->out, "<g fill=\"none\" stroke=\"#bbb\" stroke-width=\"1\">\n");
	for (int score = kind->lowest; score <= kind->highest; score++)
		if ((score - kind->lowest) % step == 0 || score == kind->highest)
			star_buffer_printf(radar->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"%s/>\n", radar->x, radar->y,
							   RADIUS * (score - kind->lowest + 1) / (kind->highest - kind->lowest + 1),
							   score == kind->highest ? " stroke=\"#888\"" : "");
	for (int i = 0; i < kind->scale_count; i++)
		star_buffer_printf(radar->out, "<path d=\"M%.1f %.1fL%.1f %.1f\"/>\n", radar->x, radar->y,
						   point_x(radar, i, RADIUS), point_y(radar, i, RADIUS));
	star_buffer_printf(radar->out, "</g>\n");
}

/* Beside the upward axis, over the lines; only where all axes read the same. */
static void
draw_ring_numbers(Radar *radar)
{
	const StarKind *kind = &radar->kind;
	int			step = ring_step(kind);

	if (!star_one_direction(kind))
		return;
	star_buffer_printf(radar->out, "<g font-size=\"11\" fill=\"#555\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">\n");
	for (int score = kind->lowest; score <= kind->highest; score++)
		if ((score - kind->lowest) % step == 0)
			star_buffer_printf(radar->out, "<text x=\"%.1f\" y=\"%.1f\">%d</text>\n", radar->x + 7,
							   radar->y - radius_of(radar, 0, score) + 4, score);
	star_buffer_printf(radar->out, "</g>\n");
}

/*
 * Joins neighbouring scores.  Where a score is missing the line is open, so
 * that nothing is drawn that nobody gave; a whole ring of scores is filled.
 */
static void
draw_reading(Radar *radar, bool latest)
{
	int			n = radar->kind.scale_count;
	bool		whole = n > 2;

	for (int i = 0; i < n; i++)
		whole &= score_of(radar, latest, i) != STAR_NOT_GIVEN;
	star_buffer_printf(radar->out, "<path d=\"");
	for (int i = 0; i < n; i++)
	{
		int32_t		score = score_of(radar, latest, i);
		int32_t		next = score_of(radar, latest, (i + 1) % n);
		double		radius;

		if (score == STAR_NOT_GIVEN)
			continue;
		radius = radius_of(radar, i, score);
		if (i == 0 || !whole)
			star_buffer_printf(radar->out, "M%.1f %.1f", point_x(radar, i, radius), point_y(radar, i, radius));
		if (next == STAR_NOT_GIVEN || n < 2 || (whole && i == n - 1) || (n == 2 && i == 1))
			continue;
		radius = radius_of(radar, (i + 1) % n, next);
		star_buffer_printf(radar->out, "L%.1f %.1f", point_x(radar, (i + 1) % n, radius),
						   point_y(radar, (i + 1) % n, radius));
	}
	star_buffer_printf(radar->out, "%s\" %s stroke-linejoin=\"round\"/>\n", whole ? "Z" : "",
					   latest ? whole ? "fill=\"#1f4e79\" fill-opacity=\"0.12\" stroke=\"#1f4e79\" stroke-width=\"3\""
					   : "fill=\"none\" stroke=\"#1f4e79\" stroke-width=\"3\""
					   : "fill=\"none\" stroke=\"#a34a00\" stroke-width=\"2\" stroke-dasharray=\"6 4\"");
	for (int i = 0; i < n; i++)
	{
		int32_t		score = score_of(radar, latest, i);

		if (score == STAR_NOT_GIVEN)
			continue;
		star_svg_marker(radar->out, latest, point_x(radar, i, radius_of(radar, i, score)),
						point_y(radar, i, radius_of(radar, i, score)));
	}
}

/* "3 to 7", "- to 7", "7", "not given"; where axes differ, which end is best. */
static void
print_scores(const Radar *radar, int scale, char *out, size_t size)
{
	int32_t		latest = score_of(radar, true, scale);
	int32_t		baseline = radar->baseline != NULL ? score_of(radar, false, scale) : STAR_NOT_GIVEN;
	char		from[16] = "-";
	char		to[16] = "-";
	int			n;

	if (baseline != STAR_NOT_GIVEN)
		snprintf(from, sizeof(from), "%d", baseline);
	if (latest != STAR_NOT_GIVEN)
		snprintf(to, sizeof(to), "%d", latest);
	if (latest == STAR_NOT_GIVEN && baseline == STAR_NOT_GIVEN)
		n = snprintf(out, size, "not given");
	else if (radar->baseline == NULL)
		n = snprintf(out, size, "%s", to);
	else
		n = snprintf(out, size, "%s to %s", from, to);
	if (!star_one_direction(&radar->kind))
		snprintf(out + n, size - (size_t) n, " (best %d)",
				 star_direction(&radar->kind, scale) > 0 ? radar->kind.highest : radar->kind.lowest);
}

/* The name of a scale and its scores, outside the rings. */
static void
draw_label(Radar *radar, int scale)
{
	double		angle = angle_of(radar, scale);
	double		x = point_x(radar, scale, RADIUS + 14);
	double		y = point_y(radar, scale, RADIUS + 14);
	double		width;
	const char *anchor;
	char		name[STAR_MAX_SCALE_NAME + 1];
	char		scores[48];
	StarText	lines[LABEL_LINES + 1];
	int			count;

	star_print_scale(&radar->kind, scale, name);
	if (radar->kind.scale_count > MAX_LABELLED)
	{
		snprintf(name, sizeof(name), "%d", scale + 1);
		star_svg_line_of_text(radar->out, star_text(name), x, y + 4, 11, 40, "middle", "");
		return;
	}
	if (fabs(sin(angle)) < 0.1)
	{
		/* Those beside it begin or end about here. */
		anchor = "middle";
		width = radar->kind.scale_count > 8 ? 140 : 240;
	}
	else
	{
		anchor = sin(angle) > 0 ? "start" : "end";
		width = (sin(angle) > 0 ? STAR_PICTURE_WIDTH - x : x) - 6;
		if (width > 170)
			width = 170;
	}
	count = star_wrap(star_text(name), LABEL_SIZE, width, lines, LABEL_LINES);
	print_scores(radar, scale, scores, sizeof(scores));
	lines[count++] = star_text(scores);
	/* Above the point at the top, below it at the bottom, beside it between. */
	y += LABEL_SIZE - 2 - count * LABEL_HEIGHT * (1 + cos(angle)) / 2;
	for (int i = 0; i < count; i++)
		star_svg_line_of_text(radar->out, lines[i], x, y + i * LABEL_HEIGHT, LABEL_SIZE, width, anchor,
							  i == count - 1 ? " font-weight=\"bold\"" : "");
}

/* For those who can't see the picture: what it is, and every score. */
static void
describe(Radar *radar, StarText title)
{
	const StarKind *kind = &radar->kind;

	star_buffer_printf(radar->out, "<title>");
	star_svg_escape(radar->out, title);
	star_buffer_printf(radar->out, "</title>\n<desc>Radar chart of %d scale%s, scores from %d to %d, further out is better. ",
					   kind->scale_count, kind->scale_count == 1 ? "" : "s", kind->lowest, kind->highest);
	for (int i = 0; i < kind->scale_count; i++)
	{
		char		name[STAR_MAX_SCALE_NAME + 1];
		int32_t		latest = score_of(radar, true, i);

		star_print_scale(kind, i, name);
		star_svg_escape(radar->out, star_text(name));
		star_buffer_printf(radar->out, ": ");
		if (radar->baseline != NULL)
		{
			int32_t		baseline = score_of(radar, false, i);

			if (baseline == STAR_NOT_GIVEN)
				star_buffer_printf(radar->out, "baseline not given, ");
			else
				star_buffer_printf(radar->out, "baseline %d, ", baseline);
		}
		if (latest == STAR_NOT_GIVEN)
			star_buffer_printf(radar->out, "latest not given");
		else
			star_buffer_printf(radar->out, "latest %d", latest);
		star_buffer_printf(radar->out, i == kind->scale_count - 1 ? "." : "; ");
	}
	star_buffer_printf(radar->out, "</desc>\n");
}

/*
 * Appends the picture.  Without a title (NULL data) the instrument's stands
 * there.  STAR_UNLIKE if the stars are of different instruments.
 */
StarStatus
star_draw_radar(const uint8_t *latest, size_t latest_length, const uint8_t *baseline,
				size_t baseline_length, StarText title, StarBuffer *out)
{
	Radar		radar = {.out = out, .latest = latest, .baseline = baseline};
	StarKind	other;
	char		kind_text[STAR_MAX_KIND_TEXT + 1];
	double		top;
	bool		missing = false;

	if (!star_value_is_valid(latest, latest_length, false, &radar.kind))
		return STAR_SYNTAX;
	if (baseline != NULL)
	{
		if (!star_value_is_valid(baseline, baseline_length, false, &other))
			return STAR_SYNTAX;
		if (!star_same_kind(&radar.kind, &other))
			return STAR_UNLIKE;
	}
	if (title.data == NULL && radar.kind.published != NULL)
		title = star_text(radar.kind.published->title);
	else if (title.data == NULL)
	{
		star_print_kind(&radar.kind, kind_text);
		title = star_text(kind_text);
	}
	/* Room for a label of some lines above the rings and below. */
	top = star_heading_height(title) + 80;
	radar.x = STAR_PICTURE_WIDTH / 2.0;
	radar.y = top + RADIUS;
	star_svg_begin(out, radar.y + RADIUS + 80 + 40);
	describe(&radar, title);
	star_svg_heading(out, title);
	draw_rings(&radar);
	if (baseline != NULL)
		draw_reading(&radar, false);
	draw_reading(&radar, true);
	draw_ring_numbers(&radar);
	for (int i = 0; i < radar.kind.scale_count; i++)
		draw_label(&radar, i);
	for (int i = 0; i < radar.kind.scale_count; i++)
		missing |= score_of(&radar, true, i) == STAR_NOT_GIVEN ||
			(baseline != NULL && score_of(&radar, false, i) == STAR_NOT_GIVEN);
	star_svg_legend(out, radar.y + RADIUS + 80 + 16, baseline != NULL, true,
					missing ? "further out is better; - was not given" : "further out is better");
	star_buffer_printf(out, "</svg>\n");
	return out->failed ? STAR_NO_MEMORY : STAR_OK;
}
