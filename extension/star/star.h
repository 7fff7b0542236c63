/*
 * star.h
 *		outcome_star, star_change and star_distance as PostgreSQL has them.
 *
 * All are varlena; outcome_star and star_change are read in place, short
 * header or long.
 */
#ifndef WARDSTAR_STAR_H
#define WARDSTAR_STAR_H

#include "compat.h"

#include "star/star_core.h"

/* A value in place: its bytes and their number. */
typedef struct StarBytes
{
	const uint8_t *data;
	size_t		length;
} StarBytes;

static inline StarBytes
star_bytes(Datum datum)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);

	/* Nearly always short and in place: then not even a call. */
	if (likely(VARATT_IS_SHORT(value) && !VARATT_IS_EXTERNAL(value)))
		return (StarBytes) {(const uint8_t *) VARDATA_SHORT(value), VARSIZE_SHORT(value) - VARHDRSZ_SHORT};
	value = pg_detoast_datum_packed(value);
	return (StarBytes) {(const uint8_t *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

#define PG_GETARG_STAR_BYTES(n) star_bytes(PG_GETARG_DATUM(n))

extern StarKind star_kind_of(StarBytes star, bool change);
extern Datum star_datum(const uint8_t *bytes, size_t length);
extern text *star_kind_text(const StarKind *kind);
extern _Noreturn void star_raise_unlike(const StarKind *a, const StarKind *b);
extern int	star_sqlstate(StarStatus status);
extern int	star_errdetail(const StarError *error);
extern int	star_scale_by_name(const StarKind *kind, text *name);
extern int	star_scale_by_position(const StarKind *kind, int32 position);
extern void star_check_threshold(int32 threshold);

#endif							/* WARDSTAR_STAR_H */
