/*
 * hub/document/template_xlsx.c
 *		A form as a workbook (libxlsxwriter): the question, the answer, what to write, and whether it adds up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "program/log.h"
#include "template.h"

#define MAX_FIELDS 500

enum
{
	COLUMN_QUESTION,
	COLUMN_ANSWER,
	COLUMN_WHAT,
	COLUMN_CHECK,
	COLUMN_FIELD
};

typedef struct Book
{
	const Template *template;
	lxw_workbook *workbook;
	lxw_worksheet *sheet;
	lxw_format *title;
	lxw_format *heading;
	lxw_format *section;
	lxw_format *question;
	lxw_format *answer;
	lxw_format *text_answer;
	lxw_format *small;
	lxw_format *red;
	bool		example;
	int			nfields;
	const char *names[MAX_FIELDS];	/* of the fields in the sheet */
	int			rows[MAX_FIELDS];	/* and where they stand, from 0 */
	int			place_first;	/* the lines for places, or -1 */
	int			place_last;
} Book;

static lxw_format *
make_format(Book *book, bool bold, double size, bool wrap)
{
	lxw_format *format = workbook_add_format(book->workbook);

	if (bold)
		format_set_bold(format);
	if (size > 0)
		format_set_font_size(format, size);
	if (wrap)
		format_set_text_wrap(format);
	format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	return format;
}

static void
make_formats(Book *book)
{
	book->title = make_format(book, true, 16, false);
	book->heading = make_format(book, true, 0, true);
	format_set_bottom(book->heading, LXW_BORDER_THIN);
	book->section = make_format(book, true, 12, false);
	format_set_bg_color(book->section, 0xE6ECF2);
	book->question = make_format(book, false, 0, true);
	book->answer = make_format(book, false, 0, true);
	format_set_border(book->answer, LXW_BORDER_THIN);
	format_set_bg_color(book->answer, 0xFFFBE6);
	format_set_unlocked(book->answer);
	book->text_answer = make_format(book, false, 0, true);
	format_set_border(book->text_answer, LXW_BORDER_THIN);
	format_set_bg_color(book->text_answer, 0xFFFBE6);
	format_set_unlocked(book->text_answer);
	/* As text: "5-11" and a postcode stay what was typed. */
	format_set_num_format(book->text_answer, "@");
	book->small = make_format(book, false, 8, true);
	format_set_font_color(book->small, 0x5A5A5A);
	book->red = workbook_add_format(book->workbook);
	format_set_bg_color(book->red, 0xFFC7CE);
	format_set_font_color(book->red, 0x9C0006);
	format_set_bold(book->red);
}

static int
row_of(const Book *book, const char *field)
{
	for (int i = 0; i < book->nfields; i++)
	{
		if (strcmp(book->names[i], field) == 0)
			return book->rows[i];
	}
	return -1;
}

/* The total of the people that a group divides: the first people of the form unless it names others. */
static const char *
total_of(const Book *book, struct json_object *group)
{
	const char *name = template_text(group, "people");
	struct json_object *people = template_list(book->template->form, "people");
	size_t		n = people != NULL ? json_object_array_length(people) : 0;

	for (size_t i = 0; i < n; i++)
	{
		struct json_object *one = json_object_array_get_idx(people, i);

		if (*name == '\0' || strcmp(template_text(one, "name"), name) == 0)
			return template_text(one, "total");
	}
	return "";
}

/* Numbers that add up, for the sheet that shows how it is done; -1 where nothing is to be shown. */
static int
example_of(const Book *book, const char *field)
{
	struct json_object *groups = template_list(book->template->form, "groups");
	size_t		n = groups != NULL ? json_object_array_length(groups) : 0;
	static const struct
	{
		const char *field;
		int			number;
	}			given[] = {
		{"total", 12}, {"secondary.total", 4}, {"referrals.total", 9}, {"caseload.opening", 5}, {"caseload.new", 7},
		{"caseload.closed", 3}, {"caseload.closing", 9}, {"contacts.total", 40}, {"contacts.hours", 55}
	};

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
	{
		if (strcmp(given[i].field, field) == 0)
			return given[i].number;
	}
	for (size_t g = 0; g < n; g++)
	{
		struct json_object *group = json_object_array_get_idx(groups, g);
		struct json_object *fields = template_list(group, "fields");
		size_t		m = fields != NULL ? json_object_array_length(fields) : 0;
		bool		subset = strcmp(template_text(group, "kind"), "subset") == 0;
		const char *whole = subset ? template_text(group, "of") : total_of(book, group);
		int			total = strcmp(whole, field) == 0 || *whole == '\0' ? -1 : example_of(book, whole);
		size_t		seen = 0;

		for (size_t f = 0; f < m && total >= 0; f++)
		{
			const char *name = json_object_get_string(json_object_array_get_idx(fields, f));

			if (template_is_family(name))
				continue;
			if (strcmp(name, field) == 0 && seen == 0 && f == m - 1)
				return subset ? total / 2 : total;
			if (strcmp(name, field) == 0)
				return subset ? total / 2 : seen == 0 ? total - 1 - (total > 3 ? 2 : 0) : seen == 1 && total > 3 ? 2 : f == m - 1 ? 1 : 0;
			seen++;
		}
	}
	return -1;
}

