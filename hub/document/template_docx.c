/*
 * hub/document/template_docx.c
 *		A form as a Word document: the least that Word and LibreOffice need, packed by libarchive.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <libxml/xmlwriter.h>

#include "program/log.h"
#include "template.h"

#define WORD "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

static const char content_types[] =
"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
"<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

static const char relations[] =
"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
"<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";

static void
start(xmlTextWriter *xml, const char *name)
{
	(void) xmlTextWriterStartElementNS(xml, BAD_CAST "w", BAD_CAST name, NULL);
}

static void
end(xmlTextWriter *xml)
{
	(void) xmlTextWriterEndElement(xml);
}

static void
attribute(xmlTextWriter *xml, const char *name, const char *value)
{
	(void) xmlTextWriterWriteAttributeNS(xml, BAD_CAST "w", BAD_CAST name, NULL, BAD_CAST value);
}

static void
empty(xmlTextWriter *xml, const char *name, const char *value)
{
	start(xml, name);
	attribute(xml, "val", value);
	end(xml);
}

/* A paragraph; size in half points, 0 for the usual. */
static void
paragraph(xmlTextWriter *xml, const char *text, bool bold, const char *size)
{
	start(xml, "p");
	start(xml, "r");
	start(xml, "rPr");
	if (bold)
	{
		start(xml, "b");
		end(xml);
	}
	if (size != NULL)
		empty(xml, "sz", size);
	end(xml);
	start(xml, "t");
	(void) xmlTextWriterWriteAttribute(xml, BAD_CAST "xml:space", BAD_CAST "preserve");
	(void) xmlTextWriterWriteString(xml, BAD_CAST text);
	end(xml);
	end(xml);
	end(xml);
}

static void
cell(xmlTextWriter *xml, const char *text, const char *width, bool bold, bool small)
{
	start(xml, "tc");
	start(xml, "tcPr");
	start(xml, "tcW");
	attribute(xml, "w", width);
	attribute(xml, "type", "dxa");
	end(xml);
	end(xml);
	paragraph(xml, text, bold, small ? "16" : NULL);
	end(xml);
}

/* Question, answer, what to write; in twentieths of a point. */
static const char *const widths[] = {"3400", "1800", "4200"};

static void
begin_table(xmlTextWriter *xml)
{
	static const char *const sides[] = {"top", "left", "bottom", "right", "insideH", "insideV"};

	start(xml, "tbl");
	start(xml, "tblPr");
	start(xml, "tblBorders");
	for (size_t i = 0; i < 6; i++)
	{
		start(xml, sides[i]);
		attribute(xml, "val", "single");
		attribute(xml, "sz", "4");
		end(xml);
	}
	end(xml);
	end(xml);
	start(xml, "tblGrid");
	for (size_t i = 0; i < 3; i++)
	{
		start(xml, "gridCol");
		attribute(xml, "w", widths[i]);
		end(xml);
	}
	end(xml);
}

static void
row(xmlTextWriter *xml, const char *question, const char *answer, const char *what, bool bold)
{
	start(xml, "tr");
	cell(xml, question, widths[0], bold, false);
	cell(xml, answer, widths[1], bold, false);
	cell(xml, what, widths[2], bold, true);
	end(xml);
}

static void
write_fields(xmlTextWriter *xml, struct json_object *fields)
{
	const char *section = "";
	bool		open = false;
	bool		places = false;

	for (size_t i = 0; fields != NULL && i < json_object_array_length(fields); i++)
	{
		struct json_object *field = json_object_array_get_idx(fields, i);
		const char *own = template_text(field, "section");

		if (!open || strcmp(own, section) != 0)
		{
			if (open)
				end(xml);
			paragraph(xml, own, true, "26");
			begin_table(xml);
			open = true;
			section = own;
		}
		if (!template_is_family(template_text(field, "name")))
			row(xml, template_text(field, "title"), "", template_text(field, "description"), false);
		else if (!places)
		{
			row(xml, "Postcode, LSOA code or ward code", "People", "One a line. Add lines as you need. Postcodes are turned into areas and not kept.", true);
			for (int n = 0; n < TEMPLATE_PLACES / 4; n++)
				row(xml, "", "", "", false);
			places = true;
		}
	}
	if (open)
		end(xml);
}

