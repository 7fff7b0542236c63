/*
 * proforma_bounds_test.c
 *		Every way in which up to six people can fill in a return, other bands
 *		and a year: the bounds hold the truth, and both ends are reached.  Then
 *		10,000 larger cohorts, drawn at random.
 */
#include "proforma_builder.h"

#include <stdlib.h>

#define PEOPLE 6
#define BASE (PEOPLE + 1)
#define MAX_CELLS 7
#define MAX_STATES 64
#define MAX_KEYS 823543			/* BASE to the power of MAX_CELLS */

static int	tests = 0;
static int	failures = 0;

static void
ok(bool condition, const char *name)
{
	printf("%sok %d - %s\n", condition ? "" : "not ", ++tests, name);
	failures += !condition;
}

/* What one person adds to the cells, and whether the question is about such a person. */
typedef struct State
{
	int			cells[MAX_CELLS];
	int			truth;
} State;

typedef struct World
{
	State		states[MAX_STATES];
	int			nstates;
	int			ncells;
	int			nkeys;
	/* The fewest and the most by what is written in all cells; -1: cannot be. */
	signed char least[MAX_KEYS];
	signed char most[MAX_KEYS];
} World;

static World world;

static void
start_world(int ncells)
{
	world.nstates = 0;
	world.ncells = ncells;
	world.nkeys = 1;
	for (int i = 0; i < ncells; i++)
		world.nkeys *= BASE;
	memset(world.least, -1, world.nkeys);
	memset(world.most, -1, world.nkeys);
}

static State *
add_state(int truth)
{
	State	   *state = &world.states[world.nstates++];

	if (world.nstates > MAX_STATES)
		abort();
	memset(state, 0, sizeof(*state));
	state->truth = truth;
	return state;
}

static void
enumerate(int from, int people, int key, int truth)
{
	if (world.least[key] < 0 || truth < world.least[key])
		world.least[key] = (signed char) truth;
	if (truth > world.most[key])
		world.most[key] = (signed char) truth;
	if (people == PEOPLE)
		return;
	for (int i = from; i < world.nstates; i++)
	{
		int			step = 0;

		for (int c = world.ncells - 1; c >= 0; c--)
			step = step * BASE + world.states[i].cells[c];
		enumerate(i, people + 1, key + step, truth + world.states[i].truth);
	}
}

/* The extremes over all that cells may hold: bit n of allowed[c] is set if cell c may be n. */
static void
extremes(const unsigned *allowed, int *least, int *most)
{
	int			digits[MAX_CELLS] = {0};

	*least = PEOPLE + 1;
	*most = -1;
	for (;;)
	{
		int			key = 0;
		int			c;
		bool		fits = true;

		for (c = world.ncells - 1; c >= 0; c--)
			key = key * BASE + digits[c];
		for (c = 0; c < world.ncells && fits; c++)
			fits = allowed[c] >> digits[c] & 1;
		if (fits && world.least[key] >= 0)
		{
			if (world.least[key] < *least)
				*least = world.least[key];
			if (world.most[key] > *most)
				*most = world.most[key];
		}
		/* The next combination, over those that are allowed. */
		for (c = 0; c < world.ncells; c++)
		{
			do
				digits[c]++;
			while (digits[c] <= PEOPLE && !(allowed[c] >> digits[c] & 1));
			if (digits[c] <= PEOPLE)
				break;
			digits[c] = 0;
			while (!(allowed[c] >> digits[c] & 1))
				digits[c]++;
		}
		if (c == world.ncells)
			return;
	}
}

static long contained;
static long reached_low;
static long reached_high;
static long compared;

static void
start_comparing(void)
{
	contained = reached_low = reached_high = compared = 0;
}

/* With six people at most, an upper end beyond six is reached as far as it can be seen. */
static void
compare_seen(Bounds bounds, int least, int most, int can_see)
{
	bool		holds = bounds.lower <= least && bounds.upper >= most;
	bool		low = can_see < 0 || bounds.lower == least;
	bool		high = can_see < 0 || most == (bounds.upper < can_see ? bounds.upper : can_see);

	if (!holds || !low || !high)
		if (contained + reached_low + reached_high == 3 * compared)
			printf("# first difference: [%lld, %lld], truth from %d to %d of %d\n",
				   (long long) bounds.lower, (long long) bounds.upper, least, most, can_see);
	compared++;
	contained += holds;
	reached_low += low;
	reached_high += high;
}

