/*
 * tests/unit/hub_intake_test.c
 *		Key file, tokens and spool (hub/intake), on files in a folder of their own. Prints TAP.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/keys.h"
#include "spool/seal.h"
#include "spool/spool.h"
#include "spool/token.h"
#include "program/log.h"

const HubCommand *const hub_commands[] = {NULL};

static int	done;
static int	failed;

static void
ok(bool fine, const char *what)
{
	done++;
	if (!fine)
		failed++;
	printf("%sok %d - %s\n", fine ? "" : "not ", done, what);
}

static char folder[64];

static const char *
in_folder(const char *name)
{
	static char path[4][256];
	static int	next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof(path[next]), "%s/%s", folder, name);
	return path[next];
}

static void
write_text(const char *path, const char *text)
{
	FILE	   *file = fopen(path, "w");

	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

static bool
same_keys(const KeyRing *a, const KeyRing *b)
{
	bool		same = a->count == b->count;

	for (size_t i = 0; i < a->count && same; i++)
		same = a->keys[i].purpose == b->keys[i].purpose && a->keys[i].number == b->keys[i].number &&
			strcmp(a->keys[i].made_on, b->keys[i].made_on) == 0 &&
			memcmp(a->keys[i].secret, b->keys[i].secret, KEY_BYTES) == 0;
	return same;
}

static void
test_keys(void)
{
	char		path[256];
	KeyRing		ring;
	KeyRing		again;
	char		a[KEY_FINGERPRINT_SIZE];
	char		b[KEY_FINGERPRINT_SIZE];
	struct stat st;
	char		text[512];

	snprintf(path, sizeof(path), "%s", in_folder("keys/hub.keys"));
	ok(keys_make(&ring) == HUB_OK && ring.count == KEY_PURPOSE_COUNT, "a key a purpose");
	ok(keys_write(path, &ring, false) == HUB_OK, "the key file is written, its folder made");
	ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600, "its mode is 0600");
	ok(stat(in_folder("keys"), &st) == 0 && (st.st_mode & 07777) == 0700, "its folder's is 0700");
	ok(keys_write(path, &ring, false) == HUB_USAGE, "an existing key file is not overwritten");
	ok(keys_read(path, &again) == HUB_OK && same_keys(&ring, &again), "it is read back the same");
	ok(key_fingerprint(keys_current(&ring, KEY_NAME), a) == HUB_OK &&
	   key_fingerprint(keys_current(&again, KEY_NAME), b) == HUB_OK && strcmp(a, b) == 0, "and so is a fingerprint");
	ok(key_fingerprint(keys_current(&ring, KEY_BIRTH), b) == HUB_OK && strcmp(a, b) != 0,
	   "two keys have two fingerprints");
	ok(keys_add(&again, KEY_NAME) == HUB_OK && keys_current(&again, KEY_NAME)->number == 2 &&
	   keys_find(&again, KEY_NAME, 1) != NULL, "a second key of a purpose is the one in use, the first stays");
	ok(keys_write(path, &again, true) == HUB_OK, "a key file is replaced when that is asked for");
	keys_free(&again);
	ok(keys_read(path, &again) == HUB_OK && again.count == KEY_PURPOSE_COUNT + 1, "and has both");
	keys_free(&again);

	ok(chmod(path, 0640) == 0 && keys_read(path, &again) == HUB_USAGE, "a key file that a group can read is refused");
	ok(chmod(path, 0600) == 0 && chmod(in_folder("keys"), 0755) == 0 && keys_read(path, &again) == HUB_USAGE,
	   "so is one in a folder that others can read");
	ok(chmod(in_folder("keys"), 0700) == 0 && symlink(path, in_folder("keys/link")) == 0 &&
	   keys_read(in_folder("keys/link"), &again) == HUB_FILE, "and one behind a symbolic link");
	ok(keys_read(in_folder("keys/none"), &again) == HUB_KEYS, "one that is not there");

	snprintf(path, sizeof(path), "%s", in_folder("keys/bad"));
	write_text(path, "something else\n");
	chmod(path, 0600);
	ok(keys_read(path, &again) == HUB_USAGE, "a file that is not a key file");
	write_text(path, "wardstar keys 1\nspool 1 2026-01-01 00\n");
	ok(keys_read(path, &again) == HUB_USAGE, "a key that is too short");
	write_text(path, "wardstar keys 1\n");
	ok(keys_read(path, &again) == HUB_USAGE, "a file without the keys");
	snprintf(text, sizeof(text), "wardstar keys 1\nspool 1 2026-01-01 %064d\nspool 1 2026-01-01 %064d\n", 1, 2);
	write_text(path, text);
	ok(keys_read(path, &again) == HUB_USAGE, "one number twice");
	snprintf(text, sizeof(text), "wardstar keys 1\nspool 1 2026-01-01 %063dg\n", 1);
	write_text(path, text);
	ok(keys_read(path, &again) == HUB_USAGE, "a letter that is no hex digit");
	keys_free(&ring);
}

static bool
normal_is(KeyPurpose purpose, const char *value, const char *expected)
{
	char	   *normal;
	TokenResult result = token_normalise(purpose, value, &normal);
	const char *got = result == TOKEN_MADE ? normal : result == TOKEN_EMPTY ? "(empty)" : "(unreadable)";
	bool		same = strcmp(got, expected) == 0;

	if (!same)
		printf("# \"%s\" gave \"%s\", expected \"%s\"\n", value, got, expected);
	token_wipe(result == TOKEN_MADE ? normal : NULL);
	return same;
}

static void
test_tokens(void)
{
	static const struct
	{
		KeyPurpose	purpose;
		const char *value;
		const char *expected;
	}			cases[] = {
		{KEY_CLIENT, "  AB 12/x ", "ab 12/x"},
		{KEY_CLIENT, "AB\t 12/X", "ab 12/x"},
		{KEY_CLIENT, "ab-12", "ab-12"},
		{KEY_CLIENT, "00123", "00123"},
		{KEY_CLIENT, "\xef\xbc\x91\xef\xbc\x92", "12"},	/* full-width digits */
		{KEY_CLIENT, " \xc2\xa0 ", "(empty)"},	/* a no-break space */
		{KEY_CLIENT, "a\xff", "(unreadable)"},
		{KEY_NAME, "O'Neill-Smith ", "oneillsmith"},
		{KEY_NAME, "Jos\xc3\xa9", "jose"},
		{KEY_NAME, "JOSE\xcc\x81", "jose"},
		{KEY_NAME, "Stra\xc3\x9f" "e", "strasse"},
		{KEY_NAME, "123 !", "(empty)"},
		{KEY_BIRTH, "2001-02-03", "2001-02-03"},
		{KEY_BIRTH, "2001/02/03", "2001-02-03"},
		{KEY_BIRTH, "03/02/2001", "2001-02-03"},
		{KEY_BIRTH, "3.2.2001", "2001-02-03"},
		{KEY_BIRTH, "12.3.2001", "2001-03-12"},
		{KEY_BIRTH, "03-02-2001 00:00:00", "2001-02-03"},
		{KEY_BIRTH, "2000-02-29", "2000-02-29"},
		{KEY_BIRTH, "2001-02-29", "(unreadable)"},
		{KEY_BIRTH, "03/02/01", "(unreadable)"},
		{KEY_BIRTH, "2001-02/03", "(unreadable)"},
		{KEY_BIRTH, "2001-02-03 x", "(unreadable)"},
		{KEY_BIRTH, "  ", "(empty)"},
		{KEY_NUMBER, "943 476 5919", "9434765919"},
		{KEY_NUMBER, "A1234-BC", "a1234bc"},
	};

	/*
	 * key 00 01 … 1f: printf 'wardstar token 1\0client\0pops\0ab 12' | openssl dgst -sha256 -mac HMAC
	 * -macopt hexkey:000102…1f
	 */
	static const char expected[] = "b047872968e4369dbcd44e18602ab8a1fb720da7df62d28da23c87d052a8cf99";
	Key			key = {.purpose = KEY_CLIENT,.number = 1};
	char		token[TOKEN_HEX_SIZE];
	char		other[TOKEN_HEX_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char		what[64];

		snprintf(what, sizeof(what), "%s, case %zu: %s", key_purpose_name(cases[i].purpose), i, cases[i].expected);
		ok(normal_is(cases[i].purpose, cases[i].value, cases[i].expected), what);
	}
	for (int i = 0; i < KEY_BYTES; i++)
		key.secret[i] = (unsigned char) i;
	ok(token_make(&key, "pops", " AB  12", token) == TOKEN_MADE && strcmp(token, expected) == 0,
	   "a token is the HMAC that openssl computes");
	ok(token_make(&key, "shelter", "AB 12", other) == TOKEN_MADE && strcmp(token, other) != 0,
	   "another organisation's same reference is another token");
	key.purpose = KEY_FAMILY;
	ok(token_make(&key, "pops", "AB 12", other) == TOKEN_MADE && strcmp(token, other) != 0, "so is another purpose's");
	ok(token_make(&key, "pops", "", other) == TOKEN_EMPTY, "nothing gives no token");
}

