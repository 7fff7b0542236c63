/*
 * hub/program/access_token.c
 *		Making and hashing access tokens.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "program/access_token.h"

/* 32 characters, five bits each; none that is taken for another when it is read aloud or copied by hand. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

bool
access_token_sha256(const char *token, char sha256[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(token, strlen(token), digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	for (int i = 0; i < 32; i++)
		snprintf(sha256 + i * 2, 3, "%02x", digest[i]);
	return true;
}

bool
access_token_make(AccessToken *token)
{
	unsigned char random[ACCESS_PREFIX_LENGTH + ACCESS_SECRET_LENGTH];
	char	   *p = token->token;

	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	memcpy(p, "wst_", 4);
	p += 4;
	for (size_t i = 0; i < sizeof(random); i++)
	{
		if (i == ACCESS_PREFIX_LENGTH)
			*p++ = '_';
		*p++ = alphabet[random[i] & 31];
	}
	*p = '\0';
	OPENSSL_cleanse(random, sizeof(random));
	memcpy(token->prefix, token->token + 4, ACCESS_PREFIX_LENGTH);
	token->prefix[ACCESS_PREFIX_LENGTH] = '\0';
	return access_token_sha256(token->token, token->sha256);
}
