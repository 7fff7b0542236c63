/*
 * hub/reader/marks_add.c
 *		Keeping what the parts of marks_read find.
 */
#include <stdlib.h>
#include <string.h>

#include "marks.h"

static void *
grow(void *array, size_t count, size_t size)
{
	/* At 0, 16, 32, 64 … entries the room is doubled. */
	if (count == 0 || (count >= 16 && (count & (count - 1)) == 0))
	{
		array = realloc(array, (count < 16 ? 16 : 2 * count) * size);
		if (array == NULL)
			refuse("it needs more memory than a return may");
	}
	return array;
}

void
marks_add(Sheet *sheet, int row, int column, const char *type, const char *text)
{
	if (sheet->nmarks > READER_MAX_CELLS)
		refuse("it has more than %d filled cells", READER_MAX_CELLS);
	sheet->marks = grow(sheet->marks, sheet->nmarks, sizeof(Mark));
	sheet->marks[sheet->nmarks++] = (Mark)
	{
		row, column, type, text
	};
}

void
marks_add_rows(Sheet *sheet, int first, int last)
{
	if (sheet->nrows > READER_MAX_CELLS)
		refuse("it has more than %d hidden rows", READER_MAX_CELLS);
	sheet->rows = grow(sheet->rows, sheet->nrows, sizeof(Rows));
	sheet->rows[sheet->nrows++] = (Rows)
	{
		first, last
	};
}

Sheet *
marks_add_sheet(SheetMarks *marks, const char *name)
{
	Sheet	   *sheet;

	if (marks->count == MAX_SHEETS)
		refuse("it has more than %d sheets", MAX_SHEETS);
	sheet = &marks->sheets[marks->count++];
	sheet->name = strdup(name != NULL ? name : "");
	if (sheet->name == NULL)
		refuse("it needs more memory than a return may");
	return sheet;
}
