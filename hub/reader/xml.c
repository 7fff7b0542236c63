/*
 * hub/reader/xml.c
 *		The XML of a part of a package (libxml2's streaming reader).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "marks.h"

xmlTextReader *
xml_open(const char *path, const char *part, char **bytes)
{
	size_t		size;
	xmlTextReader *reader;

	*bytes = package_member(path, part, &size);
	if (*bytes == NULL)
		return NULL;
	reader = size > (size_t) READER_MAX_UNPACKED ? NULL :
		xmlReaderForMemory(*bytes, (int) size, part, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (reader == NULL)
		refuse("it is damaged: its tables can't be read");
	return reader;
}

bool
xml_next(xmlTextReader *reader)
{
	int			result;

	while ((result = xmlTextReaderRead(reader)) == 1)
	{
		int			type = xmlTextReaderNodeType(reader);

		if (type == XML_READER_TYPE_DOCUMENT_TYPE)
			break;
		if (type == XML_READER_TYPE_ELEMENT)
			return true;
	}
	if (result != 0)
		refuse("it is damaged: its tables can't be read");
	return false;
}

void
xml_close(xmlTextReader *reader, char *bytes)
{
	if (reader != NULL)
		xmlFreeTextReader(reader);
	free(bytes);
}

bool
xml_is(xmlTextReader *reader, const char *name)
{
	const xmlChar *found = xmlTextReaderConstLocalName(reader);

	return found != NULL && strcmp((const char *) found, name) == 0;
}

char *
xml_attribute(xmlTextReader *reader, const char *name)
{
	return (char *) xmlTextReaderGetAttribute(reader, BAD_CAST name);
}

bool
xml_attribute_is(xmlTextReader *reader, const char *name, const char *word)
{
	char	   *text = xml_attribute(reader, name);
	bool		same = text != NULL && strcasecmp(text, word) == 0;

	xmlFree(text);
	return same;
}

int
xml_number(xmlTextReader *reader, const char *name, int otherwise)
{
	char	   *text = xml_attribute(reader, name);
	long		number = text != NULL ? strtol(text, NULL, 10) : otherwise;

	xmlFree(text);
	return number >= 0 && number <= 10000000 ? (int) number : otherwise;
}
