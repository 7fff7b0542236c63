/*
 * hub/reader/main.c
 *		wardstar-read FILE: prints a document's cells, or why it is refused.
 */
#include <locale.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "reader.h"

int
main(int argc, char **argv)
{
	DocumentKind kind;

	/* A crash must not leave a partner's document in a core dump. */
	(void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc != 2)
	{
		fprintf(stderr, "Usage: wardstar-read FILE\n");
		return 2;
	}
	kind = package_check(argv[1]);
	if (kind == DOCUMENT_DOCX)
		read_word(argv[1]);
	else
		read_workbook(argv[1], kind);
	document_end();
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
