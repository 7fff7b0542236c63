/*
 * date.h
 *		Calendar days as days since 2000-01-01.
 */
#ifndef WARDSTAR_DATE_H
#define WARDSTAR_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern bool parse_day(const char *text, size_t length, int32_t *day);

/* Of a quarter as in form.h. */
extern int32_t form_first_day(int32_t period);

#endif							/* WARDSTAR_DATE_H */
