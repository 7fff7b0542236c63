/*
 * distance_statistics_core.c
 *		The statistics of a distance: mean change with its t limits, improved
 *		share with Wilson's, paired t test, Wilcoxon's signed-rank test with
 *		zeros by Pratt's method, standardised response mean.
 *
 * Sources: Student's t and Wilson's limits as in statistics.h; Pratt 1959
 * (zeros are ranked with the others and then dropped), ties by mid-ranks in
 * both the statistic and its variance, no continuity correction; standardised
 * response mean: mean change / sd of change.
 */
#include "star/distance_core.h"

#include "sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/statistics.h"

#define MAX_STEPS (2 * STAR_MAX_WIDTH + 1)

/* Clients whose change is the fraction change / of. */
typedef struct Step
{
	int32_t		change;
	int32_t		of;
	int64_t		clients;
} Step;

static int64_t
size_of(int32_t change)
{
	return change < 0 ? -(int64_t) change : change;
}

/* By the size of the change, declines before improvements of the same size. */
static int
compare_steps(const void *a, const void *b)
{
	const Step *x = a;
	const Step *y = b;
	int64_t		left = size_of(x->change) * y->of;
	int64_t		right = size_of(y->change) * x->of;

	if (left != right)
		return left < right ? -1 : 1;
	left = (int64_t) x->change * y->of;
	right = (int64_t) y->change * x->of;
	if (left != right)
		return left < right ? -1 : 1;
	return x->of < y->of ? -1 : x->of > y->of;
}

/*
 * Sorts the steps and puts those of the same fraction together, so that there
 * are as many as different fractions; false if it was stopped.  scratch holds
 * as many.
 */
static bool
merge_steps(Step *steps, Step *scratch, size_t *count, StopFunction stop)
{
	size_t		n = 0;
	uint32_t	asked = 0;

	if (!sort_elements(steps, scratch, *count, sizeof(Step), compare_steps, stop))
		return false;
	for (size_t i = 0; i < *count; i++)
	{
		if (stop_now(stop, &asked))
			return false;
		if (n > 0 && (int64_t) steps[n - 1].change * steps[i].of ==
			(int64_t) steps[i].change * steps[n - 1].of)
			steps[n - 1].clients += steps[i].clients;
		else
			steps[n++] = steps[i];
	}
	*count = n;
	return true;
}

/* z of the signed-rank test; NaN if nobody changed.  Steps are sorted. */
static double
wilcoxon(const Step *steps, size_t count)
{
	double		signed_ranks = 0;
	double		squared_ranks = 0;
	double		before = 0;

	for (size_t i = 0; i < count;)
	{
		int64_t		tied = 0;
		int64_t		upward = 0;
		double		rank;
		size_t		next = i;

		while (next < count && size_of(steps[next].change) * steps[i].of ==
			   size_of(steps[i].change) * steps[next].of)
		{
			tied += steps[next].clients;
			upward += steps[next].change > 0 ? steps[next].clients : -steps[next].clients;
			next++;
		}
		/* Mid-rank of the tied: those before, and half of these. */
		rank = before + ((double) tied + 1) / 2;
		if (steps[i].change != 0)
		{
			signed_ranks += (double) upward * rank;
			squared_ranks += (double) tied * rank * rank;
		}
		before += (double) tied;
		i = next;
	}
	if (squared_ranks == 0)
		return NAN;
	return signed_ranks / sqrt(squared_ranks);
}

/*
 * Fills what follows from the changes.  improved, pairs and mean_change are
 * set; steps are sorted, each fraction once.
 */
