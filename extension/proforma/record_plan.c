/*
 * record_plan.c
 *		Makes a form ready for the rows of one type, once a query, and reads
 *		the rows.
 */
#include "proforma/record_plan.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "interrupts.h"
#include "proforma/json_read.h"
#include "proforma/pattern.h"

static ValueSource
source_of_type(Oid type, FieldType field)
{
	if (type == TEXTOID || type == VARCHAROID)
		return SOURCE_TEXT;
	if (type == BPCHAROID)
		return SOURCE_PADDED;
	/* What the form takes for text is judged as it is written. */
	if (field == FIELD_STRING || field == FIELD_POSTCODE || field == FIELD_AREA || field == FIELD_UNKNOWN_TYPE)
		return SOURCE_OUTPUT;
	switch (type)
	{
		case INT2OID:
			return SOURCE_INT2;
		case INT4OID:
			return SOURCE_INT4;
		case INT8OID:
			return SOURCE_INT8;
		case FLOAT4OID:
			return SOURCE_FLOAT4;
		case FLOAT8OID:
			return SOURCE_FLOAT8;
		case NUMERICOID:
			return SOURCE_NUMERIC;
		case BOOLOID:
			return SOURCE_BOOL;
		case DATEOID:
			return SOURCE_DATE;
		case TIMESTAMPOID:
			return SOURCE_TIMESTAMP;
		case TIMESTAMPTZOID:
			return SOURCE_TIMESTAMPTZ;
		default:
			return SOURCE_OUTPUT;
	}
}

static ColumnKind
kind_of_source(ValueSource source)
{
	switch (source)
	{
		case SOURCE_ABSENT:
			return COLUMN_ABSENT;
		case SOURCE_TEXT:
		case SOURCE_PADDED:
		case SOURCE_OUTPUT:
			return COLUMN_TEXT;
		case SOURCE_INT2:
		case SOURCE_INT4:
		case SOURCE_INT8:
			return COLUMN_INTEGER;
		case SOURCE_FLOAT4:
		case SOURCE_FLOAT8:
		case SOURCE_NUMERIC:
			return COLUMN_NUMBER;
		case SOURCE_BOOL:
			return COLUMN_BOOLEAN;
		case SOURCE_DATE:
		case SOURCE_TIMESTAMP:
		case SOURCE_TIMESTAMPTZ:
			return COLUMN_DAY;
	}
	return COLUMN_ABSENT;
}

/* The texts as a set; one that is empty is no answer anyway. */
static void
bind_texts(Choices *set, const char **texts, int n)
{
	const char **kept = palloc(Max(n, 1) * sizeof(char *));
	int			nkept = 0;

	for (int i = 0; i < n; i++)
		if (*texts[i] != '\0')
			kept[nkept++] = texts[i];
	choices_prepare(set, palloc_extended(choices_room(nkept) * sizeof(Choice), MCXT_ALLOC_HUGE), kept, nkept,
					stop_for_interrupts);
	pfree(kept);
}

static void
bind_column(RecordPlan *plan, int place, const ProformaField *field, const RowShape *shape)
{
	RecordColumn *column = &plan->columns[place];
	BoundColumn *bound = &plan->bound[place];

	CHECK_FOR_INTERRUPTS();
	column->field = field;
	bind_texts(&column->choices, field->choices, field->nchoices);
	bind_texts(&column->missing, field->missing, field->nmissing);
	column->single_byte = pg_database_encoding_max_length() == 1;
	column->plain = pattern_plain(field->matcher);
	column->matches = pattern_matches;
	column->stop = stop_for_interrupts;
	for (int i = 0; i < shape->n && bound->source == SOURCE_ABSENT; i++)
	{
		bool		is_variable;
		Oid			output;

		if (shape->names[i] == NULL || strcmp(shape->names[i], field->name) != 0)
			continue;
		bound->place = i;
		bound->source = source_of_type(getBaseType(shape->types[i]), field->type);
		if (bound->source == SOURCE_OUTPUT)
		{
			getTypeOutputInfo(shape->types[i], &output, &is_variable);
			fmgr_info(output, &bound->output);
		}
	}
	column->kind = kind_of_source(bound->source);
	record_prepare(column);
}

