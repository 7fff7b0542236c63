/*
 * tests/unit/hub_layout_test.c
 *		Labels, answers and quarters in documents made up here (hub/document/form, layout, period_text). Prints TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/layout.h"
#include "program/log.h"

const HubCommand *const hub_commands[] = {NULL};

static int	done;
static int	failed;

static void
ok(bool fine, const char *what)
{
	done++;
	if (!fine)
		failed++;
	printf("%sok %d - %s\n", fine ? "" : "not ", done, what);
}

/* A document from lines "sheet row column [type] text", type one of b % d -, in order. */
static void
make_document(Document *document, const char *const *lines)
{
	memset(document, 0, sizeof(*document));
	document->sheets = calloc(4, sizeof(DocumentSheet));
	document->cells = calloc(100, sizeof(DocumentCell));
	for (; *lines != NULL; lines++)
	{
		DocumentCell	   *cell = &document->cells[document->ncells++];
		int			used = 0;
		int			sheet;

		if (sscanf(*lines, "%d %d %d %c %n", &sheet, &cell->row, &cell->column, &cell->type, &used) != 4)
			abort();
		if (document->nsheets == 0 || document->sheets[document->nsheets - 1].number != sheet)
		{
			document->sheets[document->nsheets].number = sheet;
			document->sheets[document->nsheets++].name = strdup("made up");
		}
		cell->sheet = (int) document->nsheets - 1;
		cell->rows = cell->columns = 1;
		if (cell->type == '-')
			cell->type = '\0';
		cell->text = strdup(*lines + used);
	}
}

static const char form_json[] =
"{\"name\":\"t\",\"version\":\"1\",\"fields\":["
"{\"name\":\"total\",\"title\":\"Total\",\"section\":\"People\"},"
"{\"name\":\"age.5-11\",\"title\":\"5-11 years\",\"section\":\"Children\"},"
"{\"name\":\"age.11-16\",\"title\":\"11- 16 years\",\"section\":\"Children\"},"
"{\"name\":\"age.16-18\",\"title\":\"16 \xe2\x80\x93 18 years\",\"section\":\"Children\"},"
"{\"name\":\"role.not_applicable\",\"title\":\"N/A\",\"section\":\"Adults\"},"
"{\"name\":\"age.25+\",\"title\":\"25+\",\"section\":\"Adults\"},"
"{\"name\":\"secondary.total\",\"title\":\"Total\",\"section\":\"Secondary beneficiaries\"},"
"{\"name\":\"place.postcode.*\",\"title\":\"Post code\"}],"
"\"narrative\":[{\"name\":\"narrative.stories\",\"title\":\"Stories of change\"},"
"{\"name\":\"narrative.secondary\",\"title\":\"Secondary beneficiaries\"}]}";

/* The text of the answer to a field, "(none)" if its label was not found. */
static const char *
answer(const Layout *layout, const char *field)
{
	for (size_t i = 0; i < layout->nanswers; i++)
	{
		if (strcmp(layout->answers[i].field, field) == 0)
			return layout->answers[i].text;
	}
	return "(none)";
}

static void
answer_is(const Layout *layout, const char *field, const char *expected, const char *what)
{
	bool		same = strcmp(answer(layout, field), expected) == 0;

	ok(same, what);
	if (!same)
		printf("# %s: \"%s\", expected \"%s\"\n", field, answer(layout, field), expected);
}

static void
label_is(const char *text, const char *expected)
{
	char	   *label = label_normalise(text);

	ok(label != NULL && strcmp(label, expected) == 0, text);
	if (label == NULL || strcmp(label, expected) != 0)
		printf("# \"%s\", expected \"%s\"\n", label, expected);
	free(label);
}

static void
period_is(const char *text, const char *expected)
{
	Document	document;
	char		line[256];
	const char *lines[] = {line, NULL};
	char		period[8];

	snprintf(line, sizeof(line), "0 1 1 - %s", text);
	make_document(&document, lines);
	layout_period(&document, period);
	ok(strcmp(period, expected) == 0, text);
	if (strcmp(period, expected) != 0)
		printf("# \"%s\", expected \"%s\"\n", period, expected);
	document_free(&document);
}

