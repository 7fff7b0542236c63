/*
 * dumbbell_core.c
 *		A distance as a picture: for each scale the mean at baseline and the mean
 *		of the latest joined by a line, most improved first, with the limits of
 *		the mean change laid off from the baseline.
 */
#include "star/drawing_core.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEFT 214.0
#define RIGHT 464.0
#define ROW 38.0
#define NAME_SIZE 13.0

typedef struct Dumbbell
{
	StarBuffer *out;
	StarKind	kind;
	int			decimals;
	double		confidence;
} Dumbbell;

static double
gain_of(const StarKind *kind, const StarFigures *row)
{
	return star_direction(kind, row->scale < 0 ? 0 : row->scale) * row->mean_change;
}

/* What qsort's function needs to know beside the rows. */
typedef struct Ranked
{
	const StarFigures *row;
	double		gain;			/* NaN: no pairs */
} Ranked;

/* Most improved first, without pairs last; the mean of scales after all. */
static int
compare_rows(const void *a, const void *b)
{
	const Ranked *x = a;
	const Ranked *y = b;

	if ((x->row->scale < 0) != (y->row->scale < 0))
		return x->row->scale < 0 ? 1 : -1;
	if (isnan(x->gain) != isnan(y->gain))
		return isnan(x->gain) ? 1 : -1;
	if (x->gain != y->gain && !isnan(x->gain))
		return x->gain > y->gain ? -1 : 1;
	return x->row->scale < y->row->scale ? -1 : x->row->scale > y->row->scale;
}

/* Scores outside the range, as limits may be, stop at its ends. */
static double
place(const Dumbbell *picture, double score)
{
	const StarKind *kind = &picture->kind;

	if (score < kind->lowest)
		score = kind->lowest;
	if (score > kind->highest)
		score = kind->highest;
	return LEFT + (RIGHT - LEFT) * (score - kind->lowest) / (kind->highest - kind->lowest);
}

/* With a sign, and a minus that is one. */
static void
print_signed(double value, int decimals, char *out, size_t size)
{
	double		unit = pow(10, -decimals);

	if (fabs(value) < unit / 2)
		snprintf(out, size, "%.*f", decimals, 0.0);
	else
		snprintf(out, size, "%+.*f", decimals, value);
}