static void
write_document(xmlTextWriter *xml, const Template *template)
{
	struct json_object *narrative = template_list(template->form, "narrative");
	char		line[512];

	(void) xmlTextWriterStartDocument(xml, "1.0", "UTF-8", "yes");
	(void) xmlTextWriterStartElementNS(xml, BAD_CAST "w", BAD_CAST "document", BAD_CAST WORD);
	start(xml, "body");
	paragraph(xml, template_text(template->form, "title"), true, "36");
	snprintf(line, sizeof(line), "Programme: %s", template->programme != NULL ? template->programme : "");
	paragraph(xml, line, false, NULL);
	snprintf(line, sizeof(line), "Quarter: %s%s%s%s", template->period != NULL ? template->period : "",
			 template->period_words != NULL ? " (" : "", template->period_words != NULL ? template->period_words : "",
			 template->period_words != NULL ? ")" : "");
	paragraph(xml, line, false, NULL);
	paragraph(xml, "Counts are whole numbers. Write 0 if there was nobody, and leave a box empty if you do not know. "
			  "Name nobody in your own words.", false, NULL);
	write_fields(xml, template_list(template->form, "fields"));
	for (size_t i = 0; narrative != NULL && i < json_object_array_length(narrative); i++)
	{
		struct json_object *question = json_object_array_get_idx(narrative, i);

		if (i == 0)
		{
			paragraph(xml, "In your own words", true, "26");
			begin_table(xml);
		}
		row(xml, template_text(question, "title"), "", template_text(question, "description"), false);
		if (i + 1 == json_object_array_length(narrative))
			end(xml);
	}
	paragraph(xml, "", false, NULL);
	(void) xmlTextWriterEndDocument(xml);
}

static bool
add_part(struct archive *zip, const char *name, const void *bytes, size_t size)
{
	struct archive_entry *entry = archive_entry_new();
	bool		fine;

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t) size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	/* ZIP's first moment: the same form makes the same bytes. */
	archive_entry_set_mtime(entry, 315532800, 0);
	fine = archive_write_header(zip, entry) == ARCHIVE_OK && archive_write_data(zip, bytes, size) == (la_ssize_t) size;
	archive_entry_free(entry);
	return fine;
}

HubExit
template_docx(const Template *template, const char *path)
{
	xmlBuffer  *buffer = xmlBufferCreate();
	xmlTextWriter *xml = buffer != NULL ? xmlNewTextWriterMemory(buffer, 0) : NULL;
	struct archive *zip = archive_write_new();
	HubExit		result = HUB_FILE;

	if (xml == NULL || zip == NULL)
	{
		log_error("out of memory");
		result = HUB_INTERNAL;
	}
	else
	{
		write_document(xml, template);
		(void) xmlTextWriterFlush(xml);
		if (archive_write_set_format_zip(zip) != ARCHIVE_OK || archive_write_open_filename(zip, path) != ARCHIVE_OK ||
			!add_part(zip, "[Content_Types].xml", content_types, sizeof(content_types) - 1) ||
			!add_part(zip, "_rels/.rels", relations, sizeof(relations) - 1) ||
			!add_part(zip, "word/document.xml", xmlBufferContent(buffer), (size_t) xmlBufferLength(buffer)) ||
			archive_write_close(zip) != ARCHIVE_OK)
		{
			log_error("could not write %s: %s", path, archive_error_string(zip));
			(void) unlink(path);
		}
		else
			result = HUB_OK;
	}
	if (zip != NULL)
		archive_write_free(zip);
	if (xml != NULL)
		xmlFreeTextWriter(xml);
	if (buffer != NULL)
		xmlBufferFree(buffer);
	return result;
}
