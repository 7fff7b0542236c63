/*
 * gss_code.h
 *		The nine-character area code of the Office for National Statistics
 *		(E01006512: a letter for the country, two digits for the kind of area,
 *		six for the area), held in 4 bytes.
 *
 * A code is its letter's place among E J K L M N S W times 10^8, plus its
 * digits: 0 to 799,999,999, in the order of the text.
 */
#ifndef WARDSTAR_GSS_CODE_H
#define WARDSTAR_GSS_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t gss_code;

#define GSS_CODE_LENGTH 9
/* With the blanks before and after it, in bytes. */
#define GSS_CODE_MAX_WRITTEN 1000
#define GSS_CODE_MAX 799999999

#define DatumGetGssCode(datum) ((gss_code) DatumGetInt32(datum))
#define GssCodeGetDatum(code) Int32GetDatum(code)
#define PG_GETARG_GSS_CODE(n) DatumGetGssCode(PG_GETARG_DATUM(n))
#define PG_RETURN_GSS_CODE(code) return GssCodeGetDatum(code)

typedef enum
{
	GSS_CODE_OK,
	GSS_CODE_BAD_LENGTH,
	GSS_CODE_BAD_LETTER,
	GSS_CODE_BAD_DIGIT,
	GSS_CODE_LETTER_FOR_DIGIT	/* an O, I or l among the digits */
} gss_code_status;

extern gss_code_status gss_code_parse(const char *text, size_t length, gss_code *code);
extern void gss_code_format(gss_code code, char text[GSS_CODE_LENGTH + 1]);
extern bool gss_code_in_range(int32_t number);
extern const char *gss_code_level(gss_code code);
extern const char *gss_code_country(gss_code code);

#endif							/* WARDSTAR_GSS_CODE_H */
