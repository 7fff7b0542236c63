/*
 * hub/serve/negotiate.c
 *		Content negotiation.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve/negotiate.h"

/* How well a range of the header fits: 3 the type itself, 2 its family, 1 anything, 0 not at all. */
static int
fit(const char *range, size_t length, const char *media)
{
	size_t		family = strcspn(media, "/");

	if (length == strlen(media) && strncasecmp(range, media, length) == 0)
		return 3;
	if (length == family + 2 && strncasecmp(range, media, family + 1) == 0 && range[family + 1] == '*')
		return 2;
	return length == 3 && strncmp(range, "*/*", 3) == 0 ? 1 : 0;
}

/* The quality that the header gives to a type: that of the range which fits best. */
static double
quality(const char *accept, const char *media)
{
	double		best = 0;
	int			best_fit = 0;

	while (*accept != '\0')
	{
		const char *range;
		const char *end;
		size_t		length;
		double		q = 1;
		int			n;

		accept += strspn(accept, " \t,");
		range = accept;
		end = accept + strcspn(accept, ",");
		length = strcspn(accept, " \t,;");
		for (const char *p = range + length; p < end; p++)
		{
			if (*p != ';')
				continue;
			p += 1 + strspn(p + 1, " \t");
			if ((*p == 'q' || *p == 'Q') && p[1] == '=')
				q = strtod(p + 2, NULL);
			p--;
		}
		n = fit(range, length, media);
		if (n > best_fit)
		{
			best_fit = n;
			best = q > 0 && q <= 1 ? q : q > 1 ? 1 : 0;
		}
		accept = end;
	}
	return best;
}

const Offer *
negotiate(Request *request, const Offer *offers, size_t count)
{
	const char *accept = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	const Offer *best = NULL;
	double		best_quality = 0;

	if (accept == NULL || *accept == '\0')
		return &offers[0];
	for (size_t i = 0; i < count; i++)
	{
		double		q = quality(accept, offers[i].media);

		if (q > best_quality)
		{
			best_quality = q;
			best = &offers[i];
		}
	}
	return best;
}
