/*
 * hub/load/zip.c
 *		The files inside a zip, by libarchive. A member is taken out into a temporary file, under a name of ours:
 *		no name of the archive's ever becomes a path.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "load/files.h"
#include "load/source.h"
#include "program/log.h"
#include "program/settings.h"
#include "program/stop.h"

#define MAX_MEMBERS 100000
#define BLOCK ((size_t) 64 * 1024)

static struct archive *
open_zip(const char *path)
{
	struct archive *archive = archive_read_new();

	if (archive == NULL)
	{
		log_error("out of memory");
		return NULL;
	}
	archive_read_support_format_zip_seekable(archive);
	if (archive_read_open_filename(archive, path, BLOCK) != ARCHIVE_OK)
	{
		log_line(LOG_ERROR, path, "not a zip that can be read: %s", archive_error_string(archive));
		archive_read_free(archive);
		return NULL;
	}
	return archive;
}

static const char *
member_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	return name != NULL ? name : archive_entry_pathname(entry);
}

/* A name that would leave the archive's folder shows that somebody means ill. */
static bool
is_suspicious(const char *name)
{
	if (name[0] == '/' || name[0] == '\\' || strchr(name, '\\') != NULL || (name[0] != '\0' && name[1] == ':'))
		return true;
	for (const char *p = name; p != NULL; p = strchr(p, '/'))
	{
		if (*p == '/')
			p++;
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return true;
	}
	return false;
}

static HubExit
broken(const char *shown, struct archive *archive)
{
	log_line(LOG_ERROR, shown, "the zip is damaged, encrypted or of an unknown kind: %s",
			 archive_error_string(archive) != NULL ? archive_error_string(archive) : "cut off");
	return HUB_REFUSED;
}

static bool
is_hidden(const char *name)
{
	const char *slash = strrchr(name, '/');

	return (slash != NULL ? slash[1] : name[0]) == '.' || strncmp(name, "__MACOSX/", 9) == 0;
}

/* "head" is room for SOURCE_HEAD bytes. */
HubExit
zip_list(Hub *hub, SourceList *list, const char *path, char *head)
{
	struct archive *archive = open_zip(path);
	struct archive_entry *entry;
	uint64_t	limit = (uint64_t) setting_number(hub, "member-limit") * 1024 * 1024;
	HubExit		exit_code = HUB_OK;

	if (archive == NULL)
		return HUB_REFUSED;
	for (int number = 0; exit_code == HUB_OK; number++)
	{
		int			status = archive_read_next_header(archive, &entry);
		const char *name;
		ssize_t		n = 0;
		size_t		length;

		if (status == ARCHIVE_EOF)
			break;
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
		{
			exit_code = broken(path, archive);
			break;
		}
		if (stop_requested())
		{
			exit_code = HUB_STOPPED;
			break;
		}
		name = member_name(entry);
		if (name == NULL || number >= MAX_MEMBERS || is_suspicious(name))
		{
			log_line(LOG_ERROR, path, "refused: %s", number >= MAX_MEMBERS ? "too many files inside" :
					 "a file inside has a name that leads out of the archive");
			exit_code = HUB_REFUSED;
			break;
		}
		if (archive_entry_filetype(entry) != AE_IFREG || source_is_part_of_shapefile(name) || is_hidden(name))
			continue;
		if (archive_entry_size_is_set(entry) && (uint64_t) archive_entry_size(entry) > limit)
		{
			log_line(LOG_ERROR, path, "refused: \"%s\" inside is larger than %ld MiB (--member-limit)", name,
					 setting_number(hub, "member-limit"));
			exit_code = HUB_REFUSED;
			break;
		}
		for (length = 0; length < SOURCE_HEAD; length += (size_t) n)
		{
			n = archive_read_data(archive, head + length, SOURCE_HEAD - length);
			if (n <= 0)
				break;
		}
		if (n < 0)
			exit_code = broken(path, archive);
		else
			exit_code = source_append(list, path, name, number,
									  archive_entry_size_is_set(entry) ? (uint64_t) archive_entry_size(entry) : 0,
									  false, head, length);
	}
	archive_read_free(archive);
	return exit_code;
}

void
zip_cursor_close(ZipCursor *cursor)
{
	if (cursor->archive != NULL)
		archive_read_free(cursor->archive);
	free(cursor->path);
	memset(cursor, 0, sizeof(*cursor));
}

/* Goes to an entry: forward in what is open, or from the beginning. */
static HubExit
go_to(ZipCursor *cursor, const Source *source, struct archive_entry **entry)
{
	if (cursor->archive == NULL || strcmp(cursor->path, source->path) != 0 || cursor->next > source->member)
	{
		zip_cursor_close(cursor);
		cursor->path = strdup(source->path);
		cursor->archive = cursor->path != NULL ? open_zip(source->path) : NULL;
		if (cursor->archive == NULL)
			return HUB_REFUSED;
	}
	for (; cursor->next <= source->member; cursor->next++)
	{
		int			status = archive_read_next_header(cursor->archive, entry);

		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
			return broken(source->shown, cursor->archive);
	}
	return HUB_OK;
}