static int
column_by_name(const RecordPlan *plan, const char *name)
{
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < plan->ncolumns; i++)
		if (strcmp(plan->columns[i].field->name, name) == 0)
			return i;
	return -1;
}

/* "period": a quarter; or "from" and "before": days. */
static bool
read_period(const JsonbContainer *source, RowRule *rule)
{
	const char *period = jread_text(source, "period");
	const char *from = jread_text(source, "from");
	const char *before = jread_text(source, "before");
	int32_t		quarter;
	int32_t		first;
	int32_t		last;

	if (period != NULL)
	{
		if (!form_parse_period(period, strlen(period), &quarter))
			return false;
		rule->from = form_first_day(quarter);
		rule->before = form_first_day(quarter + 1);
		return true;
	}
	if (from == NULL || before == NULL || !parse_day(from, strlen(from), &first) || !parse_day(before, strlen(before), &last))
		return false;
	rule->from = first;
	rule->before = last;
	return true;
}

static bool
compares_numbers(RowCheck check)
{
	return check == ROW_DATE_ORDER || check == ROW_IN_PERIOD || check == ROW_NOT_MORE_THAN;
}

static void
bind_rule(RecordPlan *plan, RowRule *rule, const JsonbContainer *source)
{
	const char *check = source == NULL ? NULL : jread_text(source, "check");
	int			n;
	const char **names = source == NULL ? NULL : jread_texts(source, "fields", &n);

	rule->usable = false;
	if (check == NULL || names == NULL || n == 0 || !row_check_parse(check, &rule->check))
		return;
	rule->columns = palloc(n * sizeof(int));
	for (int i = 0; i < n; i++)
	{
		int			column = column_by_name(plan, names[i]);
		bool		last_two = rule->check == ROW_NO_OVERLAP && i > 0;
		FieldType	type;

		if (column < 0 || plan->columns[column].kind == COLUMN_ABSENT)
			return;
		type = plan->columns[column].field->type;
		if ((compares_numbers(rule->check) || last_two) &&
			type != FIELD_INTEGER && type != FIELD_NUMBER && type != FIELD_DATE && type != FIELD_DATETIME)
			return;
		rule->columns[i] = column;
	}
	rule->ncolumns = n;
	if (rule->check == ROW_IN_PERIOD && !read_period(source, rule))
		return;
	if ((rule->check == ROW_DATE_ORDER || rule->check == ROW_NOT_MORE_THAN) && n < 2)
		return;
	/* Whose, from, until. */
	if (rule->check == ROW_NO_OVERLAP && n != 3)
		return;
	rule->usable = true;
}

/* A context for a plan, which goes with the form. */
static MemoryContext
plan_context(FormCache *cache)
{
	return AllocSetContextCreate(cache->context, "wardstar rows", ALLOCSET_SMALL_SIZES);
}

/* Frees the plan of a form, if there is one; the form and its patterns stay. */
void
record_forget_plan(FormCache *cache)
{
	RecordPlan *plan = cache->compiled;

	cache->compiled = NULL;
	if (plan != NULL)
		MemoryContextDelete(plan->context);
}

/* A plan for a form and rows of a shape, in the current memory context, which becomes the plan's own. */
static RecordPlan *
plan_of_shape(FormCache *cache, const Jsonb *document, const RowShape *shape)
{
	RecordPlan *plan = palloc0(sizeof(RecordPlan));
	ProformaForm *form = cache->form;
	const JsonbContainer *rules = JB_ROOT_IS_OBJECT(document) ? jread_array(&document->root, "rules") : NULL;

	plan->context = CurrentMemoryContext;
	form_compile_patterns(cache);
	plan->columns = palloc0(Max(form->nfields, 1) * sizeof(RecordColumn));
	plan->bound = palloc0(Max(form->nfields, 1) * sizeof(BoundColumn));
	plan->values = palloc0(Max(form->nfields, 1) * sizeof(RecordValue));
	for (int i = 0; i < form->nfields; i++)
		if (!form->fields[i].is_family)
			bind_column(plan, plan->ncolumns++, &form->fields[i], shape);
	plan->rules = palloc0(Max((rules != NULL ? JsonContainerSize(rules) : 0) + plan->ncolumns, 1) * sizeof(RowRule));
	for (int i = 0; rules != NULL && i < (int) JsonContainerSize(rules); i++)
		bind_rule(plan, &plan->rules[plan->nrules++], jread_element_object(rules, i));
	/* What must be different in each row by its own column. */
	for (int i = 0; i < plan->ncolumns; i++)
		if (plan->columns[i].field->unique && plan->columns[i].kind != COLUMN_ABSENT)
		{
			RowRule    *rule = &plan->rules[plan->nrules++];

			*rule = (RowRule) {.check = ROW_UNIQUE, .columns = palloc(sizeof(int)), .ncolumns = 1, .usable = true};
			rule->columns[0] = i;
		}
	return plan;
}

