/*
 * pattern.c
 *		The patterns of a form's fields, compiled once.
 */
#include "proforma/form_json.h"

#include "catalog/pg_collation.h"
#include "mb/pg_wchar.h"
#include "regex/regex.h"

#include "interrupts.h"
#include "proforma/pattern.h"

struct Pattern
{
	bool		is_plain;
	PlainPattern plain;
	regex_t		compiled;
	MemoryContextCallback free;
	pg_wchar   *room;			/* for the text that is matched */
	size_t		room_size;
	MemoryContext context;
};

/* Before PostgreSQL 16 what the engine compiles is not in a memory context. */
static void
free_compiled(void *pattern)
{
	pg_regfree(&((Pattern *) pattern)->compiled);
}

/* A pattern in the current memory context, with which it goes; NULL if it can't be used. */
static Pattern *
pattern_compile(const char *source, MemoryContext context)
{
	Pattern    *pattern = palloc0(sizeof(Pattern));
	char	   *whole;
	pg_wchar   *wide;
	int			length;

	pattern->context = context;
	pattern->is_plain = plain_pattern_compile(source, &pattern->plain);
	if (pattern->is_plain)
		return pattern;
	whole = psprintf("^(?:%s)$", source);
	length = strlen(whole);
	wide = palloc_extended((length + 1) * sizeof(pg_wchar), MCXT_ALLOC_HUGE);
	length = pg_mb2wchar_with_len(whole, wide, length);
	if (pg_regcomp(&pattern->compiled, wide, length, REG_ADVANCED | REG_NOSUB, DEFAULT_COLLATION_OID) != REG_OKAY)
		return NULL;
	pattern->free.func = free_compiled;
	pattern->free.arg = pattern;
	MemoryContextRegisterResetCallback(context, &pattern->free);
	pfree(wide);
	pfree(whole);
	return pattern;
}

/* Once a form: what is compiled stays as long as the form. */
void
form_compile_patterns(FormCache *cache)
{
	MemoryContext before;

	if (cache->patterns_known)
		return;
	before = MemoryContextSwitchTo(cache->context);
	for (int i = 0; i < cache->form->nfields; i++)
	{
		ProformaField *field = &cache->form->fields[i];

		if (field->pattern == NULL)
			continue;
		field->matcher = pattern_compile(field->pattern, cache->context);
		field->bad_pattern = field->matcher == NULL;
	}
	cache->patterns_known = true;
	MemoryContextSwitchTo(before);
}

/* The pattern, if it is a plain sequence, or NULL. */
const PlainPattern *
pattern_plain(const void *compiled)
{
	const Pattern *pattern = compiled;

	return pattern != NULL && pattern->is_plain ? &pattern->plain : NULL;
}

/* A text that the engine gives up on is not held against anybody. */
bool
pattern_matches(void *compiled, const char *text, size_t length)
{
	Pattern    *pattern = compiled;
	int			status;

	if (pattern->is_plain)
		return plain_pattern_matches(&pattern->plain, text, length, stop_for_interrupts);
	if (length + 1 > pattern->room_size)
	{
		if (pattern->room != NULL)
			pfree(pattern->room);
		pattern->room = NULL;
		pattern->room_size = Max(length + 1, 256);
		pattern->room = MemoryContextAllocHuge(pattern->context, pattern->room_size * sizeof(pg_wchar));
	}
	length = pg_mb2wchar_with_len(text, pattern->room, (int) length);
	status = pg_regexec(&pattern->compiled, pattern->room, length, 0, NULL, 0, NULL, 0);
	CHECK_FOR_INTERRUPTS();
	return status != REG_NOMATCH;
}
