/*
 * hub/program/utf8.c
 *		Whether bytes are UTF-8.
 */
#include <stdint.h>

#include "program/utf8.h"

bool
utf8_is_valid(const char *text, size_t length)
{
	const unsigned char *p = (const unsigned char *) text;
	const unsigned char *end = p + length;

	while (p < end)
	{
		unsigned char c = *p++;
		int			more;
		uint32_t	code;

		if (c == 0)
			return false;
		if (c < 0x80)
			continue;
		if (c >= 0xc2 && c <= 0xdf)
			more = 1, code = c & 0x1f;
		else if (c >= 0xe0 && c <= 0xef)
			more = 2, code = c & 0x0f;
		else if (c >= 0xf0 && c <= 0xf4)
			more = 3, code = c & 0x07;
		else
			return false;
		if (end - p < more)
			return false;
		for (int i = 0; i < more; i++)
		{
			if ((p[i] & 0xc0) != 0x80)
				return false;
			code = code << 6 | (p[i] & 0x3f);
		}
		p += more;
		/* Over-long forms, surrogates and what lies beyond Unicode. */
		if ((more == 2 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) ||
			(more == 3 && (code < 0x10000 || code > 0x10ffff)))
			return false;
	}
	return true;
}
