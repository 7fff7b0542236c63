/*
 * exact_sum_core.c
 *		The seldom used half of exact sums: carries, the whole range, rounding.
 */
#include "statistics/exact_sum.h"

#include <float.h>
#include <math.h>

#define PIECE INT64_C(0x100000000)

/* Pieces of the sum as it stands: the window, or the whole. */
static int64_t *
pieces_of(WsSum *sum, int *first, int *count)
{
	if (sum->whole != NULL)
	{
		*first = 0;
		*count = WS_SUM_WHOLE;
		return sum->whole;
	}
	*first = sum->base;
	*count = WS_SUM_INLINE;
	return sum->piece;
}

/* Leaves 0 to 2^32 - 1 in every piece but the last, which keeps the sign. */
static void
carry(int64_t *piece, int count)
{
	for (int i = 0; i < count - 1; i++)
	{
		int64_t		low = piece[i] & (PIECE - 1);

		piece[i + 1] += (piece[i] - low) / PIECE;
		piece[i] = low;
	}
}

static void
widen(WsSum *sum, WsAllocator allocate)
{
	sum->whole = allocate.zeros(allocate.arg, WS_SUM_WHOLE * sizeof(int64_t));
	if (sum->started)
		memcpy(sum->whole + sum->base, sum->piece, sizeof(sum->piece));
	carry(sum->whole, WS_SUM_WHOLE);
	sum->window = false;
}

/* Moves the carries; widens where the window's last piece is half full. */
void
ws_sum_carry(WsSum *sum, WsAllocator allocate)
{
	int			first;
	int			count;
	int64_t    *piece = pieces_of(sum, &first, &count);

	carry(piece, count);
	sum->pending = 0;
	if (sum->whole == NULL && (piece[count - 1] > (PIECE << 10) || piece[count - 1] < -(PIECE << 10)))
		widen(sum, allocate);
}

void
ws_sum_add_slowly(WsSum *sum, double x, WsAllocator allocate)
{
	uint64_t	bits;
	int			exponent;
	int			at;
	int			first;
	int			count;
	int64_t    *piece;
	int64_t		low;
	int64_t		high;

	if (isnan(x))
	{
		sum->not_a_number = true;
		return;
	}
	if (isinf(x))
	{
		if (x > 0)
			sum->above = true;
		else
			sum->below = true;
		return;
	}
	if (x == 0.0)
		return;
	if (sum->pending >= WS_SUM_MAX_PENDING)
		ws_sum_carry(sum, allocate);
	memcpy(&bits, &x, sizeof(bits));
	exponent = (int) ((bits >> 52) & 0x7ff);
	bits &= (UINT64_C(1) << 52) - 1;
	if (exponent == 0)
		exponent = 1;
	else
		bits |= UINT64_C(1) << 52;
	at = exponent >> 5;
	if (!sum->started)
	{
		/* Room for values 96 bits smaller and 96 bits larger than the first. */
		int			base = at - 3;

		sum->base = (uint16_t) (base < WS_SUM_FIRST_BASE ? WS_SUM_FIRST_BASE :
								base > WS_SUM_LAST_BASE ? WS_SUM_LAST_BASE : base);
		sum->started = true;
		sum->window = true;
	}
	if (sum->whole == NULL && (at < sum->base || at > sum->base + WS_SUM_INLINE - 2))
		widen(sum, allocate);
	piece = pieces_of(sum, &first, &count);
	low = (int64_t) ((bits << (exponent & 31)) & 0xffffffff);
	high = (int64_t) (bits >> (32 - (exponent & 31)));
	if (x < 0)
	{
		low = -low;
		high = -high;
	}
	piece[at - first] += low;
	piece[at - first + 1] += high;
	sum->pending++;
}

void
ws_sum_merge(WsSum *sum, const WsSum *other, WsAllocator allocate)
{
	WsSum		copy = *other;
	int64_t		buffer[WS_SUM_WHOLE];
	int64_t    *from;
	int64_t    *to;
	int			from_first;
	int			from_count;
	int			first;
	int			count;

	sum->not_a_number |= other->not_a_number;
	sum->above |= other->above;
	sum->below |= other->below;
	if (!other->started)
		return;
	if (other->whole != NULL)
	{
		memcpy(buffer, other->whole, sizeof(buffer));
		copy.whole = buffer;
	}
	from = pieces_of(&copy, &from_first, &from_count);
	carry(from, from_count);
	if (!sum->started)
	{
		sum->base = other->base;
		sum->window = other->window;
		sum->started = true;
	}
	ws_sum_carry(sum, allocate);
	if (sum->whole == NULL && (other->whole != NULL || other->base != sum->base))
		widen(sum, allocate);
	to = pieces_of(sum, &first, &count);
	for (int i = 0; i < from_count; i++)
		to[from_first + i - first] += from[i];
	ws_sum_carry(sum, allocate);
}

/* The sum without its flags as WS_SUM_WHOLE carried pieces. */
static void
spread(const WsSum *sum, int64_t piece[WS_SUM_WHOLE])
{
	if (sum->whole != NULL)
		memcpy(piece, sum->whole, WS_SUM_WHOLE * sizeof(int64_t));
	else
	{
		memset(piece, 0, WS_SUM_WHOLE * sizeof(int64_t));
		if (sum->started)
			memcpy(piece + sum->base, sum->piece, sizeof(sum->piece));
	}
	carry(piece, WS_SUM_WHOLE);
}

