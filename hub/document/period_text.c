/*
 * hub/document/period_text.c
 *		The quarter that a document names.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

/* The first months of the quarters of a reporting year that begins in April, and the last ones. */
static const struct
{
	const char *first;
	const char *last;
}			quarters[] = {{"apr", "jun"}, {"jul", "sep"}, {"oct", "dec"}, {"jan", "mar"}};

static bool
starts_word(const char *text, const char *at)
{
	return at == text || !isalnum((unsigned char) at[-1]);
}

/* Four digits from 2000 to 2099 at a place, and nothing more of a number; 0 if not. */
static int
year_at(const char *at)
{
	if (at[0] == '2' && at[1] == '0' && isdigit((unsigned char) at[2]) && isdigit((unsigned char) at[3]) &&
		!isdigit((unsigned char) at[4]))
		return atoi(at);
	return 0;
}

/* A reporting year, 2025/26 or 2025-26 or 2025/2026; the two halves must follow each other. */
static int
reporting_year_at(const char *at)
{
	int			year = year_at(at);
	const char *second = at + 5;
	int			end;

	if (year == 0 || (at[4] != '/' && at[4] != '-'))
		return 0;
	second += strspn(second, " ");
	end = year_at(second) != 0 ? year_at(second) % 100 :
		isdigit((unsigned char) second[0]) && isdigit((unsigned char) second[1]) && !isdigit((unsigned char) second[2]) ?
		atoi(second) : -1;
	return end == (year + 1) % 100 ? year : 0;
}

static void
keep(char period[8], int year, int quarter)
{
	char		named[32];

	snprintf(named, sizeof(named), "%04d-Q%d", year, quarter);
	if (*period == '\0')
		memcpy(period, named, 8);
	else if (strcmp(period, named) != 0)
		memcpy(period, "?", 2);
}

/* "q2" or "quarter 2", with a reporting year close by on either side; "2025-q2" too. */
static void
by_number(const char *text, char period[8])
{
	for (const char *q = strchr(text, 'q'); q != NULL; q = strchr(q + 1, 'q'))
	{
		const char *digit = q + 1;
		int			quarter;
		const char *from = q - text > 24 ? q - 24 : text;

		if (strncmp(q, "quarter", 7) == 0)
			digit = q + 7;
		digit += strspn(digit, " ");
		if ((q > text && isalnum((unsigned char) q[-1])) || *digit < '1' || *digit > '4' || isalnum((unsigned char) digit[1]))
			continue;
		quarter = *digit - '0';
		if (q - text >= 5 && q[-1] == '-' && year_at(q - 5) != 0)
		{
			keep(period, year_at(q - 5), quarter);
			continue;
		}
		for (const char *at = from; at < digit + 24 && *at != '\0'; at++)
		{
			if (starts_word(text, at) && reporting_year_at(at) != 0)
			{
				keep(period, reporting_year_at(at), quarter);
				break;
			}
		}
	}
}

/* "july to september 2025", "jul-sep 2025", "1 july 2025 to 30 september 2025". */
static void
by_months(const char *text, char period[8])
{
	for (int n = 0; n < 4; n++)
	{
		for (const char *at = strstr(text, quarters[n].first); at != NULL; at = strstr(at + 1, quarters[n].first))
		{
			const char *last = strstr(at, quarters[n].last);

			if (!starts_word(text, at) || last == NULL || last - at > 24 || !starts_word(text, last))
				continue;
			for (const char *year = last; year < last + 16 && *year != '\0'; year++)
			{
				if (!isdigit((unsigned char) year[0]) || !starts_word(text, year) || year_at(year) == 0)
					continue;
				keep(period, year_at(year) - (n == 3 ? 1 : 0), n + 1);
				break;
			}
		}
	}
}

void
layout_period(const Document *document, char period[8])
{
	*period = '\0';
	for (size_t i = 0; i < document->ncells; i++)
	{
		char	   *text;

		/* A story may speak of other quarters. */
		if (strlen(document->cells[i].text) > 200 || document->cells[i].hidden)
			continue;
		text = label_normalise(document->cells[i].text);
		if (text != NULL)
		{
			by_number(text, period);
			by_months(text, period);
		}
		free(text);
	}
}
