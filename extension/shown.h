/*
 * shown.h
 *		Texts from outside in messages of the server.
 */
#ifndef WARDSTAR_SHOWN_H
#define WARDSTAR_SHOWN_H

#include "compat.h"

#include "mb/pg_wchar.h"

/* So many bytes of a text are shown. */
#define SHOWN_BYTES 200

/* The text, or its first whole characters and three dots: a message does not grow with its input. */
static inline const char *
shown_text(const char *text)
{
	int			length = (int) strnlen(text, SHOWN_BYTES + MAX_MULTIBYTE_CHAR_LEN);

	if (length <= SHOWN_BYTES)
		return text;
	return psprintf("%.*s...", pg_mbcliplen(text, length, SHOWN_BYTES), text);
}

#endif							/* WARDSTAR_SHOWN_H */