int
main(void)
{
	static const char *const beside[] = {
		"0 1 1 - Quarterly proforma",
		"1 1 1 - Children", "1 2 1 - 5 \xe2\x80\x93 11 YEARS:", "1 2 2 - 3",
		"1 3 1 - 11-16", "1 4 1 - Aged 16-18", "1 4 2 - 7.0",
		"1 5 1 - Adults", "1 6 1 - N/A", "1 7 1 - 25+", "1 7 2 - N/A",
		"1 8 1 - People", "1 9 1 - Total", "1 9 2 % 0.25",
		"1 10 1 - Secondary beneficiaries", "1 11 1 - Total", "1 11 2 b 1",
		"1 12 1 - Stories of change (names left out, please)", "1 13 1 - It went well",
		"1 14 1 - L1 8JQ", "1 14 2 - 4", "1 15 1 - e01006512", "1 15 2 - 2", "1 16 1 - Something else", "1 16 2 - 12",
		NULL};
	static const char *const below[] = {
		"1 1 1 d 2025-11-05", "1 1 2 - 11-16 years", "1 1 3 - 25+", "1 2 1 - 1", "1 2 2 - yes", "1 2 3 - 16\n17", NULL};
	static const char *const paragraphs[] = {
		"0 1 1 - Total", "0 2 1 - 12", "0 3 1 - Stories of change", "0 4 1 - One.", "0 5 1 - Two.", "0 6 1 - 25+", NULL};
	Form		form;
	Document	document;
	Layout		layout;

	label_is("11- 16 years", "11-16");
	label_is("  16 \xe2\x80\x93 18  Years : ", "16-18");
	label_is("Aged\xc2\xa0" "18 to 25", "18 to 25");
	label_is("25+", "25+");
	label_is("Parent / Carers", "parent/carers");
	label_is("", "");
	label_is("\xff\xfe", "");

	ok(form_read("[]", &form) == HUB_INTERNAL, "a form that is none");
	ok(form_read(form_json, &form) == HUB_OK && form.nfields == 10, "a form");

	make_document(&document, beside);
	ok(layout_read(&document, &form, &layout) == HUB_OK, "labels in a column, answers beside them");
	answer_is(&layout, "age.5-11", "3", "another dash, capitals and a colon");
	answer_is(&layout, "age.11-16", "", "a blank box is blank, and not what stands below it");
	answer_is(&layout, "age.16-18", "7", "a whole number that the spreadsheet gave a decimal point");
	answer_is(&layout, "role.not_applicable", "", "N/A as a label");
	answer_is(&layout, "age.25+", "N/A", "N/A as an answer");
	answer_is(&layout, "total", "25%", "a percentage stays one");
	answer_is(&layout, "secondary.total", "TRUE", "the second Total is told by its heading, and a tick is TRUE");
	answer_is(&layout, "narrative.stories", "It went well", "a story below its question");
	answer_is(&layout, "place.postcode.L1 8JQ", "4", "a postcode with a number");
	answer_is(&layout, "place.lsoa.E01006512", "2", "a code with a number");
	ok(layout.unplaced == 1, "a number beside a label that is none of ours");
	layout_free(&layout);
	document_free(&document);

	make_document(&document, below);
	ok(layout_read(&document, &form, &layout) == HUB_OK && layout.labels == 3, "labels in a row, answers below them");
	answer_is(&layout, "age.5-11", "1", "5-11 that became the fifth of November");
	answer_is(&layout, "age.11-16", "yes", "its neighbour");
	answer_is(&layout, "age.25+", "16\n17", "the last one, two numbers in it");
	layout_free(&layout);
	document_free(&document);

	make_document(&document, paragraphs);
	ok(layout_read(&document, &form, &layout) == HUB_OK, "no table at all");
	answer_is(&layout, "total", "12", "the paragraph after a label");
	answer_is(&layout, "narrative.stories", "One.\nTwo.", "all of them, up to the next label");
	answer_is(&layout, "age.25+", "", "nothing after the last");
	layout_free(&layout);
	document_free(&document);
	form_free(&form);

	period_is("Return for 2025-Q2", "2025-Q2");
	period_is("Quarter 2, 2025/26", "2025-Q2");
	period_is("2025-26 Q4", "2025-Q4");
	period_is("Q1 2021/2022", "2021-Q1");
	period_is("1 July to 30 September 2025", "2025-Q2");
	period_is("Jan \xe2\x80\x93 Mar 2026", "2025-Q4");
	period_is("Q2 2025/27", "");
	period_is("Q5 2025/26", "");
	period_is("Quarterly return 2025", "");
	period_is("Q1 2025/26 and Q2 2025/26", "?");
	printf("1..%d\n", done);
	return failed > 0;
}
