/*
 * hub/serve/limits.c
 *		How often a token or an address may come.
 *
 * The rate is held by GCRA: of each key only the time is kept at which its allowance would be full again.
 */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "serve/clock.h"
#include "serve/limits.h"
#include "serve/server.h"

#define SETS 2048
#define WAYS 8
#define BURST_SECONDS 4.0
#define WRONG_SECONDS 60.0

typedef struct Slot
{
	LimitKey	key;
	bool		used;
	double		full_at;
	double		seen_at;
	double		wrong_since;
	int			wrong;
} Slot;

struct Limits
{
	pthread_mutex_t lock;
	uint64_t	seed;			/* so that nobody can choose keys that fall into one set */
	Slot		slots[SETS][WAYS];
};

Limits *
limits_create(void)
{
	Limits	   *limits = calloc(1, sizeof(Limits));

	if (limits != NULL && RAND_bytes((unsigned char *) &limits->seed, sizeof(limits->seed)) != 1)
	{
		free(limits);
		return NULL;
	}
	if (limits != NULL)
		pthread_mutex_init(&limits->lock, NULL);
	return limits;
}

void
limits_free(Limits *limits)
{
	if (limits == NULL)
		return;
	pthread_mutex_destroy(&limits->lock);
	free(limits);
}

/* The slot of a key, that of another which was seen longest ago if need be. */
static Slot *
slot_of(Limits *limits, const LimitKey *key, double now)
{
	uint64_t	hash = limits->seed ^ key->kind;
	Slot	   *set;
	Slot	   *oldest;

	for (size_t i = 0; i < sizeof(key->bytes); i++)
		hash = (hash ^ key->bytes[i]) * UINT64_C(0x100000001b3);
	hash ^= hash >> 32;
	set = limits->slots[hash % SETS];
	oldest = &set[0];
	for (int i = 0; i < WAYS; i++)
	{
		if (set[i].used && set[i].key.kind == key->kind && memcmp(set[i].key.bytes, key->bytes, sizeof(key->bytes)) == 0)
		{
			set[i].seen_at = now;
			return &set[i];
		}
		if (!set[i].used || (oldest->used && set[i].seen_at < oldest->seen_at))
			oldest = &set[i];
	}
	memset(oldest, 0, sizeof(*oldest));
	oldest->key = *key;
	oldest->used = true;
	oldest->seen_at = now;
	return oldest;
}

int
limits_count(Limits *limits, const LimitKey *key, int rate)
{
	double		now = serve_now();
	double		excess;
	Slot	   *slot;

	if (rate <= 0)
		return 0;
	pthread_mutex_lock(&limits->lock);
	slot = slot_of(limits, key, now);
	if (slot->full_at < now)
		slot->full_at = now;
	excess = slot->full_at + 1.0 / rate - now - BURST_SECONDS;
	if (excess <= 0)
		slot->full_at += 1.0 / rate;
	pthread_mutex_unlock(&limits->lock);
	return excess <= 0 ? 0 : (int) ceil(excess);
}

int
limits_wrong(Limits *limits, const LimitKey *key)
{
	double		now = serve_now();
	Slot	   *slot;
	int			wrong;

	pthread_mutex_lock(&limits->lock);
	slot = slot_of(limits, key, now);
	if (now - slot->wrong_since > WRONG_SECONDS)
	{
		slot->wrong_since = now;
		slot->wrong = 0;
	}
	wrong = ++slot->wrong;
	pthread_mutex_unlock(&limits->lock);
	return wrong;
}
