/*
 * hub/spool/seal.h
 *		What a spool file is made of; spool.h describes the format.
 */
#ifndef HUB_SEAL_H
#define HUB_SEAL_H

#include <openssl/evp.h>

#include "keys.h"

#define MAGIC_SIZE 8
#define SEAL_ID_BYTES 16
#define NONCE_BYTES 12
#define SEAL_TAG_BYTES 16
#define SEAL_HEAD_SIZE (MAGIC_SIZE + SEAL_ID_BYTES + 4 + NONCE_BYTES + KEY_BYTES + SEAL_TAG_BYTES)
#define SEAL_CHUNK_SIZE 65536

typedef struct SpoolHead
{
	unsigned char id[SEAL_ID_BYTES];
	unsigned char data_key[KEY_BYTES];
} SpoolHead;

extern void seal_hex(const unsigned char *bytes, size_t size, char *hex);

/* Makes the bytes of a head, its data key wrapped by "key". */
extern bool seal_head(EVP_CIPHER_CTX *cipher, const Key *key, const SpoolHead *head, unsigned char bytes[SEAL_HEAD_SIZE]) HUB_MUST_CHECK;

/* Reads a head and unwraps its data key; *number is that of the spool key it was under. Logs the cause of a failure. */
extern bool unseal_head(EVP_CIPHER_CTX *cipher, const KeyRing *ring, const char *id,
						const unsigned char bytes[SEAL_HEAD_SIZE], SpoolHead *head, uint32_t *number) HUB_MUST_CHECK;

/* A chunk of "size" bytes to size + SEAL_TAG_BYTES, and back; false if it was changed, moved or is not the last as said. */
extern bool seal_chunk(EVP_CIPHER_CTX *cipher, const SpoolHead *head, uint64_t chunk, bool last,
					   const unsigned char *plain, size_t size, unsigned char *sealed) HUB_MUST_CHECK;
extern bool unseal_chunk(EVP_CIPHER_CTX *cipher, const SpoolHead *head, uint64_t chunk, bool last,
						 const unsigned char *sealed, size_t size, unsigned char *plain) HUB_MUST_CHECK;

#endif
