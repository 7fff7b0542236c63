/*
 * hub/reader/word.c
 *		A Word document: its tables as sheets, the text outside them as sheet 0 (libxml2).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "reader.h"

#define WORD "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define WORD_STRICT "http://purl.oclc.org/ooxml/wordprocessingml/main"

static int	tables;

static bool
is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && node->ns != NULL && strcmp((const char *) node->name, name) == 0 &&
		(strcmp((const char *) node->ns->href, WORD) == 0 || strcmp((const char *) node->ns->href, WORD_STRICT) == 0);
}

static xmlNode *
child(xmlNode *node, const char *name)
{
	for (xmlNode *c = node != NULL ? node->children : NULL; c != NULL; c = c->next)
	{
		if (is(c, name))
			return c;
	}
	return NULL;
}

/* The attribute w:val as a number; missing or odd is "otherwise". */
static int
value(xmlNode *node, int otherwise)
{
	xmlChar    *text = node != NULL ? xmlGetProp(node, BAD_CAST "val") : NULL;
	int			number = text != NULL ? atoi((const char *) text) : otherwise;

	xmlFree(text);
	return number >= 1 && number <= READER_MAX_COLUMNS ? number : otherwise;
}

static bool
value_is(xmlNode *node, const char *word)
{
	xmlChar    *text = node != NULL ? xmlGetProp(node, BAD_CAST "val") : NULL;
	bool		same = text != NULL && strcmp((const char *) text, word) == 0;

	xmlFree(text);
	return same;
}

/*
 * The text below a node: runs, tabs, breaks; a paragraph ends with a line break. A ticked box of a form is
 * "TRUE", an open one nothing. Deleted text that is still tracked is left out; tables inside are too.
 */
static void
gather(xmlNode *node, xmlBuffer *out)
{
	for (xmlNode *c = node->children; c != NULL; c = c->next)
	{
		if (is(c, "t"))
		{
			xmlChar    *text = xmlNodeGetContent(c);

			xmlBufferCat(out, text);
			xmlFree(text);
		}
		else if (is(c, "tab"))
			xmlBufferCat(out, BAD_CAST " ");
		else if (is(c, "br") || is(c, "cr"))
			xmlBufferCat(out, BAD_CAST "\n");
		else if (is(c, "noBreakHyphen"))
			xmlBufferCat(out, BAD_CAST "-");
		else if (is(c, "p"))
		{
			gather(c, out);
			xmlBufferCat(out, BAD_CAST "\n");
		}
		else if (c->type == XML_ELEMENT_NODE && !is(c, "tbl") && !is(c, "del") && !is(c, "instrText") &&
				 !is(c, "pPr") && !is(c, "rPr") && !is(c, "tcPr") && !is(c, "sdtPr"))
			gather(c, out);
	}
}

/* Without the blanks and line breaks around it. */
static char *
trimmed(xmlBuffer *buffer)
{
	char	   *text = (char *) xmlBufferContent(buffer);
	char	   *end = text + strlen(text);

	while (end > text && strchr(" \t\r\n", end[-1]) != NULL)
		*--end = '\0';
	return text + strspn(text, " \t\r\n");
}

/* How many rows below a cell go on with its vertical merge, at the same grid column. */
static int
rows_below(xmlNode *row, int column)
{
	int			n = 0;

	for (xmlNode *r = row->next; r != NULL; r = r->next)
	{
		int			at = 1;
		bool		goes_on = false;

		if (!is(r, "tr"))
			continue;
		for (xmlNode *c = r->children; c != NULL && at <= column; c = c->next)
		{
			xmlNode    *merge;

			if (!is(c, "tc"))
				continue;
			merge = child(child(c, "tcPr"), "vMerge");
			goes_on = at == column && merge != NULL && !value_is(merge, "restart");
			at += value(child(child(c, "tcPr"), "gridSpan"), 1);
		}
		if (!goes_on)
			break;
		n++;
	}
	return n;
}

static void read_blocks(xmlNode *node, int depth, int *paragraph, bool outside);

static void
read_table(xmlNode *table, int depth)
{
	char		name[32];
	int			row = 0;

	snprintf(name, sizeof(name), "table %d", ++tables);
	sheet_begin(tables, name, false);
	for (xmlNode *r = table->children; r != NULL; r = r->next)
	{
		int			column = 1;

		if (!is(r, "tr"))
			continue;
		row++;
		column += value(child(child(r, "trPr"), "gridBefore"), 0);
		for (xmlNode *c = r->children; c != NULL; c = c->next)
		{
			xmlNode    *tc = is(c, "sdt") ? child(child(c, "sdtContent"), "tc") : c;
			xmlNode    *merge;
			int			span;

			if (tc == NULL || !is(tc, "tc"))
				continue;
			span = value(child(child(tc, "tcPr"), "gridSpan"), 1);
			merge = child(child(tc, "tcPr"), "vMerge");
			if (merge == NULL || value_is(merge, "restart"))
			{
				xmlBuffer  *text = xmlBufferCreate();

				gather(tc, text);
				cell(row, column, 1 + (merge != NULL ? rows_below(r, column) : 0), span, trimmed(text), false, NULL);
				xmlBufferFree(text);
			}
			column += span;
		}
	}
	/* Tables inside its cells come after it. */
	for (xmlNode *r = table->children; r != NULL; r = r->next)
	{
		for (xmlNode *c = r->children; c != NULL; c = c->next)
		{
			if (is(c, "tc"))
				read_blocks(c, depth + 1, NULL, false);
		}
	}
}

/* Tables below a node, and, outside tables, its paragraphs. */
static void
read_blocks(xmlNode *node, int depth, int *paragraph, bool outside)
{
	if (depth > 50)
		refuse("it is nested too deeply to be a return");
	for (xmlNode *c = node->children; c != NULL; c = c->next)
	{
		if (is(c, "tbl"))
		{
			if (!outside)
				read_table(c, depth);
		}
		else if (is(c, "p") && outside)
		{
			xmlBuffer  *text = xmlBufferCreate();

			gather(c, text);
			++*paragraph;
			cell(*paragraph <= READER_MAX_ROWS ? *paragraph : READER_MAX_ROWS, 1, 1, 1, trimmed(text), false, NULL);
			xmlBufferFree(text);
		}
		else if (is(c, "sdt") || is(c, "sdtContent") || is(c, "body"))
			read_blocks(c, depth + 1, paragraph, outside);
	}
}

void
read_word(const char *path)
{
	size_t		size;
	char	   *xml = package_member(path, "word/document.xml", &size);
	xmlDoc	   *doc = xml == NULL || size > 50L * 1024 * 1024 ? NULL :
		xmlReadMemory(xml, (int) size, "document.xml", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNode    *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
	int			paragraph = 0;

	/* A document type has no place in an office document: entities are how XML bombs are made. */
	if (root == NULL || !is(root, "document") || doc->intSubset != NULL || doc->extSubset != NULL)
		refuse("it is damaged: its text can't be read");
	document_begin("docx");
	sheet_begin(0, "text", false);
	read_blocks(root, 0, &paragraph, true);
	read_blocks(root, 0, NULL, false);
	xmlFreeDoc(doc);
	free(xml);
}
