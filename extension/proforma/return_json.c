/*
 * return_json.c
 *		Reads returns from jsonb, and keeps a form read between calls.
 */
#include "proforma/form_json.h"

#include "nodes/primnodes.h"
#include "utils/memutils.h"

#include "interrupts.h"
#include "proforma/json_read.h"
#include "proforma/privacy.h"

/*
 * What a message shows of an answer.  Findings are kept, so what may name a
 * person must not get into them.
 */
static const char *
shown_answer(const char *text, size_t length)
{
	if (length > 8 && privacy_scan(text, length, stop_for_interrupts).kinds != 0)
		return "(hidden: it may be about a person)";
	return jread_clip(text, SHOWN_ANSWER_LENGTH);
}

static void
read_answer(ProformaAnswer *answer, const JsonbValue *value)
{
	answer->kind = value->type == jbvString ? ANSWER_TEXT : value->type == jbvNumeric ? ANSWER_NUMBER :
		value->type == jbvBool ? ANSWER_LOGICAL : value->type == jbvNull ? ANSWER_EMPTY : ANSWER_NESTED;
	answer->text = jread_scalar_text(value);
	if (answer->text == NULL)
		answer->text = "";
	answer->length = strlen(answer->text);
	answer->shown = answer->kind == ANSWER_NESTED ? "a list or an object" : shown_answer(answer->text, answer->length);
}

/* Room that return_resolve() needs; answers of any kind but an object are none. */
static ProformaReturn *
read_return(const ProformaForm *form, const JsonbContainer *answers)
{
	ProformaReturn *given = palloc0(sizeof(ProformaReturn));
	JsonbIterator *it;
	JsonbValue	value;
	JsonbIteratorToken token;

	given->form = form;
	given->first = palloc_extended(Max(form->nfields, 1) * sizeof(int), MCXT_ALLOC_HUGE);
	given->sums = palloc_extended(Max(form->ngroups, 1) * sizeof(GroupSum), MCXT_ALLOC_HUGE);
	given->totals = palloc_extended(form->npeople * sizeof(int), MCXT_ALLOC_HUGE);
	given->period = NO_PERIOD;
	if (answers != NULL && JsonContainerIsObject(answers))
	{
		given->has_answers = true;
		given->answers = palloc_extended(Max(JsonContainerSize(answers), 1) * sizeof(ProformaAnswer), MCXT_ALLOC_HUGE);
		it = JsonbIteratorInit(unconstify(JsonbContainer *, answers));
		while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
		{
			ProformaAnswer *answer = &given->answers[given->nanswers];

			CHECK_FOR_INTERRUPTS();
			if (token == WJB_KEY)
			{
				memset(answer, 0, sizeof(*answer));
				answer->name = pnstrdup(value.val.string.val, value.val.string.len);
			}
			else if (token == WJB_VALUE)
			{
				read_answer(answer, &value);
				given->nanswers++;
				if (strcmp(answer->name, "period") == 0 && answer->kind == ANSWER_TEXT)
				{
					given->period_text = answer->text;
					(void) form_parse_period(answer->text, answer->length, &given->period);
				}
			}
		}
	}
	(void) return_resolve(given, stop_for_interrupts);
	return given;
}

ProformaReturn *
return_from_jsonb(const ProformaForm *form, const Jsonb *answers)
{
	return read_return(form, answers == NULL ? NULL : &answers->root);
}

static int
compare_periods(const void *a, const void *b)
{
	const ProformaReturn *x = *(ProformaReturn *const *) a;
	const ProformaReturn *y = *(ProformaReturn *const *) b;

	CHECK_FOR_INTERRUPTS();
	return x->period < y->period ? -1 : x->period > y->period;
}

/*
 * An array of {"period", "status", "form", "answers"}, in the order of the
 * quarters.  Entries that are no objects are passed over.
 */
