/*
 * hub/document/template_records.c
 *		The workbook of a record-level return (libxlsxwriter): a sheet a table, with what may stand in each column.
 *
 * Columns that are not needed (names, dates of birth, numbers of a person, notes) are left out: nobody should be led to fill
 * them in. No sheet is hidden, since hidden sheets are asked about when the workbook comes back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "program/log.h"
#include "template.h"

#define MOST_TABLES 16

/* Rows that are made ready; more may be written below them. */
#define ROWS 500

typedef struct RecordsBook
{
	lxw_workbook *workbook;
	lxw_worksheet *lists;		/* the values to choose from, one column a field */
	lxw_col_t	nlists;
	lxw_worksheet *columns;		/* what each column means */
	lxw_row_t	ncolumns;
	lxw_format *title;
	lxw_format *heading;
	lxw_format *wrapped;
	lxw_format *text;
	lxw_format *date;
	lxw_format *whole;
	bool		failed;
} RecordsBook;

static void
check(RecordsBook *book, lxw_error error)
{
	if (error != LXW_NO_ERROR && !book->failed)
	{
		log_error("the workbook could not be made: %s", lxw_strerror(error));
		book->failed = true;
	}
}

static bool
is_one_of(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

static bool
is_asked_for(struct json_object *field)
{
	static const char *const others[] = {"name", "birth", "nhs", "prison", "left out", NULL};

	return !is_one_of(template_text(field, "meaning"), others);
}

/* The values to choose from, or NULL. *strict: no other may be written. */
static struct json_object *
choices_of(struct json_object *field, bool *strict)
{
	struct json_object *constraints = NULL;
	struct json_object *list;

	(void) json_object_object_get_ex(field, "constraints", &constraints);
	list = template_list(constraints, "enum");
	*strict = list != NULL;
	return list != NULL ? list : template_list(constraints, "choices");
}

/* Writes them below a heading of the sheet "Lists", and names their cells. */
static void
add_list(RecordsBook *book, const char *table, const char *name, struct json_object *choices, char *range, size_t size)
{
	char		heading[128];
	char		first[LXW_MAX_CELL_NAME_LENGTH];
	char		last[LXW_MAX_CELL_NAME_LENGTH];
	size_t		n = json_object_array_length(choices);

	snprintf(heading, sizeof(heading), "%s: %s", table, name);
	check(book, worksheet_write_string(book->lists, 0, book->nlists, heading, book->heading));
	for (size_t i = 0; i < n; i++)
		check(book, worksheet_write_string(book->lists, (lxw_row_t) i + 1, book->nlists,
										   json_object_get_string(json_object_array_get_idx(choices, i)), NULL));
	lxw_rowcol_to_cell_abs(first, 1, book->nlists, true, true);
	lxw_rowcol_to_cell_abs(last, (lxw_row_t) (n > 0 ? n : 1), book->nlists, true, true);
	snprintf(range, size, "=Lists!%s:%s", first, last);
	check(book, worksheet_set_column(book->lists, book->nlists, book->nlists, 24, NULL));
	book->nlists++;
}

static double
limit_of(struct json_object *field, const char *name, double otherwise)
{
	struct json_object *constraints;
	struct json_object *value;

	if (!json_object_object_get_ex(field, "constraints", &constraints) || !json_object_object_get_ex(constraints, name, &value))
		return otherwise;
	return json_object_get_double(value);
}

/* What may be written below a heading. */
static void
validate(RecordsBook *book, lxw_worksheet *sheet, lxw_col_t column, const char *table, struct json_object *field)
{
	lxw_data_validation rule = {0};
	lxw_data_val_obj *made;
	const char *type = template_text(field, "type");
	const char *title = template_text(field, "title");
	bool		strict;
	struct json_object *choices = choices_of(field, &strict);
	char		range[128];
	char		input_title[33];
	char		message[256];

	rule.ignore_blank = LXW_VALIDATION_ON;
	if (choices != NULL)
	{
		add_list(book, table, template_text(field, "name"), choices, range, sizeof(range));
		rule.validate = LXW_VALIDATION_TYPE_CUSTOM_FORMULA;
		rule.value_formula = range;
		rule.error_type = strict ? LXW_VALIDATION_ERROR_TYPE_STOP : LXW_VALIDATION_ERROR_TYPE_WARNING;
		rule.error_message = "Please choose one of the values of the list.";
	}
	else if (strcmp(type, "date") == 0)
	{
		rule.validate = LXW_VALIDATION_TYPE_DATE;
		rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
		rule.minimum_datetime = (lxw_datetime) {2000, 1, 1, 0, 0, 0};
		rule.maximum_datetime = (lxw_datetime) {2099, 12, 31, 0, 0, 0};
		rule.error_message = "Please write a date, such as 30/04/2025.";
	}
	else if (strcmp(type, "integer") == 0)
	{
		rule.validate = LXW_VALIDATION_TYPE_INTEGER;
		rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
		rule.minimum_number = limit_of(field, "minimum", 0);
		rule.maximum_number = limit_of(field, "maximum", 1000000);
		rule.error_message = "Please write a whole number.";
	}
	else if (strcmp(type, "number") == 0)
	{
		rule.validate = LXW_VALIDATION_TYPE_DECIMAL;
		rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
		rule.minimum_number = -1000000;
		rule.maximum_number = 1000000;
		rule.error_message = "Please write a number.";
	}
	else
		rule.validate = LXW_VALIDATION_TYPE_ANY;
	/* The limits of the format: a title of 32 characters, a message of 255. */
	snprintf(input_title, sizeof(input_title), "%s", title);
	snprintf(message, sizeof(message), "%s", template_text(field, "description"));
	rule.input_title = input_title;
	rule.input_message = message;
	check(book, worksheet_data_validation_range(sheet, 1, column, ROWS, column, &rule));
	/* libxlsxwriter before 1.1.6 loses a copy of a list's formula, though not of a custom one's, which then becomes a list. */
	STAILQ_FOREACH(made, sheet->data_validations, list_pointers)
	{
		if (made->validate == LXW_VALIDATION_TYPE_CUSTOM_FORMULA)
			made->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
	}
}

static void
describe(RecordsBook *book, const char *table, struct json_object *field)
{
	struct json_object *constraints = NULL;
	struct json_object *required = NULL;
	const char *cells[4] = {table, template_text(field, "name"), template_text(field, "description"), ""};

	if (json_object_object_get_ex(field, "constraints", &constraints) && json_object_object_get_ex(constraints, "required", &required) &&
		json_object_get_boolean(required))
		cells[3] = "needed";
	for (lxw_col_t i = 0; i < 4; i++)
		check(book, worksheet_write_string(book->columns, book->ncolumns, i, cells[i], book->wrapped));
	book->ncolumns++;
}

static void
add_table(RecordsBook *book, struct json_object *table)
{
	const char *name = template_text(table, "name");
	struct json_object *fields = template_list(table, "fields");
	size_t		n = fields != NULL ? json_object_array_length(fields) : 0;
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
	lxw_col_t	column = 0;

	if (sheet == NULL)
	{
		check(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	for (size_t i = 0; i < n; i++)
	{
		struct json_object *field = json_object_array_get_idx(fields, i);
		const char *type = template_text(field, "type");
		lxw_format *format = strcmp(type, "date") == 0 ? book->date : strcmp(type, "string") == 0 ? book->text : book->whole;

		if (!is_asked_for(field))
			continue;
		check(book, worksheet_set_column(sheet, column, column, 20, NULL));
		/* Cell by cell: a format of the whole column makes LibreOffice write a million rows. */
		for (lxw_row_t row = 1; row <= ROWS; row++)
			check(book, worksheet_write_blank(sheet, row, column, format));
		check(book, worksheet_write_string(sheet, 0, column, template_text(field, "name"), book->heading));
		validate(book, sheet, column, name, field);
		describe(book, name, field);
		column++;
	}
	worksheet_freeze_panes(sheet, 1, 1);
}

static void
add_guide(RecordsBook *book, struct json_object *const *tables, size_t count)
{
	static const char *const lines[] = {
		"Write one row for each person, referral, engagement, contact and so on into the sheets that follow. Sheets that you don't use may stay empty.",
		"client_ref is your own reference of the person, the same in every sheet and every quarter. The hub turns it into a code that nobody can turn back.",
		"Write no names, no dates of birth and no notes: there is no column for them.",
		"consent_to_share says whether the person agreed that you tell us this. Of those who did not, only the number is kept.",
		"Write everyone with whom you worked in the quarter. The next file for the quarter takes the place of this one.",
		"The sheet \"Columns\" says what each column means, the sheet \"Lists\" what may be chosen.",
		NULL
	};
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, "How to fill this in");
	lxw_row_t	row = 0;

	if (sheet == NULL)
	{
		check(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	check(book, worksheet_set_column(sheet, 0, 0, 20, NULL));
	check(book, worksheet_set_column(sheet, 1, 1, 90, NULL));
	check(book, worksheet_write_string(sheet, row, 0, "Record-level return", book->title));
	row += 2;
	for (int i = 0; lines[i] != NULL; i++)
		check(book, worksheet_write_string(sheet, row++, 1, lines[i], book->wrapped));
	row++;
	for (size_t i = 0; i < count; i++, row++)
	{
		check(book, worksheet_write_string(sheet, row, 0, template_text(tables[i], "name"), book->heading));
		check(book, worksheet_write_string(sheet, row, 1, template_text(tables[i], "description"), book->wrapped));
	}
}

static void
add_about(RecordsBook *book, const Template *template)
{
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, "About");

	if (sheet == NULL)
	{
		check(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	check(book, worksheet_set_column(sheet, 0, 0, 16, NULL));
	check(book, worksheet_set_column(sheet, 1, 1, 40, book->text));
	check(book, worksheet_write_string(sheet, 0, 0, "Programme", book->heading));
	check(book, worksheet_write_string(sheet, 1, 0, "Period", book->heading));
	if (template->programme != NULL)
		check(book, worksheet_write_string(sheet, 0, 1, template->programme, book->text));
	if (template->period != NULL)
		check(book, worksheet_write_string(sheet, 1, 1, template->period, book->text));
	check(book, worksheet_write_string(sheet, 1, 2, template->period_words != NULL ? template->period_words :
									   "such as 2025-Q2: 1 July to 30 September 2025", NULL));
}

static void
make_formats(RecordsBook *book)
{
	book->title = workbook_add_format(book->workbook);
	format_set_bold(book->title);
	format_set_font_size(book->title, 16);
	book->heading = workbook_add_format(book->workbook);
	format_set_bold(book->heading);
	format_set_bottom(book->heading, LXW_BORDER_THIN);
	book->wrapped = workbook_add_format(book->workbook);
	format_set_text_wrap(book->wrapped);
	format_set_align(book->wrapped, LXW_ALIGN_VERTICAL_TOP);
	/* As text: 5-10 stays a band of ages, and a reference keeps its leading zeros. */
	book->text = workbook_add_format(book->workbook);
	format_set_num_format(book->text, "@");
	book->date = workbook_add_format(book->workbook);
	format_set_num_format(book->date, "dd/mm/yyyy");
	book->whole = workbook_add_format(book->workbook);
	format_set_num_format(book->whole, "General");
}

static HubExit
write_book(const Template *template, struct json_object *const *tables, size_t count, const char *path)
{
	RecordsBook book = {0};

	book.workbook = workbook_new(path);
	if (book.workbook == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	make_formats(&book);
	add_guide(&book, tables, count);
	add_about(&book, template);
	/* Made before the tables, whose columns they tell of, and shown after them. */
	book.columns = workbook_add_worksheet(book.workbook, "Columns");
	book.lists = workbook_add_worksheet(book.workbook, "Lists");
	if (book.columns == NULL || book.lists == NULL)
		check(&book, LXW_ERROR_MEMORY_MALLOC_FAILED);
	else
	{
		static const char *const headings[] = {"Table", "Column", "What to write", ""};
		static const double widths[] = {14, 22, 90, 10};

		for (lxw_col_t i = 0; i < 4; i++)
		{
			check(&book, worksheet_set_column(book.columns, i, i, widths[i], NULL));
			check(&book, worksheet_write_string(book.columns, 0, i, headings[i], book.heading));
		}
		book.ncolumns = 1;
		for (size_t i = 0; i < count && !book.failed; i++)
			add_table(&book, tables[i]);
	}
	check(&book, workbook_close(book.workbook));
	if (!book.failed)
		return HUB_OK;
	(void) unlink(path);
	return HUB_FILE;
}

HubExit
template_records(const Template *template, const PGresult *tables, const char *path)
{
	struct json_object *parsed[MOST_TABLES] = {0};
	size_t		count = 0;
	HubExit		exit_code = HUB_OK;

	for (int i = 0; i < PQntuples(tables) && count < MOST_TABLES && exit_code == HUB_OK; i++)
	{
		parsed[count] = json_tokener_parse(PQgetvalue(tables, i, 0));
		if (parsed[count++] == NULL)
		{
			log_error("out of memory");
			exit_code = HUB_INTERNAL;
		}
	}
	if (exit_code == HUB_OK)
		exit_code = write_book(template, parsed, count, path);
	for (size_t i = 0; i < count; i++)
		json_object_put(parsed[i]);
	return exit_code;
}
