/*
 * distance_core.c
 *		Gathers the distance travelled: a pair of stars is one increment a scale.
 *
 * A state begins with a small hash table of cells, so that many small groups
 * cost little; once that table would be as large as plain arrays, arrays take
 * over.  A wide local instrument stays with the hash table.
 */
#include "star/distance_core.h"

#include "sort.h"

#include <string.h>

/* Arrays of one state, at most: what fits a processor's nearest cache. */
#define DENSE_LIMIT 65536

#define FIRST_BITS 4

static inline uint64_t
cell_key(int scale, int baseline, int latest)
{
	return (uint64_t) scale << 16 | (uint64_t) baseline << 8 | (uint64_t) latest;
}

static inline uint64_t
mean_key(uint64_t answered, uint64_t baseline, uint64_t latest)
{
	return answered << 32 | baseline << 16 | latest;
}

static inline size_t
slot_of(uint64_t key, unsigned bits)
{
	/* Fibonacci hashing: the upper bits of key times 2^64 / golden ratio. */
	return (size_t) ((key * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - bits));
}

/* Doubles the table, or makes its first slots. */
static bool
table_grow(StarTable *table, const StarMemory *memory)
{
	unsigned	bits = table->slots == NULL ? FIRST_BITS : table->bits + 1;
	size_t		size = sizeof(StarCount) << bits;
	StarCount  *slots = memory->get(memory->arg, size);
	uint32_t	steps = 0;

	if (slots == NULL)
		return false;
	memset(slots, 0, size);
	if (table->slots != NULL)
	{
		for (size_t i = 0; i < (size_t) 1 << table->bits; i++)
		{
			size_t		to;

			if (stop_now(memory->stop, &steps))
			{
				memory->release(memory->arg, slots);
				return false;
			}
			if (table->slots[i].clients == 0)
				continue;
			to = slot_of(table->slots[i].key, bits);
			while (slots[to].clients != 0)
				to = (to + 1) & (((size_t) 1 << bits) - 1);
			slots[to] = table->slots[i];
		}
		memory->release(memory->arg, table->slots);
	}
	table->slots = slots;
	table->bits = bits;
	return true;
}

static inline bool
table_add(StarTable *table, const StarMemory *memory, uint64_t key, int64_t clients)
{
	size_t		mask;
	size_t		slot;

	/* At most three quarters full, so that a search always ends. */
	if (table->slots == NULL || (size_t) table->used * 4 >= (size_t) 3 << table->bits)
		if (!table_grow(table, memory))
			return false;
	mask = ((size_t) 1 << table->bits) - 1;
	slot = slot_of(key, table->bits);
	while (table->slots[slot].clients != 0 && table->slots[slot].key != key)
		slot = (slot + 1) & mask;
	if (table->slots[slot].clients == 0)
	{
		table->slots[slot].key = key;
		table->used++;
	}
	table->slots[slot].clients += clients;
	return true;
}

/* An empty state for stars with that head, which is copied. */
void
star_distance_begin(StarDistance *distance, StarMemory memory, const StarKind *kind,
					const uint8_t *head)
{
	int			codes = kind->highest - kind->lowest + 2;
	size_t		size;

	memset(distance, 0, sizeof(*distance));
	distance->memory = memory;
	memcpy(distance->head, head, (size_t) kind->head_length);
	star_read_head(distance->head, (size_t) kind->head_length, &distance->kind);
	distance->has_mean = star_one_direction(kind);
	while (1 << distance->dense_bits < codes)
		distance->dense_bits++;
	size = (sizeof(int64_t) * (size_t) kind->scale_count) << (2 * distance->dense_bits);
	distance->dense_size = size <= DENSE_LIMIT ? size : 0;
}

void
star_distance_end(StarDistance *distance)
{
	StarMemory *memory = &distance->memory;

	if (distance->dense != NULL)
		memory->release(memory->arg, distance->dense);
	if (distance->cells.slots != NULL)
		memory->release(memory->arg, distance->cells.slots);
	if (distance->means.slots != NULL)
		memory->release(memory->arg, distance->means.slots);
}

/* Moves the cells into arrays. */
static bool
make_dense(StarDistance *distance)
{
	StarMemory *memory = &distance->memory;
	int64_t    *dense = memory->get(memory->arg, distance->dense_size);

	if (dense == NULL)
		return false;
	memset(dense, 0, distance->dense_size);
	for (size_t i = 0; i < (size_t) 1 << distance->cells.bits; i++)
	{
		StarCount  *slot = &distance->cells.slots[i];
		uint64_t	key = slot->key;

		if (slot->clients != 0)
			dense[(key >> 16) << (2 * distance->dense_bits) |
				  (key >> 8 & 0xff) << distance->dense_bits | (key & 0xff)] += slot->clients;
	}
	memory->release(memory->arg, distance->cells.slots);
	memset(&distance->cells, 0, sizeof(distance->cells));
	distance->dense = dense;
	return true;
}

