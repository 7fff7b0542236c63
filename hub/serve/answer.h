/*
 * hub/serve/answer.h
 *		What goes back to a client.
 */
#ifndef HUB_ANSWER_H
#define HUB_ANSWER_H

#include "serve/server.h"

#define TYPE_JSON "application/json"
#define TYPE_PROBLEM "application/problem+json"

/* An RFC 9457 problem document; "detail" says what was wrong and what to do, in words for the partner. */
extern void answer_problem(Request *request, unsigned status, const char *detail,...) HUB_PRINTF(3, 4);

/* 503 with Retry-After. */
extern void answer_unavailable(Request *request, const char *detail);

/* 429 with Retry-After. */
extern void answer_slow_down(Request *request, int seconds, const char *detail);

/* Text that is copied (type is kept as it is). */
extern void answer_text(Request *request, unsigned status, const char *type, const char *text, size_t size);

/* Bytes that stay where they are. */
extern void answer_fixed(Request *request, unsigned status, const char *type, const char *bytes, size_t size);

/* The value is copied. One too many is dropped. */
extern void answer_header(Request *request, const char *name, const char *value);

/* Whatever the database said: its cause as a problem. Logs and forgets the error. */
extern void answer_database(Request *request, Session *session, const char *what);

/* Gives the answer to libmicrohttpd; in its callback only. */
extern enum MHD_Result answer_send(Request *request) HUB_MUST_CHECK;

extern void answer_free(Answer *answer);

/* The standard's words for a status. */
extern const char *answer_title(unsigned status);

#endif
