/*
 * hub/program/utf8.h
 *		Whether bytes are UTF-8.
 */
#ifndef HUB_UTF8_H
#define HUB_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether bytes are well-formed UTF-8 without NUL. */
extern bool utf8_is_valid(const char *text, size_t length);

#endif