static void
compare(Bounds bounds, int least, int most)
{
	compare_seen(bounds, least, most, PEOPLE);
}

static void
compared_ok(const char *name)
{
	char		line[200];

	snprintf(line, sizeof(line), "%s: the truth is within, %ld of %ld", name, contained, compared);
	ok(compared > 0 && contained == compared, line);
	snprintf(line, sizeof(line), "%s: the lower end is reached, %ld of %ld", name, reached_low, compared);
	ok(reached_low == compared, line);
	snprintf(line, sizeof(line), "%s: the upper end is reached, %ld of %ld", name, reached_high, compared);
	ok(reached_high == compared, line);
}

static bool
can_be(const int *digits)
{
	int			key = 0;

	for (int c = world.ncells - 1; c >= 0; c--)
		key = key * BASE + digits[c];
	return world.least[key] >= 0;
}

static bool
next_digits(int *digits)
{
	for (int c = 0; c < world.ncells; c++)
	{
		if (++digits[c] <= PEOPLE)
			return true;
		digits[c] = 0;
	}
	return false;
}

#define ALL_COUNTS ((1u << BASE) - 1)

/*
 * Every filling of a form with numbers, with every set of groups left blank.
 * names: of the cells; group_of: the group of each.
 */
static void
compare_fillings(const BuiltForm *form, const char *const *names, const int *group_of, bool one_band)
{
	for (int silent = 0; silent < 1 << form->form.ngroups; silent++)
	{
		int			digits[MAX_CELLS] = {0};

		do
		{
			BuiltReturn filled;
			unsigned	allowed[MAX_CELLS];
			bool		contradiction;
			int			least;
			int			most;
			bool		skip = false;

			/* What stands in groups that are left blank does not matter: once is enough. */
			for (int c = 0; c < world.ncells; c++)
				skip |= (silent >> group_of[c] & 1) && digits[c] > 0;
			if (skip)
				continue;
			start_return(&filled, form);
			for (int c = 0; c < world.ncells; c++)
			{
				allowed[c] = silent >> group_of[c] & 1 ? ALL_COUNTS : 1u << digits[c];
				if (!(silent >> group_of[c] & 1))
					answer_number(&filled, names[c], digits[c]);
			}
			if (silent == 0 && !can_be(digits))
				continue;
			extremes(allowed, &least, &most);
			if (most < 0)
				continue;
			return_resolve(&filled.given);
			compare(return_bounds(&filled.given, 0, one_band, &contradiction), least, most);
		} while (next_digits(digits));
	}
}

/* The old form: ages and roles count, sex describes; with one tick a person, or any. */
static void
test_old_form(bool one_band)
{
	static const char *const names[] = {"young", "old", "lone", "carer", "female", "male"};
	static const int group_of[] = {0, 0, 1, 1, 2, 2};
	BuiltForm	form;

	start_form(&form);
	add_group(&form, "age", GROUP_DISJOINT, true);
	add_group(&form, "role", GROUP_OVERLAPPING, true);
	if (one_band)
		add_group(&form, "sex", GROUP_DISJOINT, false);
	add_band(&form, "young", 0, 18, 26);
	add_band(&form, "old", 0, 25, AGE_UNLIMITED);
	form.groups[0].bands_overlap = true;
	add_field(&form, "lone", 1);
	add_field(&form, "carer", 1);
	if (one_band)
	{
		add_field(&form, "female", 2);
		add_field(&form, "male", 2);
	}
	end_form(&form);

	start_world(one_band ? 6 : 4);
	for (int age = 0; age < (one_band ? 3 : 4); age++)
		for (int role = 0; role < 4; role++)
			for (int sex = 0; sex < (one_band ? 3 : 1); sex++)
			{
				State	   *state;

				/* Whoever is counted stands among the ages or the roles. */
				if (age == 0 && role == 0)
					continue;
				state = add_state(1);
				state->cells[0] = age == 1 || age == 3;
				state->cells[1] = age == 2 || age == 3;
				state->cells[2] = role & 1;
				state->cells[3] = role >> 1;
				if (sex > 0)
					state->cells[3 + sex] = 1;
			}
	enumerate(0, 0, 0, 0);
	start_comparing();
	compare_fillings(&form, names, group_of, one_band);
	compared_ok(one_band ? "old form" : "old form, two bands a person");
}

