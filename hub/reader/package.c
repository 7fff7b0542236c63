/*
 * hub/reader/package.c
 *		The ZIP that a document is: looked at by its directory first, then member by member (libarchive).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "reader.h"

static struct archive *
open_zip(const char *path)
{
	struct archive *zip = archive_read_new();

	if (zip == NULL || archive_read_support_format_zip_seekable(zip) != ARCHIVE_OK ||
		archive_read_open_filename(zip, path, 65536) != ARCHIVE_OK)
		refuse("it can't be opened: it is damaged, or not a document");
	return zip;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t		length = strlen(text);
	size_t		n = strlen(end);

	return length >= n && strcasecmp(text + length - n, end) == 0;
}

/* What is no ZIP at all, told by its first bytes. */
static void
check_start(const char *path)
{
	static const unsigned char ole[8] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
	unsigned char start[8] = {0};
	struct stat st;
	FILE	   *file = fopen(path, "rb");
	size_t		n;

	if (file == NULL || fstat(fileno(file), &st) != 0)
		refuse("it can't be read");
	n = fread(start, 1, sizeof(start), file);
	fclose(file);
	if (n == 0)
		refuse("the file is empty");
	if (st.st_size > READER_MAX_FILE)
		refuse("it is larger than %ld MB", READER_MAX_FILE / (1024 * 1024));
	if (n == 8 && memcmp(start, ole, 8) == 0)
		refuse("it is protected by a password, or in the format of before 2007 (.doc, .xls); save it without a password as .docx or .xlsx");
	if (memcmp(start, "%PDF", 4) == 0)
		refuse("it is a PDF; send the Word document, the spreadsheet or a CSV file");
	if (memcmp(start, "PK\3\4", 4) != 0)
		refuse("it is neither a Word document (.docx) nor a spreadsheet (.xlsx, .ods)");
}

DocumentKind
package_check(const char *path)
{
	struct archive *zip;
	struct archive_entry *entry;
	struct stat st;
	int64_t		unpacked = 0;
	int			members = 0;
	bool		word = false;
	bool		excel = false;
	bool		ods = false;
	int			result;

	check_start(path);
	if (stat(path, &st) != 0)
		refuse("it can't be read");
	zip = open_zip(path);
	while ((result = archive_read_next_header(zip, &entry)) == ARCHIVE_OK || result == ARCHIVE_WARN)
	{
		const char *name = archive_entry_pathname(entry);

		if (name == NULL)
			refuse("it is damaged: a part of it has no name");
		if (++members > READER_MAX_MEMBERS)
			refuse("it has more than %d parts", READER_MAX_MEMBERS);
		if (archive_entry_is_encrypted(entry))
			refuse("it is protected by a password; save it without one");
		if (ends_with(name, "vbaProject.bin") || strncmp(name, "Basic/", 6) == 0)
			refuse("it contains macros (small programs); save it without them, as .docx, .xlsx or .ods");
		if (!archive_entry_size_is_set(entry))
			refuse("it is damaged: the size of one of its parts isn't known");
		unpacked += archive_entry_size(entry);
		if (archive_entry_size(entry) < 0 || unpacked > READER_MAX_UNPACKED ||
			(unpacked > 1024 * 1024 && unpacked / READER_MAX_RATIO > st.st_size))
			refuse("it unpacks to far more than a return can hold");
		if (strcmp(name, "word/document.xml") == 0)
			word = true;
		else if (strcmp(name, "xl/workbook.xml") == 0)
			excel = true;
		else if (strcmp(name, "content.xml") == 0)
			ods = true;
	}
	if (result != ARCHIVE_EOF)
		refuse("it is damaged: its parts can't be listed");
	archive_read_free(zip);
	if (word + excel + ods != 1)
		refuse("it is neither a Word document (.docx) nor a spreadsheet (.xlsx, .ods)");
	if (ods)
	{
		size_t		size;
		char	   *type = package_member(path, "mimetype", &size);

		if (type == NULL || strncmp(type, "application/vnd.oasis.opendocument.spreadsheet", 46) != 0)
			refuse("it is neither a Word document (.docx) nor a spreadsheet (.xlsx, .ods)");
		free(type);
	}
	return word ? DOCUMENT_DOCX : excel ? DOCUMENT_XLSX : DOCUMENT_ODS;
}

char *
package_member(const char *path, const char *name, size_t *size)
{
	struct archive *zip = open_zip(path);
	struct archive_entry *entry;
	char	   *bytes = NULL;
	size_t		room = 0;
	ssize_t		n = 0;
	int			result;

	*size = 0;
	while ((result = archive_read_next_header(zip, &entry)) == ARCHIVE_OK || result == ARCHIVE_WARN)
	{
		const char *found = archive_entry_pathname(entry);

		if (found != NULL && strcmp(found, name) == 0)
			break;
	}
	if (result == ARCHIVE_OK || result == ARCHIVE_WARN)
	{
		/* The directory's size is a claim; what comes is counted. */
		do
		{
			*size += (size_t) n;
			if (*size + 1 >= room)
			{
				room = room == 0 ? 65536 : room * 2;
				if (room > (size_t) READER_MAX_UNPACKED * 2)
					refuse("it unpacks to far more than a return can hold");
				bytes = realloc(bytes, room);
				if (bytes == NULL)
					refuse("it needs more memory than a return may");
			}
			n = archive_read_data(zip, bytes + *size, room - *size - 1);
		} while (n > 0);
		if (n < 0)
			refuse("it is damaged: one of its parts can't be unpacked");
		bytes[*size] = '\0';
	}
	archive_read_free(zip);
	return bytes;
}
