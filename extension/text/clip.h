/*
 * clip.h
 *		Texts cut to a length, never within a character.  Pure C.
 */
#ifndef WARDSTAR_CLIP_H
#define WARDSTAR_CLIP_H

#include <stddef.h>

/*
 * Bytes of the character that a text begins with, in the encoding of the text.
 * The server's is pg_mblen(), whatever the encoding of the database; NULL
 * stands for UTF-8.
 */
typedef int (*CharacterLength) (const char *character);

/* Room beside the text itself: three dots, and the end. */
#define CLIP_ROOM 4

extern size_t clip_length(const char *text, size_t length, size_t limit, CharacterLength measure);
extern size_t clip_count(const char *text, size_t length, CharacterLength measure);
extern const char *clip_text(char *buffer, size_t size, const char *text, CharacterLength measure);

#endif							/* WARDSTAR_CLIP_H */
