/*
 * hub/spool/spool.c
 *		The spool: encrypted files, written so that they are whole or not there.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "program/folder.h"
#include "program/log.h"
#include "seal.h"
#include "spool.h"

struct SpoolWriter
{
	char	   *folder;			/* of this file: FOLDER/ab */
	char	   *partial;		/* path while it is written */
	char	   *path;
	int			fd;
	SpoolHead	head;
	EVP_CIPHER_CTX *cipher;
	EVP_MD_CTX *digest;
	uint64_t	chunk;
	uint64_t	size;
	size_t		used;
	unsigned char plain[SEAL_CHUNK_SIZE];
	unsigned char sealed[SEAL_CHUNK_SIZE + SEAL_TAG_BYTES];
};

struct SpoolReader
{
	char		id[SPOOL_ID_SIZE];
	int			fd;
	SpoolHead	head;
	uint32_t	key_number;
	EVP_CIPHER_CTX *cipher;
	uint64_t	chunk;
	bool		last_seen;
	size_t		used;			/* of plain, already handed out */
	size_t		filled;
	size_t		ahead;			/* bytes of the next chunk already read */
	unsigned char plain[SEAL_CHUNK_SIZE];
	unsigned char sealed[SEAL_CHUNK_SIZE + SEAL_TAG_BYTES + 1];
};

static bool
write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size > 0)
	{
		ssize_t		n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t) n;
	}
	return true;
}

