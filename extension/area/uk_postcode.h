/*
 * uk_postcode.h
 *		A postcode of the United Kingdom, held in 4 bytes as its rank among all
 *		that the grammar allows, in the order of the written form.
 */
#ifndef WARDSTAR_UK_POSTCODE_H
#define WARDSTAR_UK_POSTCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t uk_postcode;

/* 127,650 outward parts with 4,000 inward ones, GIR 0AA, and 6,760 of ZZ99. */
#define UK_POSTCODE_COUNT (127650 * 4000 + 1 + 6760)

/* Outward part, one blank, inward part. */
#define UK_POSTCODE_MAX_LENGTH 8

#define DatumGetUkPostcode(datum) ((uk_postcode) DatumGetInt32(datum))
#define UkPostcodeGetDatum(postcode) Int32GetDatum(postcode)
#define PG_GETARG_UK_POSTCODE(n) DatumGetUkPostcode(PG_GETARG_DATUM(n))
#define PG_RETURN_UK_POSTCODE(postcode) return UkPostcodeGetDatum(postcode)

typedef enum
{
	UK_POSTCODE_OK,
	UK_POSTCODE_BAD_LENGTH,
	UK_POSTCODE_BAD_CHARACTER,
	UK_POSTCODE_BAD_OUTWARD,
	UK_POSTCODE_BAD_INWARD
} uk_postcode_status;

extern uk_postcode_status uk_postcode_parse(const char *text, size_t length, uk_postcode *postcode);
extern bool uk_postcode_suggest(const char *text, size_t length, uk_postcode *postcode);
extern void uk_postcode_format(uk_postcode postcode, char text[UK_POSTCODE_MAX_LENGTH + 1]);
extern bool uk_postcode_in_range(int32_t number);
extern bool uk_postcode_is_pseudo(uk_postcode postcode);

#endif							/* WARDSTAR_UK_POSTCODE_H */
