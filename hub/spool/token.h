/*
 * hub/spool/token.h
 *		Direct identifiers become keyed tokens before anything of them leaves this process.
 *
 * A token is HMAC-SHA-256 by the key of its purpose over
 *		"wardstar token 1" NUL purpose NUL scope NUL normalised value
 * so that the same value gives the same token for as long as the key lives, and tokens of two purposes or
 * scopes never meet. The scope is the organisation for its own references, and empty for what is the same
 * everywhere (name, date of birth, NHS or prison number). How a value is normalised is part of the token's
 * meaning and never changes.
 */
#ifndef HUB_TOKEN_H
#define HUB_TOKEN_H

#include "keys.h"

#define TOKEN_BYTES 32
#define TOKEN_HEX_SIZE (2 * TOKEN_BYTES + 1)

typedef enum TokenResult
{
	TOKEN_MADE,
	TOKEN_EMPTY,				/* nothing is left of the value once it is normalised */
	TOKEN_UNREADABLE,			/* not a value of its kind: a date that is none, bytes that are not UTF-8 */
	TOKEN_FAILED				/* out of memory, or the library failed */
} TokenResult;

/*
 * Normalised forms, in a buffer that the caller wipes and frees with token_wipe:
 *	references	outer blanks dropped, inner ones one blank, lower case, marks kept
 *	names		letters alone, lower case, without marks (José and JOSE are one), blanks dropped
 *	birth dates	YYYY-MM-DD from YYYY-MM-DD, YYYY/MM/DD, DD/MM/YYYY, DD-MM-YYYY or DD.MM.YYYY
 *	numbers		letters and digits alone, lower case
 */
extern TokenResult token_normalise(KeyPurpose purpose, const char *value, char **normal) HUB_MUST_CHECK;
extern void token_wipe(char *normal);

/* The token of a value by one key, as hex. "value" need not be normalised yet. */
extern TokenResult token_make(const Key *key, const char *scope, const char *value, char token[TOKEN_HEX_SIZE]) HUB_MUST_CHECK;

#endif