/* A plan for a form and rows of a shape, in a context of its own, in place of the one before. */
RecordPlan *
record_plan(FormCache *cache, const Jsonb *document, const RowShape *shape)
{
	RecordPlan *plan;
	MemoryContext before;

	record_forget_plan(cache);
	before = MemoryContextSwitchTo(plan_context(cache));
	plan = plan_of_shape(cache, document, shape);
	MemoryContextSwitchTo(before);
	cache->compiled = plan;
	return plan;
}

static RecordPlan *
plan_of_type(FormCache *cache, const Jsonb *document, Oid type, int32 typmod)
{
	TupleDesc	descriptor = lookup_rowtype_tupdesc_copy(type, typmod);
	int			n = descriptor->natts;
	RowShape	shape = {.n = n, .names = palloc0(Max(n, 1) * sizeof(char *)), .types = palloc(Max(n, 1) * sizeof(Oid))};
	RecordPlan *plan;
	TypeCacheEntry *entry = type == RECORDOID ? NULL : lookup_type_cache(type, TYPECACHE_TUPDESC);

	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped)
			shape.names[i] = NameStr(attribute->attname);
		shape.types[i] = attribute->atttypid;
	}
	plan = plan_of_shape(cache, document, &shape);
	plan->type = type;
	plan->typmod = typmod;
	plan->entry = entry;
	plan->identifier = entry != NULL ? entry->tupDesc_identifier : 0;
	plan->descriptor = descriptor;
	plan->datums = palloc(Max(n, 1) * sizeof(Datum));
	plan->nulls = palloc(Max(n, 1) * sizeof(bool));
	plan->given = palloc(Max(n, 1) * sizeof(NullableDatum));
	return plan;
}

/* Is the row of the type that the plan was made for? */
bool
record_plan_is_of_type(const RecordPlan *plan, HeapTupleHeader row)
{
	return plan->type == HeapTupleHeaderGetTypeId(row) && plan->typmod == HeapTupleHeaderGetTypMod(row);
}

/* Has the type the columns that it had then?  The type cache clears the identifier of a type that is altered. */
static bool
columns_are_known(const RecordPlan *plan)
{
	return plan->entry == NULL || plan->entry->tupDesc_identifier == plan->identifier;
}

