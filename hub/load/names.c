/*
 * hub/load/names.c
 *		The numbers of names.
 */
#include <stdlib.h>
#include <string.h>

#include "load/names.h"
#include "program/log.h"

static const char *const queries[NAME_KINDS] = {"load_name_force", "load_name_crime_type", "load_name_crime_outcome"};
static const char *const all_queries[NAME_KINDS] = {"load_names_force", "load_names_crime_type", "load_names_crime_outcome"};

/* FNV-1a, 64 bits. */
static uint64_t
hash_of(const char *name, size_t length)
{
	uint64_t	hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char) name[i]) * UINT64_C(1099511628211);
	return hash;
}

static NameEntry *
find(const NameTable *table, uint64_t hash, const char *name, size_t length)
{
	if (table->size == 0)
		return NULL;
	for (size_t i = hash & (table->size - 1);; i = (i + 1) & (table->size - 1))
	{
		NameEntry  *entry = &table->slots[i];

		if (entry->id == 0)
			return NULL;
		if (entry->hash == hash && entry->length == length && memcmp(entry->name, name, length) == 0)
			return entry;
	}
}

static bool
insert(NameTable *table, NameEntry new)
{
	if (table->count * 2 >= table->size)
	{
		NameTable	larger = {NULL, table->size == 0 ? 64 : table->size * 2, 0};

		larger.slots = calloc(larger.size, sizeof(NameEntry));
		if (larger.slots == NULL)
			return false;
		for (size_t i = 0; i < table->size; i++)
		{
			if (table->slots[i].id != 0 && !insert(&larger, table->slots[i]))
				return false;
		}
		free(table->slots);
		*table = larger;
	}
	for (size_t i = new.hash & (table->size - 1);; i = (i + 1) & (table->size - 1))
	{
		if (table->slots[i].id == 0)
		{
			table->slots[i] = new;
			table->count++;
			return true;
		}
	}
}

/* Adds to the shared table; the name is copied. */
static bool
learn(NameTable *table, const char *name, size_t length, int id)
{
	NameEntry	entry = {hash_of(name, length), NULL, length, id};
	char	   *copy = strndup(name, length);

	entry.name = copy;
	if (copy == NULL || !insert(table, entry))
	{
		free(copy);
		return false;
	}
	return true;
}

void
names_init(Names *names, Hub *hub)
{
	memset(names, 0, sizeof(*names));
	names->hub = hub;
	pthread_mutex_init(&names->lock, NULL);
}

void
names_free(Names *names)
{
	for (int k = 0; k < NAME_KINDS; k++)
	{
		for (size_t i = 0; i < names->tables[k].size; i++)
			free((char *) names->tables[k].slots[i].name);
		free(names->tables[k].slots);
	}
	if (names->open)
		db_close(&names->db);
	pthread_mutex_destroy(&names->lock);
}

void
name_cache_free(NameCache *cache)
{
	for (int k = 0; k < NAME_KINDS; k++)
		free(cache->tables[k].slots);
	memset(cache->tables, 0, sizeof(cache->tables));
}

static HubExit
out_of_memory(void)
{
	log_error("out of memory");
	return HUB_INTERNAL;
}

/* Connects and learns all names there are. */
static HubExit
open_names(Names *names)
{
	HubExit		exit_code = db_open(names->hub, &names->db, "load names");

	if (exit_code != HUB_OK)
		return exit_code;
	names->open = true;
	for (int k = 0; k < NAME_KINDS; k++)
	{
		PGresult   *result = db_query(&names->db, all_queries[k], 0, NULL);
		bool		ok = true;

		if (result == NULL)
			return db_failed(&names->db, "could not read the names");
		for (int i = 0; i < PQntuples(result) && ok; i++)
			ok = learn(&names->tables[k], PQgetvalue(result, i, 1), (size_t) PQgetlength(result, i, 1),
					   atoi(PQgetvalue(result, i, 0)));
		PQclear(result);
		if (!ok)
			return out_of_memory();
	}
	return HUB_OK;
}

static HubExit
ask(Names *names, NameKind kind, const char *name, size_t length)
{
	char		text[NAME_LIMIT + 1];
	const char *values[] = {text};

	memcpy(text, name, length);
	text[length] = '\0';
	/* Another program may insert it between our look and our insert: then the next look finds it. */
	for (int attempt = 0; attempt < 3; attempt++)
	{
		PGresult   *result = db_query(&names->db, queries[kind], 1, values);
		int			id;

		if (result == NULL)
			return db_failed(&names->db, "could not number a name");
		id = PQntuples(result) > 0 ? atoi(PQgetvalue(result, 0, 0)) : 0;
		PQclear(result);
		if (id > 0)
			return learn(&names->tables[kind], name, length, id) ? HUB_OK : out_of_memory();
	}
	log_error("could not number the name \"%s\"", text);
	return HUB_DATABASE;
}

int
name_id(NameCache *cache, NameKind kind, const char *name, size_t length, HubExit *exit_code)
{
	Names	   *names = cache->names;
	NameEntry  *last = &cache->last[kind];
	uint64_t	hash;
	NameEntry  *entry;
	NameEntry	copy = {0};

	if (last->length == length && last->id != 0 && memcmp(last->name, name, length) == 0)
		return last->id;
	hash = hash_of(name, length);
	entry = find(&cache->tables[kind], hash, name, length);
	if (entry != NULL)
	{
		*last = *entry;
		return entry->id;
	}
	*exit_code = HUB_OK;
	pthread_mutex_lock(&names->lock);
	if (!names->open)
		*exit_code = open_names(names);
	if (*exit_code == HUB_OK)
		entry = find(&names->tables[kind], hash, name, length);
	if (*exit_code == HUB_OK && entry == NULL)
	{
		*exit_code = ask(names, kind, name, length);
		entry = find(&names->tables[kind], hash, name, length);
	}
	if (*exit_code == HUB_OK && entry != NULL)
		copy = *entry;
	pthread_mutex_unlock(&names->lock);
	if (*exit_code == HUB_OK && (copy.id == 0 || !insert(&cache->tables[kind], copy)))
		*exit_code = out_of_memory();
	return *exit_code == HUB_OK ? copy.id : 0;
}
