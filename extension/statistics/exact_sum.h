/*
 * exact_sum.h
 *		Sums of double that are exact until they are read, and then correctly
 *		rounded.  So they are the same bits in whatever order the values come
 *		and however they are shared among workers.
 *
 * The sum is one long integer in pieces of 32 bits, each in an int64 that
 * leaves room for carries (a superaccumulator; Neal 2015, "Fast exact summation
 * using small and large superaccumulators").  Eight pieces, 256 bits, are kept
 * inline about the first value; values too far from it move the sum to the
 * whole range of double, in memory that the caller's allocator gives.
 */
#ifndef WARDSTAR_EXACT_SUM_H
#define WARDSTAR_EXACT_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WS_SUM_INLINE 8
#define WS_SUM_WHOLE 68
#define WS_SUM_MAX_PENDING 1000

/*
 * Windows begin at pieces 1 to 56: so zeros, subnormal numbers, infinities and
 * NaN, with exponents at either end, never fall into one.
 */
#define WS_SUM_FIRST_BASE 1
#define WS_SUM_LAST_BASE 56

typedef struct WsSum
{
	int64_t		piece[WS_SUM_INLINE];
	int64_t    *whole;			/* WS_SUM_WHOLE pieces, or NULL */
	uint16_t	base;			/* weight of piece[0] is 2^(32 base - 1075) */
	uint16_t	pending;		/* additions since carries were moved */
	bool		window;			/* the pieces inline are in use, and base is set */
	bool		started;		/* either they are or the whole range is */
	bool		not_a_number;	/* NaN, or both infinities, were added */
	bool		above;			/* infinity was added */
	bool		below;			/* -infinity was added */
}			WsSum;

/* Gives size bytes of zeros that live as long as the sum; must not fail. */
typedef struct WsAllocator
{
	void	   *(*zeros) (void *arg, size_t size);
	void	   *arg;
}			WsAllocator;

/* A sum is begun by filling it with zero bytes. */
extern void ws_sum_add_slowly(WsSum *sum, double x, WsAllocator allocate);
extern void ws_sum_carry(WsSum *sum, WsAllocator allocate);
extern void ws_sum_merge(WsSum *sum, const WsSum *other, WsAllocator allocate);

/* The sum rounded to nearest, ties to even. */
extern double ws_sum_value(const WsSum *sum);

/* The sum as high + low, good to 106 bits. */
extern void ws_sum_value_pair(const WsSum *sum, double *high, double *low);

/*
 * The sum as WS_SUM_WHOLE numbers of 32 bits, least first, that fit two's
 * complement; and back.  Flags hold what was not finite.
 */
extern void ws_sum_pack(const WsSum *sum, int32_t pieces[WS_SUM_WHOLE], uint8_t *flags);
extern void ws_sum_unpack(WsSum *sum, const int32_t pieces[WS_SUM_WHOLE], uint8_t flags,
						  WsAllocator allocate);

/* Adds x to the sum. */
static inline void
ws_sum_add(WsSum *sum, double x, WsAllocator allocate)
{
	uint64_t	bits;
	unsigned	exponent;
	unsigned	at;
	bool		negative;
	int64_t		low;
	int64_t		high;

	memcpy(&bits, &x, sizeof(bits));
	exponent = (bits >> 52) & 0x7ff;
	at = (exponent >> 5) - (unsigned) sum->base;
	if (__builtin_expect(at >= WS_SUM_INLINE - 1 || !sum->window ||
						 sum->pending >= WS_SUM_MAX_PENDING, 0))
	{
		if ((bits << 1) != 0)
			ws_sum_add_slowly(sum, x, allocate);
		return;
	}
	negative = bits >> 63;
	bits = (bits & ((UINT64_C(1) << 52) - 1)) | (UINT64_C(1) << 52);
	low = (int64_t) ((bits << (exponent & 31)) & 0xffffffff);
	high = (int64_t) (bits >> (32 - (exponent & 31)));
	if (negative)
	{
		low = -low;
		high = -high;
	}
	sum->piece[at] += low;
	sum->piece[at + 1] += high;
	sum->pending++;
}

#endif							/* WARDSTAR_EXACT_SUM_H */