ProformaReturn **
returns_from_jsonb(const Jsonb *document, int *n)
{
	ProformaReturn **returns;
	int			room;

	*n = 0;
	if (document == NULL || !JB_ROOT_IS_ARRAY(document) || JB_ROOT_IS_SCALAR(document))
		return palloc(sizeof(ProformaReturn *));
	room = JB_ROOT_COUNT(document);
	returns = palloc_extended(Max(room, 1) * sizeof(ProformaReturn *), MCXT_ALLOC_HUGE);
	for (int i = 0; i < room; i++)
	{
		const JsonbContainer *source = jread_element_object(&document->root, i);
		const JsonbContainer *form;
		const JsonbContainer *answers;
		const char *status;
		const char *period;
		ProformaReturn *given;

		CHECK_FOR_INTERRUPTS();
		if (source == NULL)
			continue;
		form = jread_object(source, "form");
		answers = jread_object(source, "answers");
		status = jread_text(source, "status");
		period = jread_text(source, "period");
		given = read_return(form_from_container(form), answers);
		if (status != NULL ? strcmp(status, "not_due") == 0 : false)
			given->status = RETURN_NOT_DUE;
		else if (status != NULL ? strcmp(status, "returned") != 0 : answers == NULL)
			given->status = RETURN_MISSING;
		if (period != NULL)
		{
			given->period_text = period;
			(void) form_parse_period(period, strlen(period), &given->period);
		}
		returns[(*n)++] = given;
	}
	if (*n > 1)
	{
		/* Quarters that can't be read stay where they are, unless all can be read. */
		bool		all = true;

		for (int i = 0; i < *n; i++)
			all &= returns[i]->period != NO_PERIOD;
		if (all)
			qsort(returns, *n, sizeof(ProformaReturn *), compare_periods);
	}
	return returns;
}

void
form_cache_init(FormCache *cache, MemoryContext parent)
{
	cache->context = AllocSetContextCreate(parent, "wardstar form", ALLOCSET_DEFAULT_SIZES);
}

/* Is an argument the same for the whole query? */
bool
argument_is_constant(FunctionCallInfo fcinfo, int argument)
{
	Node	   *call = fcinfo->flinfo->fn_expr;

	return call != NULL && IsA(call, FuncExpr) && list_length(((FuncExpr *) call)->args) > argument &&
		IsA(list_nth(((FuncExpr *) call)->args, argument), Const);
}

/*
 * The form in an argument.  It is read once, and again only when the argument
 * changes: compared are the bytes as stored, so that a form out of a table is
 * not even uncompressed.
 */
FormCache *
form_cache_in(FormCache *cache, FunctionCallInfo fcinfo, int argument)
{
	struct varlena *raw = (struct varlena *) DatumGetPointer(PG_GETARG_DATUM(argument));
	Size		size;
	MemoryContext before;

	/* What an indirect pointer points to may change. */
	if (VARATT_IS_EXTERNAL(raw) && !VARATT_IS_EXTERNAL_ONDISK(raw))
		raw = (struct varlena *) PG_DETOAST_DATUM(PointerGetDatum(raw));
	size = VARSIZE_ANY(raw);
	if (cache->key != NULL && size == cache->key_size)
	{
		/* A constant is the same bytes at the same place; no need to look at them again. */
		if (raw == cache->constant || memcmp(raw, cache->key, size) == 0)
			return cache;
	}
	cache->key = NULL;
	cache->patterns_known = false;
	cache->compiled = NULL;
	cache->constant = argument_is_constant(fcinfo, argument) ? raw : NULL;
	MemoryContextReset(cache->context);
	before = MemoryContextSwitchTo(cache->context);
	cache->key_size = size;
	cache->form = form_from_jsonb(DatumGetJsonbP(PointerGetDatum(raw)));
	cache->key = memcpy(palloc(size), raw, size);
	MemoryContextSwitchTo(before);
	return cache;
}

/* The same, kept in the function's own place. */
FormCache *
form_cache(FunctionCallInfo fcinfo, int argument)
{
	FormCache  *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(FormCache));
		form_cache_init(cache, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = cache;
	}
	return form_cache_in(cache, fcinfo, argument);
}
