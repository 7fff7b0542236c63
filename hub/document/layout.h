/*
 * hub/document/layout.h
 *		From a document's cells to the answers of a form: each label is found, and the answer beside or below it.
 */
#ifndef HUB_LAYOUT_H
#define HUB_LAYOUT_H

#include "document.h"
#include "form.h"

typedef struct Answer
{
	int			sheet;			/* where the answer stands; for receipts */
	int			row;
	char	   *field;
	char	   *text;
} Answer;

typedef struct Layout
{
	size_t		labels;			/* different fields of the form whose label was found */
	size_t		nanswers;
	Answer	   *answers;
	int			hidden_sheets;	/* with something in them */
	int			hidden_rows;	/* with a label or an answer in them */
	int			unplaced;		/* filled boxes beside a label that is none of the form's */
} Layout;

/* Finds the answers of one form. The same document may be tried with several forms: the most labels win. */
extern HubExit layout_read(const Document *document, const Form *form, Layout *layout) HUB_MUST_CHECK;
extern void layout_free(Layout *layout);

/*
 * The quarter that a document names of itself, as 2025-Q2; "" if it names none, "?" if it names several. Looked
 * for are "2025-Q2", "Quarter 2 2025/26", "Q2 2025-26", and "July to September 2025" and its like.
 */
extern void layout_period(const Document *document, char period[8]);

#endif
