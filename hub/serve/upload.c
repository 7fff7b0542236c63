/*
 * hub/serve/upload.c
 *		A file that comes by HTTP, as the body itself or as a part of a form.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "program/log.h"
#include "program/utf8.h"
#include "serve/answer.h"
#include "serve/commit.h"
#include "serve/request.h"
#include "serve/ring.h"
#include "serve/upload.h"

#define FORM_BUFFER 16384

static const char *const stated_names[STATED_COUNT] = {"programme", "period", "form", "kind"};

static pthread_mutex_t alive_lock = PTHREAD_MUTEX_INITIALIZER;
static Upload *alive;			/* the youngest */

Upload *
upload_create(Server *server)
{
	Upload	   *upload = calloc(1, sizeof(Upload));

	if (upload == NULL)
		return NULL;
	upload->server = server;
	upload->file.fd = -1;
	pthread_mutex_lock(&alive_lock);
	upload->older = alive;
	if (alive != NULL)
		alive->younger = upload;
	alive = upload;
	pthread_mutex_unlock(&alive_lock);
	return upload;
}

bool
upload_finish(Upload *upload)
{
	SpoolFile	file = {.fd = -1};
	bool		fine = spool_finish(upload->writer, &file);

	upload->writer = NULL;
	pthread_mutex_lock(&alive_lock);
	upload->file = file;
	pthread_mutex_unlock(&alive_lock);
	return fine;
}

bool
upload_is_alive(const char *spool)
{
	bool		found = false;

	pthread_mutex_lock(&alive_lock);
	for (Upload *upload = alive; upload != NULL && !found; upload = upload->older)
		found = strcmp(upload->file.id, spool) == 0;
	pthread_mutex_unlock(&alive_lock);
	return found;
}

void
upload_free(Upload *upload)
{
	if (upload == NULL)
		return;
	pthread_mutex_lock(&alive_lock);
	if (upload->younger != NULL)
		upload->younger->older = upload->older;
	else
		alive = upload->older;
	if (upload->older != NULL)
		upload->older->younger = upload->younger;
	pthread_mutex_unlock(&alive_lock);
	if (upload->post != NULL)
		(void) MHD_destroy_post_processor(upload->post);
	spool_abort(upload->writer);
	spool_discard(upload->server->spool, &upload->file);
	for (int i = 0; i < STATED_COUNT; i++)
		free(upload->stated[i]);
	free(upload->name);
	free(upload->from);
	free(upload->text);
	free(upload);
}

bool
upload_set_name(Upload *upload, const char *name)
{
	const char *slash;
	char	   *copy;
	size_t		used = 0;

	while ((slash = strpbrk(name, "/\\")) != NULL)
		name = slash + 1;
	if (!utf8_is_valid(name, strlen(name)))
		return false;
	copy = malloc(strlen(name) + 1);
	if (copy == NULL)
		return false;
	for (const unsigned char *p = (const unsigned char *) name; *p != '\0'; p++)
	{
		/* C0, DEL, and C1 as it stands in UTF-8 */
		if (*p < ' ' || *p == 127)
			continue;
		if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
		{
			p++;
			continue;
		}
		copy[used++] = (char) *p;
	}
	if (used > UPLOAD_NAME_LIMIT)
	{
		used = UPLOAD_NAME_LIMIT;
		while (used > 0 && ((unsigned char) copy[used] & 0xc0) == 0x80)
			used--;
	}
	copy[used] = '\0';
	if (used == 0)
	{
		free(copy);
		return true;
	}
	free(upload->name);
	upload->name = copy;
	return true;
}

bool
upload_begin(Upload *upload)
{
	Server	   *server = upload->server;
	KeyRing		ring;

	if (ring_take(server, &ring))
		upload->writer = spool_begin(server->spool, &ring);
	keys_free(&ring);
	return upload->writer != NULL;
}

static bool
no_disk(Request *request)
{
	answer_unavailable(request, "The file can't be kept at the moment.");
	return false;
}

