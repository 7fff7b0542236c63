/*
 * star_core.h
 *		Instruments, their scores and the change of their scores, as bytes that
 *		need no table to be understood.  Pure C: no PostgreSQL header.
 *
 * A value is a head, which says what instrument it is of, and a code a scale:
 *		published	number of the catalogue (1 to 255)
 *		local		0, flags (1: low is better), lowest as int16 (low byte
 *					first), range width, number of scales, length of the name,
 *					the name
 * The code of a score is 0 if it was not given, else score - lowest + 1.  The
 * code of a change is 0 or change + width + 1, in one byte where 2 * width + 1
 * fits, else in two, high byte first.
 */
#ifndef WARDSTAR_STAR_CORE_H
#define WARDSTAR_STAR_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAR_MAX_SCALES 64
#define STAR_MAX_WIDTH 200
/* Longest text of a star or the name of a scale, blanks included, in bytes. */
#define STAR_MAX_WRITTEN 10000

#define STAR_MAX_NAME 63
#define STAR_MAX_HEAD (7 + STAR_MAX_NAME)
#define STAR_MAX_BYTES (STAR_MAX_HEAD + 2 * STAR_MAX_SCALES)
#define STAR_MAX_BINARY (10 + STAR_MAX_NAME + 2 * STAR_MAX_SCALES)
#define STAR_MAX_SCALE_NAME 47
#define STAR_MAX_KIND_TEXT (STAR_MAX_NAME + 20)
#define STAR_MAX_TEXT (STAR_MAX_KIND_TEXT + 2 + 7 * STAR_MAX_SCALES)
#define STAR_STAGES 5

/* What a value is not: a score that was not given. */
#define STAR_NOT_GIVEN INT32_MIN

typedef enum StarStatus
{
	STAR_OK,
	STAR_SYNTAX,				/* not the text or binary form of the type */
	STAR_RANGE,					/* a number outside its range */
	STAR_UNLIKE,				/* two instruments where one is needed */
	STAR_UNKNOWN,				/* no such instrument or scale */
	STAR_STOPPED,				/* told to stop */
	STAR_NO_MEMORY
} StarStatus;

/* Said in full sentences; hint may be empty. */
typedef struct StarError
{
	char		detail[400];
	char		hint[400];
} StarError;

/* A published instrument, as the catalogue has it. */
typedef struct StarInstrument
{
	const char *name;
	const char *title;
	int			lowest;
	int			highest;
	int			scale_count;
	uint64_t	low_better;		/* bit i: low is better on scale i */
	int			points_per_stage;	/* 0: the instrument has no stages */
	const char *const *stages;
	const char *const *scales;
} StarInstrument;

/* What a head says. */
typedef struct StarKind
{
	const StarInstrument *published;	/* NULL: a local instrument */
	const char *name;			/* not terminated */
	int			name_length;
	int			lowest;
	int			highest;
	int			scale_count;
	uint64_t	low_better;
	int			head_length;
} StarKind;

/* catalogue_core.c */
extern const StarInstrument star_catalogue[];
extern const int star_catalogue_size;
extern const StarInstrument *star_published(const char *name, size_t length);
extern int	star_published_number(const StarInstrument *instrument);
extern void star_near_names(const char *name, size_t length, char *out,
							size_t size);

/* kind_core.c: heads and their text, as in homelessness or goals[0-5 low] */
extern bool star_read_head(const uint8_t *bytes, size_t length, StarKind *kind);
extern size_t star_write_head(const StarKind *kind, uint8_t *bytes);
extern StarStatus star_parse_kind(const char **text, const char *end,
								  StarKind *kind, char *name_buffer,
								  StarError *error);
extern size_t star_print_kind(const StarKind *kind, char *out);
extern StarStatus star_recv_kind(const uint8_t **bytes, size_t *length,
								 StarKind *kind, StarError *error);
extern size_t star_send_kind(const StarKind *kind, uint8_t *out);
extern bool star_same_kind(const StarKind *a, const StarKind *b);
extern int	star_compare_kinds(const StarKind *a, const StarKind *b);
extern void star_print_scale(const StarKind *kind, int scale, char *out);
extern int	star_find_scale(const StarKind *kind, const char *name,
							size_t length);
extern const char *star_skip_blanks(const char *text, const char *end);

/* star_core.c: outcome_star and star_change */
extern StarStatus star_parse(const char *text, size_t length, bool change,
							 uint8_t *bytes, size_t *byte_count,
							 StarError *error);
extern size_t star_print(const uint8_t *bytes, size_t length, bool change,
						 char *out);
extern StarStatus star_recv(const uint8_t *in, size_t length, bool change,
							uint8_t *bytes, size_t *byte_count,
							StarError *error);
extern size_t star_send(const uint8_t *bytes, size_t length, bool change,
						uint8_t *out);
extern StarStatus star_make(const char *kind_text, size_t length,
							const int32_t *scores, int count,
							uint8_t *bytes, size_t *byte_count,
							StarError *error);
extern int	star_compare(const uint8_t *a, size_t a_length,
						 const uint8_t *b, size_t b_length);
extern bool star_value_is_valid(const uint8_t *bytes, size_t length,
								bool change, StarKind *kind);
extern int32_t star_score_at(const StarKind *kind, const uint8_t *bytes,
							 int scale);
extern int32_t star_change_at(const StarKind *kind, const uint8_t *bytes,
							  int scale);
extern StarStatus star_subtract(const uint8_t *latest, size_t latest_length,
								const uint8_t *baseline,
								size_t baseline_length,
								uint8_t *bytes, size_t *byte_count,
								StarError *error);
extern int	star_stage_of(const StarKind *kind, int32_t score);
extern void star_count_changes(const StarKind *kind, const uint8_t *bytes,
							   int32_t threshold, int *improved,
							   int *maintained, int *declined);

/* +1 where high is better on the scale, -1 where low is. */
static inline int
star_direction(const StarKind *kind, int scale)
{
	return (kind->low_better >> scale) & 1 ? -1 : 1;
}

/* A local instrument has as many scales as scores were given. */
static inline void
star_count_scales(StarKind *kind, int count)
{
	kind->scale_count = count;
	if (kind->low_better != 0)
		kind->low_better = ~UINT64_C(0) >> (64 - count);
}

/* All scales improve the same way, so that their mean and sum mean something. */
static inline bool
star_one_direction(const StarKind *kind)
{
	uint64_t	all = ~UINT64_C(0) >> (64 - kind->scale_count);

	return kind->low_better == 0 || kind->low_better == all;
}

static inline int
star_code_size(const StarKind *kind, bool change)
{
	return change && 2 * (kind->highest - kind->lowest) + 1 > UINT8_MAX ? 2 : 1;
}

#endif							/* WARDSTAR_STAR_CORE_H */
