/*
 * hub/spool/seal.c
 *		What a spool file is made of: its head and its chunks, AES-256-GCM by OpenSSL.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "program/log.h"
#include "seal.h"
#include "spool.h"

#define MAGIC "WSPOOL1\n"

void
seal_hex(const unsigned char *bytes, size_t size, char *hex)
{
	for (size_t i = 0; i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

/* AES-256-GCM: "in" to "out" and its tag. */
static bool
seal(EVP_CIPHER_CTX *cipher, const unsigned char *key, const unsigned char *nonce, const unsigned char *id,
	 const unsigned char *in, size_t size, unsigned char *out, unsigned char *tag)
{
	int			n;

	return EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
		EVP_EncryptUpdate(cipher, NULL, &n, id, SEAL_ID_BYTES) == 1 &&
		EVP_EncryptUpdate(cipher, out, &n, in, (int) size) == 1 &&
		EVP_EncryptFinal_ex(cipher, out + n, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_BYTES, tag) == 1;
}

/* The reverse; false if the tag does not fit. */
static bool
unseal(EVP_CIPHER_CTX *cipher, const unsigned char *key, const unsigned char *nonce, const unsigned char *id,
	   const unsigned char *in, size_t size, unsigned char *out, const unsigned char *tag)
{
	int			n;

	return EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
		EVP_DecryptUpdate(cipher, NULL, &n, id, SEAL_ID_BYTES) == 1 &&
		EVP_DecryptUpdate(cipher, out, &n, in, (int) size) == 1 &&
		EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_BYTES, (void *) tag) == 1 &&
		EVP_DecryptFinal_ex(cipher, out + n, &n) == 1;
}

static void
chunk_nonce(uint64_t chunk, bool last, unsigned char nonce[NONCE_BYTES])
{
	memset(nonce, 0, NONCE_BYTES);
	nonce[0] = last ? 1 : 0;
	for (int i = 0; i < 8; i++)
		nonce[4 + i] = (unsigned char) (chunk >> (8 * i));
}

bool
seal_head(EVP_CIPHER_CTX *cipher, const Key *key, const SpoolHead *head, unsigned char bytes[SEAL_HEAD_SIZE])
{
	unsigned char *nonce = bytes + MAGIC_SIZE + SEAL_ID_BYTES + 4;
	unsigned char *wrapped = nonce + NONCE_BYTES;

	memcpy(bytes, MAGIC, MAGIC_SIZE);
	memcpy(bytes + MAGIC_SIZE, head->id, SEAL_ID_BYTES);
	for (int i = 0; i < 4; i++)
		bytes[MAGIC_SIZE + SEAL_ID_BYTES + i] = (unsigned char) (key->number >> (8 * i));
	return RAND_bytes(nonce, NONCE_BYTES) == 1 &&
		seal(cipher, key->secret, nonce, head->id, head->data_key, KEY_BYTES, wrapped, wrapped + KEY_BYTES);
}

bool
unseal_head(EVP_CIPHER_CTX *cipher, const KeyRing *ring, const char *id, const unsigned char bytes[SEAL_HEAD_SIZE],
			SpoolHead *head, uint32_t *number)
{
	const unsigned char *nonce = bytes + MAGIC_SIZE + SEAL_ID_BYTES + 4;
	const unsigned char *wrapped = nonce + NONCE_BYTES;
	char		own_id[SPOOL_ID_SIZE];
	const Key  *key;

	memcpy(head->id, bytes + MAGIC_SIZE, SEAL_ID_BYTES);
	seal_hex(head->id, SEAL_ID_BYTES, own_id);
	if (memcmp(bytes, MAGIC, MAGIC_SIZE) != 0 || strcmp(own_id, id) != 0)
	{
		log_error("spool file %s is not one, or is another under this name", id);
		return false;
	}
	*number = 0;
	for (int i = 0; i < 4; i++)
		*number |= (uint32_t) bytes[MAGIC_SIZE + SEAL_ID_BYTES + i] << (8 * i);
	key = keys_find(ring, KEY_SPOOL, *number);
	if (key == NULL)
	{
		log_error("spool file %s is under spool key %" PRIu32 ", which is not in the key file", id, *number);
		return false;
	}
	if (!unseal(cipher, key->secret, nonce, head->id, wrapped, KEY_BYTES, head->data_key, wrapped + KEY_BYTES))
	{
		log_error("spool file %s does not open: it was changed, or spool key %" PRIu32 " is another", id, *number);
		return false;
	}
	return true;
}

bool
seal_chunk(EVP_CIPHER_CTX *cipher, const SpoolHead *head, uint64_t chunk, bool last, const unsigned char *plain,
		   size_t size, unsigned char *sealed)
{
	unsigned char nonce[NONCE_BYTES];

	chunk_nonce(chunk, last, nonce);
	return seal(cipher, head->data_key, nonce, head->id, plain, size, sealed, sealed + size);
}

bool
unseal_chunk(EVP_CIPHER_CTX *cipher, const SpoolHead *head, uint64_t chunk, bool last, const unsigned char *sealed,
			 size_t size, unsigned char *plain)
{
	unsigned char nonce[NONCE_BYTES];

	if (size < SEAL_TAG_BYTES)
		return false;
	chunk_nonce(chunk, last, nonce);
	size -= SEAL_TAG_BYTES;
	return unseal(cipher, head->data_key, nonce, head->id, sealed, size, plain, sealed + size);
}
