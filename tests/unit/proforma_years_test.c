/*
 * proforma_years_test.c
 *		A year of up to six people in every way: the bounds of its returns hold
 *		the truth, and both ends are reached.  Then 10,000 larger cohorts over
 *		four quarters, drawn at random.
 */
#include "proforma_world.h"

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
			return_resolve(&filled[q].given, NULL);
			filled[q].given.period = 8100 + q;
			returns[q] = &filled[q].given;
		}
		filled[1].given.status = second;
		extremes(allowed, &least, &most);
		if (most < 0)
			continue;
		compare(served ? returns_served(returns, 3, NULL) : returns_newly_referred(returns, 3, NULL), least, most);
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
	return_resolve(&filled->given, NULL);
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
		compare(returns_served(returns, 3, NULL), least, most);
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
		return_resolve(&filled.given, NULL);
		bounds = return_bounds(&filled.given, 0, true, &contradiction);
		checks++;
		within += !contradiction && bounds.lower <= n && bounds.upper >= n;
		bounds = return_bounds(&filled.given, 0, false, &contradiction);
		checks++;
		within += !contradiction && bounds.lower <= n && bounds.upper >= n;
		bounds = return_band_bounds(&filled.given, target, NULL);
		checks++;
		within += bounds.lower <= in_target && bounds.upper >= in_target;
		for (int q = 0; q < 4; q++)
		{
			flow_return(&quarters[q], &flow, q, q == 0 ? opening : -1, newly[q], closed[q]);
			returns[q] = &quarters[q].given;
		}
		bounds = returns_served(returns, 4, NULL);
		checks++;
		within += bounds.lower <= served && bounds.upper >= served;
		for (int q = 0; q < 4; q++)
		{
			start_return(&totals[q], &caseload);
			answer_number(&totals[q], "total", present[q]);
			return_resolve(&totals[q].given, NULL);
			totals[q].given.period = 8100 + q;
			returns[q] = &totals[q].given;
		}
		bounds = returns_served(returns, 4, NULL);
		checks++;
		within += bounds.lower <= served && bounds.upper >= served;
	}
	printf("# %ld of %ld\n", within, checks);
	ok(within == checks && checks == 50000, "10,000 larger cohorts stay within their bounds");
}

int
main(void)
{
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
