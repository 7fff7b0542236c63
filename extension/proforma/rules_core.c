/*
 * rules_core.c
 *		Putting a finding together.
 */
#include "proforma/rules.h"

#include <stdio.h>

const char *
severity_name(Severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_QUERY ? "query" : "note";
}

/* The rule's own suggestion stands where none is given. */
void
report_va(FindingSink sink, void *context, const Rule *rule, const char *field, const char *observed,
		  const char *expected, const char *suggestion, const char *format, va_list arguments)
{
	char		message[FINDING_LENGTH];
	Finding		finding = {rule, field, message, suggestion != NULL ? suggestion : rule->suggestion, observed, expected};

	vsnprintf(message, sizeof(message), format, arguments);
	sink(context, &finding);
}
