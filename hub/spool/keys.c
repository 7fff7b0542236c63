/*
 * hub/spool/keys.c
 *		The key file: reading, writing, fingerprints.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "keys.h"
#include "program/folder.h"
#include "program/log.h"

#define FIRST_LINE "wardstar keys 1\n"
#define LARGEST_FILE (256 * 1024)

static const struct
{
	const char *name;
	const char *meaning;
}			purposes[] = {
#define X(name, word, meaning) {word, meaning},
	KEY_PURPOSES(X)
#undef X
};

const char *
key_purpose_name(KeyPurpose purpose)
{
	return purposes[purpose].name;
}

const char *
key_purpose_meaning(KeyPurpose purpose)
{
	return purposes[purpose].meaning;
}

/* The folder that a path lies in, in a buffer that the caller frees. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	if (slash == path)
		return strdup("/");
	return strndup(path, (size_t) (slash - path));
}

/* Whether only its owner, who is us, can come at it. */
static bool
is_private(const struct stat *st, const char *what, const char *path)
{
	if (st->st_uid != geteuid())
	{
		log_error("%s %s does not belong to the user that runs wardstar-hub", what, path);
		return false;
	}
	if ((st->st_mode & 077) != 0)
	{
		log_error("%s %s can be reached by others (mode %04o); allow its owner only: chmod %s %s", what, path,
				  (unsigned) (st->st_mode & 07777), S_ISDIR(st->st_mode) ? "700" : "600", path);
		return false;
	}
	return true;
}

static bool
folder_is_private(const char *path)
{
	char	   *folder = folder_of(path);
	struct stat st;
	bool		fine = false;

	if (folder == NULL)
		log_error("out of memory");
	else if (stat(folder, &st) != 0)
		log_error("could not look at the key file's folder %s: %s", folder, strerror(errno));
	else
		fine = is_private(&st, "the key file's folder", folder);
	free(folder);
	return fine;
}

