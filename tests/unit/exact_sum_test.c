/*
 * exact_sum_test.c
 *		Exact sums against rational arithmetic (tests/fixtures/exact_sum.py), in
 *		any order, merged and packed.
 */
#include "statistics/exact_sum.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct sum_reference
{
	int			count;
	double		values[100];
	double		sum;
	double		rest;
};

#include "exact_sum_reference.h"

#define CASES (int) (sizeof(sum_references) / sizeof(sum_references[0]))

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	tests++;
	if (!passed)
		failures++;
	printf("%sok %d - %s\n", passed ? "" : "not ", tests, what);
}

static void *
get_zeros(void *arg, size_t size)
{
	return calloc(1, size);
}

static const WsAllocator zeros = {get_zeros, NULL};

static bool
same(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0 || (a == 0.0 && b == 0.0);
}

static WsSum
sum_of(const double *values, int count)
{
	WsSum		sum = {0};

	for (int i = 0; i < count; i++)
		ws_sum_add(&sum, values[i], zeros);
	return sum;
}

int
main(void)
{
	bool		rounded = true;
	bool		paired = true;
	bool		reversed = true;
	bool		merged = true;
	bool		packed = true;
	bool		continued = true;

	for (int c = 0; c < CASES; c++)
	{
		const struct sum_reference *r = &sum_references[c];
		WsSum		sum = sum_of(r->values, r->count);
		double		backwards[100];
		double		high;
		double		low;

		rounded &= same(ws_sum_value(&sum), r->sum);
		ws_sum_value_pair(&sum, &high, &low);
		paired &= same(high, r->sum) && same(low, r->rest);
		for (int i = 0; i < r->count; i++)
			backwards[i] = r->values[r->count - 1 - i];
		{
			WsSum		other = sum_of(backwards, r->count);

			reversed &= same(ws_sum_value(&other), r->sum);
			free(other.whole);
		}

		/* every way of sharing the values between two workers */
		for (int split = 0; split <= r->count; split++)
		{
			WsSum		left = sum_of(r->values, split);
			WsSum		right = sum_of(r->values + split, r->count - split);
			WsSum		back;
			int32_t		pieces[WS_SUM_WHOLE];
			uint8_t		flags;

			ws_sum_pack(&right, pieces, &flags);
			ws_sum_unpack(&back, pieces, flags, zeros);
			packed &= same(ws_sum_value(&back), ws_sum_value(&right));
			ws_sum_merge(&left, &back, zeros);
			merged &= same(ws_sum_value(&left), r->sum);

			/* and going on after it was packed */
			for (int i = 0; i < split; i++)
				ws_sum_add(&back, r->values[i], zeros);
			continued &= same(ws_sum_value(&back), r->sum);
			free(left.whole);
			free(right.whole);
			free(back.whole);
		}
		free(sum.whole);
	}
	ok(CASES == 60, "there are 60 cases");
	ok(rounded, "sums are rounded as rational arithmetic rounds them");
	ok(paired, "so is what is left after the first double");
	ok(reversed, "the other way round is the same bits");
	ok(merged, "merged sums are the same bits");
	ok(packed, "a packed sum comes back");
	ok(continued, "and can be gone on with");

	{
		WsSum		sum = {0};
		WsSum		other = {0};
		double		expected = 0.0;

		/* more additions than fit before carries are moved, of both signs */
		for (int i = 0; i < 1000000; i++)
			ws_sum_add(&sum, 0x1.fffffffffffffp+51, zeros);
		ok(ws_sum_value(&sum) == 1000000.0 * 0x1.fffffffffffffp+51, "a million large values");
		for (int i = 0; i < 1000000; i++)
			ws_sum_add(&sum, -0x1.fffffffffffffp+51, zeros);
		ok(ws_sum_value(&sum) == 0.0, "and back to zero");
		for (int i = 0; i < 3000000; i++)
		{
			ws_sum_add(&other, -(double) i, zeros);
			expected -= i;
		}
		ok(ws_sum_value(&other) == expected, "three million whole numbers");
		free(sum.whole);
		free(other.whole);
	}
	{
		WsSum		sum = {0};

		ok(ws_sum_value(&sum) == 0.0, "an empty sum is 0");
		ws_sum_add(&sum, DBL_MAX, zeros);
		ws_sum_add(&sum, DBL_MAX, zeros);
		ok(ws_sum_value(&sum) == INFINITY, "overflow is infinity");
		ws_sum_add(&sum, -DBL_MAX, zeros);
		ok(ws_sum_value(&sum) == DBL_MAX, "unless it is taken away again");
		ws_sum_add(&sum, INFINITY, zeros);
		ok(ws_sum_value(&sum) == INFINITY, "infinity stays");
		ws_sum_add(&sum, -INFINITY, zeros);
		ok(isnan(ws_sum_value(&sum)), "both infinities give NaN");
		free(sum.whole);
		memset(&sum, 0, sizeof(sum));
		ws_sum_add(&sum, NAN, zeros);
		ws_sum_add(&sum, 1.0, zeros);
		ok(isnan(ws_sum_value(&sum)), "NaN stays");
		free(sum.whole);
	}
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