static void
draw_axis(Dumbbell *picture, double top, double bottom)
{
	const StarKind *kind = &picture->kind;
	int			width = kind->highest - kind->lowest;
	int			step = width <= 10 ? 1 : width <= 20 ? 2 : width <= 50 ? 5 : width <= 100 ? 10 : 20;

	for (int score = kind->lowest; score <= kind->highest; score += step)
	{
		double		x = place(picture, score);

		star_buffer_printf(picture->out, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#ddd\"/>\n", x, top, bottom);
		star_buffer_printf(picture->out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"11\" text-anchor=\"middle\" fill=\"#555\">%d</text>\n",
						   x, bottom + 14, score);
	}
}

static void
draw_row(Dumbbell *picture, const StarFigures *row, double y)
{
	StarBuffer *out = picture->out;
	char		name[STAR_MAX_SCALE_NAME + 1] = "mean of scales";
	const char *remark = NULL;
	char		change[24];
	char		limits[96] = "";
	const char *weight = row->scale < 0 ? " font-weight=\"bold\"" : "";
	StarText	lines[3];
	int			count;

	if (row->scale >= 0)
	{
		star_print_scale(&picture->kind, row->scale, name);
		if (!star_one_direction(&picture->kind))
			remark = star_direction(&picture->kind, row->scale) > 0 ? "high is better" : "low is better";
	}
	count = star_wrap(star_text(name), NAME_SIZE, LEFT - 30, lines, remark != NULL ? 1 : 2);
	for (int i = 0; i < count; i++)
		star_svg_line_of_text(out, lines[i], LEFT - 14, y + (remark != NULL ? -1 : 4.5 - 7.5 * (count - 1) + 15 * i),
							  NAME_SIZE, LEFT - 22, "end", weight);
	if (remark != NULL)
		star_svg_line_of_text(out, star_text(remark), LEFT - 14, y + 13, 11, LEFT - 22, "end", " fill=\"#555\"");
	if (row->pairs == 0)
	{
		star_svg_line_of_text(out, star_text("no pairs"), RIGHT + 14, y + 4.5, 12, 130, "start", "");
		return;
	}
	{
		double		from = place(picture, row->baseline_mean);
		double		to = place(picture, row->latest_mean);

		if (!isnan(row->lower))
		{
			double		low = place(picture, row->baseline_mean + row->lower);
			double		high = place(picture, row->baseline_mean + row->upper);

			star_buffer_printf(out, "<path d=\"M%.1f %.1fv10m0 -5H%.1fm0 -5v10\" fill=\"none\" stroke=\"#555\" stroke-width=\"1.5\"/>\n",
							   low, y + 3, high);
		}
		star_buffer_printf(out, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#1f4e79\" stroke-width=\"3\"/>\n", from, y, to);
		star_svg_marker(out, false, from, y);
		star_svg_marker(out, true, to, y);
	}
	print_signed(row->mean_change, picture->decimals, change, sizeof(change));
	if (!isnan(row->lower))
	{
		char		low[24];
		char		high[24];

		print_signed(row->lower, picture->decimals, low, sizeof(low));
		print_signed(row->upper, picture->decimals, high, sizeof(high));
		snprintf(limits, sizeof(limits), "%s (%s to %s)", change, low, high);
	}
	else
		snprintf(limits, sizeof(limits), "%s", change);
	star_svg_line_of_text(out, star_text(limits), RIGHT + 14, y - 1, 11.5, STAR_PICTURE_WIDTH - RIGHT - 26, "start",
						  weight);
	snprintf(limits, sizeof(limits), "%lld pair%s, %lld unpaired", (long long) row->pairs, row->pairs == 1 ? "" : "s",
			 (long long) row->unpaired);
	star_svg_line_of_text(out, star_text(limits), RIGHT + 14, y + 13, 11, STAR_PICTURE_WIDTH - RIGHT - 20, "start",
						  " fill=\"#555\"");
}

static void
describe(Dumbbell *picture, const Ranked *rows, int count, StarText title)
{
	StarBuffer *out = picture->out;

	star_buffer_printf(out, "<title>");
	star_svg_escape(out, title);
	star_buffer_printf(out, "</title>\n<desc>Mean score at baseline and at the latest reading of %d scales, most improved first. ",
					   picture->kind.scale_count);
	for (int i = 0; i < count; i++)
	{
		const StarFigures *row = rows[i].row;
		char		name[STAR_MAX_SCALE_NAME + 1] = "mean of scales";

		if (row->scale >= 0)
			star_print_scale(&picture->kind, row->scale, name);
		star_svg_escape(out, star_text(name));
		if (row->pairs == 0)
			star_buffer_printf(out, ": no pairs");
		else
			star_buffer_printf(out, ": baseline %.*f, latest %.*f, %lld pairs", picture->decimals, row->baseline_mean,
							   picture->decimals, row->latest_mean, (long long) row->pairs);
		if (!isnan(row->lower))
			star_buffer_printf(out, ", change %.*f with %g%% limits %.*f and %.*f", picture->decimals, row->mean_change,
							   picture->confidence * 100, picture->decimals, row->lower, picture->decimals, row->upper);
		star_buffer_printf(out, i == count - 1 ? "." : "; ");
	}
	star_buffer_printf(out, "</desc>\n");
}

/* Appends the picture.  Without a title (NULL data) the instrument's stands there. */
StarStatus
star_draw_dumbbell(const uint8_t *bytes, size_t length, double confidence, StarText title,
				   StarMemory memory, StarBuffer *out)
{
	Dumbbell	picture = {.out = out, .confidence = confidence};
	StarFigures rows[STAR_MAX_SCALES + 1];
	Ranked		ranked[STAR_MAX_SCALES + 1];
	int			count;
	char		kind_text[STAR_MAX_KIND_TEXT + 1];
	char		remark[64];
	double		y;
	double		bottom;
	StarStatus	status;

	if (!star_read_head(bytes, length, &picture.kind))
		return STAR_SYNTAX;
	status = star_distance_figures(bytes, length, 1, confidence, memory, rows, &count);
	if (status != STAR_OK)
		return status;
	for (int i = 0; i < count; i++)
		ranked[i] = (Ranked) {&rows[i], gain_of(&picture.kind, &rows[i])};
	qsort(ranked, (size_t) count, sizeof(Ranked), compare_rows);
	picture.decimals = picture.kind.highest - picture.kind.lowest <= 20 ? 2 : 1;
	if (title.data == NULL && picture.kind.published != NULL)
		title = star_text(picture.kind.published->title);
	else if (title.data == NULL)
	{
		star_print_kind(&picture.kind, kind_text);
		title = star_text(kind_text);
	}
	y = star_heading_height(title) + 12;
	bottom = y + ROW * count;
	star_svg_begin(out, bottom + 64);
	describe(&picture, ranked, count, title);
	star_svg_heading(out, title);
	draw_axis(&picture, y, bottom);
	for (int i = 0; i < count; i++)
	{
		if (ranked[i].row->scale < 0)
			star_buffer_printf(out, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#888\"/>\n", 16.0, y, STAR_PICTURE_WIDTH - 16.0);
		draw_row(&picture, ranked[i].row, y + ROW / 2);
		y += ROW;
	}
	snprintf(remark, sizeof(remark), "bar: %g%% limits of the mean change%s", confidence * 100,
			 picture.kind.low_better == 0 || !star_one_direction(&picture.kind) ? "" : "; low is better");
	star_svg_legend(out, bottom + 40, true, false, remark);
	star_buffer_printf(out, "</svg>\n");
	return out->failed ? STAR_NO_MEMORY : STAR_OK;
}
