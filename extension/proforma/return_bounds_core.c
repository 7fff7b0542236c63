/*
 * return_bounds_core.c
 *		How many different people a return, or the returns of a year, may speak
 *		of; and how many of certain ages.  docs/proforma.md has the rules.
 */
#include "proforma/form.h"

/* a - b, not below 0; no limit stays no limit. */
static int64_t
take_away(int64_t a, int64_t b)
{
	if (a == BOUNDS_UNLIMITED)
		return a;
	return a > b ? a - b : 0;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * Different people of one set.  one_band_a_person: bands that print the same
 * age twice still share nobody.  If the answers contradict each other, what
 * lies between them is given.
 */
Bounds
return_bounds(const ProformaReturn *given, int people, bool one_band_a_person, bool *contradiction)
{
	const ProformaForm *form = given->form;
	Bounds		everyone = BOUNDS_NOTHING_KNOWN;
	int64_t		counted = 0;
	bool		any_counts = false;
	Cell		total = return_total(given, people);

	*contradiction = false;
	for (int i = form->people[people].first_group; i >= 0; i = form->groups[i].next_of_people)
	{
		const ProformaGroup *group = &form->groups[i];
		const GroupSum *sum = &given->sums[i];

		if (group->counts && group->kind != GROUP_SUBSET)
		{
			any_counts = true;
			/* A group that says nothing may hold anybody. */
			counted = bounds_add_end(counted, sum->filled > 0 ? sum->bounds.upper : BOUNDS_UNLIMITED);
		}
		if (sum->filled == 0)
			continue;
		everyone.lower = most(everyone.lower, group->bands_overlap && !one_band_a_person ? sum->max_lower : sum->bounds.lower);
		if (group->kind == GROUP_PARTITION || (group->kind == GROUP_DISJOINT && sum->unknown_filled))
			everyone.upper = least(everyone.upper, sum->bounds.upper);
	}
	if (any_counts)
		everyone.upper = least(everyone.upper, counted);
	if (total.kind != CELL_BLANK)
	{
		everyone.lower = most(everyone.lower, total.bounds.lower);
		everyone.upper = least(everyone.upper, total.bounds.upper);
	}
	if (everyone.upper < everyone.lower)
	{
		*contradiction = true;
		return (Bounds) {everyone.upper, everyone.lower};
	}
	return everyone;
}

static bool
touches(AgeBand a, AgeBand b)
{
	return a.lower < b.upper && b.lower < a.upper;
}

static bool
lies_within(AgeBand inner, AgeBand outer)
{
	return inner.lower >= outer.lower && inner.upper <= outer.upper;
}

/* The ages that an answer speaks of: all, where it does not say. */
static AgeBand
ages_of(const ProformaForm *form, const ProformaAnswer *answer)
{
	const ProformaGroup *group = &form->groups[answer->group];

	if (answer->field >= 0 && form->fields[answer->field].has_band)
		return form->fields[answer->field].band;
	if (!group->has_bands && group->has_ages)
		return group->ages;
	return (AgeBand) {0, AGE_UNLIMITED};
}

/* Of those in the bands, how many may hold a role that people of certain ages have. */
typedef struct Holders
{
	int64_t		within;			/* in bands that lie within the one asked for */
	int64_t		outside;		/* in other bands, and may be outside it */
	int64_t		not_pushed;		/* without having to leave it for that */
	bool		stopped;
} Holders;

static Holders
role_holders(const ProformaReturn *given, int bands, AgeBand asked, AgeBand role, StopFunction stop, uint32_t *steps)
{
	Holders		holders = {0, 0, 0, false};

	for (int i = bands >= 0 ? given->sums[bands].first : -1; i >= 0; i = given->answers[i].next_in_group)
	{
		const ProformaAnswer *answer = &given->answers[i];
		AgeBand		ages;
		AgeBand		both;

		if (stop_now(stop, steps))
		{
			holders.stopped = true;
			break;
		}
		if (answer->cell.kind == CELL_BLANK)
			continue;
		ages = ages_of(given->form, answer);
		if (!touches(ages, role))
			continue;
		both.lower = (int32_t) most(ages.lower, role.lower);
		both.upper = (int32_t) least(ages.upper, role.upper);
		if (lies_within(ages, asked))
			holders.within = bounds_add_end(holders.within, answer->cell.bounds.upper);
		else if (!lies_within(both, asked))
			holders.outside = bounds_add_end(holders.outside, answer->cell.bounds.upper);
		if (!touches(ages, asked) || touches(both, asked))
			holders.not_pushed = bounds_add_end(holders.not_pushed, answer->cell.bounds.upper);
	}
	return holders;
}

/*
 * Beneficiaries of the ages in a band.  Surely in it: those of the bands that
 * lie within it.  Perhaps in it: those of bands that touch it, of roles that
 * people of these ages may have, and those whom the bands leave out.  A
 * contradiction, if it was stopped.
 */
Bounds
return_band_bounds(const ProformaReturn *given, AgeBand band, StopFunction stop)
{
	const ProformaForm *form = given->form;
	bool		contradiction;
	Bounds		everyone = return_bounds(given, 0, true, &contradiction);
	int64_t		within = 0;
	int64_t		touching = 0;
	int64_t		outside = 0;
	int64_t		not_within = 0;
	int64_t		all_bands = 0;
	int64_t		surely_by_role = 0;
	int64_t		pushed_out = 0;
	int64_t		left_out = 0;
	int			bands = -1;
	uint32_t	steps = 0;
	Bounds		result;

	for (int i = 0; i < form->ngroups && bands < 0; i++)
		if (form->groups[i].people == 0 && form->groups[i].has_bands && form->groups[i].kind != GROUP_SUBSET)
			bands = i;
	for (int i = 0; i < given->nanswers; i++)
	{
		const ProformaAnswer *answer = &given->answers[i];
		const ProformaGroup *group;
		AgeBand		ages;

		if (stop_now(stop, &steps))
			return BOUNDS_CONTRADICTION;
		if (answer->group < 0 || answer->cell.kind == CELL_BLANK)
			continue;
		group = &form->groups[answer->group];
		if (group->people != 0 || (answer->group != bands && (!group->counts || group->kind == GROUP_SUBSET)))
			continue;
		ages = ages_of(form, answer);
		if (touches(ages, band))
			touching = bounds_add_end(touching, answer->cell.bounds.upper);
		if (!lies_within(ages, band))
			not_within = bounds_add_end(not_within, answer->cell.bounds.upper);
		if (answer->group == bands)
		{
			all_bands = bounds_add_end(all_bands, answer->cell.bounds.lower);
			if (lies_within(ages, band))
				within = bounds_add_end(within, answer->cell.bounds.lower);
			else if (!touches(ages, band))
				outside = bounds_add_end(outside, answer->cell.bounds.lower);
		}
	}
	for (int i = 0; i < form->ngroups; i++)
	{
		const ProformaGroup *group = &form->groups[i];
		AgeBand		ages = group->has_ages ? group->ages : (AgeBand) {0, AGE_UNLIMITED};

		if (group->people != 0 || !group->counts || group->kind == GROUP_SUBSET || i == bands)
			continue;
		if (given->sums[i].filled > 0)
		{
			Holders		holders = role_holders(given, bands, band, ages, stop, &steps);
			int64_t		others = take_away(everyone.upper, all_bands);
			int64_t		held = given->sums[i].bounds.lower;

			if (holders.stopped)
				return BOUNDS_CONTRADICTION;
			/* Roles that neither those within nor anybody outside can hold bring more people in, or keep some out. */
			surely_by_role = most(surely_by_role, take_away(take_away(held, lies_within(ages, band) ? 0 : others),
															bounds_add_end(holders.within, holders.outside)));
			pushed_out = most(pushed_out, take_away(take_away(held, others), holders.not_pushed));
			continue;
		}
		/* Nothing was said of the role. */
		if (touches(ages, band))
			touching = BOUNDS_UNLIMITED;
		if (!lies_within(ages, band))
			not_within = BOUNDS_UNLIMITED;
	}
	/* Bands that only describe, with no box for not known, may leave people out. */
	if (bands < 0 || given->sums[bands].filled == 0)
		left_out = everyone.upper;
	else if (!form->groups[bands].counts && form->groups[bands].kind != GROUP_PARTITION &&
			 !given->sums[bands].unknown_filled)
		left_out = take_away(everyone.upper, given->sums[bands].bounds.lower);
	touching = bounds_add_end(touching, left_out);
	if (!lies_within((AgeBand) {0, AGE_UNLIMITED}, band))
		not_within = bounds_add_end(not_within, left_out);

	result.upper = take_away(least(touching, take_away(everyone.upper, outside)), pushed_out);
	result.lower = most(bounds_add_end(within, surely_by_role), not_within == BOUNDS_UNLIMITED ? 0 : take_away(everyone.lower, not_within));
	if (contradiction || result.upper < result.lower)
	{
		/* The plain rule, without the total that contradicts it. */
		result.lower = least(within, touching);
		result.upper = most(within, touching);
	}
	return result;
}

/* New cases of one quarter: as given in its caseload, or its people where it returns new referrals. */
static Bounds
newly_referred(const ProformaReturn *given)
{
	bool		contradiction;
	Bounds		bounds = BOUNDS_NOTHING_KNOWN;
	Cell		newly;

	if (given->status == RETURN_NOT_DUE)
		return (Bounds) {0, 0};
	if (given->status == RETURN_MISSING)
		return bounds;
	newly = return_cell(given, given->form->newly);
	if (newly.kind != CELL_BLANK)
		return newly.bounds;
	if (given->basis == BASIS_NEW_REFERRALS)
		return return_bounds(given, 0, true, &contradiction);
	/* Whoever was referred in the quarter is of its caseload. */
	if (given->basis == BASIS_CASELOAD_IN_PERIOD)
		bounds.upper = return_bounds(given, 0, true, &contradiction).upper;
	return bounds;
}

static bool
first_time_in_year(const ProformaReturn *given)
{
	return given->status == RETURN_RECEIVED && given->form->first_time_in_year && given->basis == BASIS_NEW_REFERRALS;
}

/* Different people newly referred in the quarters given, in their order; a contradiction, if it was stopped. */
Bounds
returns_newly_referred(ProformaReturn *const *returns, int n, StopFunction stop)
{
	BoundsSum	all = {0};
	BoundsSum	first_times = {0};
	Bounds		bounds;
	uint32_t	steps = 0;

	if (n == 0)
		return BOUNDS_NOTHING_KNOWN;
	for (int i = 0; i < n; i++)
	{
		Bounds		newly = newly_referred(returns[i]);

		if (stop_now(stop, &steps))
			return BOUNDS_CONTRADICTION;
		bounds_sum_part(&all, newly);
		/* New this year: nobody is counted in two such quarters. */
		if (first_time_in_year(returns[i]))
			bounds_sum_part(&first_times, newly);
	}
	bounds = bounds_sum_overlapping(&all);
	bounds.lower = most(bounds.lower, bounds_sum_disjoint(&first_times).lower);
	return bounds;
}

/* Are the new cases of the quarter known, apart from those open before? */
static bool
has_flow(const ProformaReturn *given)
{
	return given->status == RETURN_RECEIVED &&
		(given->basis == BASIS_NEW_REFERRALS || return_cell(given, given->form->newly).kind != CELL_BLANK);
}

/*
 * Quarters in a row that give new cases, from the opening caseload of the
 * first.  Who is new may have been closed before in the same run: as many as
 * possible come back for the lower end, none for the upper.
 */
static Bounds
run_of_flows(ProformaReturn *const *returns, int n)
{
	Bounds		served = return_cell(returns[0], returns[0]->form->opening).bounds;
	int64_t		pool = 0;
	int64_t		open = served.lower;

	for (int i = 0; i < n; i++)
	{
		Bounds		newly;
		Cell		closed;
		int64_t		back;
		int64_t		left;

		if (returns[i]->status == RETURN_NOT_DUE)
			continue;
		newly = newly_referred(returns[i]);
		closed = return_cell(returns[i], returns[i]->form->closed);
		back = least(newly.lower, pool);
		served.upper = bounds_add_end(served.upper, newly.upper);
		served.lower = bounds_add_end(served.lower, newly.lower - back);
		/* Where it isn't said how many were closed, everybody who was open may have been. */
		open = bounds_add_end(open, newly.lower);
		left = closed.kind == CELL_BLANK || closed.bounds.upper == BOUNDS_UNLIMITED ? open : closed.bounds.upper;
		open = take_away(open, left);
		pool = bounds_add_end(take_away(pool, back), left);
	}
	return served;
}

/* Different people served at any time in the quarters given, in their order; a contradiction, if it was stopped. */
Bounds
returns_served(ProformaReturn *const *returns, int n, StopFunction stop)
{
	Bounds		served = {0, 0};
	int64_t		sum_of_new = 0;
	uint32_t	steps = 0;

	if (n == 0)
		return BOUNDS_NOTHING_KNOWN;
	for (int i = 0; i < n;)
	{
		int			end = i + 1;
		int64_t		upper = 0;

		if (returns[i]->status != RETURN_NOT_DUE && has_flow(returns[i]) &&
			return_cell(returns[i], returns[i]->form->opening).kind != CELL_BLANK)
		{
			Bounds		run;

			while (end < n && (returns[end]->status == RETURN_NOT_DUE || has_flow(returns[end])))
				end++;
			run = run_of_flows(returns + i, end - i);
			served.lower = most(served.lower, run.lower);
			upper = run.upper;
		}
		else if (returns[i]->status != RETURN_NOT_DUE)
			upper = BOUNDS_UNLIMITED;

		/* Quarters that give their whole caseload limit it as well. */
		{
			int64_t		by_caseload = 0;

			for (int k = i; k < end; k++)
			{
				bool		contradiction;
				Bounds		people;

				if (stop_now(stop, &steps))
					return BOUNDS_CONTRADICTION;
				if (returns[k]->status == RETURN_NOT_DUE)
					continue;
				if (returns[k]->status == RETURN_MISSING)
				{
					by_caseload = BOUNDS_UNLIMITED;
					continue;
				}
				people = return_bounds(returns[k], 0, true, &contradiction);
				served.lower = most(served.lower, people.lower);
				if (first_time_in_year(returns[k]))
					sum_of_new = bounds_add_end(sum_of_new, people.lower);
				by_caseload = bounds_add_end(by_caseload, returns[k]->basis == BASIS_CASELOAD_IN_PERIOD ? people.upper : BOUNDS_UNLIMITED);
			}
			upper = least(upper, by_caseload);
		}
		served.upper = bounds_add_end(served.upper, upper);
		i = end;
	}
	/* New this year: nobody is counted in two such quarters. */
	served.lower = most(served.lower, sum_of_new);
	/* A contradiction between flow and caseload: what lies between. */
	if (served.upper < served.lower)
		return (Bounds) {served.upper, served.lower};
	return served;
}