static void
whole_number(Book *book, int row)
{
	lxw_data_validation rule = {
		.validate = LXW_VALIDATION_TYPE_INTEGER,.criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
		.minimum_number = 0,.maximum_number = 1000000,.ignore_blank = LXW_VALIDATION_ON,
		.error_type = LXW_VALIDATION_ERROR_TYPE_STOP,.error_title = "A whole number, please",
		.error_message = "Write a number such as 0 or 12. If you do not know it, leave the box empty."
	};

	(void) worksheet_data_validation_cell(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, &rule);
}

static void
choices(Book *book, int row, struct json_object *list)
{
	const char *words[32] = {NULL};
	size_t		n = json_object_array_length(list);
	lxw_data_validation rule = {
		.validate = LXW_VALIDATION_TYPE_LIST,.value_list = (void *) words,.ignore_blank = LXW_VALIDATION_ON,
		.error_type = LXW_VALIDATION_ERROR_TYPE_STOP,.error_title = "One of the list, please",
		.error_message = "Choose one of the answers from the list."
	};

	for (size_t i = 0; i < n && i < 31; i++)
		words[i] = json_object_get_string(json_object_array_get_idx(list, i));
	(void) worksheet_data_validation_cell(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, &rule);
}

static void
write_field(Book *book, int row, struct json_object *field, bool narrative)
{
	const char *name = template_text(field, "name");
	struct json_object *constraints = NULL;
	struct json_object *list = NULL;
	bool		number = strcmp(template_text(field, "type"), "integer") == 0;
	int			example = book->example && number ? example_of(book, name) : -1;

	worksheet_write_string(book->sheet, (lxw_row_t) row, COLUMN_QUESTION, template_text(field, "title"), book->question);
	if (json_object_object_get_ex(field, "constraints", &constraints))
		list = template_list(constraints, "enum");
	if (example >= 0)
		worksheet_write_number(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, example, book->answer);
	else if (list != NULL && json_object_array_length(list) == 1)
		worksheet_write_string(book->sheet, (lxw_row_t) row, COLUMN_ANSWER,
							   json_object_get_string(json_object_array_get_idx(list, 0)), book->answer);
	else if (book->example && narrative)
		worksheet_write_string(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, "A few sentences. Nobody is named.", book->text_answer);
	else
		worksheet_write_blank(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, number ? book->answer : book->text_answer);
	if (number)
		whole_number(book, row);
	else if (list != NULL && json_object_array_length(list) > 0)
		choices(book, row, list);
	worksheet_write_string(book->sheet, (lxw_row_t) row, COLUMN_WHAT, template_text(field, "description"), book->question);
	worksheet_write_string(book->sheet, (lxw_row_t) row, COLUMN_FIELD, name, book->small);
	/* Not every program makes a row as high as its text. */
	(void) worksheet_set_row(book->sheet, (lxw_row_t) row,
							 narrative ? 90 : 15 * (1 + (double) (strlen(template_text(field, "description")) / 62)), NULL);
	if (book->nfields < MAX_FIELDS)
	{
		book->names[book->nfields] = name;
		book->rows[book->nfields++] = row;
	}
}

/* The lines for places: a postcode or a code, and how many people. */
static int
write_places(Book *book, int row)
{
	worksheet_write_string(book->sheet, (lxw_row_t) row, COLUMN_QUESTION,
						   "Postcode, LSOA code or ward code (one a line)", book->heading);
	worksheet_write_string(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, "People", book->heading);
	worksheet_write_string(book->sheet, (lxw_row_t) row++, COLUMN_WHAT,
						   "How many of the people live there. Postcodes are turned into areas and not kept.", book->question);
	book->place_first = row;
	for (int i = 0; i < TEMPLATE_PLACES; i++, row++)
	{
		worksheet_write_blank(book->sheet, (lxw_row_t) row, COLUMN_QUESTION, book->text_answer);
		worksheet_write_blank(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, book->answer);
		whole_number(book, row);
	}
	book->place_last = row - 1;
	return row;
}