/* Writes size bytes of a pattern in steps; false on a failure. */
static bool
spool_pattern(const KeyRing *ring, size_t size, size_t step, char *id, char *sha256)
{
	SpoolWriter *writer = spool_begin(in_folder("spool"), ring);
	unsigned char *bytes = malloc(step);
	uint64_t	stored = 0;
	bool		fine = writer != NULL;

	for (size_t at = 0; at < size && fine; at += step)
	{
		size_t		now = size - at < step ? size - at : step;

		for (size_t i = 0; i < now; i++)
			bytes[i] = (unsigned char) ((at + i) * 31 % 251);
		fine = spool_write(writer, bytes, now);
	}
	free(bytes);
	return fine && spool_commit(writer, id, &stored, sha256) && stored == size;
}

/* Reads it back in steps: the number of bytes that are right, or -1 on a fault. */
static ssize_t
read_pattern(const KeyRing *ring, const char *id, size_t step)
{
	SpoolReader *reader = spool_open(in_folder("spool"), ring, id);
	unsigned char *bytes = malloc(step);
	ssize_t		total = 0;
	ssize_t		n = -1;

	while (reader != NULL && (n = spool_read(reader, bytes, step)) > 0)
	{
		ssize_t		right = 0;

		while (right < n && bytes[right] == (unsigned char) ((size_t) (total + right) * 31 % 251))
			right++;
		if (right < n)
		{
			n = -1;
			break;
		}
		total += n;
	}
	free(bytes);
	spool_close(reader);
	return n < 0 ? -1 : total;
}

