/*
 * names.h
 *		Names in the order of their bytes, with the place that each stands for.
 */
#ifndef WARDSTAR_NAMES_H
#define WARDSTAR_NAMES_H

#include "stop.h"

typedef struct ProformaName
{
	const char *name;
	int			place;
} ProformaName;

/*
 * A name that others begin with ("place.lsoa.*" without its star).  Those that
 * it begins with itself are its chain.
 */
typedef struct NamePrefix
{
	const char *name;
	size_t		length;			/* of the prefix */
	int			place;
	int			first;			/* least place of it and its chain */
	int			parent;			/* the longest of its chain, among the prefixes, or -1 */
} NamePrefix;

extern bool names_sort(ProformaName *names, int n, StopFunction stop);
extern int	names_from(const ProformaName *names, int n, const char *name, size_t length);
extern int	names_find(const ProformaName *names, int n, const char *name);
extern bool prefixes_sort(NamePrefix *prefixes, int n, StopFunction stop);
extern int	prefixes_find(const NamePrefix *prefixes, int n, const char *name);

#endif							/* WARDSTAR_NAMES_H */