/* The improved form: partitions with not known, and a part of the whole. */
static void
test_improved_form(void)
{
	static const char *const names[] = {"young", "old", "age.nk", "female", "male", "sex.nk", "carer"};
	static const int group_of[] = {0, 0, 0, 1, 1, 1, 2};
	BuiltForm	form;

	start_form(&form);
	add_group(&form, "age", GROUP_PARTITION, true);
	add_group(&form, "sex", GROUP_PARTITION, false);
	add_group(&form, "role", GROUP_SUBSET, false);
	for (int i = 0; i < 7; i++)
		add_field(&form, names[i], group_of[i]);
	form.groups[0].unknown = 2;
	form.groups[1].unknown = 5;
	end_form(&form);

	start_world(7);
	for (int i = 0; i < 18; i++)
	{
		State	   *state = add_state(1);

		state->cells[i % 3] = 1;
		state->cells[3 + i / 3 % 3] = 1;
		state->cells[6] = i / 9;
	}
	enumerate(0, 0, 0, 0);
	start_comparing();
	compare_fillings(&form, names, group_of, true);
	compared_ok("improved form");
}

/* Numbers, "yes", "<3", "N/A", what can't be read, and blanks, in every combination. */
static void
test_cells(void)
{
	static const char *const names[] = {"young", "old", "lone", "carer"};
	static const struct
	{
		const char *text;
		unsigned	allowed;
	}			writings[] = {
		{"0", 1}, {"1", 2}, {"2", 4}, {"3", 8}, {"yes", ALL_COUNTS & ~1u}, {"<3", 6}, {"N/A", 1}, {"lots", ALL_COUNTS},
		{"2 approx.", ALL_COUNTS}, {"", 0}
	};
	enum {WRITINGS = sizeof(writings) / sizeof(writings[0])};
	BuiltForm	form;

	start_form(&form);
	add_group(&form, "age", GROUP_DISJOINT, true);
	add_group(&form, "role", GROUP_OVERLAPPING, true);
	for (int i = 0; i < 4; i++)
		add_field(&form, names[i], i / 2);
	end_form(&form);
	start_world(4);
	for (int age = 0; age < 3; age++)
		for (int role = 0; role < 4; role++)
			if (age > 0 || role > 0)
			{
				State	   *state = add_state(1);

				if (age > 0)
					state->cells[age - 1] = 1;
				state->cells[2] = role & 1;
				state->cells[3] = role >> 1;
			}
	enumerate(0, 0, 0, 0);
	start_comparing();
	for (int w = 0; w < WRITINGS * WRITINGS * WRITINGS * WRITINGS; w++)
	{
		int			used[4] = {w % WRITINGS, w / WRITINGS % WRITINGS, w / WRITINGS / WRITINGS % WRITINGS, w / WRITINGS / WRITINGS / WRITINGS};
		unsigned	allowed[4];
		BuiltReturn filled;
		int			least;
		int			most;
		bool		contradiction;

		start_return(&filled, &form);
		for (int c = 0; c < 4; c++)
		{
			int			other = used[c ^ 1];

			answer(&filled, names[c], writings[used[c]].text);
			allowed[c] = writings[used[c]].allowed;
			/* Blank is 0 beside a filled box, else nothing is said. */
			if (allowed[c] == 0)
				allowed[c] = writings[other].allowed == 0 ? ALL_COUNTS : 1;
		}
		extremes(allowed, &least, &most);
		if (most < 0)
			continue;
		return_resolve(&filled.given);
		compare(return_bounds(&filled.given, 0, true, &contradiction), least, most);
	}
	compared_ok("ways to fill a box");
}

/*
 * Other bands: ages 0 to 7, boxes for [0,3) and [2,5), roles from 3 on.
 * describes: the boxes describe some of a given total, and there are no roles.
 */
