/*
 * hub/serve/page.c
 *		The partners' page: files that are part of the program.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "serve/answer.h"
#include "serve/page.h"
#include "serve/routes.h"

#define PAGE_POLICY "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

static const struct
{
	const char *ending;
	const char *type;
}			types[] = {
	{".css", "text/css; charset=utf-8"},
	{".html", "text/html; charset=utf-8"},
	{".ico", "image/x-icon"},
	{".js", "text/javascript; charset=utf-8"},
	{".json", TYPE_JSON},
	{".png", "image/png"},
	{".svg", "image/svg+xml"},
	{".txt", "text/plain; charset=utf-8"},
	{".webmanifest", "application/manifest+json"},
	{".woff2", "font/woff2"},
};

static const EmbeddedFile *
find(const char *path)
{
	const char *name = strcmp(path, "/") == 0 ? "index.html" : strcmp(path, "/v1/openapi.json") == 0 ? "openapi.json" : path + 1;

	for (size_t i = 0; i < embedded_web_count; i++)
	{
		if (strcmp(embedded_web[i].name, name) == 0)
			return &embedded_web[i];
	}
	return NULL;
}

bool
page_has(const char *path)
{
	return find(path) != NULL;
}

static const char *
type_of(const char *name)
{
	const char *ending = strrchr(name, '.');

	for (size_t i = 0; ending != NULL && i < sizeof(types) / sizeof(types[0]); i++)
	{
		if (strcmp(ending, types[i].ending) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

/* With a tag that is the content's own, so that a browser asks again and is seldom sent anything. */
void
page_answer(Request *request)
{
	const EmbeddedFile *file = find(request->route->path);
	const char *known = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
	unsigned char digest[EVP_MAX_MD_SIZE];
	char		tag[36] = "\"";

	if (*request->name != '\0')
	{
		char		path[sizeof(request->name) + 1];

		snprintf(path, sizeof(path), "/%s", request->name);
		file = find(path);
	}
	if (file == NULL || EVP_Digest(file->bytes, file->size, digest, NULL, EVP_sha256(), NULL) != 1)
	{
		answer_problem(request, 404, "There is nothing at this address.");
		return;
	}
	for (int i = 0; i < 16; i++)
		snprintf(tag + 1 + 2 * i, 3, "%02x", digest[i]);
	strcat(tag, "\"");
	if (known != NULL && strstr(known, tag) != NULL)
		answer_fixed(request, 304, NULL, "", 0);
	else
		answer_fixed(request, 200, type_of(file->name), file->bytes, file->size);
	answer_header(request, MHD_HTTP_HEADER_ETAG, tag);
	request->answer.caching = "no-cache";
	if (strcmp(file->name, "openapi.json") != 0)
		request->answer.policy = PAGE_POLICY;
}
