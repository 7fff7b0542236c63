/*
 * hub/db/copy.h
 *		COPY … FROM STDIN (FORMAT binary): rows are written field by field into a buffer and sent in pieces.
 *
 * Writing never fails at once: a failure is kept and shows at copy_end(), so that a row is plain code.
 */
#ifndef HUB_COPY_H
#define HUB_COPY_H

#include <string.h>

#include "db/db.h"

#define COPY_BUFFER ((size_t) 128 * 1024)

typedef struct Copy
{
	Db		   *db;				/* NULL: rows are kept, not sent (see spool.h) */
	unsigned char *buffer;
	size_t		size;
	size_t		used;
	bool		failed;
	uint64_t	rows;
} Copy;

/* Starts the COPY statement of a file of sql/hub/queries. */
extern bool copy_begin(Copy *copy, Db *db, const char *query) HUB_MUST_CHECK;

/* Sends the rest and waits for the server's verdict; frees the buffer either way. */
extern bool copy_end(Copy *copy) HUB_MUST_CHECK;

/* Gives up; the transaction has then failed. */
extern void copy_abort(Copy *copy);

/* Makes room for n bytes, by sending what is there or growing. False if the copy has failed. */
extern bool copy_reserve(Copy *copy, size_t n);

/* Rows that are in COPY's form already. */
extern void copy_raw(Copy *copy, const void *bytes, size_t n, uint64_t rows);

static inline void
copy_put(Copy *copy, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		copy->buffer[copy->used++] = (unsigned char) (value >> (i * 8));
}

/* "bytes" is an upper bound of what the row's fields of fixed size take; texts make their own room. */
static inline bool
copy_row(Copy *copy, int fields, size_t bytes)
{
	if (!copy_reserve(copy, bytes + 2))
		return false;
	copy_put(copy, (uint64_t) fields, 2);
	copy->rows++;
	return true;
}

static inline void
copy_null(Copy *copy)
{
	copy_put(copy, UINT32_MAX, 4);
}

/* An integer, date (days since 2000) or boolean of 1, 2, 4 or 8 bytes. */
static inline void
copy_integer(Copy *copy, int64_t value, int bytes)
{
	copy_put(copy, (uint64_t) bytes, 4);
	copy_put(copy, (uint64_t) value, bytes);
}

static inline void
copy_float8(Copy *copy, double value)
{
	uint64_t	bits;

	memcpy(&bits, &value, sizeof(bits));
	copy_integer(copy, (int64_t) bits, 8);
}

/* Text or bytea; makes room for itself and for "then" bytes of fixed-size fields after it. */
static inline void
copy_bytes(Copy *copy, const void *bytes, size_t n, size_t then)
{
	if (!copy_reserve(copy, n + 4 + then))
		return;
	copy_put(copy, n, 4);
	memcpy(copy->buffer + copy->used, bytes, n);
	copy->used += n;
}

#endif