static void
test_bands(bool describes, bool total)
{
	BuiltForm	form;
	int			ages = add_group((start_form(&form), &form), "age", GROUP_DISJOINT, !describes);
	char		name[80];

	add_band(&form, "a", ages, 0, 3);
	add_band(&form, "b", ages, 2, 5);
	form.groups[ages].bands_overlap = true;
	if (!describes)
	{
		int			roles = add_group(&form, "role", GROUP_OVERLAPPING, true);

		add_field(&form, "carer", roles);
		form.groups[roles].has_ages = true;
		form.groups[roles].ages = (AgeBand) {3, AGE_UNLIMITED};
	}
	add_field(&form, "total", -1);
	end_form(&form);
	start_comparing();
	for (int lower = 0; lower < 7; lower++)
		for (int upper = lower + 1; upper <= 8; upper++)
		{
			AgeBand		target = {lower, upper == 8 ? AGE_UNLIMITED : upper};
			int			digits[MAX_CELLS] = {0};

			start_world(4);
			for (int age = 0; age < 8; age++)
				for (int tick = 0; tick < 3; tick++)
					for (int role = 0; role < 2; role++)
					{
						State	   *state;

						if ((tick == 1 && age >= 3) || (tick == 2 && (age < 2 || age >= 5)) || (role && (age < 3 || describes)) ||
							(!describes && tick == 0 && !role))
							continue;
						state = add_state(age >= target.lower && age < target.upper);
						if (tick > 0)
							state->cells[tick - 1] = 1;
						state->cells[2] = role;
						state->cells[3] = 1;
					}
			enumerate(0, 0, 0, 0);
			do
			{
				BuiltReturn filled;
				unsigned	allowed[4] = {1u << digits[0], 1u << digits[1], 1u << digits[2], total ? 1u << digits[3] : ALL_COUNTS};
				int			least;
				int			most;
				Bounds		bounds;

				if (!total && digits[3] > 0)
					continue;
				extremes(allowed, &least, &most);
				if (most < 0)
					continue;
				start_return(&filled, &form);
				answer_number(&filled, "a", digits[0]);
				answer_number(&filled, "b", digits[1]);
				if (!describes)
					answer_number(&filled, "carer", digits[2]);
				if (total)
					answer_number(&filled, "total", digits[3]);
				return_resolve(&filled.given);
				bounds = return_band_bounds(&filled.given, target);
				/* Where more than six people may be meant, six do not reach the ends. */
				if (total || (!describes && digits[0] + digits[1] + digits[2] <= PEOPLE))
					compare(bounds, least, most);
				else
					compare_seen(bounds, least, most, -1);
			} while (next_digits(digits));
		}
	snprintf(name, sizeof(name), "other bands, %s%s", describes ? "ages describe" : "ages and roles count", total ? ", with a total" : "");
	compared_ok(name);
}

/* Three quarters; the second may be missing or not due. */
static void
test_year(Basis basis, bool first_time, bool served, ReturnStatus second)
{
	BuiltForm	form;
	int			digits[MAX_CELLS] = {0};
	char		name[120];

	start_form(&form);
	add_field(&form, "total", -1);
	end_form(&form);
	form.form.basis = basis;
	form.form.first_time_in_year = first_time;

	/* By quarter a person is not there (0), is there and counted (1), or is there and not counted (2). */
	start_world(3);
	for (int i = 1; i < 27; i++)
	{
		int			there[3] = {i % 3, i / 3 % 3, i / 9};
		int			counted = 0;
		State	   *state;

		for (int q = 0; q < 3; q++)
			counted += there[q] == 1;
		/* Everybody in the quarter is counted; new referrals of those who were there before are possible. */
		if (basis == BASIS_CASELOAD_IN_PERIOD && (there[0] == 2 || there[1] == 2 || there[2] == 2))
			continue;
		if (first_time && counted > 1)
			continue;
		if (second == RETURN_NOT_DUE && there[1] != 0)
			continue;
		state = add_state(served || basis != BASIS_NEW_REFERRALS ? 1 : counted > 0);
		for (int q = 0; q < 3; q++)
			state->cells[q] = there[q] == 1;
	}
	enumerate(0, 0, 0, 0);
	start_comparing();
	do
	{
		BuiltReturn filled[3];
		ProformaReturn *returns[3];
		unsigned	allowed[3];
		int			least;
		int			most;

		if (second != RETURN_RECEIVED && digits[1] > 0)
			continue;
		for (int q = 0; q < 3; q++)
		{
			allowed[q] = q == 1 && second == RETURN_MISSING ? ALL_COUNTS : 1u << digits[q];
			start_return(&filled[q], &form);
			answer_number(&filled[q], "total", digits[q]);
			return_resolve(&filled[q].given);
			filled[q].given.period = 8100 + q;
			returns[q] = &filled[q].given;
		}
		filled[1].given.status = second;
		extremes(allowed, &least, &most);
		if (most < 0)
			continue;
		compare(served ? returns_served(returns, 3) : returns_newly_referred(returns, 3), least, most);
	} while (next_digits(digits));
	snprintf(name, sizeof(name), "year, %s%s, %s, second quarter %s", form_basis_name(basis), first_time ? " (first this year)" : "",
			 served ? "served" : "newly referred", second == RETURN_RECEIVED ? "returned" : second == RETURN_MISSING ? "missing" : "not due");
	compared_ok(name);
}