static bool
not_plain(Request *request, Stated which)
{
	answer_problem(request, 400, "\"%s\" is not text of at most %d bytes in UTF-8, without control characters.", stated_names[which], UPLOAD_TEXT_LIMIT);
	return false;
}

static bool
has_controls(const char *value, size_t size)
{
	for (size_t i = 0; i < size; i++)
	{
		if ((unsigned char) value[i] < ' ' || value[i] == 127)
			return true;
	}
	return false;
}

static bool
state(Request *request, Stated which, const char *value, size_t size)
{
	Upload	   *upload = request->upload;

	if (size > UPLOAD_TEXT_LIMIT || !utf8_is_valid(value, size) || has_controls(value, size))
		return not_plain(request, which);
	if (upload->stated[which] != NULL || size == 0)
		return true;
	upload->stated[which] = strndup(value, size);
	if (upload->stated[which] == NULL)
		return no_disk(request);
	return true;
}

/* A part of a form, in as many pieces as it arrives in. What the address says wins over it. */
static bool
state_piece(Request *request, Stated which, const char *value, uint64_t offset, size_t size)
{
	Upload	   *upload = request->upload;
	char	   *larger;
	size_t		used;

	if (offset == 0)
		upload->open_part = upload->stated[which] == NULL ? (int) which : -1;
	if (upload->open_part != (int) which || size == 0)
		return true;
	used = upload->stated[which] != NULL ? strlen(upload->stated[which]) : 0;
	if (size > UPLOAD_TEXT_LIMIT - used || has_controls(value, size))
		return not_plain(request, which);
	larger = realloc(upload->stated[which], used + size + 1);
	if (larger == NULL)
		return no_disk(request);
	memcpy(larger + used, value, size);
	larger[used + size] = '\0';
	upload->stated[which] = larger;
	return true;
}

bool
upload_wait(Request *request, int *seconds)
{
	const char *text = request_argument(request, "wait");
	char	   *end;
	long		n;
	int			most = atomic_load(&request->server->tunables.wait_limit);

	*seconds = 0;
	if (text == NULL)
		return true;
	n = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || n < 0 || strlen(text) > 9)
	{
		answer_problem(request, 400, "\"wait\" is not a whole number of seconds.");
		return false;
	}
	*seconds = n < most ? (int) n : most;
	return true;
}

/* What of a form's part comes next. */
static enum MHD_Result
take_part(void *arg, enum MHD_ValueKind kind, const char *key, const char *file_name, const char *type, const char *encoding,
		  const char *data, uint64_t offset, size_t size)
{
	Request    *request = arg;
	Upload	   *upload = request->upload;

	(void) kind;
	(void) type;
	(void) encoding;
	if (key == NULL)
		return MHD_YES;
	if (strcmp(key, "file") == 0)
	{
		if (offset == 0 && upload->has_file && size > 0 && upload->file.size > 0)
		{
			answer_problem(request, 400, "The form has more than one part \"file\". Send one file at a time.");
			return MHD_NO;
		}
		if (offset == 0 && file_name != NULL && upload->name == NULL && !upload_set_name(upload, file_name))
		{
			answer_problem(request, 400, "The file's name is not UTF-8.");
			return MHD_NO;
		}
		upload->has_file = true;
		upload->file.size += size;
		if (size > 0 && !spool_write(upload->writer, data, size))
		{
			(void) no_disk(request);
			return MHD_NO;
		}
		return MHD_YES;
	}
	for (int i = 0; i < STATED_COUNT; i++)
	{
		if (strcmp(key, stated_names[i]) != 0)
			continue;
		return state_piece(request, (Stated) i, data, offset, size) ? MHD_YES : MHD_NO;
	}
	return MHD_YES;
}

static bool
take_arguments(Request *request)
{
	const char *value;
	size_t		size;

	for (int i = 0; i < STATED_COUNT; i++)
	{
		if (MHD_lookup_connection_value_n(request->connection, MHD_GET_ARGUMENT_KIND, stated_names[i],
										  strlen(stated_names[i]), &value, &size) == MHD_YES &&
			value != NULL && !state(request, (Stated) i, value, size))
			return false;
	}
	value = request_argument(request, "file");
	if (value != NULL && !upload_set_name(request->upload, value))
	{
		answer_problem(request, 400, "The file's name is not UTF-8.");
		return false;
	}
	return upload_wait(request, &request->upload->wait);
}