static void
finish_row(StarFigures *row, const Step *steps, size_t count, double confidence)
{
	double		n = (double) row->pairs;
	double		z = ws_confidence_z(confidence);

	row->sd_change = row->lower = row->upper = row->t = row->p_t = row->srm = NAN;
	row->improved_share = row->improved_lower = row->improved_upper = NAN;
	row->wilcoxon_z = row->p_wilcoxon = NAN;
	if (row->pairs == 0)
	{
		row->baseline_mean = row->latest_mean = row->mean_change = NAN;
		return;
	}
	row->improved_share = (double) row->improved / n;
	ws_wilson_limits((double) row->improved, n, z, &row->improved_lower, &row->improved_upper);
	row->wilcoxon_z = wilcoxon(steps, count);
	if (!isnan(row->wilcoxon_z))
		row->p_wilcoxon = 2 * ws_normal_upper(fabs(row->wilcoxon_z));
	if (row->pairs < 2)
		return;
	if (count == 1)
	{
		/* All changed by the same: no spread, not even that of rounding. */
		row->mean_change = (double) steps[0].change / steps[0].of;
		row->sd_change = 0;
		row->lower = row->upper = row->mean_change;
		return;
	}
	row->sd_change = 0;
	for (size_t i = 0; i < count;)
	{
		double		squares = 0;
		size_t		first = i;

		/* A decline and an improvement of one size together: the mirror of the cohort then gives the same bits. */
		for (; i < count && size_of(steps[i].change) * steps[first].of ==
			 size_of(steps[first].change) * steps[i].of; i++)
		{
			double		from_mean = (double) steps[i].change / steps[i].of - row->mean_change;

			squares += (double) steps[i].clients * from_mean * from_mean;
		}
		row->sd_change += squares;
	}
	row->sd_change = sqrt(row->sd_change / (n - 1));
	row->t = row->mean_change / (row->sd_change / sqrt(n));
	row->p_t = ws_t_two_sided(row->t, n - 1);
	row->srm = row->mean_change / row->sd_change;
	{
		double		half = -ws_t_quantile((1 - confidence) / 2, n - 1) * row->sd_change / sqrt(n);

		row->lower = row->mean_change - half;
		row->upper = row->mean_change + half;
	}
}

/* The scores that the best stage, or the best score, begins with. */
static int
top_stage(const StarKind *kind, int direction)
{
	int			points = 1;

	if (kind->published != NULL && kind->published->points_per_stage > 0)
		points = kind->published->points_per_stage;
	return direction > 0 ? kind->highest - points + 1 : kind->lowest + points - 1;
}

static bool
scale_row(StarReader *reader, StarFigures *row, int64_t threshold, double confidence)
{
	const StarKind *kind = &reader->kind;
	int			direction = star_direction(kind, row->scale);
	int			width = kind->highest - kind->lowest;
	int			best = direction > 0 ? kind->highest : kind->lowest;
	int			top = top_stage(kind, direction);
	int64_t		by_change[MAX_STEPS] = {0};
	int64_t		baseline_sum = 0;
	int64_t		latest_sum = 0;
	Step		steps[MAX_STEPS];
	Step		scratch[MAX_STEPS];
	size_t		count = 0;

	if (!star_reader_list(reader))
		return false;
	while (reader->left > 0)
	{
		StarCell	cell;
		int			from;
		int			to;

		if (!star_reader_cell(reader, &cell))
			return false;
		if (cell.baseline == 0 || cell.latest == 0)
			continue;
		from = cell.baseline - 1 + kind->lowest;
		to = cell.latest - 1 + kind->lowest;
		row->pairs += cell.clients;
		baseline_sum += from * cell.clients;
		latest_sum += to * cell.clients;
		by_change[to - from + width] += cell.clients;
		if (direction * (to - from) >= threshold)
			row->improved += cell.clients;
		else if (direction * (from - to) >= threshold)
			row->declined += cell.clients;
		else
			row->maintained += cell.clients;
		if (direction * (best - from) < threshold)
			row->at_ceiling += cell.clients;
		if (direction * (from - top) >= 0 && direction * (to - top) >= 0)
			row->kept_high += cell.clients;
	}
	row->unpaired = reader->clients - row->pairs;
	row->baseline_mean = (double) baseline_sum / (double) row->pairs;
	row->latest_mean = (double) latest_sum / (double) row->pairs;
	row->mean_change = (double) (latest_sum - baseline_sum) / (double) row->pairs;
	for (int change = -width; change <= width; change++)
		if (by_change[change + width] > 0)
			steps[count++] = (Step) {change, 1, by_change[change + width]};
	if (!merge_steps(steps, scratch, &count, reader->stop))
		return false;
	finish_row(row, steps, count, confidence);
	return true;
}