/* The plan for a form and rows of this type; made anew only if one of the two changes. */
RecordPlan *
record_plan_of_row(FunctionCallInfo fcinfo, FormCache *cache, int form_argument, HeapTupleHeader row)
{
	RecordPlan *plan = cache->compiled;

	if (plan == NULL || !record_plan_is_of_type(plan, row) || !columns_are_known(plan))
	{
		Jsonb	   *document = PG_GETARG_JSONB_P(form_argument);
		MemoryContext before;

		record_forget_plan(cache);
		before = MemoryContextSwitchTo(plan_context(cache));
		plan = plan_of_type(cache, document, HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
		MemoryContextSwitchTo(before);
		cache->compiled = plan;
	}
	return plan;
}

/* Days since 2000-01-01 of a time; one that is infinite lies beyond every limit. */
static double
day_of_timestamp(Timestamp time)
{
	if (TIMESTAMP_IS_NOBEGIN(time))
		return -HUGE_VAL;
	if (TIMESTAMP_IS_NOEND(time))
		return HUGE_VAL;
	return floor((double) time / USECS_PER_DAY);
}

static double
day_of_date(DateADT date)
{
	return DATE_IS_NOBEGIN(date) ? -HUGE_VAL : DATE_IS_NOEND(date) ? HUGE_VAL : (double) date;
}

/* Sets a value that is neither missing nor a short text in the row itself. */
static void
fill_value(const BoundColumn *bound, RecordValue *value, Datum datum)
{
	value->text = NULL;
	value->present = true;
	switch (bound->source)
	{
		case SOURCE_ABSENT:
			break;
		case SOURCE_TEXT:
			{
				struct varlena *text = PG_DETOAST_DATUM_PACKED(datum);

				value->text = VARDATA_ANY(text);
				value->length = VARSIZE_ANY_EXHDR(text);
			}
			break;
		case SOURCE_PADDED:
			{
				struct varlena *text = PG_DETOAST_DATUM_PACKED(datum);

				value->text = VARDATA_ANY(text);
				value->length = bpchartruelen(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
			}
			break;
		case SOURCE_OUTPUT:
			value->text = OutputFunctionCall(unconstify(FmgrInfo *, &bound->output), datum);
			value->length = strlen(value->text);
			break;
		case SOURCE_INT2:
			value->number = DatumGetInt16(datum);
			break;
		case SOURCE_INT4:
			value->number = DatumGetInt32(datum);
			break;
		case SOURCE_INT8:
			value->number = (double) DatumGetInt64(datum);
			break;
		case SOURCE_FLOAT4:
			value->number = DatumGetFloat4(datum);
			break;
		case SOURCE_FLOAT8:
			value->number = DatumGetFloat8(datum);
			break;
		case SOURCE_NUMERIC:
			value->number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, datum));
			break;
		case SOURCE_BOOL:
			value->number = DatumGetBool(datum);
			break;
		case SOURCE_DATE:
			value->number = day_of_date(DatumGetDateADT(datum));
			break;
		case SOURCE_TIMESTAMP:
			value->number = day_of_timestamp(DatumGetTimestamp(datum));
			break;
		case SOURCE_TIMESTAMPTZ:
			/* The day in the time zone of the session. */
			value->number = day_of_timestamp(DatumGetTimestamp(DirectFunctionCall1(timestamptz_timestamp, datum)));
			break;
	}
	/* What is not a number can't be compared, and is none. */
	value->has_number = value->text == NULL && bound->source != SOURCE_BOOL && !isnan(value->number);
}

/* Sets all values of the plan from those of a row. */
void
record_fill(const RecordPlan *plan, const NullableDatum *given)
{
	for (int i = 0; i < plan->ncolumns; i++)
	{
		const BoundColumn *bound = &plan->bound[i];
		const NullableDatum *datum = &given[bound->place];
		RecordValue *value = &plan->values[i];

		if (bound->source == SOURCE_ABSENT || datum->isnull)
		{
			value->text = NULL;
			value->length = 0;
			value->present = false;
			value->has_number = false;
		}
		else if (bound->source == SOURCE_TEXT && VARATT_IS_SHORT(DatumGetPointer(datum->value)) &&
				 !VARATT_IS_EXTERNAL(DatumGetPointer(datum->value)))
		{
			value->text = VARDATA_SHORT(DatumGetPointer(datum->value));
			value->length = VARSIZE_SHORT(DatumGetPointer(datum->value)) - VARHDRSZ_SHORT;
		}
		else
			fill_value(bound, value, datum->value);
	}
}

/* The same for a row that is one value. */
void
record_fill_row(RecordPlan *plan, HeapTupleHeader row)
{
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(row), .t_data = row};

	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, plan->descriptor, plan->datums, plan->nulls);
	for (int i = 0; i < plan->descriptor->natts; i++)
		plan->given[i] = (NullableDatum) {plan->datums[i], plan->nulls[i]};
	record_fill(plan, plan->given);
}

/* The type is that of the call: it is looked at once. */
void
record_check_type(FunctionCallInfo fcinfo, int argument)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argument);

	if (!OidIsValid(type) || !type_is_rowtype(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("a record must be a row"),
				 errdetail("The value is of type %s.", OidIsValid(type) ? format_type_be(type) : "unknown"),
				 errhint("Pass the row of a table by the table's name or alias.")));
}
