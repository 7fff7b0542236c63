/*
 * hub/program/json.h
 *		Writing JSON; reading it is the database's.
 */
#ifndef HUB_JSON_H
#define HUB_JSON_H

#include <stdio.h>

/* A string with its quotes; what is not valid UTF-8 becomes U+FFFD. */
extern void json_string(FILE *out, const char *text, size_t length);

#endif
