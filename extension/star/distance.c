/*
 * distance.c
 *		star_distance: input and output, the table of its statistics, its
 *		transitions from stage to stage.
 */
#include "star/distance.h"

#include <math.h>

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "interrupts.h"
#include "rows.h"
#include "shown.h"
#include "statistics/statistics.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(star_distance_in);
PG_FUNCTION_INFO_V1(star_distance_out);
PG_FUNCTION_INFO_V1(star_distance_recv);
PG_FUNCTION_INFO_V1(star_distance_send);
PG_FUNCTION_INFO_V1(star_distance_table);
PG_FUNCTION_INFO_V1(star_transitions);

static void *
get_memory(void *arg, size_t size)
{
	return MemoryContextAllocHuge((MemoryContext) arg, size);
}

static void
release_memory(void *arg, void *data)
{
	(void) arg;
	pfree(data);
}

StarMemory
star_memory(MemoryContext context)
{
	return (StarMemory) {get_memory, release_memory, context, stop_for_interrupts};
}

void
star_raise_damaged_distance(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a stored star_distance is damaged")));
}

static Datum
varlena_of(const StarBuffer *buffer)
{
	if (buffer->failed || buffer->length > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("star_distance is too large"),
				 errdetail("It would take more than 1 GB.")));
	return star_datum(buffer->data, buffer->length);
}

/*
 * star_distance_in(cstring) returns star_distance
 *		The grammar is in distance_text_core.c.  22P02 if it is not kept or if
 *		the counts disagree; soft on 16 and later.
 */
Datum
star_distance_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	StarMemory	memory = star_memory(CurrentMemoryContext);
	StarBuffer	buffer = {.memory = memory};
	StarError	error = {0};
	StarStatus	status = star_distance_parse(text, strlen(text), memory, &buffer, &error);

	if (status != STAR_OK)
		ereturn(WARDSTAR_SOFT_CONTEXT(fcinfo), (Datum) 0,
				(star_sqlstate(status),
				 errmsg("invalid input syntax for type star_distance: \"%s\"", shown_text(text)),
				 star_errdetail(&error)));
	return varlena_of(&buffer);
}

/* star_distance_out(star_distance) returns cstring */
Datum
star_distance_out(PG_FUNCTION_ARGS)
{
	StarBytes	distance = PG_GETARG_STAR_BYTES(0);
	StarBuffer	buffer = {.memory = star_memory(CurrentMemoryContext)};

	if (!star_distance_print(distance.data, distance.length, &buffer))
		star_raise_damaged_distance();
	star_buffer_bytes(&buffer, "", 1);
	return CStringGetDatum((char *) buffer.data);
}

/* star_distance_recv(internal) returns star_distance; as strict as input */
Datum
star_distance_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			rest = message->len - message->cursor;
	const uint8_t *in = (const uint8_t *) pq_getmsgbytes(message, rest);
	StarBuffer	buffer = {.memory = star_memory(CurrentMemoryContext)};
	StarError	error = {0};

	if (star_distance_recv_bytes(in, (size_t) rest, &buffer, &error) != STAR_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary form of type star_distance"),
				 star_errdetail(&error)));
	return varlena_of(&buffer);
}

/* star_distance_send(star_distance) returns bytea */
Datum
star_distance_send(PG_FUNCTION_ARGS)
{
	StarBytes	distance = PG_GETARG_STAR_BYTES(0);
	StarBuffer	buffer = {.memory = star_memory(CurrentMemoryContext)};

	if (!star_distance_send_bytes(distance.data, distance.length, &buffer))
		star_raise_damaged_distance();
	return varlena_of(&buffer);
}

static Datum
figure(double value, bool *isnull)
{
	*isnull = isnan(value);
	return Float8GetDatum(value);
}

/*
 * star_distance_table(star_distance, threshold int DEFAULT 1,
 *		confidence float8 DEFAULT 0.95) returns a row a scale, in order, and one
 *		for the mean of scales
 *		22023 unless threshold >= 1 and 0 < confidence < 1.  Formulas and their
 *		sources are in distance_statistics_core.c.
 */
