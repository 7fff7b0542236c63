/*
 * form.h
 *		A form as data, and a return on it, as the cores see them.  The texts
 *		and arrays belong to whoever made the structure; nothing here is freed.
 */
#ifndef WARDSTAR_FORM_H
#define WARDSTAR_FORM_H

#include "proforma/cell.h"
#include "proforma/names.h"

typedef enum FieldType
{
	FIELD_STRING,
	FIELD_INTEGER,
	FIELD_NUMBER,
	FIELD_BOOLEAN,
	FIELD_DATE,
	FIELD_DATETIME,
	FIELD_POSTCODE,				/* string with format uk-postcode */
	FIELD_AREA,					/* string with format gss-code */
	FIELD_UNKNOWN_TYPE
} FieldType;

typedef enum GroupKind
{
	GROUP_PARTITION,			/* nobody twice, with a not-known, everyone once */
	GROUP_DISJOINT,				/* nobody twice, no not-known */
	GROUP_OVERLAPPING,
	GROUP_SUBSET				/* part of another group or field */
} GroupKind;

typedef enum Basis
{
	BASIS_NOT_STATED,
	BASIS_NEW_REFERRALS,
	BASIS_CASELOAD_IN_PERIOD,
	BASIS_CASELOAD_AT_END,
	BASIS_UNREADABLE
} Basis;

typedef enum ReturnStatus
{
	RETURN_RECEIVED,
	RETURN_MISSING,
	RETURN_NOT_DUE
} ReturnStatus;

/* No upper end of an age band. */
#define AGE_UNLIMITED INT32_MAX

/* No quarter; otherwise four times the year, plus 0 for April to June. */
#define NO_PERIOD INT32_MIN

typedef struct AgeBand
{
	int32_t		lower;
	int32_t		upper;			/* the first age past it */
} AgeBand;

typedef struct ProformaField
{
	const char *name;
	const char *title;			/* as printed; the name where there is none */
	const char *description;	/* or NULL */
	const char *section;		/* heading that it is printed under, or NULL */
	const char *topic;			/* or NULL */
	const char *pattern;		/* or NULL */
	void	   *matcher;		/* the pattern, made ready by the caller */
	const char **choices;		/* or NULL */
	const char **sorted_choices;	/* the same in the order of their bytes */
	int			nchoices;
	const char **missing;		/* values that mean no answer, in the order of their bytes, or NULL */
	int			nmissing;
	FieldType	type;
	bool		required;
	bool		unique;
	bool		asks_narrative;
	bool		is_family;		/* named "place.lsoa.*" */
	bool		has_minimum;
	bool		has_maximum;
	bool		has_band;
	double		minimum;
	double		maximum;
	int			min_length;		/* -1: none */
	int			max_length;		/* -1: none */
	AgeBand		band;
	int			group;			/* that it stands in, or -1 */
	int			next_in_group;	/* field, or -1 */
	const char *level;			/* of the areas of a family, or NULL */
	bool		is_postcode;	/* a family of postcodes */
	bool		bad_pattern;	/* the pattern can't be used */
} ProformaField;

typedef struct ProformaGroup
{
	const char *name;
	const char *title;
	const char *topic;			/* or NULL */
	GroupKind	kind;
	bool		counts;			/* else it describes people counted elsewhere */
	bool		has_bands;
	bool		bands_overlap;	/* two of them hold the same age */
	bool		has_ages;		/* of everyone in it */
	AgeBand		ages;
	int			people;
	int			next_of_people; /* group of the same people, or -1 */
	int			first_field;	/* or -1 */
	int			unknown;		/* field, or -1 */
	int			of_field;		/* of a subset, or -1 */
	int			of_group;		/* of a subset, or -1 */
} ProformaGroup;

/* A set of people with a total of its own: beneficiaries, secondary ones, … */
typedef struct ProformaPeople
{
	const char *name;
	const char *title;
	const char *total_name;
	int			total;			/* field, or -1 */
	int			first_group;	/* or -1 */
} ProformaPeople;

/* What a form's document says that can't be read. */
typedef struct FormProblem
{
	const char *place;			/* a field, a group or a part of the document */
	const char *what;			/* a sentence */
} FormProblem;

