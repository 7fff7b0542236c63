/*
 * hub/program/json.c
 *		Writing JSON.
 */
#include "program/json.h"
#include "program/utf8.h"

void
json_string(FILE *out, const char *text, size_t length)
{
	fputc('"', out);
	for (size_t i = 0; i < length; i++)
	{
		unsigned char c = (unsigned char) text[i];
		size_t		bytes = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else if (c < 0x80)
			fputc(c, out);
		else if (i + bytes <= length && utf8_is_valid(text + i, bytes))
		{
			fwrite(text + i, 1, bytes, out);
			i += bytes - 1;
		}
		else
			fputs("\xef\xbf\xbd", out);
	}
	fputc('"', out);
}
