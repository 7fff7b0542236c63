/*
 * random.h
 *		Random numbers by counter: the n-th number of a stream follows from seed,
 *		stream and n alone, so it doesn't matter who draws first.
 *
 * The generator is SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
 * pseudorandom number generators"), whose n-th output is mix(key + n gamma); the
 * key is mix(mix(seed) + gamma (stream + 1)).  Numbers below n come by Lemire's
 * method (2019), which rejects what would favour some of them.
 */
#ifndef WARDSTAR_RANDOM_H
#define WARDSTAR_RANDOM_H

#include <stdint.h>

#define WS_RANDOM_GAMMA UINT64_C(0x9e3779b97f4a7c15)

typedef struct WsRandom
{
	uint64_t	state;
	uint64_t	held;			/* the other half of the last output */
	int			holding;
}			WsRandom;

static inline uint64_t
ws_random_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline WsRandom
ws_random_stream(uint64_t seed, uint64_t stream)
{
	WsRandom	random = {ws_random_mix(ws_random_mix(seed) + WS_RANDOM_GAMMA * (stream + 1)), 0, 0};

	return random;
}

static inline uint64_t
ws_random_next(WsRandom *random)
{
	random->state += WS_RANDOM_GAMMA;
	return ws_random_mix(random->state);
}

static inline uint32_t
ws_random_next32(WsRandom *random)
{
	if (random->holding)
	{
		random->holding = 0;
		return (uint32_t) random->held;
	}
	random->held = ws_random_next(random);
	random->holding = 1;
	return (uint32_t) (random->held >> 32);
}

/* A whole number from 0 to n - 1, each equally likely; n > 0. */
static inline uint32_t
ws_random_below(WsRandom *random, uint32_t n)
{
	uint64_t	product = (uint64_t) ws_random_next32(random) * n;

	if ((uint32_t) product < n)
	{
		uint32_t	reject = -n % n;

		while ((uint32_t) product < reject)
			product = (uint64_t) ws_random_next32(random) * n;
	}
	return (uint32_t) (product >> 32);
}

#endif							/* WARDSTAR_RANDOM_H */
