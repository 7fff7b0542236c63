/*
 * hub/program/access_token.h
 *		The tokens that organisations sign in with: "wst_" PREFIX "_" SECRET.
 *
 * The prefix (8 characters) tells tokens from one another and is no secret; the secret has 260 random bits. The
 * database is only given the SHA-256 of the whole token: with so many random bits no salt or slow hash adds
 * anything.
 */
#ifndef HUB_ACCESS_TOKEN_H
#define HUB_ACCESS_TOKEN_H

#include "hub.h"

#define ACCESS_PREFIX_LENGTH 8
#define ACCESS_SECRET_LENGTH 52
#define ACCESS_TOKEN_SIZE (4 + ACCESS_PREFIX_LENGTH + 1 + ACCESS_SECRET_LENGTH + 1)

typedef struct AccessToken
{
	char		token[ACCESS_TOKEN_SIZE];
	char		prefix[ACCESS_PREFIX_LENGTH + 1];
	char		sha256[65];		/* in hex */
} AccessToken;

/* Makes a new one; false without randomness or on a failure of the hash. */
extern bool access_token_make(AccessToken *token) HUB_MUST_CHECK;

/* The SHA-256 of a token, in hex; false on a failure of the hash. */
extern bool access_token_sha256(const char *token, char sha256[65]) HUB_MUST_CHECK;

#endif
