/*
 * hub/serve/tls.c
 *		The certificate and its key.
 *
 * libmicrohttpd's callback takes no argument, so that they stand here. A handshake may still hold what was replaced:
 * it is freed at the end only. Reloads are rare, and files that did not change are not taken anew.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "program/log.h"
#include "serve/tls.h"

#define MOST_CERTIFICATES 16

typedef struct Credentials
{
	struct Credentials *replaced;
	gnutls_pcert_st certificates[MOST_CERTIFICATES];
	unsigned	ncertificates;
	gnutls_privkey_t key;
	gnutls_datum_t cert_pem;
	gnutls_datum_t key_pem;
} Credentials;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Credentials *current;

static void
wipe(gnutls_datum_t *datum)
{
	if (datum->data != NULL)
		gnutls_memset(datum->data, 0, datum->size);
	gnutls_free(datum->data);
	datum->data = NULL;
}

static void
credentials_free(Credentials *credentials)
{
	for (unsigned i = 0; i < credentials->ncertificates; i++)
		gnutls_pcert_deinit(&credentials->certificates[i]);
	if (credentials->key != NULL)
		gnutls_privkey_deinit(credentials->key);
	wipe(&credentials->cert_pem);
	wipe(&credentials->key_pem);
	free(credentials);
}

static bool
same(const gnutls_datum_t *a, const gnutls_datum_t *b)
{
	return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

bool
tls_load(const char *cert_path, const char *key_path)
{
	Credentials *new = calloc(1, sizeof(Credentials));
	int			status;
	const char *what = cert_path;

	if (new == NULL)
	{
		log_error("out of memory");
		return false;
	}
	new->ncertificates = 0;
	status = gnutls_load_file(cert_path, &new->cert_pem);
	if (status >= 0)
	{
		unsigned	n = MOST_CERTIFICATES;

		status = gnutls_pcert_list_import_x509_raw(new->certificates, &n, &new->cert_pem, GNUTLS_X509_FMT_PEM,
												   GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
		new->ncertificates = status >= 0 ? n : 0;
	}
	if (status >= 0)
	{
		what = key_path;
		status = gnutls_load_file(key_path, &new->key_pem);
	}
	if (status >= 0)
		status = gnutls_privkey_init(&new->key);
	if (status >= 0)
		status = gnutls_privkey_import_x509_raw(new->key, &new->key_pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (status < 0)
	{
		log_error("%s: %s", what, gnutls_strerror(status));
		credentials_free(new);
		return false;
	}
	pthread_mutex_lock(&lock);
	if (current != NULL && same(&current->cert_pem, &new->cert_pem) && same(&current->key_pem, &new->key_pem))
		credentials_free(new);
	else
	{
		new->replaced = current;
		current = new;
	}
	pthread_mutex_unlock(&lock);
	return true;
}

int
tls_retrieve(gnutls_session_t session, const gnutls_datum_t *requests, int nrequests, const gnutls_pk_algorithm_t *algorithms,
			 int nalgorithms, gnutls_pcert_st **certificates, unsigned *ncertificates, gnutls_privkey_t *key)
{
	(void) session;
	(void) requests;
	(void) nrequests;
	(void) algorithms;
	(void) nalgorithms;
	pthread_mutex_lock(&lock);
	*certificates = current->certificates;
	*ncertificates = current->ncertificates;
	*key = current->key;
	pthread_mutex_unlock(&lock);
	return 0;
}

void
tls_free(void)
{
	while (current != NULL)
	{
		Credentials *next = current->replaced;

		credentials_free(current);
		current = next;
	}
}