static const char *
spool_path(const char *id)
{
	static char path[2][256];
	static int	next;

	next = 1 - next;
	snprintf(path[next], sizeof(path[next]), "%s/spool/%.2s/%s", folder, id, id);
	return path[next];
}

/* Changes one byte of a file; with a negative position cuts that many off its end. */
static void
damage(const char *path, off_t at)
{
	int			fd = open(path, O_RDWR);
	unsigned char byte;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		abort();
	if (at < 0)
	{
		if (ftruncate(fd, st.st_size + at) != 0)
			abort();
	}
	else
	{
		if (pread(fd, &byte, 1, at) != 1)
			abort();
		byte ^= 1;
		if (pwrite(fd, &byte, 1, at) != 1)
			abort();
	}
	close(fd);
}

static bool
count_one(const char *id, void *state)
{
	(void) id;
	(*(int *) state)++;
	return true;
}

static void
test_spool(void)
{
	static const size_t sizes[] = {0, 1, SEAL_CHUNK_SIZE - 1, SEAL_CHUNK_SIZE, SEAL_CHUNK_SIZE + 1, 3 * SEAL_CHUNK_SIZE, 1000000};
	KeyRing		ring;
	KeyRing		other;
	char		id[SPOOL_ID_SIZE];
	char		second[SPOOL_ID_SIZE];
	char		sha256[SPOOL_SHA256_SIZE];
	bool		changed;
	bool		all = true;
	int			before = 0;
	int			after = 0;
	SpoolWriter *writer;
	char		what[96];

	if (keys_make(&ring) != HUB_OK || keys_make(&other) != HUB_OK)
		abort();
	ok(spool_walk(in_folder("spool"), count_one, &before) && before == 0, "no folder is an empty spool");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
	{
		snprintf(what, sizeof(what), "%zu bytes come back as they went in", sizes[i]);
		ok(spool_pattern(&ring, sizes[i], 7777, id, sha256) && read_pattern(&ring, id, 5000) == (ssize_t) sizes[i], what);
	}
	/* printf '' | sha256sum */
	ok(spool_pattern(&ring, 0, 10, id, sha256) &&
	   strcmp(sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == 0, "the SHA-256 is the content's");
	ok(read_pattern(&other, id, 10) == -1, "another key does not open it");

	if (!spool_pattern(&ring, 40, 40, id, sha256))
		abort();
	for (off_t at = 0; at < SEAL_HEAD_SIZE + 40 + SEAL_TAG_BYTES; at++)
	{
		damage(spool_path(id), at);
		all = all && read_pattern(&ring, id, 100) == -1;
		damage(spool_path(id), at);
	}
	ok(all && read_pattern(&ring, id, 100) == 40, "a file with any one byte changed does not open");
	damage(spool_path(id), -1);
	ok(read_pattern(&ring, id, 100) == -1, "nor does one that is cut");
	if (!spool_pattern(&ring, 2 * SEAL_CHUNK_SIZE + 5, 4096, id, sha256))
		abort();
	damage(spool_path(id), -(off_t) (5 + SEAL_TAG_BYTES));
	ok(read_pattern(&ring, id, 4096) == -1, "nor one that is cut between two chunks");

	if (!spool_pattern(&ring, 100, 100, id, sha256) || !spool_pattern(&ring, 100, 100, second, sha256))
		abort();
	if (unlink(spool_path(second)) != 0 || link(spool_path(id), spool_path(second)) != 0)
		abort();
	ok(read_pattern(&ring, id, 100) == 100 && read_pattern(&ring, second, 100) == -1,
	   "nor one under another's name");

	if (!spool_pattern(&ring, 100000, 4096, id, sha256) || keys_add(&ring, KEY_SPOOL) != HUB_OK)
		abort();
	ok(spool_check(in_folder("spool"), &ring, id, &changed) && changed, "after a rotation it is under an older key");
	ok(read_pattern(&ring, id, 999) == 100000, "which still opens it");
	ok(spool_rewrap(in_folder("spool"), &ring, id, &changed) && changed, "it is put under the present one");
	ok(spool_check(in_folder("spool"), &ring, id, &changed) && !changed &&
	   spool_rewrap(in_folder("spool"), &ring, id, &changed) && !changed, "once");
	ok(read_pattern(&ring, id, 999) == 100000, "and opens");

	(void) !spool_walk(in_folder("spool"), count_one, &before);
	writer = spool_begin(in_folder("spool"), &ring);
	if (writer == NULL || !spool_write(writer, "abc", 3))
		abort();
	spool_abort(writer);
	ok(before > 0 && spool_walk(in_folder("spool"), count_one, &after) && after == before,
	   "a file that was dropped is not there");
	ok(spool_remove(in_folder("spool"), id) && read_pattern(&ring, id, 10) == -1 && spool_remove(in_folder("spool"), id),
	   "a file that was removed is gone, and may be removed again");
	ok(spool_open(in_folder("spool"), &ring, "../../etc/passwd") == NULL, "a path is no name of a spool file");
	keys_free(&ring);
	keys_free(&other);
}

int
main(void)
{
	char		command[128];

	snprintf(folder, sizeof(folder), "/tmp/wardstar-unit.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	/* The refusals are meant; their log lines would only confuse. */
	log_set_level((LogLevel) -1);
	test_keys();
	test_tokens();
	test_spool();
	printf("1..%d\n", done);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	if (system(command) != 0)
		return 1;
	return failed > 0;
}
