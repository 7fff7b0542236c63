/*
 * hub/db/copy.c
 *		COPY in binary form.
 */
#include <stdlib.h>

#include "db/copy.h"
#include "program/log.h"

static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";

/* Sends the buffer; waits until libpq has passed it on, so that memory stays bounded and a stop is seen. */
static bool
send_buffer(Copy *copy)
{
	Db		   *db = copy->db;
	int			result;

	for (;;)
	{
		result = PQputCopyData(db->conn, (const char *) copy->buffer, (int) copy->used);
		if (result > 0)
			break;
		if (result < 0)
		{
			db_keep_error(db, NULL);
			return false;
		}
		if (!db_wait(db, true))
		{
			db_set_error(db, HUB_STOPPED, "stopped");
			return false;
		}
	}
	copy->used = 0;
	while ((result = PQflush(db->conn)) > 0)
	{
		if (!db_wait(db, true))
		{
			db_set_error(db, HUB_STOPPED, "stopped");
			return false;
		}
		if (!PQconsumeInput(db->conn))
			break;
	}
	if (result != 0)
	{
		db_keep_error(db, NULL);
		return false;
	}
	return true;
}

bool
copy_reserve(Copy *copy, size_t n)
{
	if (copy->failed)
		return false;
	if (copy->size - copy->used >= n)
		return true;
	if (copy->db != NULL && copy->used > 0 && !send_buffer(copy))
	{
		copy->failed = true;
		return false;
	}
	if (copy->size - copy->used < n)
	{
		size_t		size = copy->used + n + COPY_BUFFER;
		unsigned char *larger = realloc(copy->buffer, size);

		if (larger == NULL)
		{
			if (copy->db != NULL)
				db_set_error(copy->db, HUB_INTERNAL, "out of memory");
			copy->failed = true;
			return false;
		}
		copy->buffer = larger;
		copy->size = size;
	}
	return true;
}

void
copy_raw(Copy *copy, const void *bytes, size_t n, uint64_t rows)
{
	if (!copy_reserve(copy, n))
		return;
	memcpy(copy->buffer + copy->used, bytes, n);
	copy->used += n;
	copy->rows += rows;
}

bool
copy_begin(Copy *copy, Db *db, const char *query)
{
	PGresult   *result;

	memset(copy, 0, sizeof(*copy));
	copy->db = db;
	result = db_query(db, query, 0, NULL);
	if (result == NULL)
		return false;
	if (PQresultStatus(result) != PGRES_COPY_IN)
	{
		PQclear(result);
		db_set_error(db, HUB_INTERNAL, "BUG: query \"%s\" is no COPY", query);
		return false;
	}
	PQclear(result);
	PQsetnonblocking(db->conn, 1);
	copy_raw(copy, header, sizeof(header) - 1, 0);
	return true;
}

static void
release(Copy *copy)
{
	if (copy->db != NULL)
		PQsetnonblocking(copy->db->conn, 0);
	free(copy->buffer);
	copy->buffer = NULL;
	copy->size = copy->used = 0;
}

bool
copy_end(Copy *copy)
{
	PGresult   *result;
	Db		   *db = copy->db;

	if (!copy_reserve(copy, 2))
	{
		release(copy);
		return false;
	}
	copy_put(copy, UINT16_MAX, 2);
	if (!send_buffer(copy))
	{
		release(copy);
		return false;
	}
	release(copy);
	if (PQputCopyEnd(db->conn, NULL) != 1)
	{
		db_keep_error(db, NULL);
		return false;
	}
	result = db_results(db);
	PQclear(result);
	return result != NULL;
}

void
copy_abort(Copy *copy)
{
	release(copy);
}
