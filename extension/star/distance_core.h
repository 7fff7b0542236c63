/*
 * distance_core.h
 *		The distance travelled of a cohort: for each scale, how many clients came
 *		from which score to which; and for the mean of scales, how many answered
 *		how many scales in both stars with which two sums.  Every statistic
 *		follows from these counts, and counts simply add up.
 *
 * As bytes (type star_distance, and what workers send): the head of the
 * instrument, then unsigned integers of 7 bits a byte, low first:
 *		clients
 *		each scale	number of cells; each cell: code at baseline, code at latest
 *					(one byte each, 0 if not given), clients; in order
 *		means		number of entries; each: scales answered in both, sum of
 *					their codes at baseline, at latest, clients; in order
 * Cell (0, 0) is left out: it holds the rest of the clients.  There are no
 * means where scales differ in which end is better.
 */
#ifndef WARDSTAR_DISTANCE_CORE_H
#define WARDSTAR_DISTANCE_CORE_H

#include "star/star_core.h"
#include "stop.h"

/* So that no sum of sums leaves 64 bits. */
#define STAR_MAX_CLIENTS (INT64_C(1) << 40)

/*
 * Where memory comes from, and who is asked whether to stop (NULL: nobody).
 * get may give NULL, the new size of data is known.
 */
typedef struct StarMemory
{
	void	   *(*get) (void *arg, size_t size);
	void		(*release) (void *arg, void *data);
	void	   *arg;
	StopFunction stop;
} StarMemory;

/* How many clients a key has: open addressing, a power of two of slots. */
typedef struct StarCount
{
	uint64_t	key;
	int64_t		clients;		/* 0: the slot is free */
} StarCount;

typedef struct StarTable
{
	StarCount  *slots;
	uint32_t	used;
	unsigned	bits;			/* the table has 2^bits slots */
} StarTable;

typedef struct StarDistance
{
	StarMemory	memory;
	uint8_t		head[STAR_MAX_HEAD];
	StarKind	kind;
	int64_t		clients;
	bool		has_mean;
	int64_t    *dense;			/* NULL until the data is worth it */
	unsigned	dense_bits;		/* a scale has 2^dense_bits rows and columns */
	size_t		dense_size;		/* 0: too large, never dense */
	StarTable	cells;			/* scale, baseline, latest; until dense */
	StarTable	means;			/* answered, baseline, latest */
} StarDistance;

/* Bytes that grow. */
typedef struct StarBuffer
{
	StarMemory	memory;
	uint8_t    *data;
	size_t		length;
	size_t		capacity;
	bool		failed;			/* no memory: what was written is not whole */
} StarBuffer;

/* One cell of a scale, and one entry of the means. */
typedef struct StarCell
{
	int			baseline;		/* codes; 0 if not given */
	int			latest;
	int64_t		clients;
} StarCell;

typedef struct StarMean
{
	int			answered;
	int			baseline;		/* sums of codes */
	int			latest;
	int64_t		clients;
} StarMean;

/* Reads the bytes of a distance from front to back. */
typedef struct StarReader
{
	const uint8_t *next;
	const uint8_t *end;
	StarKind	kind;
	int64_t		clients;
	int64_t		left;			/* cells or entries left in this list */
	StopFunction stop;			/* told to stop, it gives no more cells */
	uint32_t	steps;
} StarReader;

/* distance_core.c: gathering */
extern void star_distance_begin(StarDistance *distance, StarMemory memory,
								const StarKind *kind, const uint8_t *head);
extern void star_distance_end(StarDistance *distance);
extern StarStatus star_distance_add(StarDistance *distance,
									const uint8_t *baseline,
									const uint8_t *latest);
extern StarStatus star_distance_absorb(StarDistance *distance,
									   const uint8_t *bytes, size_t length);
extern StarStatus star_distance_add_cell(StarDistance *distance, int scale,
										 StarCell cell);
extern StarStatus star_distance_add_mean(StarDistance *distance, StarMean mean);
extern StarStatus star_distance_encode(const StarDistance *distance,
									   StarBuffer *out);

/* distance_bytes_core.c: the floor below the others */
extern void star_buffer_bytes(StarBuffer *buffer, const void *data,
							  size_t length);
extern void star_buffer_number(StarBuffer *buffer, uint64_t number);
extern void star_buffer_printf(StarBuffer *buffer, const char *format, ...)
			__attribute__((format(printf, 2, 3)));
extern bool star_reader_begin(StarReader *reader, const uint8_t *bytes,
							  size_t length, StopFunction stop);
extern bool star_reader_list(StarReader *reader);
extern bool star_reader_cell(StarReader *reader, StarCell *cell);
extern bool star_reader_mean(StarReader *reader, StarMean *mean);
extern bool star_distance_is_valid(const uint8_t *bytes, size_t length,
								   StopFunction stop);
extern bool star_distance_send_bytes(const uint8_t *bytes, size_t length,
									 StarBuffer *out);
extern StarStatus star_distance_recv_bytes(const uint8_t *in, size_t length,
										   StarBuffer *out, StarError *error);

/* distance_text_core.c */
extern StarStatus star_distance_parse(const char *text, size_t length,
									  StarMemory memory, StarBuffer *out,
									  StarError *error);
extern bool star_distance_print(const uint8_t *bytes, size_t length,
								StarBuffer *out);

/* distance_statistics_core.c */

/* One row of star_distance_table(); NaN where a figure is not defined. */
typedef struct StarFigures
{
	int			scale;			/* from 0; -1: the mean of scales */
	int64_t		pairs;
	int64_t		unpaired;
	double		baseline_mean;
	double		latest_mean;
	double		mean_change;
	double		sd_change;
	double		lower;
	double		upper;
	int64_t		improved;
	int64_t		maintained;
	int64_t		declined;
	double		improved_share;
	double		improved_lower;
	double		improved_upper;
	int64_t		at_ceiling;
	int64_t		kept_high;
	double		t;
	double		p_t;
	double		wilcoxon_z;
	double		p_wilcoxon;
	double		srm;
} StarFigures;

extern StarStatus star_distance_figures(const uint8_t *bytes, size_t length,
										int64_t threshold, double confidence,
										StarMemory memory, StarFigures *rows,
										int *row_count);

#endif							/* WARDSTAR_DISTANCE_CORE_H */
