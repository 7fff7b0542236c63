/*
 * tests/unit/hub_spool_test.c
 *		What is on disk when a file of the spool, or of keys, is said to be: fsync stands here, notes what it was
 *		called for, and can be made to fail. Prints TAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program/log.h"
#include "spool/keys.h"
#include "spool/spool.h"

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

/* What was put on disk since forget(), by path. */
#define MOST 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *synced[MOST];
static int	nsynced;
static const char *broken;		/* fsync of this path fails */

static void
forget(void)
{
	while (nsynced > 0)
		free(synced[--nsynced]);
}

static int
times(const char *path)
{
	int			n = 0;

	for (int i = 0; i < nsynced; i++)
		n += strcmp(synced[i], path) == 0;
	return n;
}

int
fsync(int fd)
{
	char		link[64];
	char		path[PATH_MAX];
	ssize_t		length;
	bool		fine;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		abort();
	path[length] = '\0';
	pthread_mutex_lock(&lock);
	fine = broken == NULL || strcmp(broken, path) != 0;
	if (fine && nsynced < MOST)
		synced[nsynced++] = strdup(path);
	pthread_mutex_unlock(&lock);
	if (fine)
		return (int) syscall(SYS_fsync, fd);
	errno = EIO;
	return -1;
}

static char folder[PATH_MAX];
static char spool[PATH_MAX + 16];

/* Stores one file; false if the spool says that it could not. */
static bool
store(const KeyRing *ring, char *file, size_t file_size, char *subfolder, size_t size)
{
	char		id[SPOOL_ID_SIZE];
	bool		fine = spool_store(spool, ring, "text", 4, id);

	if (fine)
	{
		snprintf(subfolder, size, "%s/%.2s", spool, id);
		snprintf(file, file_size, "%s/%.2s/%s", spool, id, id);
	}
	return fine;
}

static void
test_spool(const KeyRing *ring)
{
	char		file[2 * PATH_MAX];
	char		subfolder[2 * PATH_MAX];
	char		again[2 * PATH_MAX];
	bool		fine = true;
	bool		rare = true;
	int			n = 0;

	ok(store(ring, file, sizeof(file), subfolder, sizeof(subfolder)), "a file in a new spool");
	ok(times(file) == 1 && times(subfolder) >= 1, "its content and its name are on disk");
	ok(times(spool) >= 1, "the name of its subfolder is");
	ok(times(folder) >= 1, "the name of the spool is");

	/* Until the same subfolder comes again: one a sixteenth of a second. */
	do
	{
		forget();
		fine = store(ring, file, sizeof(file), again, sizeof(again)) && fine;
		rare = rare && times(folder) == 0 && times(again) >= 1 && times(file) == 1;
	} while (fine && strcmp(subfolder, again) != 0 && ++n < 100000);
	ok(fine && rare, "the spool's own name is put there once");
	ok(times(spool) == 0, "... and so is that of a subfolder");

	/* All are there, made by somebody else, who has not put their names on disk yet. */
	snprintf(spool, sizeof(spool), "%s/other", folder);
	fine = mkdir(spool, 0700) == 0;
	for (int i = 0; i < 256; i++)
	{
		snprintf(subfolder, sizeof(subfolder), "%s/%02x", spool, (unsigned) i);
		fine = mkdir(subfolder, 0700) == 0 && fine;
	}
	forget();
	ok(fine && store(ring, file, sizeof(file), subfolder, sizeof(subfolder)), "a file in folders that another has just made");
	ok(times(subfolder) >= 1 && times(spool) >= 1 && times(folder) >= 1, "their names are on disk as well");

	snprintf(spool, sizeof(spool), "%s/third", folder);
	broken = folder;
	ok(!store(ring, file, sizeof(file), subfolder, sizeof(subfolder)), "where the spool's name can't be put there, nothing is kept");
	broken = spool;
	ok(!store(ring, file, sizeof(file), subfolder, sizeof(subfolder)), "nor where a subfolder's can't");
	ok(!store(ring, file, sizeof(file), subfolder, sizeof(subfolder)), "nor at the next try, with the subfolder there");
	broken = NULL;
	forget();
	ok(store(ring, file, sizeof(file), subfolder, sizeof(subfolder)) && times(spool) >= 1, "it is tried anew when it can");
}

static void
test_keys(const KeyRing *ring)
{
	char		path[PATH_MAX + 32];

	forget();
	snprintf(path, sizeof(path), "%s/keys/ring", folder);
	ok(keys_write(path, ring, false) == HUB_OK, "a key file in a new folder");
	snprintf(path, sizeof(path), "%s/keys", folder);
	ok(times(path) >= 1 && times(folder) >= 1, "... whose name is on disk");
	snprintf(path, sizeof(path), "%s/more/ring", folder);
	broken = folder;
	ok(keys_write(path, ring, false) == HUB_FILE && access(path, F_OK) != 0, "where it can't be, there is none");
	broken = NULL;
}

int
main(void)
{
	char		made[] = "/tmp/hub_spool_test.XXXXXX";
	char		command[PATH_MAX + 32];
	KeyRing		ring;

	if (mkdtemp(made) == NULL || realpath(made, folder) == NULL || keys_make(&ring) != HUB_OK)
		abort();
	snprintf(spool, sizeof(spool), "%s/spool", folder);
	log_set_level(LOG_ERROR);
	test_spool(&ring);
	test_keys(&ring);
	keys_free(&ring);
	forget();
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ok(system(command) == 0, "cleared away");
	printf("1..%d\n", done);
	return failed > 0;
}