Datum
star_distance_table(PG_FUNCTION_ARGS)
{
	StarBytes	distance = PG_GETARG_STAR_BYTES(0);
	int32		threshold = PG_GETARG_INT32(1);
	double		confidence = PG_GETARG_FLOAT8(2);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	StarFigures rows[STAR_MAX_SCALES + 1];
	int			count;
	StarKind	kind;

	star_check_threshold(threshold);
	if (!ws_confidence_is_valid(confidence))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence must be above 0 and below 1, not %g", confidence),
				 errhint("Use 0.95 for 95%% limits.")));
	if (star_distance_figures(distance.data, distance.length, threshold, confidence,
							  star_memory(CurrentMemoryContext), rows, &count) != STAR_OK ||
		!star_read_head(distance.data, distance.length, &kind))
		star_raise_damaged_distance();
	begin_rows(fcinfo);
	for (int i = 0; i < count; i++)
	{
		const StarFigures *row = &rows[i];
		char		scale[STAR_MAX_SCALE_NAME + 1] = "mean of scales";
		Datum		values[22];
		bool		nulls[22] = {0};

		if (row->scale >= 0)
			star_print_scale(&kind, row->scale, scale);
		values[0] = CStringGetTextDatum(scale);
		values[1] = Int64GetDatum(row->pairs);
		values[2] = Int64GetDatum(row->unpaired);
		values[3] = figure(row->baseline_mean, &nulls[3]);
		values[4] = figure(row->latest_mean, &nulls[4]);
		values[5] = figure(row->mean_change, &nulls[5]);
		values[6] = figure(row->sd_change, &nulls[6]);
		values[7] = figure(row->lower, &nulls[7]);
		values[8] = figure(row->upper, &nulls[8]);
		values[9] = Int64GetDatum(row->improved);
		values[10] = Int64GetDatum(row->maintained);
		values[11] = Int64GetDatum(row->declined);
		values[12] = figure(row->improved_share, &nulls[12]);
		values[13] = figure(row->improved_lower, &nulls[13]);
		values[14] = figure(row->improved_upper, &nulls[14]);
		values[15] = Int64GetDatum(row->at_ceiling);
		values[16] = Int64GetDatum(row->kept_high);
		values[17] = figure(row->t, &nulls[17]);
		values[18] = figure(row->p_t, &nulls[18]);
		values[19] = figure(row->wilcoxon_z, &nulls[19]);
		values[20] = figure(row->p_wilcoxon, &nulls[20]);
		values[21] = figure(row->srm, &nulls[21]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The stage of a code, or the score itself where there are no stages. */
static Datum
stage_of_code(const StarKind *kind, int code, bool *isnull)
{
	int32_t		score = code - 1 + kind->lowest;
	int			stage = star_stage_of(kind, score);

	*isnull = code == 0;
	return Int32GetDatum(stage > 0 ? stage : score);
}

/*
 * star_transitions(star_distance) returns setof (scale, position,
 *		baseline_stage, latest_stage, clients)
 *		How many came from which stage to which; NULL where there was no score.
 *		An instrument without stages gives its scores instead.
 */
Datum
star_transitions(PG_FUNCTION_ARGS)
{
	StarBytes	distance = PG_GETARG_STAR_BYTES(0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	StarReader	reader;

	if (!star_reader_begin(&reader, distance.data, distance.length, stop_for_interrupts))
		star_raise_damaged_distance();
	begin_rows(fcinfo);
	for (int i = 0; i < reader.kind.scale_count; i++)
	{
		int			points = 1;
		int			last_code = reader.kind.highest - reader.kind.lowest + 1;
		int			groups;
		int64	   *clients;
		char		scale[STAR_MAX_SCALE_NAME + 1];

		CHECK_FOR_INTERRUPTS();
		if (reader.kind.published != NULL && reader.kind.published->points_per_stage > 0)
			points = reader.kind.published->points_per_stage;
		/* Group 0: no score. */
		groups = (last_code - 1) / points + 2;
		clients = palloc0(sizeof(int64) * (Size) groups * (Size) groups);
		star_print_scale(&reader.kind, i, scale);
		if (!star_reader_list(&reader))
			star_raise_damaged_distance();
		while (reader.left > 0)
		{
			StarCell	cell;
			int			from;
			int			to;

			if (!star_reader_cell(&reader, &cell))
				star_raise_damaged_distance();
			from = cell.baseline == 0 ? 0 : (cell.baseline - 1) / points + 1;
			to = cell.latest == 0 ? 0 : (cell.latest - 1) / points + 1;
			clients[from * groups + to] += cell.clients;
		}
		for (int cell = 0; cell < groups * groups; cell++)
		{
			Datum		values[5];
			bool		nulls[5] = {0};
			int			from = cell / groups;
			int			to = cell % groups;

			if (clients[cell] == 0)
				continue;
			values[0] = CStringGetTextDatum(scale);
			values[1] = Int32GetDatum(i + 1);
			values[2] = stage_of_code(&reader.kind, from == 0 ? 0 : (from - 1) * points + 1, &nulls[2]);
			values[3] = stage_of_code(&reader.kind, to == 0 ? 0 : (to - 1) * points + 1, &nulls[3]);
			values[4] = Int64GetDatum(clients[cell]);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
		pfree(clients);
	}
	return (Datum) 0;
}
