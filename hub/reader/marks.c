/*
 * hub/reader/marks.c
 *		What GDAL doesn't tell of a spreadsheet: hidden sheets and rows, and which cells are yes/no values,
 *		percentages or dates under their text.
 */
#include <stdlib.h>
#include <string.h>

#include "marks.h"

static int
by_place(const void *a, const void *b)
{
	const Mark *x = a;
	const Mark *y = b;

	return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (x->column > y->column) - (x->column < y->column);
}

SheetMarks *
marks_read(const char *path, DocumentKind kind)
{
	SheetMarks *marks = calloc(1, sizeof(SheetMarks));

	if (marks == NULL)
		refuse("it needs more memory than a return may");
	if (kind == DOCUMENT_XLSX)
		marks_xlsx(path, marks);
	else
		marks_ods(path, marks);
	for (int s = 0; s < marks->count; s++)
	{
		if (marks->sheets[s].nmarks > 1)
			qsort(marks->sheets[s].marks, marks->sheets[s].nmarks, sizeof(Mark), by_place);
	}
	return marks;
}

static Sheet *
find(SheetMarks *marks, const char *name)
{
	for (int s = 0; s < marks->count; s++)
	{
		if (strcmp(marks->sheets[s].name, name) == 0)
			return &marks->sheets[s];
	}
	return NULL;
}

bool
marks_sheet_hidden(SheetMarks *marks, const char *name)
{
	const Sheet *sheet = find(marks, name);

	return sheet != NULL && sheet->hidden;
}

bool
marks_row_hidden(SheetMarks *marks, const char *name, int row)
{
	const Sheet *sheet = find(marks, name);

	for (size_t i = 0; sheet != NULL && i < sheet->nrows; i++)
	{
		if (row >= sheet->rows[i].first && row <= sheet->rows[i].last)
			return true;
	}
	return false;
}

static const Mark *
find_mark(SheetMarks *marks, const char *name, int row, int column)
{
	const Sheet *sheet = find(marks, name);
	Mark		wanted = {row, column, NULL, NULL};

	return sheet == NULL || sheet->nmarks == 0 ? NULL :
		bsearch(&wanted, sheet->marks, sheet->nmarks, sizeof(Mark), by_place);
}

const char *
marks_type(SheetMarks *marks, const char *name, int row, int column)
{
	const Mark *found = find_mark(marks, name, row, column);

	return found != NULL ? found->type : NULL;
}

const char *
marks_text(SheetMarks *marks, const char *name, int row, int column)
{
	const Mark *found = find_mark(marks, name, row, column);

	return found != NULL ? found->text : NULL;
}

bool
marks_from_1904(const SheetMarks *marks)
{
	return marks->from_1904;
}

void
marks_read_to(SheetMarks *marks, const char *name, int row)
{
	Sheet	   *sheet = find(marks, name);

	if (sheet != NULL)
		sheet->read_to = row;
}

void
marks_check_whole(const SheetMarks *marks, bool gaps)
{
	for (int s = 0; s < marks->count; s++)
	{
		const Sheet *sheet = &marks->sheets[s];

		if (sheet->last_row > sheet->read_to)
			refuse("something stands far away from the form, in row %d, below thousands of blank rows; delete the rows below the form, or save the workbook as .xlsx",
				   sheet->last_row);
		if (gaps && sheet->repeated)
			refuse("the same row stands many times beside thousands of blank rows; delete the rows below the form, or save the workbook as .xlsx");
	}
}
