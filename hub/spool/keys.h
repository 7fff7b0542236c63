/*
 * hub/spool/keys.h
 *		The key file: one secret a purpose, outside the database.
 *
 * The file is text, mode 0600, in a folder of its own of mode 0700; both belong to whoever runs the hub.
 * After the first line, "wardstar keys 1", each line is
 *		PURPOSE NUMBER DATE 64-HEX-DIGITS
 * The highest number of a purpose is in use, the older ones stay so that what they made can still be read.
 * The database holds fingerprints alone.
 */
#ifndef HUB_KEYS_H
#define HUB_KEYS_H

#include "hub.h"

#define KEY_BYTES 32
#define KEY_FINGERPRINT_SIZE 17 /* 16 hex digits and the NUL */

/* name in C, name in the file, what it is for */
#define KEY_PURPOSES(X) \
	X(KEY_SPOOL, "spool", "encrypts the received files") \
	X(KEY_CLIENT, "client", "turns a partner's own client reference into a token") \
	X(KEY_FAMILY, "family", "turns a partner's own family reference into a token") \
	X(KEY_NAME, "name", "turns names into tokens") \
	X(KEY_BIRTH, "birth", "turns dates of birth into tokens") \
	X(KEY_NUMBER, "number", "turns NHS and prison numbers into tokens")

typedef enum KeyPurpose
{
#define X(name, word, meaning) name,
	KEY_PURPOSES(X)
#undef X
	KEY_PURPOSE_COUNT
} KeyPurpose;

typedef struct Key
{
	KeyPurpose	purpose;
	uint32_t	number;			/* from 1, one up at each rotation */
	char		made_on[11];	/* YYYY-MM-DD */
	unsigned char secret[KEY_BYTES];
} Key;

typedef struct KeyRing
{
	size_t		count;
	Key		   *keys;			/* by purpose, then number */
} KeyRing;

extern const char *key_purpose_name(KeyPurpose purpose);
extern const char *key_purpose_meaning(KeyPurpose purpose);

/* Reads the file; refuses one that others could read. Logs the cause of a failure. */
extern HubExit keys_read(const char *path, KeyRing *ring) HUB_MUST_CHECK;

/* A ring with one new key a purpose. */
extern HubExit keys_make(KeyRing *ring) HUB_MUST_CHECK;

/* Adds the next key of a purpose, which is then the one in use. */
extern HubExit keys_add(KeyRing *ring, KeyPurpose purpose) HUB_MUST_CHECK;

/*
 * Writes the file whole (beside it, then renamed, both fsynced), making its folder if need be. With
 * "replace" off an existing file is refused: the keys in it may be the only ones that read the spool.
 */
extern HubExit keys_write(const char *path, const KeyRing *ring, bool replace) HUB_MUST_CHECK;

/* The one in use, the one of a number (NULL: not there), and all of a purpose from "*next" (set it to 0). */
extern const Key *keys_current(const KeyRing *ring, KeyPurpose purpose);
extern const Key *keys_find(const KeyRing *ring, KeyPurpose purpose, uint32_t number);
extern const Key *keys_next(const KeyRing *ring, KeyPurpose purpose, size_t *next);

/* What the database may know of a key: the start of an HMAC by it, as hex. */
extern HubExit key_fingerprint(const Key *key, char fingerprint[KEY_FINGERPRINT_SIZE]) HUB_MUST_CHECK;

/* A ring of its own with the same keys. */
extern HubExit keys_copy(const KeyRing *ring, KeyRing *copy) HUB_MUST_CHECK;

/* Wipes the secrets. */
extern void keys_free(KeyRing *ring);

#endif