/* Histories over three quarters: open at the start or not; then by quarter stay, close, come (back), or come and close. */
static void
add_histories(int quarter, bool open, bool ever, int *cells)
{
	if (quarter == 3)
	{
		if (ever)
			memcpy(add_state(1)->cells, cells, sizeof(int) * MAX_CELLS);
		return;
	}
	add_histories(quarter + 1, open, ever, cells);
	if (open)
	{
		cells[4 + quarter]++;
		add_histories(quarter + 1, false, ever, cells);
		cells[4 + quarter]--;
		return;
	}
	cells[1 + quarter]++;
	add_histories(quarter + 1, true, true, cells);
	cells[4 + quarter]++;
	add_histories(quarter + 1, false, true, cells);
	cells[4 + quarter]--;
	cells[1 + quarter]--;
}

static void
build_flow_form(BuiltForm *form)
{
	start_form(form);
	form->form.opening = add_field(form, "opening", -1);
	form->form.newly = add_field(form, "new", -1);
	form->form.closed = add_field(form, "closed", -1);
	end_form(form);
}

static void
flow_return(BuiltReturn *filled, const BuiltForm *form, int quarter, int opening, int newly, int closed)
{
	start_return(filled, form);
	if (opening >= 0)
		answer_number(filled, "opening", opening);
	answer_number(filled, "new", newly);
	if (closed >= 0)
		answer_number(filled, "closed", closed);
	return_resolve(&filled->given);
	filled->given.period = 8100 + quarter;
}

static void
test_flows(bool closed_given)
{
	BuiltForm	form;
	int			cells[MAX_CELLS] = {0};
	int			digits[MAX_CELLS] = {0};

	build_flow_form(&form);
	start_world(7);
	add_histories(0, false, false, cells);
	cells[0] = 1;
	add_histories(0, true, true, cells);
	enumerate(0, 0, 0, 0);
	start_comparing();
	do
	{
		BuiltReturn filled[3];
		ProformaReturn *returns[3];
		unsigned	allowed[7];
		int			least;
		int			most;

		if (closed_given ? !can_be(digits) : digits[4] + digits[5] + digits[6] > 0)
			continue;
		for (int c = 0; c < 7; c++)
			allowed[c] = c >= 4 && !closed_given ? ALL_COUNTS : 1u << digits[c];
		extremes(allowed, &least, &most);
		if (most < 0)
			continue;
		for (int q = 0; q < 3; q++)
		{
			flow_return(&filled[q], &form, q, q == 0 ? digits[0] : -1, digits[1 + q], closed_given ? digits[4 + q] : -1);
			returns[q] = &filled[q].given;
		}
		compare(returns_served(returns, 3), least, most);
	} while (next_digits(digits));
	compared_ok(closed_given ? "year by opening, new and closed cases" : "year by opening and new cases");
}

static uint64_t seed = 20211204;

static int
draw(int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int) (seed % (uint64_t) n);
}

