/*
 * hub/spool/token.c
 *		Keyed tokens of direct identifiers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "token.h"

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool
is_date(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return year >= 1850 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 &&
		day <= days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* A date in the orders that forms and spreadsheets write; the year always has four digits. */
static TokenResult
normalise_date(const char *value, char **normal)
{
	int			a;
	int			b;
	int			c;
	int			used = 0;
	char		first;
	char		second;
	const char *text = value + strspn(value, " \t\r\n");
	const char *rest;
	bool		year_first;

	if (*text == '\0')
		return TOKEN_EMPTY;
	if (sscanf(text, "%4d%c%2d%c%4d%n", &a, &first, &b, &second, &c, &used) != 5 || first != second ||
		strchr("-/.", first) == NULL)
		return TOKEN_UNREADABLE;
	/* A spreadsheet's midnight may follow. */
	rest = text + used;
	rest += strspn(rest, " T");
	if (strncmp(rest, "00:00:00", 8) == 0)
		rest += 8;
	rest += strspn(rest, " \t\r\nZ");
	year_first = a > 31;
	if (*rest != '\0' || !(year_first ? is_date(a, b, c) : is_date(c, b, a)))
		return TOKEN_UNREADABLE;
	if (asprintf(normal, "%04d-%02d-%02d", year_first ? a : c, b, year_first ? c : a) < 0)
		return TOKEN_FAILED;
	return TOKEN_MADE;
}

/* What of a decomposed, case-folded character is kept; 0 is nothing, ' ' a blank. */
static ucs4_t
kept(KeyPurpose purpose, ucs4_t c)
{
	bool		blank = uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Z) || (c >= 9 && c <= 13);

	switch (purpose)
	{
		case KEY_NAME:
			return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L) ? c : 0;
		case KEY_NUMBER:
			return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nd) ? c : 0;
		default:
			return blank ? ' ' : c;
	}
}

static TokenResult
normalise_text(KeyPurpose purpose, const char *value, char **normal)
{
	const uint8_t *text = (const uint8_t *) value;
	size_t		length = strlen(value);
	size_t		folded_length = 0;
	uint8_t    *folded;
	uint8_t    *out;
	size_t		used = 0;
	bool		blank_due = false;

	if (u8_check(text, length) != NULL)
		return TOKEN_UNREADABLE;
	/* Compatibility decomposition, so that full-width digits and joined letters are the plain ones. */
	folded = u8_casefold(text, length, NULL, UNINORM_NFKD, NULL, &folded_length);
	if (folded == NULL)
		return TOKEN_FAILED;
	out = malloc(folded_length + 1);
	if (out == NULL)
	{
		free(folded);
		return TOKEN_FAILED;
	}
	for (size_t at = 0; at < folded_length;)
	{
		ucs4_t		c;
		int			step = u8_mbtouc(&c, folded + at, folded_length - at);
		ucs4_t		keep = kept(purpose, c);

		if (keep == ' ')
			blank_due = used > 0;
		else if (keep != 0)
		{
			if (blank_due)
				out[used++] = ' ';
			blank_due = false;
			memcpy(out + used, folded + at, (size_t) step);
			used += (size_t) step;
		}
		at += (size_t) step;
	}
	out[used] = '\0';
	OPENSSL_cleanse(folded, folded_length);
	free(folded);
	if (used == 0)
	{
		free(out);
		return TOKEN_EMPTY;
	}
	*normal = (char *) out;
	return TOKEN_MADE;
}

TokenResult
token_normalise(KeyPurpose purpose, const char *value, char **normal)
{
	*normal = NULL;
	if (purpose == KEY_BIRTH)
		return normalise_date(value, normal);
	return normalise_text(purpose, value, normal);
}

void
token_wipe(char *normal)
{
	if (normal != NULL)
		OPENSSL_cleanse(normal, strlen(normal));
	free(normal);
}

TokenResult
token_make(const Key *key, const char *scope, const char *value, char token[TOKEN_HEX_SIZE])
{
	static const char label[] = "wardstar token 1";
	const char *purpose = key_purpose_name(key->purpose);
	char	   *normal;
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	size_t		length;
	unsigned char *message;
	TokenResult result = token_normalise(key->purpose, value, &normal);

	if (result != TOKEN_MADE)
		return result;
	length = sizeof(label) + strlen(purpose) + 1 + strlen(scope) + 1 + strlen(normal);
	message = malloc(length);
	if (message == NULL)
		result = TOKEN_FAILED;
	else
	{
		unsigned char *at = message;

		memcpy(at, label, sizeof(label));
		at += sizeof(label);
		memcpy(at, purpose, strlen(purpose) + 1);
		at += strlen(purpose) + 1;
		memcpy(at, scope, strlen(scope) + 1);
		at += strlen(scope) + 1;
		memcpy(at, normal, strlen(normal));
		if (HMAC(EVP_sha256(), key->secret, KEY_BYTES, message, length, mac, &size) == NULL || size != TOKEN_BYTES)
			result = TOKEN_FAILED;
		for (size_t i = 0; i < TOKEN_BYTES && result == TOKEN_MADE; i++)
			snprintf(token + 2 * i, 3, "%02x", mac[i]);
		OPENSSL_cleanse(message, length);
		free(message);
	}
	token_wipe(normal);
	return result;
}
