/*
 * hub/document/layout.c
 *		Labels and answers in a document.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "program/log.h"
#include "template.h"

/* What a cell is, once its text is known. */
typedef struct Seen
{
	char	   *label;			/* normalised text */
	const FormField *field;		/* whose label it is, or NULL */
	bool		section;		/* the heading of a section of the form */
	bool		answer;			/* taken as the answer of a label */
} Seen;

typedef struct Work
{
	const Document *document;
	const Form *form;
	Seen	   *seen;			/* one a cell */
	bool	   *found;			/* one a field */
	bool	   *ours;			/* one a sheet: it is of our own template, read by its field names */
	Layout	   *layout;
} Work;

/* "5-11" that a spreadsheet took for 5 November: the label that was typed, day first or month first. */
static bool
date_is(const char *text, const char *label)
{
	int			year;
	int			month;
	int			day;
	char		typed[32];

	if (sscanf(text, "%4d%*[-/]%2d%*[-/]%2d", &year, &month, &day) != 3)
		return false;
	snprintf(typed, sizeof(typed), "%d-%d", day, month);
	if (strcmp(typed, label) == 0)
		return true;
	snprintf(typed, sizeof(typed), "%d-%d", month, day);
	return strcmp(typed, label) == 0;
}

static bool
label_is(const DocumentCell *cell, const Seen *seen, const FormField *field)
{
	size_t		n = strlen(field->label);

	if (n == 0 || strchr(field->name, '*') != NULL)
		return false;
	if (strcmp(seen->label, field->label) == 0 || strcmp(seen->label, field->name) == 0)
		return true;
	if (cell->type == 'd' && date_is(cell->text, field->label))
		return true;
	/* A question may have a hint after it. */
	return field->narrative && n >= 12 && strncmp(seen->label, field->label, n) == 0 && !isalnum((unsigned char) seen->label[n]);
}

/* The cell at a place, or that which is merged over it; NULL if it is empty. */
static const DocumentCell *
cell_at(const Document *document, int sheet, int row, int column)
{
	size_t		low = 0;
	size_t		high = document->ncells;

	while (low < high)
	{
		size_t		middle = (low + high) / 2;
		const DocumentCell *cell = &document->cells[middle];

		if (cell->sheet < sheet || (cell->sheet == sheet && (cell->row < row || (cell->row == row && cell->column < column))))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < document->ncells && document->cells[low].sheet == sheet && document->cells[low].row == row &&
		document->cells[low].column == column)
		return &document->cells[low];
	return NULL;
}

static Seen *
seen_of(const Work *work, const DocumentCell *cell)
{
	return cell != NULL ? &work->seen[cell - work->document->cells] : NULL;
}

/* The cell whose text is "word" in a row, or NULL. */
static const DocumentCell *
in_row(const Document *document, const DocumentCell *from, const char *word)
{
	for (const DocumentCell *c = from; c < document->cells + document->ncells && c->sheet == from->sheet && c->row == from->row; c++)
	{
		if (strcmp(c->text, word) == 0)
			return c;
	}
	return NULL;
}

static char *answer_text(const DocumentCell *cell);
static bool add_answer(Layout *layout, int sheet, int row, const char *field, char *text);

/*
 * The sheets of our own workbooks: a column has the answers, another the names of the fields. The sheet with the
 * example has them too and is passed over.
 */
