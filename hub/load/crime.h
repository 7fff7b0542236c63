/*
 * hub/load/crime.h
 *		Street crime of police.uk: rows go from the file into COPY's binary form without a stop between.
 */
#ifndef HUB_CRIME_H
#define HUB_CRIME_H

#include "load/names.h"
#include "load/reader.h"
#include "load/rejects.h"
#include "load/source.h"

/* The distinct months of forces that were copied. */
typedef struct CrimeMonths
{
	uint64_t   *slots;			/* force and month in one; 0 is free; a power of two */
	size_t		size;
	size_t		count;
	uint64_t	last;
} CrimeMonths;

/* Copies all rows into reference.crime; *read counts the records. A failure is logged, but for one kept in db->error with
 * cause not HUB_OK. */
extern HubExit crime_copy(Db *db, NameCache *cache, const Source *source, Reader *reader, int64_t source_file,
						  Rejects *rejects, CrimeMonths *months, uint64_t *read) HUB_MUST_CHECK;

/* The pairs as two array literals, to be freed; NULL when out of memory. */
extern bool crime_months_literals(const CrimeMonths *months, char **forces, char **dates) HUB_MUST_CHECK;
extern void crime_months_free(CrimeMonths *months);

#endif
