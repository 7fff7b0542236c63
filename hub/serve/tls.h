/*
 * hub/serve/tls.h
 *		The certificate and its key, which may be replaced while connections are made.
 */
#ifndef HUB_TLS_H
#define HUB_TLS_H

#include <gnutls/abstract.h>

#include "hub.h"

/* Reads both files (PEM) and uses them from the next handshake on; on failure those before stay. Logs the cause. */
extern bool tls_load(const char *cert_path, const char *key_path) HUB_MUST_CHECK;

/* For libmicrohttpd: what the next handshake is done with. */
extern int	tls_retrieve(gnutls_session_t session, const gnutls_datum_t *requests, int nrequests,
						 const gnutls_pk_algorithm_t *algorithms, int nalgorithms, gnutls_pcert_st **certificates,
						 unsigned *ncertificates, gnutls_privkey_t *key);

extern void tls_free(void);

#endif