/*
 * The row of the mean of scales.  A client's mean is a fraction, sum / number
 * of scales answered; sums are kept apart by that number, so that all stays in
 * integers until the end.
 */
static StarStatus
mean_row(StarReader *reader, StarFigures *row, int64_t threshold, double confidence,
		 const StarMemory *memory)
{
	const StarKind *kind = &reader->kind;
	int			direction = star_direction(kind, 0);
	int			best = direction > 0 ? kind->highest : kind->lowest;
	int			top = top_stage(kind, direction);
	int64_t		baseline_sums[STAR_MAX_SCALES + 1] = {0};
	int64_t		latest_sums[STAR_MAX_SCALES + 1] = {0};
	double		baseline = 0;
	double		latest = 0;
	double		change = 0;
	Step	   *steps;
	size_t		room;
	size_t		count = 0;

	if (!star_reader_list(reader))
		return STAR_SYNTAX;
	/* An entry has four bytes or more. */
	if (reader->left > (reader->end - reader->next) / 4)
		return STAR_SYNTAX;
	/* Room for sorting stands behind them. */
	room = (size_t) reader->left + 1;
	steps = memory->get(memory->arg, sizeof(Step) * room * 2);
	if (steps == NULL)
		return STAR_NO_MEMORY;
	while (reader->left > 0)
	{
		StarMean	mean;
		int			n;
		int			from;
		int			to;

		if (!star_reader_mean(reader, &mean))
		{
			memory->release(memory->arg, steps);
			return STAR_SYNTAX;
		}
		n = mean.answered;
		from = mean.baseline + n * (kind->lowest - 1);
		to = mean.latest + n * (kind->lowest - 1);
		row->pairs += mean.clients;
		baseline_sums[n] += from * mean.clients;
		latest_sums[n] += to * mean.clients;
		if (direction * (to - from) >= threshold * n)
			row->improved += mean.clients;
		else if (direction * (from - to) >= threshold * n)
			row->declined += mean.clients;
		else
			row->maintained += mean.clients;
		if (direction * (best * n - from) < threshold * n)
			row->at_ceiling += mean.clients;
		if (direction * (from - top * n) >= 0 && direction * (to - top * n) >= 0)
			row->kept_high += mean.clients;
		steps[count++] = (Step) {to - from, n, mean.clients};
	}
	row->unpaired = reader->clients - row->pairs;
	for (int n = 1; n <= kind->scale_count; n++)
	{
		baseline += (double) baseline_sums[n] / n;
		latest += (double) latest_sums[n] / n;
		change += (double) (latest_sums[n] - baseline_sums[n]) / n;
	}
	row->baseline_mean = baseline / (double) row->pairs;
	row->latest_mean = latest / (double) row->pairs;
	row->mean_change = change / (double) row->pairs;
	if (!merge_steps(steps, steps + room, &count, memory->stop))
	{
		memory->release(memory->arg, steps);
		return STAR_STOPPED;
	}
	finish_row(row, steps, count, confidence);
	memory->release(memory->arg, steps);
	return STAR_OK;
}

/*
 * Fills a row a scale, and one for the mean of scales unless the scales differ
 * in which end is better.  rows has room for STAR_MAX_SCALES + 1.
 */
StarStatus
star_distance_figures(const uint8_t *bytes, size_t length, int64_t threshold, double confidence,
					  StarMemory memory, StarFigures *rows, int *row_count)
{
	StarReader	reader;
	int			n = 0;

	if (!star_reader_begin(&reader, bytes, length, memory.stop))
		return STAR_SYNTAX;
	for (; n < reader.kind.scale_count; n++)
	{
		memset(&rows[n], 0, sizeof(rows[n]));
		rows[n].scale = n;
		if (!scale_row(&reader, &rows[n], threshold, confidence))
			return STAR_SYNTAX;
	}
	if (star_one_direction(&reader.kind))
	{
		StarStatus	status;

		memset(&rows[n], 0, sizeof(rows[n]));
		rows[n].scale = -1;
		status = mean_row(&reader, &rows[n], threshold, confidence, &memory);
		if (status != STAR_OK)
			return status;
		n++;
	}
	*row_count = n;
	return STAR_OK;
}
