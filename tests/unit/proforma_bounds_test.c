/*
 * proforma_bounds_test.c
 *		Every way in which up to six people can fill in a return, and other
 *		bands: the bounds hold the truth, and both ends are reached.
 */
#include "proforma_world.h"

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
			return_resolve(&filled.given, NULL);
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
		return_resolve(&filled.given, NULL);
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
				return_resolve(&filled.given, NULL);
				bounds = return_band_bounds(&filled.given, target, NULL);
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
	printf("1..%d\n", tests);
	return failures != 0;
}
