/*
 * hub/serve/ring.c
 *		The keys in use.
 */
#include "serve/ring.h"

bool
ring_take(Server *server, KeyRing *copy)
{
	HubExit		exit_code;

	pthread_rwlock_rdlock(&server->keys_lock);
	exit_code = keys_copy(&server->keys, copy);
	pthread_rwlock_unlock(&server->keys_lock);
	return exit_code == HUB_OK;
}

void
ring_replace(Server *server, const KeyRing *ring)
{
	KeyRing		before;

	pthread_rwlock_wrlock(&server->keys_lock);
	before = server->keys;
	server->keys = *ring;
	pthread_rwlock_unlock(&server->keys_lock);
	keys_free(&before);
}
