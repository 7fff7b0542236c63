/*
 * hub/serve/routes.c
 *		The table of routes, and finding a path in it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/routes.h"

/* Who may do what, and by which one function of schema api; docs/serve.md and openapi.json say the same, tests compare. */
const Route routes[] = {
	{"GET", "/healthz", WHO_ANYONE, NULL, false, health_answer, NULL},
	{"GET", "/metrics", WHO_LOCAL, NULL, false, metrics_answer, NULL},
	{"GET", "/readyz", WHO_ANYONE, NULL, false, ready_answer, NULL},
	{"GET", "/v1/data/returns.csv", WHO_PARTNER, "serve_returns", false, NULL, csv_run},
	{"GET", "/v1/data/stars.csv", WHO_PARTNER, "serve_stars", false, NULL, csv_run},
	{"GET", "/v1/due", WHO_PARTNER, "serve_due", false, NULL, json_run},
	{"GET", "/v1/forms", WHO_PARTNER, "serve_forms", false, NULL, json_run},
	{"GET", "/v1/forms/{form}/template.xlsx", WHO_PARTNER, "serve_form", false, NULL, template_run},
	{"GET", "/v1/openapi.json", WHO_ANYONE, NULL, false, page_answer, NULL},
	{"GET", "/v1/submissions", WHO_PARTNER, "serve_submissions", false, NULL, submissions_run},
	{"POST", "/v1/submissions", WHO_PARTNER, "serve_enter", true, NULL, NULL},
	{"GET", "/v1/submissions/{id}", WHO_PARTNER, "serve_submission", false, NULL, submission_run},
	{"GET", "/v1/submissions/{id}/file", WHO_PARTNER, "serve_file", false, NULL, file_run},
	{"GET", "/v1/submissions/{id}/receipt", WHO_PARTNER, "serve_receipt", false, NULL, receipt_run},
	{"GET", "/", WHO_ANYONE, NULL, false, page_answer, NULL},
	{"GET", "/{page}", WHO_ANYONE, NULL, false, page_answer, NULL},
};

const size_t routes_count = sizeof(routes) / sizeof(routes[0]);

/* Decimal digits only, within bigint. */
static bool
take_id(const char *text, size_t length, int64_t *id)
{
	int64_t		n = 0;

	if (length == 0 || length > 18)
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (text[i] - '0');
	}
	*id = n;
	return true;
}

/* A name of letters, digits, ".", "_" and "-", which doesn't begin with ".". */
static bool
take_name(const char *text, size_t length, char *name, size_t size)
{
	if (length == 0 || length >= size || text[0] == '.')
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (!isalnum((unsigned char) text[i]) && strchr("._-", text[i]) == NULL)
			return false;
	}
	memcpy(name, text, length);
	name[length] = '\0';
	return true;
}

static bool
matches(Request *request, const char *pattern, const char *path)
{
	while (*pattern != '\0')
	{
		size_t		length = strcspn(path, "/");

		if (*pattern != '{')
		{
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		if (strncmp(pattern, "{id}", 4) == 0 ? !take_id(path, length, &request->id) :
			!take_name(path, length, request->name, sizeof(request->name)))
			return false;
		pattern = strchr(pattern, '}') + 1;
		path += length;
	}
	return *path == '\0';
}

const Route *
route_find(Request *request, const char *method, const char *path, char *allowed, size_t size)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	size_t		used = 0;

	allowed[0] = '\0';
	for (size_t i = 0; i < routes_count; i++)
	{
		const Route *route = &routes[i];

		if (!matches(request, route->path, path))
			continue;
		/* A file that the page does not have is no path. */
		if (route->answer == page_answer && !page_has(path))
			continue;
		if (strcmp(route->method, wanted) == 0)
			return route;
		used += (size_t) snprintf(allowed + used, size - used, "%s%s%s", used > 0 ? ", " : "", route->method,
								  strcmp(route->method, "GET") == 0 ? ", HEAD" : "");
	}
	return NULL;
}
