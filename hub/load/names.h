/*
 * hub/load/names.h
 *		The numbers of names that repeat in street crime: forces, types, outcomes.
 *
 * All workers share one table and one connection of its own, on which a new name is given its number at once, so
 * that two transactions never wait for each other over a name. Each worker has a cache that needs no lock.
 */
#ifndef HUB_NAMES_H
#define HUB_NAMES_H

#include <pthread.h>

#include "db/db.h"

typedef enum NameKind
{
	NAME_FORCE,
	NAME_CRIME_TYPE,
	NAME_OUTCOME
} NameKind;

#define NAME_KINDS 3
#define NAME_LIMIT 200			/* bytes of a name */

typedef struct NameEntry
{
	uint64_t	hash;
	const char *name;			/* belongs to the shared table */
	size_t		length;
	int			id;				/* 0: the slot is free */
} NameEntry;

typedef struct NameTable
{
	NameEntry  *slots;			/* their number is a power of two */
	size_t		size;
	size_t		count;
} NameTable;

/* Shared by the workers. */
typedef struct Names
{
	Hub		   *hub;
	pthread_mutex_t lock;
	Db			db;
	bool		open;
	NameTable	tables[NAME_KINDS];
} Names;

typedef struct NameCache
{
	Names	   *names;
	NameTable	tables[NAME_KINDS];
	NameEntry	last[NAME_KINDS];	/* the one asked for last: most rows repeat it */
} NameCache;

extern void names_init(Names *names, Hub *hub);
extern void names_free(Names *names);
extern void name_cache_free(NameCache *cache);

/* The number of a name; 0 on failure, which is logged and in *exit_code. */
extern int	name_id(NameCache *cache, NameKind kind, const char *name, size_t length, HubExit *exit_code) HUB_MUST_CHECK;

#endif