static bool
add_to_cell(StarDistance *distance, int scale, int baseline, int latest, int64_t clients)
{
	if (distance->dense == NULL)
	{
		if (!table_add(&distance->cells, &distance->memory, cell_key(scale, baseline, latest), clients))
			return false;
		if (distance->dense_size != 0 && distance->cells.slots != NULL &&
			sizeof(StarCount) << distance->cells.bits >= distance->dense_size)
			return make_dense(distance);
		return true;
	}
	distance->dense[(size_t) scale << (2 * distance->dense_bits) |
					(size_t) baseline << distance->dense_bits | (size_t) latest] += clients;
	return true;
}

/* The pair while the cells are in the hash table. */
static bool
add_sparse(StarDistance *distance, const uint8_t *baseline, const uint8_t *latest)
{
	int			highest = distance->kind.highest - distance->kind.lowest + 1;

	for (int i = 0; i < distance->kind.scale_count; i++)
	{
		if (baseline[i] > highest || latest[i] > highest)
			continue;
		if (baseline[i] + latest[i] > 0 && !add_to_cell(distance, i, baseline[i], latest[i], 1))
			return false;
	}
	return true;
}

/*
 * Adds a client: the codes of the star at baseline and of the latest, or NULL
 * where there is none.  Both must be of the state's instrument.
 */
StarStatus
star_distance_add(StarDistance *distance, const uint8_t *baseline, const uint8_t *latest)
{
	static const uint8_t no_star[STAR_MAX_SCALES];
	int			scale_count = distance->kind.scale_count;
	uint64_t	answered = 0;
	uint64_t	baseline_sum = 0;
	uint64_t	latest_sum = 0;

	distance->clients++;
	if (baseline == NULL)
		baseline = no_star;
	if (latest == NULL)
		latest = no_star;
	if (distance->dense != NULL)
	{
		unsigned	bits = distance->dense_bits;
		unsigned	mask = (1U << bits) - 1;
		int64_t    *counts = distance->dense;

		/* The mask keeps even a damaged code within the array. */
		for (int i = 0; i < scale_count; i++)
		{
			unsigned	from = baseline[i] & mask;
			unsigned	to = latest[i] & mask;
			unsigned	both = -(unsigned) ((from != 0) & (to != 0));

			counts[from << bits | to]++;
			counts += (size_t) 1 << (2 * bits);
			answered += both & 1;
			baseline_sum += from & both;
			latest_sum += to & both;
		}
	}
	else
	{
		if (!add_sparse(distance, baseline, latest))
			return STAR_NO_MEMORY;
		for (int i = 0; i < scale_count; i++)
			if (baseline[i] != 0 && latest[i] != 0)
			{
				answered++;
				baseline_sum += baseline[i];
				latest_sum += latest[i];
			}
	}
	if (answered > 0 && distance->has_mean &&
		!table_add(&distance->means, &distance->memory,
				   mean_key(answered, baseline_sum, latest_sum), 1))
		return STAR_NO_MEMORY;
	return STAR_OK;
}

/* Adds clients to a cell of a scale; the total of clients is the caller's. */
StarStatus
star_distance_add_cell(StarDistance *distance, int scale, StarCell cell)
{
	return add_to_cell(distance, scale, cell.baseline, cell.latest, cell.clients) ? STAR_OK
		: STAR_NO_MEMORY;
}

StarStatus
star_distance_add_mean(StarDistance *distance, StarMean mean)
{
	return table_add(&distance->means, &distance->memory,
					 mean_key((uint64_t) mean.answered, (uint64_t) mean.baseline,
							  (uint64_t) mean.latest), mean.clients) ? STAR_OK : STAR_NO_MEMORY;
}

/* Adds a distance of the same instrument, given as valid bytes. */
StarStatus
star_distance_absorb(StarDistance *distance, const uint8_t *bytes, size_t length)
{
	StarReader	reader;
	StarCell	cell;
	StarMean	mean;

	if (!star_reader_begin(&reader, bytes, length, distance->memory.stop))
		return STAR_SYNTAX;
	if (distance->clients + reader.clients > STAR_MAX_CLIENTS)
		return STAR_RANGE;
	distance->clients += reader.clients;
	for (int i = 0; i < distance->kind.scale_count; i++)
	{
		if (!star_reader_list(&reader))
			return STAR_SYNTAX;
		while (reader.left > 0)
		{
			if (!star_reader_cell(&reader, &cell))
				return STAR_SYNTAX;
			if (star_distance_add_cell(distance, i, cell) != STAR_OK)
				return STAR_NO_MEMORY;
		}
	}
	if (!star_reader_list(&reader))
		return STAR_SYNTAX;
	while (reader.left > 0)
	{
		if (!star_reader_mean(&reader, &mean))
			return STAR_SYNTAX;
		if (star_distance_add_mean(distance, mean) != STAR_OK)
			return STAR_NO_MEMORY;
	}
	return STAR_OK;
}

