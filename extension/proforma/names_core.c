/*
 * names_core.c
 *		Finds names, and what names begin with, by halving.
 */
#include "proforma/names.h"

#include <string.h>

#include "proforma/heap.h"

static int
compare_names(const void *a, const void *b)
{
	const ProformaName *x = a;
	const ProformaName *y = b;
	int			order = strcmp(x->name, y->name);

	/* Of two of one name the first is found. */
	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* False if it was stopped. */
bool
names_sort(ProformaName *names, int n, StopFunction stop)
{
	return heap_sort(names, n > 0 ? (size_t) n : 0, sizeof(ProformaName), compare_names, stop);
}

/* Where the names from the first bytes of a text on begin. */
int
names_from(const ProformaName *names, int n, const char *name, size_t length)
{
	int			low = 0;
	int			high = n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		/* A shorter name ends with a zero, which comes before every byte of the text. */
		if (strncmp(names[middle].name, name, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The least place of that very name, or -1. */
int
names_find(const ProformaName *names, int n, const char *name)
{
	int			at = names_from(names, n, name, strlen(name));

	/* Names that only begin with it come after it. */
	return at < n && strcmp(names[at].name, name) == 0 ? names[at].place : -1;
}

static int
compare_prefixes(const void *a, const void *b)
{
	const NamePrefix *x = a;
	const NamePrefix *y = b;
	int			order = memcmp(x->name, y->name, x->length < y->length ? x->length : y->length);

	if (order != 0)
		return order;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* The caller has set name, length and place.  False if it was stopped. */
bool
prefixes_sort(NamePrefix *prefixes, int n, StopFunction stop)
{
	uint32_t	steps = 0;

	if (!heap_sort(prefixes, n > 0 ? (size_t) n : 0, sizeof(NamePrefix), compare_prefixes, stop))
		return false;
	for (int i = 0; i < n; i++)
	{
		int			parent = i - 1;

		/* Whatever the one before begins with comes before this one too. */
		while (parent >= 0 && (prefixes[parent].length > prefixes[i].length ||
							   memcmp(prefixes[parent].name, prefixes[i].name, prefixes[parent].length) != 0))
		{
			if (stop_now(stop, &steps))
				return false;
			parent = prefixes[parent].parent;
		}
		prefixes[i].parent = parent;
		prefixes[i].first = parent >= 0 && prefixes[parent].first < prefixes[i].place ? prefixes[parent].first : prefixes[i].place;
	}
	return true;
}

/* The least place of a prefix that the name begins with, and goes on after; or -1. */
int
prefixes_find(const NamePrefix *prefixes, int n, const char *name)
{
	int			low = 0;
	int			high = n;
	int			at;
	size_t		same = 0;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		/* The name comes after the prefix that it begins with. */
		if (strncmp(prefixes[middle].name, name, prefixes[middle].length) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	at = low - 1;
	if (at < 0)
		return -1;
	while (same < prefixes[at].length && prefixes[at].name[same] == name[same])
		same++;
	while (at >= 0 && (prefixes[at].length > same || name[prefixes[at].length] == '\0'))
		at = prefixes[at].parent;
	return at < 0 ? -1 : prefixes[at].first;
}