/* Writes the entry's bytes to a file, and no more than is allowed of them: its header may lie. */
static HubExit
take_out(Hub *hub, struct archive *archive, int fd, const char *shown)
{
	uint64_t	limit = (uint64_t) setting_number(hub, "member-limit") * 1024 * 1024;
	uint64_t	total = 0;
	char	   *buffer = malloc(BLOCK);
	HubExit		exit_code = HUB_OK;

	if (buffer == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	for (;;)
	{
		ssize_t		n = archive_read_data(archive, buffer, BLOCK);

		if (n == 0)
			break;
		if (n < 0)
		{
			exit_code = broken(shown, archive);
			break;
		}
		total += (uint64_t) n;
		if (total > limit)
		{
			log_line(LOG_ERROR, shown, "refused: larger than %ld MiB once taken out (--member-limit)",
					 setting_number(hub, "member-limit"));
			exit_code = HUB_REFUSED;
			break;
		}
		if (stop_requested())
		{
			exit_code = HUB_STOPPED;
			break;
		}
		if (!write_all(fd, buffer, (size_t) n))
		{
			log_line(LOG_ERROR, shown, "could not write a temporary file: %s", strerror(errno));
			exit_code = HUB_INTERNAL;
			break;
		}
	}
	free(buffer);
	return exit_code;
}

/* A shapefile is several entries with one stem: all are taken out side by side. */
static HubExit
take_out_shapefile(Hub *hub, const Source *source, OpenSource *open_source)
{
	struct archive *archive = open_zip(source->path);
	struct archive_entry *entry;
	size_t		stem = strlen(source->name) > 4 ? strlen(source->name) - 4 : 0;
	HubExit		exit_code = HUB_OK;

	if (archive == NULL)
		return HUB_REFUSED;
	while (exit_code == HUB_OK)
	{
		int			status = archive_read_next_header(archive, &entry);
		const char *name;

		if (status == ARCHIVE_EOF)
			break;
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
		{
			exit_code = broken(source->shown, archive);
			break;
		}
		name = member_name(entry);
		if (name == NULL || strncmp(name, source->name, stem) != 0)
			continue;
		for (size_t i = 0; i < SHAPEFILE_PARTS && exit_code == HUB_OK; i++)
		{
			char		path[PATH_MAX + 32];
			int			fd;

			if (strcasecmp(name + stem, shapefile_parts[i]) != 0)
				continue;
			snprintf(path, sizeof(path), "%s/boundaries%s", open_source->folder, shapefile_parts[i]);
			fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
			if (fd < 0)
			{
				log_line(LOG_ERROR, source->shown, "could not write a temporary file: %s", strerror(errno));
				exit_code = HUB_INTERNAL;
				break;
			}
			exit_code = take_out(hub, archive, fd, source->shown);
			close(fd);
		}
	}
	archive_read_free(archive);
	return exit_code;
}

HubExit
zip_open_member(Hub *hub, const Source *source, ZipCursor *cursor, OpenSource *open_source)
{
	static const char *const endings[] = {"", ".shp", ".gpkg", ".geojson", ""};
	struct archive_entry *entry = NULL;
	HubExit		exit_code;

	if (source->format == SOURCE_TEXT)
		open_source->fd = temporary_file();
	else if (temporary_folder(open_source->folder))
	{
		if (snprintf(open_source->gdal_path, sizeof(open_source->gdal_path), "%s/boundaries%s", open_source->folder,
					 endings[source->format]) >= (int) sizeof(open_source->gdal_path))
			return HUB_INTERNAL;
		if (source->format == SOURCE_SHAPEFILE)
			return take_out_shapefile(hub, source, open_source);
		open_source->fd = open(open_source->gdal_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (open_source->fd < 0)
			log_line(LOG_ERROR, source->shown, "could not make %s: %s", open_source->gdal_path, strerror(errno));
	}
	else
		open_source->folder[0] = '\0';
	if (open_source->fd < 0)
		return HUB_INTERNAL;
	exit_code = go_to(cursor, source, &entry);
	if (exit_code == HUB_OK)
		exit_code = take_out(hub, cursor->archive, open_source->fd, source->shown);
	if (exit_code != HUB_OK)
		zip_cursor_close(cursor);
	else if (lseek(open_source->fd, 0, SEEK_SET) != 0)
		exit_code = HUB_INTERNAL;
	return exit_code;
}