bool
upload_open(Request *request)
{
	const char *type = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
	const char *encoding = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_ENCODING);
	size_t		length = type != NULL ? strcspn(type, "; \t") : 0;
	Upload	   *upload;

	if (encoding != NULL && strcasecmp(encoding, "identity") != 0)
	{
		answer_problem(request, 415, "Content-Encoding \"%s\" is not read here. Send the file as it is.", encoding);
		return false;
	}
	if (type != NULL && length == strlen("application/x-www-form-urlencoded") &&
		strncasecmp(type, "application/x-www-form-urlencoded", length) == 0)
	{
		answer_problem(request, 415, "The body is said to be a web form. Send the file as it is, as application/octet-stream "
					   "(curl --data-binary @FILE -H 'Content-Type: application/octet-stream', or curl -F file=@FILE).");
		return false;
	}
	upload = request->upload = upload_create(request->server);
	if (upload == NULL)
		return no_disk(request);
	upload->request = request;
	upload->identity = request->identity;
	upload->multipart = type != NULL && strncasecmp(type, "multipart/form-data", length) == 0 && length == 19;
	if (type != NULL && !upload->multipart && length >= 10 && strncasecmp(type, "multipart/", 10) == 0)
	{
		answer_problem(request, 415, "Of the multipart types only multipart/form-data is read here.");
		return false;
	}
	if (!take_arguments(request))
		return false;
	if (upload->multipart)
	{
		upload->post = MHD_create_post_processor(request->connection, FORM_BUFFER, take_part, request);
		if (upload->post == NULL)
		{
			answer_problem(request, 400, "The form has no boundary.");
			return false;
		}
	}
	return upload_begin(upload) || no_disk(request);
}

bool
upload_take(Request *request, const char *bytes, size_t size)
{
	Upload	   *upload = request->upload;

	request->body_size += size;
	if (request->body_size > (uint64_t) atomic_load(&request->server->tunables.upload_limit))
	{
		answer_problem(request, 413, "A file may have %ld MiB at most.", atomic_load(&request->server->tunables.upload_limit) / 1024 / 1024);
		return false;
	}
	if (!upload->multipart)
		return spool_write(upload->writer, bytes, size) || no_disk(request);
	if (MHD_post_process(upload->post, bytes, size) == MHD_YES)
		return true;
	if (request->answer.status == 0)
		answer_problem(request, 400, "The form can't be read: it is not well-formed multipart/form-data.");
	return false;
}

bool
upload_close(Request *request)
{
	Upload	   *upload = request->upload;
	bool		fine;

	if (upload->multipart)
	{
		fine = MHD_destroy_post_processor(upload->post) == MHD_YES;
		upload->post = NULL;
		if (request->answer.status != 0)
			return false;
		/* Pieces may part a character. */
		for (int i = 0; i < STATED_COUNT; i++)
		{
			if (upload->stated[i] != NULL && !utf8_is_valid(upload->stated[i], strlen(upload->stated[i])))
				return not_plain(request, (Stated) i);
		}
		if (!fine || !upload->has_file)
		{
			answer_problem(request, 400, fine ? "The form has no part \"file\"." :
						   "The form can't be read: it is not well-formed multipart/form-data, or was cut off.");
			return false;
		}
	}
	if ((upload->multipart ? upload->file.size : request->body_size) == 0)
	{
		answer_problem(request, 400, "The file is empty.");
		return false;
	}
	if (upload->name == NULL && (upload->name = strdup("upload")) == NULL)
		return no_disk(request);
	if (asprintf(&upload->from, "https, %s, token %s", request->address, upload->identity->prefix) < 0)
	{
		upload->from = NULL;
		return no_disk(request);
	}
	return upload_finish(upload) || no_disk(request);
}