/* The 64 bits from the highest on, rounded to a double by hand. */
static double
round_pieces(int64_t piece[WS_SUM_WHOLE])
{
	bool		negative = piece[WS_SUM_WHOLE - 1] < 0;
	int			top = WS_SUM_WHOLE - 1;
	int			shift = 0;
	uint64_t	bits;
	uint64_t	rest;
	bool		sticky = false;
	int			exponent;
	double		value;
	int			drop;

	if (negative)
	{
		for (int i = 0; i < WS_SUM_WHOLE; i++)
			piece[i] = -piece[i];
		carry(piece, WS_SUM_WHOLE);
	}
	while (top >= 0 && piece[top] == 0)
		top--;
	if (top < 0)
		return 0.0;
	if (piece[top] >= PIECE)
		return negative ? -INFINITY : INFINITY;

	/* bits takes 64 bits from the highest that is set; sticky, what is below */
	bits = (uint64_t) piece[top] << 32;
	if (top > 0)
		bits |= (uint64_t) piece[top - 1];
	while (!(bits >> 63))
	{
		bits <<= 1;
		shift++;
	}
	rest = top > 1 ? (uint64_t) piece[top - 2] : 0;
	if (shift > 0)
	{
		bits |= rest >> (32 - shift);
		rest &= (UINT64_C(1) << (32 - shift)) - 1;
	}
	sticky = rest != 0;
	for (int i = top - 3; i >= 0 && !sticky; i--)
		sticky = piece[i] != 0;

	/* bits * 2^exponent; at least 11 bits are dropped, more if subnormal */
	exponent = 32 * (top - 1) - shift - 1075;
	drop = exponent + 11 < -1074 ? -1074 - exponent : 11;
	if (drop > 63)
		drop = 64;
	rest = drop == 64 ? bits : bits & ((UINT64_C(1) << drop) - 1);
	bits = drop == 64 ? 0 : bits >> drop;
	{
		uint64_t	half = UINT64_C(1) << (drop - 1);

		if (rest > half || (rest == half && (sticky || (bits & 1))))
			bits++;
	}
	value = ldexp((double) bits, exponent + drop);
	return negative ? -value : value;
}

double
ws_sum_value(const WsSum *sum)
{
	int64_t		piece[WS_SUM_WHOLE];

	if (sum->not_a_number || (sum->above && sum->below))
		return NAN;
	if (sum->above)
		return INFINITY;
	if (sum->below)
		return -INFINITY;
	spread(sum, piece);
	return round_pieces(piece);
}

void
ws_sum_value_pair(const WsSum *sum, double *high, double *low)
{
	int64_t		piece[WS_SUM_WHOLE];
	WsSum		whole = {0};

	*high = ws_sum_value(sum);
	*low = 0.0;
	if (!isfinite(*high))
		return;
	spread(sum, piece);
	whole.whole = piece;
	whole.started = true;
	ws_sum_add_slowly(&whole, -*high, (WsAllocator) {NULL, NULL});
	carry(piece, WS_SUM_WHOLE);
	*low = round_pieces(piece);
}

void
ws_sum_pack(const WsSum *sum, int32_t pieces[WS_SUM_WHOLE], uint8_t *flags)
{
	int64_t		piece[WS_SUM_WHOLE];

	spread(sum, piece);
	for (int i = 0; i < WS_SUM_WHOLE; i++)
		pieces[i] = (int32_t) (uint32_t) (piece[i] & (PIECE - 1));
	*flags = (uint8_t) ((sum->started ? 1 : 0) | (sum->not_a_number ? 2 : 0) |
						(sum->above ? 4 : 0) | (sum->below ? 8 : 0));
}

void
ws_sum_unpack(WsSum *sum, const int32_t pieces[WS_SUM_WHOLE], uint8_t flags, WsAllocator allocate)
{
	int			first = 0;
	int			last = WS_SUM_WHOLE - 1;
	int32_t		sign = pieces[WS_SUM_WHOLE - 1] < 0 ? -1 : 0;

	memset(sum, 0, sizeof(*sum));
	sum->not_a_number = (flags & 2) != 0;
	sum->above = (flags & 4) != 0;
	sum->below = (flags & 8) != 0;
	sum->started = (flags & 1) != 0;
	if (!sum->started)
		return;
	while (first < last && pieces[first] == 0)
		first++;
	while (last > first && pieces[last] == sign)
		last--;

	/* Above last there is nothing but the sign, which the window's last piece takes. */
	if (last - first <= WS_SUM_INLINE - 3 && first >= WS_SUM_FIRST_BASE && last < WS_SUM_LAST_BASE + WS_SUM_INLINE - 1)
	{
		int			base = first - (WS_SUM_INLINE - 2 - (last - first)) / 2;

		if (base < WS_SUM_FIRST_BASE)
			base = WS_SUM_FIRST_BASE;
		if (base > WS_SUM_LAST_BASE)
			base = WS_SUM_LAST_BASE;
		sum->base = (uint16_t) base;
		sum->window = true;
		for (int i = 0; i < WS_SUM_INLINE; i++)
			sum->piece[i] = (int64_t) (uint32_t) pieces[base + i];
		if (sign < 0)
			sum->piece[WS_SUM_INLINE - 1] -= PIECE;
		return;
	}
	sum->whole = allocate.zeros(allocate.arg, WS_SUM_WHOLE * sizeof(int64_t));
	for (int i = 0; i < WS_SUM_WHOLE - 1; i++)
		sum->whole[i] = (int64_t) (uint32_t) pieces[i];
	sum->whole[WS_SUM_WHOLE - 1] = pieces[WS_SUM_WHOLE - 1];
}