static HubExit
ring_add(KeyRing *ring, const Key *key)
{
	Key		   *keys = malloc((ring->count + 1) * sizeof(Key));
	size_t		at = 0;

	if (keys == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	while (at < ring->count && (ring->keys[at].purpose < key->purpose ||
								(ring->keys[at].purpose == key->purpose && ring->keys[at].number < key->number)))
		at++;
	if (at > 0)
		memcpy(keys, ring->keys, at * sizeof(Key));
	keys[at] = *key;
	if (at < ring->count)
		memcpy(keys + at + 1, ring->keys + at, (ring->count - at) * sizeof(Key));
	if (ring->keys != NULL)
		OPENSSL_cleanse(ring->keys, ring->count * sizeof(Key));
	free(ring->keys);
	ring->keys = keys;
	ring->count++;
	return HUB_OK;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* One line of the file, NUL-terminated; false if it is not of the form. */
static bool
parse_key(const char *line, Key *key)
{
	char		purpose[16];
	char		secret[2 * KEY_BYTES + 2];
	unsigned	year;
	unsigned	month;
	unsigned	day;
	int			used = 0;
	bool		fine = false;

	if (sscanf(line, "%15s %" SCNu32 " %10s %65s%n", purpose, &key->number, key->made_on, secret, &used) == 4 &&
		line[used] == '\0' && key->number > 0 && key->number < UINT32_MAX &&
		strlen(secret) == 2 * KEY_BYTES && strlen(key->made_on) == 10 &&
		sscanf(key->made_on, "%4u-%2u-%2u", &year, &month, &day) == 3)
	{
		int			p = 0;

		while (p < KEY_PURPOSE_COUNT && strcmp(purposes[p].name, purpose) != 0)
			p++;
		fine = p < KEY_PURPOSE_COUNT;
		key->purpose = (KeyPurpose) p;
		for (size_t i = 0; i < KEY_BYTES && fine; i++)
		{
			int			high = hex_digit(secret[2 * i]);
			int			low = hex_digit(secret[2 * i + 1]);

			fine = high >= 0 && low >= 0;
			key->secret[i] = (unsigned char) (high * 16 + low);
		}
	}
	OPENSSL_cleanse(secret, sizeof(secret));
	return fine;
}

static HubExit
parse_ring(char *text, const char *path, KeyRing *ring)
{
	int			number = 1;
	char	   *line = text + strlen(FIRST_LINE);

	if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
	{
		log_error("%s is not a key file of wardstar-hub: its first line should be \"wardstar keys 1\"", path);
		return HUB_USAGE;
	}
	while (*line != '\0')
	{
		char	   *end = strchr(line, '\n');
		Key			key;
		HubExit		result = HUB_OK;

		number++;
		if (end != NULL)
			*end = '\0';
		if (*line != '\0' && *line != '#')
		{
			if (!parse_key(line, &key))
			{
				log_error("%s, line %d: expected a purpose, a number, a date and 64 hex digits", path, number);
				result = HUB_USAGE;
			}
			else if (keys_find(ring, key.purpose, key.number) != NULL)
			{
				log_error("%s, line %d: key %s %" PRIu32 " stands there twice", path, number,
						  purposes[key.purpose].name, key.number);
				result = HUB_USAGE;
			}
			else
				result = ring_add(ring, &key);
			OPENSSL_cleanse(&key, sizeof(key));
		}
		if (result != HUB_OK)
			return result;
		if (end == NULL)
			break;
		line = end + 1;
	}
	for (int p = 0; p < KEY_PURPOSE_COUNT; p++)
	{
		if (keys_current(ring, (KeyPurpose) p) == NULL)
		{
			log_error("%s has no key \"%s\" (%s)", path, purposes[p].name, purposes[p].meaning);
			return HUB_USAGE;
		}
	}
	return HUB_OK;
}

HubExit
keys_read(const char *path, KeyRing *ring)
{
	HubExit		result = HUB_FILE;
	int			fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	char	   *text = NULL;
	size_t		size = 0;

	memset(ring, 0, sizeof(*ring));
	/* A core dump or another process of ours must not show the keys. */
	(void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (fd < 0 && errno == ENOENT)
	{
		log_error("there is no key file %s", path);
		log_error("hint: Make one with \"wardstar-hub key new\", or, for a database that has been filled, restore it from its backup.");
		result = HUB_KEYS;
	}
	else if (fd < 0 || fstat(fd, &st) != 0)
	{
		log_error("could not read the key file %s: %s", path,
				  errno == ELOOP ? "it is a symbolic link" : strerror(errno));
	}
	else if (!S_ISREG(st.st_mode) || st.st_size > LARGEST_FILE)
		log_error("%s is not a key file of wardstar-hub", path);
	else if (!is_private(&st, "the key file", path) || !folder_is_private(path))
		result = HUB_USAGE;
	else if ((text = malloc(LARGEST_FILE + 1)) == NULL)
		log_error("out of memory");
	else
	{
		ssize_t		n;

		while ((n = read(fd, text + size, LARGEST_FILE - size)) > 0)
			size += (size_t) n;
		text[size] = '\0';
		if (n < 0)
			log_error("could not read the key file %s: %s", path, strerror(errno));
		else
			result = parse_ring(text, path, ring);
	}
	if (text != NULL)
		OPENSSL_cleanse(text, size);
	free(text);
	if (fd >= 0)
		close(fd);
	if (result != HUB_OK)
		keys_free(ring);
	return result;
}

HubExit
keys_add(KeyRing *ring, KeyPurpose purpose)
{
	const Key  *last = keys_current(ring, purpose);
	Key			key = {.purpose = purpose, .number = last != NULL ? last->number + 1 : 1};
	time_t		now = time(NULL);
	struct tm	today;
	HubExit		result = HUB_INTERNAL;

	if (gmtime_r(&now, &today) == NULL ||
		strftime(key.made_on, sizeof(key.made_on), "%Y-%m-%d", &today) == 0 ||
		RAND_priv_bytes(key.secret, KEY_BYTES) != 1)
		log_error("could not make a key: no random numbers are to be had");
	else
		result = ring_add(ring, &key);
	OPENSSL_cleanse(&key, sizeof(key));
	return result;
}

HubExit
keys_make(KeyRing *ring)
{
	HubExit		result = HUB_OK;

	memset(ring, 0, sizeof(*ring));
	for (int p = 0; p < KEY_PURPOSE_COUNT && result == HUB_OK; p++)
		result = keys_add(ring, (KeyPurpose) p);
	if (result != HUB_OK)
		keys_free(ring);
	return result;
}

static bool
write_ring(int fd, const KeyRing *ring)
{
	bool		fine = dprintf(fd, FIRST_LINE) > 0;

	for (size_t i = 0; i < ring->count && fine; i++)
	{
		const Key  *key = &ring->keys[i];
		char		hex[2 * KEY_BYTES + 1];

		for (size_t b = 0; b < KEY_BYTES; b++)
			snprintf(hex + 2 * b, 3, "%02x", key->secret[b]);
		fine = dprintf(fd, "%s %" PRIu32 " %s %s\n", purposes[key->purpose].name, key->number, key->made_on,
					   hex) > 0;
		OPENSSL_cleanse(hex, sizeof(hex));
	}
	return fine && fsync(fd) == 0;
}

HubExit
keys_write(const char *path, const KeyRing *ring, bool replace)
{
	HubExit		result = HUB_FILE;
	char	   *folder = folder_of(path);
	char	   *beside = NULL;
	int			fd = -1;

	if (folder == NULL || asprintf(&beside, "%s.new", path) < 0)
	{
		log_error("out of memory");
		free(folder);
		return HUB_INTERNAL;
	}
	/* Its name is put on disk even if it was there: whoever made it may not have come so far. */
	if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || !folder_sync_name(folder))
		log_error("could not make the folder %s: %s", folder, strerror(errno));
	else if (!folder_is_private(path))
		result = HUB_USAGE;
	else
	{
		(void) unlink(beside);
		fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 || !write_ring(fd, ring))
			log_error("could not write %s: %s", beside, strerror(errno));
		else if (replace ? rename(beside, path) != 0 : link(beside, path) != 0)
		{
			if (errno == EEXIST)
			{
				log_error("%s exists already and is left as it is", path);
				result = HUB_USAGE;
			}
			else
				log_error("could not write the key file %s: %s", path, strerror(errno));
		}
		else if (!folder_sync(folder))
			log_error("could not write the folder %s to disk: %s", folder, strerror(errno));
		else
			result = HUB_OK;
		if (fd >= 0)
			close(fd);
		if (!replace || result != HUB_OK)
			(void) unlink(beside);
	}
	free(folder);
	free(beside);
	return result;
}

const Key *
keys_current(const KeyRing *ring, KeyPurpose purpose)
{
	const Key  *found = NULL;

	for (size_t i = 0; i < ring->count; i++)
	{
		if (ring->keys[i].purpose == purpose)
			found = &ring->keys[i];
	}
	return found;
}

const Key *
keys_find(const KeyRing *ring, KeyPurpose purpose, uint32_t number)
{
	for (size_t i = 0; i < ring->count; i++)
	{
		if (ring->keys[i].purpose == purpose && ring->keys[i].number == number)
			return &ring->keys[i];
	}
	return NULL;
}

const Key *
keys_next(const KeyRing *ring, KeyPurpose purpose, size_t *next)
{
	while (*next < ring->count)
	{
		const Key  *key = &ring->keys[(*next)++];

		if (key->purpose == purpose)
			return key;
	}
	return NULL;
}

HubExit
key_fingerprint(const Key *key, char fingerprint[KEY_FINGERPRINT_SIZE])
{
	static const char label[] = "wardstar key fingerprint 1";
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	if (HMAC(EVP_sha256(), key->secret, KEY_BYTES, (const unsigned char *) label, sizeof(label), mac, &size) == NULL)
	{
		log_error("could not compute the fingerprint of a key");
		return HUB_INTERNAL;
	}
	for (size_t i = 0; i < (KEY_FINGERPRINT_SIZE - 1) / 2; i++)
		snprintf(fingerprint + 2 * i, 3, "%02x", mac[i]);
	OPENSSL_cleanse(mac, sizeof(mac));
	return HUB_OK;
}

HubExit
keys_copy(const KeyRing *ring, KeyRing *copy)
{
	memset(copy, 0, sizeof(*copy));
	if (ring->count == 0)
		return HUB_OK;
	copy->keys = malloc(ring->count * sizeof(Key));
	if (copy->keys == NULL)
	{
		log_error("out of memory");
		return HUB_INTERNAL;
	}
	memcpy(copy->keys, ring->keys, ring->count * sizeof(Key));
	copy->count = ring->count;
	return HUB_OK;
}

void
keys_free(KeyRing *ring)
{
	if (ring->keys != NULL)
		OPENSSL_cleanse(ring->keys, ring->count * sizeof(Key));
	free(ring->keys);
	ring->keys = NULL;
	ring->count = 0;
}
