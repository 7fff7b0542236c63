/*
 * rules.h
 *		The catalogue of rules: what proforma_rules() lists, and what findings
 *		refer to.
 */
#ifndef WARDSTAR_RULES_H
#define WARDSTAR_RULES_H

#include <stdarg.h>
#include <stddef.h>

typedef enum Severity
{
	SEVERITY_ERROR,				/* can't be accepted */
	SEVERITY_QUERY,				/* please confirm or explain */
	SEVERITY_NOTE
} Severity;

typedef struct Rule
{
	const char *code;
	Severity	severity;
	const char *family;
	const char *title;
	const char *explanation;
	const char *suggestion;
	const char *example;
} Rule;

/* Rules for returns: P1 cells, P2 answers, P3 totals, P4 zeros, P5 basis, P6 series, P7 place, P8 narrative, P9 time. */
typedef enum ReturnRule
{
	P101, P102, P103, P104, P105, P106, P107, P108, P109, P110, P111, P112, P113, P114, P115, P116, P117, P118, P119, P120,
	P201, P202, P203, P204, P205, P206, P207, P208, P209, P210,
	P301, P302, P303, P304, P305, P306, P307, P308, P309, P310, P311,
	P401, P402, P403,
	P501, P502, P503, P504, P505, P506, P507, P508, P509,
	P601, P602, P603, P604, P605, P606,
	P701, P702, P703, P704, P705, P706, P707,
	P801, P802, P803, P804, P805, P806, P807, P808, P809,
	P901, P902, P903, P904
} ReturnRule;

#define RETURN_RULES (P904 + 1)

/* Rules for the form itself. */
typedef enum FormRule
{
	F101, F102, F103, F104, F105, F106, F107, F108, F109, F110, F111, F112, F113, F114, F115, F116, F117, F118
} FormRule;

#define FORM_RULES (F118 + 1)

/* Rules for records, one row a client; R2 look across rows. */
typedef enum RecordRule
{
	R101, R102, R103, R104, R105, R106, R107, R108, R109, R110, R111, R112, R113, R114, R201, R202
} RecordRule;

#define RECORD_RULES (R202 + 1)

extern const Rule return_rules[RETURN_RULES];
extern const Rule form_rules[FORM_RULES];
extern const Rule record_rules[RECORD_RULES];

typedef struct Finding
{
	const Rule *rule;
	const char *field;			/* or NULL: the whole */
	const char *message;
	const char *suggestion;
	const char *observed;		/* or NULL */
	const char *expected;		/* or NULL */
} Finding;

typedef void (*FindingSink) (void *context, const Finding *finding);

/* Longest message, in bytes. */
#define FINDING_LENGTH 1500

/* Formats are checked by the compiler where it can. */
#if defined(__GNUC__)
#define FINDING_FORMAT(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define FINDING_FORMAT(text, first)
#endif

extern const char *severity_name(Severity severity);
extern void report_va(FindingSink sink, void *context, const Rule *rule, const char *field, const char *observed,
					  const char *expected, const char *suggestion, const char *format, va_list arguments) FINDING_FORMAT(8, 0);

#endif							/* WARDSTAR_RULES_H */