typedef struct ProformaForm
{
	const char *name;
	const char *title;
	const char *version;		/* or NULL */
	ProformaField *fields;
	int			nfields;
	ProformaName *by_name;		/* the fields in the order of their names */
	NamePrefix *families;		/* what the names of the families' answers begin with */
	int			nfamilies;
	ProformaGroup *groups;
	int			ngroups;
	ProformaName *groups_by_name;
	ProformaName *people_by_total;	/* by the names of their totals */
	ProformaPeople *people;		/* the first is who the form is about */
	int			npeople;
	Basis		basis;			/* the one that the form asks for, or not stated */
	bool		first_time_in_year; /* a new referral is new this year */
	int			basis_field;	/* or -1 */
	int			opening;		/* caseload: fields, or -1 */
	int			newly;
	int			closed;
	int			closing;
	int32_t		valid_from;		/* quarters, or NO_PERIOD */
	int32_t		valid_to;
	bool		has_serves;
	AgeBand		serves;			/* ages that the programme is for */
	FormProblem *problems;		/* what is wrong with the document itself */
	int			nproblems;
} ProformaForm;

typedef enum AnswerKind
{
	ANSWER_TEXT,
	ANSWER_NUMBER,
	ANSWER_LOGICAL,
	ANSWER_EMPTY,				/* null */
	ANSWER_NESTED
} AnswerKind;

typedef struct ProformaAnswer
{
	const char *name;
	const char *text;
	size_t		length;
	const char *shown;			/* the text, short enough for a message */
	AnswerKind	kind;
	int			field;			/* or -1 */
	int			group;			/* or -1 */
	int			people;			/* whose total it is though the form has no box, or -1 */
	bool		tolerated;		/* no box for it, but it is understood */
	bool		counts;			/* it is a number of people */
	int			next;			/* answer to the same field, or -1 */
	int			next_in_group;	/* answer, or -1 */
	Cell		cell;			/* of a field that asks for a number of people */
} ProformaAnswer;

typedef struct GroupSum
{
	Bounds		bounds;			/* everyone in it */
	int64_t		max_lower;
	int64_t		sum_lower;		/* as if nobody stood in two cells */
	int			first;			/* answer, or -1 */
	int			filled;			/* cells */
	int			unclear;		/* cells that are filled, but not with one number */
	bool		unknown_filled;	/* not known has an answer */
} GroupSum;

typedef struct ProformaReturn
{
	const ProformaForm *form;
	ProformaAnswer *answers;
	int			nanswers;
	int		   *first;			/* by field: its first answer, or -1 */
	GroupSum   *sums;			/* by group */
	int		   *totals;			/* by people: the answer that gives the total, or -1 */
	ReturnStatus status;
	int32_t		period;			/* or NO_PERIOD */
	const char *period_text;	/* or NULL */
	Basis		basis;
	bool		has_answers;	/* there was an object of answers */
} ProformaReturn;

extern int	form_field(const ProformaForm *form, const char *name);
extern int	form_family(const ProformaForm *form, const char *name);
extern bool form_parse_period(const char *text, size_t length, int32_t *period);
extern bool form_parse_band(const char *text, size_t length, AgeBand *band);
extern Basis form_parse_basis(const char *text, size_t length);
extern const char *form_basis_name(Basis basis);
/* The same as a sentence can say it: "Your numbers count …". */
extern const char *form_basis_words(Basis basis);
extern bool form_index(ProformaForm *form, StopFunction stop);
extern bool form_join(ProformaForm *form, StopFunction stop);
extern bool form_is_listed(const char **sorted, int n, const char *text);

extern bool return_resolve(ProformaReturn *given, StopFunction stop);
extern const ProformaAnswer *return_answer(const ProformaReturn *given, int field);
extern Cell return_cell(const ProformaReturn *given, int field);
extern Cell return_total(const ProformaReturn *given, int people);
extern Bounds return_bounds(const ProformaReturn *given, int people, bool one_band_a_person, bool *contradiction);
extern Bounds return_band_bounds(const ProformaReturn *given, AgeBand band, StopFunction stop);
extern Bounds returns_served(ProformaReturn *const *returns, int n, StopFunction stop);
extern Bounds returns_newly_referred(ProformaReturn *const *returns, int n, StopFunction stop);

#endif							/* WARDSTAR_FORM_H */
