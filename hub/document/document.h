/*
 * hub/document/document.h
 *		A partner's document as cells: wardstar-read is run as a child, with limits on memory and time, over bytes
 *		that lie in memory only.
 */
#ifndef HUB_DOCUMENT_H
#define HUB_DOCUMENT_H

#include "hub.h"

typedef struct DocumentCell
{
	int			sheet;			/* index into sheets */
	int			row;			/* from 1 */
	int			column;
	int			rows;			/* more than 1 where cells are merged */
	int			columns;
	bool		hidden;			/* its row or its sheet is */
	char		type;			/* 'b' yes/no value, '%' percentage, 'd' date, 0 text or number */
	char	   *text;
} DocumentCell;

typedef struct DocumentSheet
{
	int			number;			/* 0: text outside tables of a Word document */
	char	   *name;
	bool		hidden;
} DocumentSheet;

typedef struct Document
{
	char		kind[8];		/* docx, xlsx, ods */
	size_t		nsheets;
	DocumentSheet	   *sheets;
	size_t		ncells;
	DocumentCell	   *cells;			/* by sheet, row, column */
	char	   *refused;		/* why, in words for the partner; then all else is empty */
} Document;

/* Whether bytes look like what wardstar-read reads: a ZIP, or one of the formats that it refuses by name. */
extern bool document_is_one(const void *bytes, size_t size);

/*
 * Reads a document. HUB_OK with document->refused set is a refusal that the partner can mend; any other exit is
 * ours, and logged. Free it with document_free.
 */
extern HubExit document_read(Hub *hub, const void *bytes, size_t size, Document *document) HUB_MUST_CHECK;

/* The same where document_is_one; else an empty document. */
extern HubExit document_read_if_one(Hub *hub, const void *bytes, size_t size, Document *document) HUB_MUST_CHECK;
extern void document_free(Document *document);

#endif
