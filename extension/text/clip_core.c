/*
 * clip_core.c
 *		Cuts texts between characters.
 */
#include "text/clip.h"

#include <string.h>

static size_t
character_length(const char *character, CharacterLength measure)
{
	unsigned char first = (unsigned char) *character;

	if (first < 0x80)
		return 1;
	if (measure != NULL)
	{
		int			n = measure(character);

		return n > 0 ? (size_t) n : 1;
	}
	return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/* Bytes of the whole characters of a text that fit into a limit. */
size_t
clip_length(const char *text, size_t length, size_t limit, CharacterLength measure)
{
	size_t		at = 0;

	if (limit > length)
		limit = length;
	while (at < limit)
	{
		size_t		n = character_length(text + at, measure);

		if (n > limit - at)
			break;
		at += n;
	}
	return at;
}

/* How many characters? */
size_t
clip_count(const char *text, size_t length, CharacterLength measure)
{
	size_t		n = 0;

	for (size_t at = 0; at < length; at += character_length(text + at, measure))
		n++;
	return n;
}

/*
 * The text itself where it is at least CLIP_ROOM bytes shorter than the buffer,
 * else as much of it as fits so, and three dots.
 */
const char *
clip_text(char *buffer, size_t size, const char *text, CharacterLength measure)
{
	size_t		limit = size - CLIP_ROOM;
	size_t		length = strnlen(text, limit + 1);

	if (length <= limit)
		return text;
	length = clip_length(text, length, limit, measure);
	memcpy(buffer, text, length);
	memcpy(buffer + length, "...", CLIP_ROOM);
	return buffer;
}