/* "B12,B13,B14" of a partition, with the lines for places where they belong to it. False if a field is missing. */
static bool
addends(const Book *book, struct json_object *fields, char *formula, size_t size)
{
	size_t		n = json_object_array_length(fields);
	size_t		used = 0;
	bool		places = false;

	*formula = '\0';
	for (size_t i = 0; i < n && used + 32 < size; i++)
	{
		const char *name = json_object_get_string(json_object_array_get_idx(fields, i));
		int			row = row_of(book, name);

		if (template_is_family(name))
		{
			if (!places && book->place_first >= 0)
				used += (size_t) snprintf(formula + used, size - used, "%sB%d:B%d", used > 0 ? "," : "", book->place_first + 1,
										  book->place_last + 1);
			places = true;
		}
		else if (row < 0)
			return false;
		else
			used += (size_t) snprintf(formula + used, size - used, "%sB%d", used > 0 ? "," : "", row + 1);
	}
	return used > 0 && used + 32 < size;
}

/* Each partition against its total: words beside it, and red boxes while they differ. */
static void
write_checks(Book *book)
{
	struct json_object *groups = template_list(book->template->form, "groups");
	size_t		n = groups != NULL ? json_object_array_length(groups) : 0;

	for (size_t g = 0; g < n; g++)
	{
		struct json_object *group = json_object_array_get_idx(groups, g);
		struct json_object *fields = template_list(group, "fields");
		int			total = row_of(book, total_of(book, group));
		char		sum[1500];
		char		formula[5000];
		char		differs[3500];
		lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_FORMULA,.value_string = differs,.format = book->red};
		int			first = -1;

		if (fields == NULL || strcmp(template_text(group, "kind"), "partition") != 0 || total < 0 ||
			!addends(book, fields, sum, sizeof(sum)))
			continue;
		snprintf(differs, sizeof(differs), "=AND(COUNT(%s)>0,SUM(%s)<>$B$%d)", sum, sum, total + 1);
		for (size_t f = 0; f < json_object_array_length(fields); f++)
		{
			int			row = row_of(book, json_object_get_string(json_object_array_get_idx(fields, f)));

			if (row < 0)
				continue;
			if (first < 0)
				first = row;
			(void) worksheet_conditional_format_cell(book->sheet, (lxw_row_t) row, COLUMN_ANSWER, &rule);
		}
		(void) worksheet_conditional_format_cell(book->sheet, (lxw_row_t) total, COLUMN_ANSWER, &rule);
		if (first < 0)
			continue;
		snprintf(formula, sizeof(formula), "=IF(COUNT(%s)=0,\"\",IF(SUM(%s)=B%d,\"adds up\",\"these add up to \"&SUM(%s)&\", not to \"&B%d))",
				 sum, sum, total + 1, sum, total + 1);
		worksheet_write_formula_str(book->sheet, (lxw_row_t) first, COLUMN_CHECK, formula, book->question, "");
		(void) worksheet_conditional_format_cell(book->sheet, (lxw_row_t) first, COLUMN_CHECK, &rule);
	}
}

static void
write_head(Book *book)
{
	const Template *template = book->template;
	char		line[512];

	worksheet_write_string(book->sheet, 0, 0, template_text(template->form, "title"), book->title);
	snprintf(line, sizeof(line), "Programme: %s", template->programme != NULL ? template->programme : "");
	worksheet_write_string(book->sheet, 1, 0, line, NULL);
	snprintf(line, sizeof(line), "Quarter: %s%s%s%s", template->period != NULL ? template->period : "",
			 template->period_words != NULL ? " (" : "", template->period_words != NULL ? template->period_words : "",
			 template->period_words != NULL ? ")" : "");
	worksheet_write_string(book->sheet, 2, 0, line, NULL);
	if (book->example)
		worksheet_write_string(book->sheet, 3, 0, "An example with made-up numbers. What stands here is not read.", book->section);
	worksheet_write_string(book->sheet, 4, COLUMN_QUESTION, "Question", book->heading);
	worksheet_write_string(book->sheet, 4, COLUMN_ANSWER, TEMPLATE_ANSWER, book->heading);
	worksheet_write_string(book->sheet, 4, COLUMN_WHAT, "What to write", book->heading);
	worksheet_write_string(book->sheet, 4, COLUMN_CHECK, "Check", book->heading);
	worksheet_write_string(book->sheet, 4, COLUMN_FIELD, TEMPLATE_FIELD, book->heading);
	(void) worksheet_set_column(book->sheet, COLUMN_QUESTION, COLUMN_QUESTION, 38, NULL);
	(void) worksheet_set_column(book->sheet, COLUMN_ANSWER, COLUMN_ANSWER, 26, NULL);
	(void) worksheet_set_column(book->sheet, COLUMN_WHAT, COLUMN_WHAT, 60, NULL);
	(void) worksheet_set_column(book->sheet, COLUMN_CHECK, COLUMN_CHECK, 26, NULL);
	(void) worksheet_set_column(book->sheet, COLUMN_FIELD, COLUMN_FIELD, 24, NULL);
	worksheet_freeze_panes(book->sheet, 5, 0);
	worksheet_set_landscape(book->sheet);
	worksheet_fit_to_pages(book->sheet, 1, 0);
}