static bool
take_template(Work *work)
{
	const Document *document = work->document;
	bool		fine = true;
	int			answer_column = 0;
	int			field_column = 0;

	for (size_t i = 0; i < document->ncells && fine; i++)
	{
		const DocumentCell *cell = &document->cells[i];
		const DocumentCell *answer;

		if (strcmp(cell->text, TEMPLATE_ANSWER) == 0 && in_row(document, cell, TEMPLATE_FIELD) != NULL)
		{
			work->ours[cell->sheet] = true;
			answer_column = cell->column;
			field_column = in_row(document, cell, TEMPLATE_FIELD)->column;
			continue;
		}
		if (!work->ours[cell->sheet])
			continue;
		if (strcmp(document->sheets[cell->sheet].name, TEMPLATE_EXAMPLE) == 0)
		{
			work->seen[i].answer = true;
			continue;
		}
		if (cell->column != field_column)
			continue;
		for (size_t f = 0; f < work->form->nfields; f++)
		{
			if (work->found[f] || strcmp(cell->text, work->form->fields[f].name) != 0)
				continue;
			work->found[f] = true;
			work->layout->labels++;
			answer = cell_at(document, cell->sheet, cell->row, answer_column);
			if (answer != NULL)
				seen_of(work, answer)->answer = true;
			if ((answer != NULL ? answer->hidden : cell->hidden) && !document->sheets[cell->sheet].hidden)
				work->layout->hidden_rows++;
			fine = add_answer(work->layout, cell->sheet, cell->row, work->form->fields[f].name,
							  answer != NULL ? answer_text(answer) : strdup(""));
			break;
		}
	}
	return fine;
}

/*
 * Labels that stand in several sections ("Total"), or once as a box and once as a question, are told apart by
 * the heading above them; the first that is not taken yet wins where that doesn't help.
 */
static void
find_labels(Work *work, bool in_tables)
{
	const char *section = "";
	int			sheet = -1;

	for (size_t i = 0; i < work->document->ncells; i++)
	{
		const DocumentCell *cell = &work->document->cells[i];
		Seen	   *seen = &work->seen[i];
		int			best = -1;

		if (work->ours[cell->sheet] || (work->document->sheets[cell->sheet].number > 0) != in_tables)
			continue;
		if (cell->sheet != sheet)
			section = "";
		sheet = cell->sheet;
		for (size_t f = 0; f < work->form->nfields; f++)
		{
			const FormField *field = &work->form->fields[f];
			bool		here = *field->section != '\0' && strcmp(field->section, section) == 0;

			if (*field->section != '\0' && strcmp(seen->label, field->section) == 0)
				seen->section = true;
			if (work->found[f] || !label_is(cell, seen, field))
				continue;
			if (best < 0 || (here && strcmp(work->form->fields[best].section, section) != 0))
				best = (int) f;
		}
		if (seen->section)
			section = seen->label;
		/* "N/A" is a label in the old form, and an answer everywhere. */
		if (best >= 0 && strcmp(seen->label, "n/a") == 0)
		{
			const Seen *left = seen_of(work, cell_at(work->document, cell->sheet, cell->row, cell->column - 1));

			if (left != NULL && left->field != NULL)
				best = -1;
		}
		if (best >= 0)
		{
			seen->field = &work->form->fields[best];
			work->found[best] = true;
			work->layout->labels++;
		}
	}
}

static bool
add_answer(Layout *layout, int sheet, int row, const char *field, char *text)
{
	Answer	   *answer;

	if (layout->nanswers == 0 || (layout->nanswers >= 64 && (layout->nanswers & (layout->nanswers - 1)) == 0))
	{
		Answer	   *larger = realloc(layout->answers, (layout->nanswers < 64 ? 64 : 2 * layout->nanswers) * sizeof(Answer));

		if (larger == NULL)
		{
			free(text);
			return false;
		}
		layout->answers = larger;
	}
	answer = &layout->answers[layout->nanswers];
	answer->sheet = sheet;
	answer->row = row;
	answer->field = strdup(field);
	answer->text = text;
	if (answer->field == NULL || text == NULL)
	{
		free(answer->field);
		free(text);
		return false;
	}
	layout->nanswers++;
	return true;
}

/* What a cell says as an answer: a tick is TRUE or FALSE, a percentage is one again, a whole number has no ".0". */
static char *
answer_text(const DocumentCell *cell)
{
	char	   *text = NULL;
	char	   *end;
	double		number = strtod(cell->text, &end);
	bool		is_number = end != cell->text && *end == '\0';

	if (cell->type == 'b')
		return strdup(strcmp(cell->text, "1") == 0 || strcasecmp(cell->text, "true") == 0 ? "TRUE" : "FALSE");
	if (cell->type == '%' && is_number)
		return asprintf(&text, "%g%%", number * 100) < 0 ? NULL : text;
	end = strchr(cell->text, '.');
	if (is_number && end != NULL && end[1 + strspn(end + 1, "0")] == '\0' && end != cell->text)
		return strndup(cell->text, (size_t) (end - cell->text));
	return strdup(cell->text);
}