/* Up to 400 people over four quarters, by all kinds of return. */
static void
test_cohorts(void)
{
	BuiltForm	old;
	BuiltForm	flow;
	BuiltForm	caseload;
	long		within = 0;
	long		checks = 0;

	start_form(&old);
	add_group(&old, "age", GROUP_DISJOINT, true);
	add_group(&old, "role", GROUP_OVERLAPPING, true);
	add_group(&old, "sex", GROUP_DISJOINT, false);
	add_band(&old, "children", 0, 0, 19);
	add_band(&old, "young", 0, 18, 26);
	add_band(&old, "old", 0, 25, AGE_UNLIMITED);
	old.groups[0].bands_overlap = true;
	old.groups[1].has_ages = true;
	old.groups[1].ages = (AgeBand) {18, AGE_UNLIMITED};
	add_field(&old, "lone", 1);
	add_field(&old, "carer", 1);
	add_field(&old, "female", 2);
	add_field(&old, "male", 2);
	end_form(&old);
	build_flow_form(&flow);
	start_form(&caseload);
	add_field(&caseload, "total", -1);
	end_form(&caseload);
	caseload.form.basis = BASIS_CASELOAD_IN_PERIOD;

	for (int cohort = 0; cohort < 10000; cohort++)
	{
		int			n = 1 + draw(400);
		int			cells[7] = {0};
		int			in_target = 0;
		AgeBand		target = {draw(40), 0};
		static const char *const names[] = {"children", "young", "old", "lone", "carer", "female", "male"};
		BuiltReturn filled;
		BuiltReturn quarters[4];
		BuiltReturn totals[4];
		ProformaReturn *returns[4];
		int			opening = 0;
		int			newly[4] = {0};
		int			closed[4] = {0};
		int			present[4] = {0};
		int			served = 0;
		bool		contradiction;
		Bounds		bounds;

		target.upper = draw(4) == 0 ? AGE_UNLIMITED : target.lower + 1 + draw(30);
		for (int i = 0; i < n; i++)
		{
			int			age = draw(60);
			int			role = age >= 18 ? draw(4) : 0;
			int			tick = age < 18 ? 0 : age == 18 ? draw(2) : age < 25 ? 1 : age == 25 ? 1 + draw(2) : 2;
			bool		open = draw(3) == 0;
			bool		was_open = open;
			bool		ever = open;

			/* Some are counted by their role alone. */
			if (role == 0 || draw(3) > 0)
				cells[tick]++;
			cells[3] += role & 1;
			cells[4] += role >> 1;
			if (draw(3) > 0)
				cells[5 + draw(2)]++;
			in_target += age >= target.lower && age < target.upper;

			opening += was_open;
			for (int q = 0; q < 4; q++)
			{
				bool		there = open;

				if (open && draw(3) == 0)
				{
					open = false;
					closed[q]++;
				}
				else if (!open && draw(5) == 0)
				{
					open = there = ever = true;
					newly[q]++;
					if (draw(4) == 0)
					{
						open = false;
						closed[q]++;
					}
				}
				present[q] += there;
			}
			served += ever;
		}
		start_return(&filled, &old);
		for (int c = 0; c < 7; c++)
			answer_number(&filled, names[c], cells[c]);
		return_resolve(&filled.given);
		bounds = return_bounds(&filled.given, 0, true, &contradiction);
		checks++;
		within += !contradiction && bounds.lower <= n && bounds.upper >= n;
		bounds = return_bounds(&filled.given, 0, false, &contradiction);
		checks++;
		within += !contradiction && bounds.lower <= n && bounds.upper >= n;
		bounds = return_band_bounds(&filled.given, target);
		checks++;
		within += bounds.lower <= in_target && bounds.upper >= in_target;
		for (int q = 0; q < 4; q++)
		{
			flow_return(&quarters[q], &flow, q, q == 0 ? opening : -1, newly[q], closed[q]);
			returns[q] = &quarters[q].given;
		}
		bounds = returns_served(returns, 4);
		checks++;
		within += bounds.lower <= served && bounds.upper >= served;
		for (int q = 0; q < 4; q++)
		{
			start_return(&totals[q], &caseload);
			answer_number(&totals[q], "total", present[q]);
			return_resolve(&totals[q].given);
			totals[q].given.period = 8100 + q;
			returns[q] = &totals[q].given;
		}
		bounds = returns_served(returns, 4);
		checks++;
		within += bounds.lower <= served && bounds.upper >= served;
	}
	printf("# %ld of %ld\n", within, checks);
	ok(within == checks && checks == 50000, "10,000 larger cohorts stay within their bounds");
}

int
main(void)
{
	test_old_form(true);
	test_old_form(false);
	test_improved_form();
	test_cells();
	for (int total = 0; total < 2; total++)
	{
		test_bands(false, total);
		test_bands(true, total);
	}
	for (ReturnStatus second = RETURN_RECEIVED; second <= RETURN_NOT_DUE; second++)
	{
		test_year(BASIS_CASELOAD_IN_PERIOD, false, true, second);
		test_year(BASIS_CASELOAD_AT_END, false, true, second);
		test_year(BASIS_NOT_STATED, false, true, second);
		test_year(BASIS_NEW_REFERRALS, false, true, second);
		test_year(BASIS_NEW_REFERRALS, false, false, second);
		test_year(BASIS_NEW_REFERRALS, true, false, second);
		test_year(BASIS_NEW_REFERRALS, true, true, second);
	}
	test_flows(true);
	test_flows(false);
	test_cohorts();
	printf("1..%d\n", tests);
	return failures != 0;
}
