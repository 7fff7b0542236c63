/*
 * hub/document/return_document.c
 *		A return as a document: which form it is, which quarter, and what it answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "document.h"
#include "form.h"
#include "layout.h"
#include "return_file.h"

/* With fewer labels than this a document is not taken for a form, unless the form was named. */
#define LEAST_LABELS 5

static void
take(const Layout *layout, ReturnRows *rows)
{
	for (size_t i = 0; i < layout->nanswers; i++)
	{
		const Answer *answer = &layout->answers[i];

		/* A blank box is no answer; saying so for each would only hide what is there. */
		if (*answer->text != '\0')
			rows_add(rows, answer->row, answer->field, strlen(answer->field), answer->text, strlen(answer->text));
	}
	rows->hidden_sheets = layout->hidden_sheets;
	rows->hidden_rows = layout->hidden_rows;
	rows->unplaced = layout->unplaced;
}

/*
 * The best of the forms (rows of the query: name and definition). A tie between two forms of which one has
 * labels that the document lacks goes to the other: it is the smaller form.
 */
static HubExit
choose(const Document *document, const PGresult *forms, bool named, ReturnRows *rows)
{
	Layout		best = {0};
	int			chosen = -1;
	double		best_share = 0;
	bool		tie = false;
	HubExit		result = HUB_OK;

	for (int i = 0; i < PQntuples(forms) && result == HUB_OK; i++)
	{
		Form		form;
		Layout		layout;
		double		share;

		result = form_read(PQgetvalue(forms, i, 1), &form);
		if (result != HUB_OK)
			break;
		result = layout_read(document, &form, &layout);
		share = form.nfields > 0 ? (double) layout.labels / (double) form.nfields : 0;
		form_free(&form);
		if (result != HUB_OK)
			break;
		if (chosen < 0 || layout.labels > best.labels || (layout.labels == best.labels && share > best_share))
		{
			layout_free(&best);
			best = layout;
			best_share = share;
			chosen = i;
			tie = false;
		}
		else
		{
			tie = tie || (layout.labels == best.labels && share >= best_share);
			layout_free(&layout);
		}
	}
	if (result == HUB_OK && (chosen < 0 || (!named && (tie || best.labels < LEAST_LABELS)) || best.labels == 0))
	{
		rows_problem(rows, "%s", best.labels == 0 || chosen < 0 ? "none of the forms' labels stand in it" :
					 tie ? "it could be one form or another" : "too few of a form's labels stand in it");
		rows_hint(rows, "Say which form it is, or fill in the template of the form.");
		rows->doubt = "form";
		result = HUB_IN_DOUBT;
	}
	if (result == HUB_OK)
	{
		take(&best, rows);
		rows->form = strdup(PQgetvalue(forms, chosen, 0));
		if (rows->form == NULL)
			result = HUB_INTERNAL;
	}
	layout_free(&best);
	return result;
}

/* What follows "Programme", "Programme name" or "Name of programme" and a colon or the end of the box; else NULL. */
static const char *
after_programme(const char *text)
{
	static const char *const words[] = {"programme name", "name of programme", "programme"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		const char *rest = text + strlen(words[i]);

		if (strncasecmp(text, words[i], strlen(words[i])) != 0)
			continue;
		rest += strspn(rest, " \t");
		if (*rest == ':')
			return rest + 1 + strspn(rest + 1, " \t");
		return *rest == '\0' ? rest : NULL;
	}
	return NULL;
}

/* "Programme: POPs" above the tables, or a box "Programme" with its answer. */
static void
find_programme(const Document *document, ReturnRows *rows)
{
	for (size_t i = 0; i < document->ncells && rows->programme == NULL; i++)
	{
		const char *rest = after_programme(document->cells[i].text);

		if (rest != NULL && *rest == '\0' && i + 1 < document->ncells && document->cells[i + 1].sheet == document->cells[i].sheet &&
			document->cells[i + 1].row == document->cells[i].row)
			rest = document->cells[i + 1].text;
		if (rest != NULL && *rest != '\0' && strlen(rest) < 200)
			rows->programme = strdup(rest);
	}
}

HubExit
return_document_read(Db *db, const Document *document, const char *form, const char *period, ReturnRows *rows)
{
	char		found[8];
	const char *values[] = {form, NULL};
	PGresult   *forms;
	HubExit		result;

	if (document->refused != NULL)
	{
		rows_problem(rows, "%s", document->refused);
		return HUB_REFUSED;
	}
	layout_period(document, found);
	if (*found != '\0' && *found != '?')
		rows->period = strdup(found);
	values[1] = period != NULL ? period : rows->period;
	find_programme(document, rows);
	forms = db_query(db, "form_definitions", 2, values);
	if (forms == NULL)
		result = db_failed(db, "the forms could not be read");
	else if (PQntuples(forms) == 0)
	{
		rows_problem(rows, "there is no form%s%s%s%s", form != NULL ? " " : "", form != NULL ? form : "",
					 values[1] != NULL ? " for " : "", values[1] != NULL ? values[1] : "");
		result = HUB_REFUSED;
	}
	else
		result = choose(document, forms, form != NULL, rows);
	PQclear(forms);
	return result;
}