/*
 * The answer of a label: beside it, or below it where labels stand side by side. A question for a story may have
 * its answer below in any case.
 */
static const DocumentCell *
answer_cell(const Work *work, const DocumentCell *label)
{
	const Document *document = work->document;
	const DocumentCell *right = cell_at(document, label->sheet, label->row, label->column + label->columns);
	const DocumentCell *left = label->column > 1 ? cell_at(document, label->sheet, label->row, label->column - 1) : NULL;
	const DocumentCell *below = cell_at(document, label->sheet, label->row + label->rows, label->column);
	const Seen *seen_right = seen_of(work, right);
	const Seen *seen_left = seen_of(work, left);
	const Seen *seen_below = seen_of(work, below);
	bool		side_by_side = right != NULL ? seen_right->field != NULL : left != NULL && seen_left->field != NULL;

	if (right != NULL && seen_right->field == NULL && !seen_right->section)
		return right;
	if (below != NULL && seen_below->field == NULL && !seen_below->section &&
		(side_by_side || seen_of(work, label)->field->narrative))
		return below;
	return NULL;
}

/* Outside tables an answer is all the text from its label to the next one. */
static char *
text_after(Work *work, size_t label)
{
	const Document *document = work->document;
	char	   *text = strdup("");

	for (size_t i = label + 1; i < document->ncells && text != NULL; i++)
	{
		const DocumentCell *cell = &document->cells[i];
		char	   *longer = NULL;

		if (cell->sheet != document->cells[label].sheet || work->seen[i].field != NULL || work->seen[i].section)
			break;
		if (asprintf(&longer, "%s%s%s", text, *text != '\0' ? "\n" : "", cell->text) < 0)
			longer = NULL;
		free(text);
		text = longer;
		work->seen[i].answer = true;
	}
	return text;
}

static bool
take_answers(Work *work)
{
	const Document *document = work->document;
	bool		fine = true;

	for (size_t i = 0; i < document->ncells && fine; i++)
	{
		const DocumentCell *cell = &document->cells[i];
		const FormField *field = work->seen[i].field;
		const DocumentCell *answer;

		if (field == NULL)
			continue;
		if (document->sheets[cell->sheet].number == 0)
		{
			fine = add_answer(work->layout, cell->sheet, cell->row, field->name, text_after(work, i));
			continue;
		}
		answer = answer_cell(work, cell);
		if (answer != NULL)
			seen_of(work, answer)->answer = true;
		fine = add_answer(work->layout, cell->sheet, answer != NULL ? answer->row : cell->row, field->name,
						  answer != NULL ? answer_text(answer) : strdup(""));
		if (answer != NULL ? answer->hidden : cell->hidden)
			work->layout->hidden_rows++;
	}
	return fine;
}

/* The field that a place belongs to: a GSS code of an LSOA or ward, or a postcode; false for any other text. */
static bool
place_field(const char *text, char *field, size_t size)
{
	char		tight[16];
	size_t		n = 0;

	for (const char *p = text; *p != '\0'; p++)
	{
		if (*p == ' ' || *p == '\t')
			continue;
		if (!isalnum((unsigned char) *p) || n == sizeof(tight) - 1)
			return false;
		tight[n++] = (char) toupper((unsigned char) *p);
	}
	tight[n] = '\0';
	if (n == 9 && isalpha((unsigned char) tight[0]) && strspn(tight + 1, "0123456789") == 8)
	{
		bool		lsoa = strncmp(tight + 1, "01", 2) == 0;
		bool		ward = strncmp(tight + 1, "05", 2) == 0;

		snprintf(field, size, "place.%s.%s", lsoa ? "lsoa" : "ward", tight);
		return lsoa || ward;
	}
	if (n >= 5 && n <= 7 && isalpha((unsigned char) tight[0]) && isdigit((unsigned char) tight[n - 3]) &&
		isalpha((unsigned char) tight[n - 2]) && isalpha((unsigned char) tight[n - 1]) &&
		(isdigit((unsigned char) tight[1]) || isdigit((unsigned char) tight[2])))
	{
		snprintf(field, size, "place.postcode.%.*s %s", (int) n - 3, tight, tight + n - 3);
		return true;
	}
	return false;
}