static void
write_sheet(Book *book)
{
	struct json_object *fields = template_list(book->template->form, "fields");
	struct json_object *narrative = template_list(book->template->form, "narrative");
	const char *section = "";
	int			row = 5;
	bool		places = false;

	book->nfields = 0;
	book->place_first = -1;
	write_head(book);
	for (size_t i = 0; fields != NULL && i < json_object_array_length(fields); i++)
	{
		struct json_object *field = json_object_array_get_idx(fields, i);
		const char *own = template_text(field, "section");

		if (strcmp(own, section) != 0)
		{
			worksheet_write_string(book->sheet, (lxw_row_t) row++, COLUMN_QUESTION, own, book->section);
			section = own;
		}
		if (!template_is_family(template_text(field, "name")))
			write_field(book, row++, field, false);
		else if (!places)
		{
			row = write_places(book, row);
			places = true;
		}
	}
	for (size_t i = 0; narrative != NULL && i < json_object_array_length(narrative); i++)
	{
		if (i == 0)
			worksheet_write_string(book->sheet, (lxw_row_t) row++, COLUMN_QUESTION, "In your own words", book->section);
		write_field(book, row++, json_object_array_get_idx(narrative, i), true);
	}
	write_checks(book);
	worksheet_protect(book->sheet, NULL, NULL);
}

static void
write_instructions(Book *book)
{
	static const char *const lines[] = {
		"How to fill in this return",
		"1. Write only into the pale yellow boxes of the sheet \"Return\". The sheet \"Example\" shows how; it is not read.",
		"2. Counts are whole numbers. Write 0 if there was nobody. Leave a box empty if you do not know.",
		"3. Do not write \"yes\", \"about 12\" or \"<5\" where a number is asked for.",
		"4. Each breakdown (age, sex, ethnicity, where people live) adds up to the total. Put people of whom you do not know it "
		"under \"not known\". A box that is red does not add up yet; the words beside it say by how much.",
		"5. Name nobody, and give no date of birth, phone number or e-mail address, in your own words.",
		"6. Postcodes are turned into areas when the return arrives and are not kept.",
		"7. Save the workbook and send it. You get a receipt that says what was understood and what, if anything, needs mending.",
		NULL
	};
	int			row = 0;

	(void) worksheet_set_column(book->sheet, 0, 0, 110, NULL);
	for (const char *const *line = lines; *line != NULL; line++, row++)
	{
		(void) worksheet_set_row(book->sheet, (lxw_row_t) row, row == 0 ? 24 : 15 * (1 + (double) (strlen(*line) / 110)), NULL);
		worksheet_write_string(book->sheet, (lxw_row_t) row, 0, *line, row == 0 ? book->title : book->question);
	}
}

HubExit
template_xlsx(const Template *template, const char *path)
{
	Book		book = {.template = template};
	lxw_workbook_options options = {.constant_memory = LXW_FALSE};
	lxw_error	error;

	book.workbook = workbook_new_opt(path, &options);
	if (book.workbook == NULL)
	{
		log_error("could not begin a workbook");
		return HUB_INTERNAL;
	}
	make_formats(&book);
	book.sheet = workbook_add_worksheet(book.workbook, "How to fill it in");
	write_instructions(&book);
	book.sheet = workbook_add_worksheet(book.workbook, "Return");
	worksheet_activate(book.sheet);
	write_sheet(&book);
	book.sheet = workbook_add_worksheet(book.workbook, TEMPLATE_EXAMPLE);
	book.example = true;
	write_sheet(&book);
	error = workbook_close(book.workbook);
	if (error != LXW_NO_ERROR)
	{
		log_error("could not write %s: %s", path, lxw_strerror(error));
		(void) unlink(path);
		return HUB_FILE;
	}
	return HUB_OK;
}