static int
compare_keys(const void *a, const void *b)
{
	uint64_t	x = ((const StarCount *) a)->key;
	uint64_t	y = ((const StarCount *) b)->key;

	return x < y ? -1 : x > y;
}

/* The used slots of a table in the order of their keys; NULL if no memory, or stopped. */
static StarCount *
table_sorted(const StarTable *table, const StarMemory *memory)
{
	StarCount  *sorted = memory->get(memory->arg, sizeof(StarCount) * (table->used + 1));
	StarCount  *scratch;
	size_t		n = 0;
	uint32_t	steps = 0;

	if (sorted == NULL)
		return NULL;
	for (size_t i = 0; table->slots != NULL && i < (size_t) 1 << table->bits && !stop_now(memory->stop, &steps); i++)
		if (table->slots[i].clients != 0)
			sorted[n++] = table->slots[i];
	scratch = memory->get(memory->arg, sizeof(StarCount) * (n + 1));
	if (scratch == NULL || !sort_elements(sorted, scratch, n, sizeof(StarCount), compare_keys, memory->stop))
	{
		memory->release(memory->arg, sorted);
		sorted = NULL;
	}
	if (scratch != NULL)
		memory->release(memory->arg, scratch);
	return sorted;
}

static void
encode_cell(StarBuffer *out, int baseline, int latest, int64_t clients)
{
	uint8_t		codes[2] = {(uint8_t) baseline, (uint8_t) latest};

	star_buffer_bytes(out, codes, 2);
	star_buffer_number(out, (uint64_t) clients);
}

static void
encode_dense(const StarDistance *distance, StarBuffer *out)
{
	int			codes = distance->kind.highest - distance->kind.lowest + 2;

	for (int i = 0; i < distance->kind.scale_count; i++)
	{
		const int64_t *counts = distance->dense + ((size_t) i << (2 * distance->dense_bits));
		uint64_t	used = 0;

		for (int pass = 0; pass < 2; pass++)
		{
			if (pass == 1)
				star_buffer_number(out, used);
			for (int from = 0; from < codes; from++)
				for (int to = 0; to < codes; to++)
				{
					int64_t		clients = counts[from << distance->dense_bits | to];

					if (clients == 0 || (from == 0 && to == 0))
						continue;
					if (pass == 0)
						used++;
					else
						encode_cell(out, from, to, clients);
				}
		}
	}
}

static bool
encode_sparse(const StarDistance *distance, StarBuffer *out)
{
	StarCount  *sorted = table_sorted(&distance->cells, &distance->memory);
	size_t		next = 0;

	if (sorted == NULL)
		return false;
	for (int i = 0; i < distance->kind.scale_count; i++)
	{
		size_t		end = next;

		while (end < distance->cells.used && sorted[end].key >> 16 == (uint64_t) i)
			end++;
		star_buffer_number(out, end - next);
		for (; next < end; next++)
			encode_cell(out, (int) (sorted[next].key >> 8 & 0xff), (int) (sorted[next].key & 0xff),
						sorted[next].clients);
	}
	distance->memory.release(distance->memory.arg, sorted);
	return true;
}

/*
 * Appends the distance as bytes.  They depend on the counts alone: not on the
 * order in which clients came, nor on how many workers gathered them.
 */
StarStatus
star_distance_encode(const StarDistance *distance, StarBuffer *out)
{
	StarCount  *sorted;
	uint32_t	steps = 0;

	star_buffer_bytes(out, distance->head, (size_t) distance->kind.head_length);
	star_buffer_number(out, (uint64_t) distance->clients);
	if (distance->dense != NULL)
		encode_dense(distance, out);
	else if (!encode_sparse(distance, out))
		return STAR_NO_MEMORY;
	sorted = table_sorted(&distance->means, &distance->memory);
	if (sorted == NULL)
		return STAR_NO_MEMORY;
	star_buffer_number(out, distance->means.used);
	for (size_t i = 0; i < distance->means.used; i++)
	{
		if (stop_now(distance->memory.stop, &steps))
		{
			distance->memory.release(distance->memory.arg, sorted);
			return STAR_STOPPED;
		}
		star_buffer_number(out, sorted[i].key >> 32);
		star_buffer_number(out, sorted[i].key >> 16 & 0xffff);
		star_buffer_number(out, sorted[i].key & 0xffff);
		star_buffer_number(out, (uint64_t) sorted[i].clients);
	}
	distance->memory.release(distance->memory.arg, sorted);
	return out->failed ? STAR_NO_MEMORY : STAR_OK;
}