/* Lists of places with a number beside each, in whatever table they stand. */
static bool
take_places(Work *work)
{
	const Document *document = work->document;
	bool		fine = true;

	for (size_t i = 0; i < document->ncells && fine; i++)
	{
		const DocumentCell *cell = &document->cells[i];
		const DocumentCell *number;
		char		field[64];

		if (document->sheets[cell->sheet].number == 0 || work->seen[i].field != NULL || work->seen[i].answer ||
			!place_field(cell->text, field, sizeof(field)))
			continue;
		number = cell_at(document, cell->sheet, cell->row, cell->column + cell->columns);
		work->seen[i].section = true;
		if (number == NULL)
			continue;
		seen_of(work, number)->answer = true;
		fine = add_answer(work->layout, cell->sheet, cell->row, field, answer_text(number));
	}
	return fine;
}

/* What is left over: numbers beside something that is no label, and what is hidden. */
static void
count_rest(Work *work)
{
	const Document *document = work->document;
	int			last_hidden = -1;

	for (size_t i = 0; i < document->ncells; i++)
	{
		const DocumentCell *cell = &document->cells[i];
		const DocumentCell *left = cell->column > 1 ? cell_at(document, cell->sheet, cell->row, cell->column - 1) : NULL;
		const Seen *seen_left = seen_of(work, left);

		if (document->sheets[cell->sheet].hidden && cell->sheet != last_hidden)
		{
			last_hidden = cell->sheet;
			work->layout->hidden_sheets++;
		}
		if (document->sheets[cell->sheet].number == 0 || work->ours[cell->sheet] || work->seen[i].answer || work->seen[i].field != NULL ||
			!isdigit((unsigned char) cell->text[0]) || strspn(cell->text, "0123456789.,") != strlen(cell->text))
			continue;
		if (left != NULL && seen_left->field == NULL && !seen_left->section && !seen_left->answer &&
			isalpha((unsigned char) left->text[0]))
			work->layout->unplaced++;
	}
}

HubExit
layout_read(const Document *document, const Form *form, Layout *layout)
{
	Work		work = {document, form, NULL, NULL, NULL, layout};
	bool		fine;

	memset(layout, 0, sizeof(*layout));
	work.seen = calloc(document->ncells + 1, sizeof(Seen));
	work.found = calloc(form->nfields + 1, sizeof(bool));
	work.ours = calloc(document->nsheets + 1, sizeof(bool));
	fine = work.seen != NULL && work.found != NULL && work.ours != NULL;
	for (size_t i = 0; i < document->ncells && fine; i++)
	{
		work.seen[i].label = label_normalise(document->cells[i].text);
		fine = work.seen[i].label != NULL;
	}
	if (fine)
	{
		fine = take_template(&work);
		/* Tables first: a heading above one may have the words of a label in it. */
		find_labels(&work, true);
		find_labels(&work, false);
		fine = fine && take_answers(&work) && take_places(&work);
		count_rest(&work);
	}
	for (size_t i = 0; i < document->ncells && work.seen != NULL; i++)
		free(work.seen[i].label);
	free(work.seen);
	free(work.found);
	free(work.ours);
	if (fine)
		return HUB_OK;
	log_error("out of memory");
	layout_free(layout);
	return HUB_INTERNAL;
}

void
layout_free(Layout *layout)
{
	for (size_t i = 0; i < layout->nanswers; i++)
	{
		free(layout->answers[i].field);
		free(layout->answers[i].text);
	}
	free(layout->answers);
	memset(layout, 0, sizeof(*layout));
}