/* As many bytes as there are, up to size; -1 on an error. */
static ssize_t
read_all(int fd, void *bytes, size_t size)
{
	size_t		used = 0;

	while (used < size)
	{
		ssize_t		n = read(fd, (char *) bytes + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		used += (size_t) n;
	}
	return (ssize_t) used;
}

/* Files that begin at about the same time share a folder, so that spool_sync has one to put on disk for all of them. */
static unsigned char
folder_of_the_moment(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (unsigned char) (now.tv_sec * 16 + now.tv_nsec / (1000000000 / 16));
}

SpoolWriter *
spool_begin(const char *folder, const KeyRing *ring)
{
	SpoolWriter *writer = calloc(1, sizeof(SpoolWriter));
	const Key  *key = keys_current(ring, KEY_SPOOL);
	unsigned char bytes[SEAL_HEAD_SIZE];
	char		id[SPOOL_ID_SIZE];

	if (writer == NULL || key == NULL)
	{
		log_error(writer == NULL ? "out of memory" : "there is no spool key");
		free(writer);
		return NULL;
	}
	writer->fd = -1;
	writer->cipher = EVP_CIPHER_CTX_new();
	writer->digest = EVP_MD_CTX_new();
	if (writer->cipher == NULL || writer->digest == NULL ||
		RAND_bytes(writer->head.id, SEAL_ID_BYTES) != 1 || RAND_priv_bytes(writer->head.data_key, KEY_BYTES) != 1 ||
		EVP_DigestInit_ex(writer->digest, EVP_sha256(), NULL) != 1)
	{
		log_error("could not begin a spool file: the cipher or the random numbers failed");
		spool_abort(writer);
		return NULL;
	}
	writer->head.id[0] = folder_of_the_moment();
	if (!seal_head(writer->cipher, key, &writer->head, bytes))
	{
		log_error("could not begin a spool file: its key could not be wrapped");
		spool_abort(writer);
		return NULL;
	}
	seal_hex(writer->head.id, SEAL_ID_BYTES, id);
	if (!spool_paths(folder, id, &writer->folder, &writer->path) ||
		asprintf(&writer->partial, "%s.part", writer->path) < 0)
	{
		spool_abort(writer);
		return NULL;
	}
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		log_error("could not make the spool folder %s: %s", folder, strerror(errno));
	else if (mkdir(writer->folder, 0700) != 0 && errno != EEXIST)
		log_error("could not make the spool folder %s: %s", writer->folder, strerror(errno));
	else if ((writer->fd = open(writer->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0 ||
			 !write_all(writer->fd, bytes, SEAL_HEAD_SIZE))
		log_error("could not write the spool file %s: %s", writer->partial, strerror(errno));
	else
		return writer;
	spool_abort(writer);
	return NULL;
}

static bool
flush_chunk(SpoolWriter *writer, bool last)
{
	if (!seal_chunk(writer->cipher, &writer->head, writer->chunk++, last, writer->plain, writer->used, writer->sealed))
	{
		log_error("could not encrypt a spool file");
		return false;
	}
	if (!write_all(writer->fd, writer->sealed, writer->used + SEAL_TAG_BYTES))
	{
		log_error("could not write the spool file %s: %s", writer->partial, strerror(errno));
		return false;
	}
	writer->used = 0;
	return true;
}

bool
spool_write(SpoolWriter *writer, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	if (EVP_DigestUpdate(writer->digest, bytes, size) != 1)
	{
		log_error("could not compute a SHA-256");
		return false;
	}
	writer->size += size;
	while (size > 0)
	{
		size_t		step = SEAL_CHUNK_SIZE - writer->used;

		/* A full chunk waits until more comes: the last one must be known as such. */
		if (step == 0)
		{
			if (!flush_chunk(writer, false))
				return false;
			continue;
		}
		if (step > size)
			step = size;
		memcpy(writer->plain + writer->used, at, step);
		writer->used += step;
		at += step;
		size -= step;
	}
	return true;
}

bool
spool_finish(SpoolWriter *writer, SpoolFile *file)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int digest_size = 0;
	bool		fine = false;

	file->fd = -1;
	file->synced = false;
	if (!flush_chunk(writer, true))
		;
	else if (EVP_DigestFinal_ex(writer->digest, digest, &digest_size) != 1)
		log_error("could not compute a SHA-256");
	else if (rename(writer->partial, writer->path) != 0)
		log_error("could not put the spool file %s in its place: %s", writer->path, strerror(errno));
	else
	{
		seal_hex(writer->head.id, SEAL_ID_BYTES, file->id);
		seal_hex(digest, digest_size, file->sha256);
		file->size = writer->size;
		file->fd = writer->fd;
		writer->fd = -1;
		fine = true;
	}
	spool_abort(writer);
	return fine;
}

bool
spool_commit(SpoolWriter *writer, char id[SPOOL_ID_SIZE], uint64_t *size, char sha256[SPOOL_SHA256_SIZE])
{
	SpoolFile	file = {.fd = -1};
	SpoolFile  *files[] = {&file};
	char	   *folder = strndup(writer->folder, strlen(writer->folder) - 3);

	if (folder == NULL)
	{
		log_error("out of memory");
		spool_abort(writer);
		return false;
	}
	if (spool_finish(writer, &file))
		spool_sync(folder, files, 1);
	free(folder);
	memcpy(id, file.id, SPOOL_ID_SIZE);
	memcpy(sha256, file.sha256, SPOOL_SHA256_SIZE);
	*size = file.size;
	return file.synced;
}

void
spool_abort(SpoolWriter *writer)
{
	if (writer == NULL)
		return;
	if (writer->fd >= 0)
	{
		close(writer->fd);
		if (writer->partial != NULL)
			(void) unlink(writer->partial);
	}
	EVP_CIPHER_CTX_free(writer->cipher);
	EVP_MD_CTX_free(writer->digest);
	free(writer->folder);
	free(writer->partial);
	free(writer->path);
	OPENSSL_cleanse(writer, sizeof(*writer));
	free(writer);
}

SpoolReader *
spool_open(const char *folder, const KeyRing *ring, const char *id)
{
	SpoolReader *reader = calloc(1, sizeof(SpoolReader));
	char	   *subfolder = NULL;
	char	   *path = NULL;
	unsigned char bytes[SEAL_HEAD_SIZE];
	bool		fine = false;

	if (reader == NULL || (reader->cipher = EVP_CIPHER_CTX_new()) == NULL)
		log_error("out of memory");
	else if (!spool_is_id(id))
		log_error("not the name of a spool file");
	else if (spool_paths(folder, id, &subfolder, &path))
	{
		memcpy(reader->id, id, SPOOL_ID_SIZE);
		reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (reader->fd < 0)
			log_error("could not open the spool file %s: %s", path, strerror(errno));
		else if (read_all(reader->fd, bytes, SEAL_HEAD_SIZE) != SEAL_HEAD_SIZE)
			log_error("spool file %s is cut off", id);
		else
			fine = unseal_head(reader->cipher, ring, id, bytes, &reader->head, &reader->key_number);
		if (!fine && reader->fd >= 0)
			close(reader->fd);
	}
	free(subfolder);
	free(path);
	if (fine)
		return reader;
	if (reader != NULL)
	{
		EVP_CIPHER_CTX_free(reader->cipher);
		OPENSSL_cleanse(reader, sizeof(*reader));
	}
	free(reader);
	return NULL;
}

/* Opens the next chunk. One byte more than a chunk is read: it tells whether this one is the last. */
static bool
next_chunk(SpoolReader *reader)
{
	size_t		whole = SEAL_CHUNK_SIZE + SEAL_TAG_BYTES;
	ssize_t		n = read_all(reader->fd, reader->sealed + reader->ahead, whole + 1 - reader->ahead);
	size_t		size;

	if (n < 0)
	{
		log_error("could not read the spool file %s: %s", reader->id, strerror(errno));
		return false;
	}
	size = reader->ahead + (size_t) n;
	reader->last_seen = size <= whole;
	if (!reader->last_seen)
		size = whole;
	if (!unseal_chunk(reader->cipher, &reader->head, reader->chunk++, reader->last_seen, reader->sealed, size,
					  reader->plain))
	{
		log_error("spool file %s was changed or cut off", reader->id);
		return false;
	}
	reader->filled = size - SEAL_TAG_BYTES;
	reader->used = 0;
	reader->ahead = reader->last_seen ? 0 : 1;
	if (!reader->last_seen)
		reader->sealed[0] = reader->sealed[whole];
	return true;
}

ssize_t
spool_read(SpoolReader *reader, void *bytes, size_t size)
{
	size_t		given = 0;

	while (given < size)
	{
		size_t		step = reader->filled - reader->used;

		if (step == 0)
		{
			if (reader->last_seen)
				break;
			if (!next_chunk(reader))
				return -1;
			continue;
		}
		if (step > size - given)
			step = size - given;
		memcpy((char *) bytes + given, reader->plain + reader->used, step);
		reader->used += step;
		given += step;
	}
	return (ssize_t) given;
}

void
spool_close(SpoolReader *reader)
{
	if (reader == NULL)
		return;
	close(reader->fd);
	EVP_CIPHER_CTX_free(reader->cipher);
	OPENSSL_cleanse(reader, sizeof(*reader));
	free(reader);
}

bool
spool_check(const char *folder, const KeyRing *ring, const char *id, bool *older)
{
	const Key  *key = keys_current(ring, KEY_SPOOL);
	SpoolReader *reader = spool_open(folder, ring, id);

	*older = reader != NULL && key != NULL && reader->key_number != key->number;
	spool_close(reader);
	return reader != NULL;
}

/* Copies what follows the head of one file after the new head of another. */
static bool
copy_rest(int from, int to)
{
	char		buffer[SEAL_CHUNK_SIZE];
	ssize_t		n;

	while ((n = read_all(from, buffer, sizeof(buffer))) > 0)
	{
		if (!write_all(to, buffer, (size_t) n))
			return false;
	}
	return n == 0;
}

/*
 * Puts a new file in the place of an old one that is still there. A plain rename would bring back what a withdrawal has
 * removed in the meantime; the two change places instead, which fails if there is no old one.
 */
static bool
put_in_place(const char *beside, const char *path, bool *gone)
{
	if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
		return unlink(beside) == 0;
	*gone = errno == ENOENT;
	if (*gone)
		return unlink(beside) == 0;
	/* File systems that can't. */
	return errno == EINVAL && rename(beside, path) == 0;
}

bool
spool_rewrap(const char *folder, const KeyRing *ring, const char *id, bool *changed)
{
	const Key  *key = keys_current(ring, KEY_SPOOL);
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	char	   *subfolder = NULL;
	char	   *path = NULL;
	char	   *beside = NULL;
	unsigned char bytes[SEAL_HEAD_SIZE];
	SpoolHead	head;
	uint32_t	number;
	struct stat st;
	int			from = -1;
	int			to = -1;
	bool		gone = false;
	bool		fine = false;

	*changed = false;
	if (cipher == NULL || key == NULL || !spool_is_id(id))
		log_error("could not put the spool file %s under another key", id);
	else if (spool_paths(folder, id, &subfolder, &path) && asprintf(&beside, "%s.part", path) >= 0)
	{
		from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (from < 0 || read_all(from, bytes, SEAL_HEAD_SIZE) != SEAL_HEAD_SIZE)
			log_error("could not read the spool file %s", path);
		else if (unseal_head(cipher, ring, id, bytes, &head, &number))
		{
			if (number == key->number)
				fine = true;
			else
			{
				/* A whole new file, then an exchange: a crash leaves the one or the other. */
				(void) unlink(beside);
				to = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
				fine = to >= 0 && seal_head(cipher, key, &head, bytes) && write_all(to, bytes, SEAL_HEAD_SIZE) &&
					copy_rest(from, to) && fstat(from, &st) == 0 && fchmod(to, st.st_mode & 0600) == 0 && fsync(to) == 0 &&
					put_in_place(beside, path, &gone) && folder_sync(subfolder);
				*changed = fine && !gone;
				if (!fine)
				{
					log_error("could not put the spool file %s under another key: %s", id, strerror(errno));
					(void) unlink(beside);
				}
			}
		}
	}
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	EVP_CIPHER_CTX_free(cipher);
	OPENSSL_cleanse(&head, sizeof(head));
	free(subfolder);
	free(path);
	free(beside);
	return fine;
}

void
spool_keep(const char *folder, const char *id)
{
	char	   *subfolder = NULL;
	char	   *path = NULL;

	if (spool_is_id(id) && spool_paths(folder, id, &subfolder, &path) && chmod(path, S_IRUSR) != 0 && errno != ENOENT)
		log_warning("could not mark the spool file %s as kept: %s", id, strerror(errno));
	free(subfolder);
	free(path);
}
