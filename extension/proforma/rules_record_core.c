/*
 * rules_record_core.c
 *		Rules for records, one row a client.
 */
#include "proforma/rules.h"

const Rule record_rules[RECORD_RULES] = {
	[R101] = {
		"R101", SEVERITY_ERROR, "record", "Not of the kind asked for",
		"The value cannot be read as the number, date or yes or no that the column is for.",
		"Write numbers in digits and dates as 2025-07-31.",
		"\"31/02/2025\" as a date"
	},
	[R102] = {
		"R102", SEVERITY_ERROR, "record", "A value is missing",
		"The column must be filled in for every row.",
		"Fill it in, or use the value for not known.",
		"no start date"
	},
	[R103] = {
		"R103", SEVERITY_ERROR, "record", "Not one of the values to choose from",
		"The column has a fixed set of values, and this is not one of them.",
		"Choose one of the values of the list.",
		"sex \"Fem\""
	},
	[R104] = {
		"R104", SEVERITY_ERROR, "record", "Not written as asked",
		"The value does not have the form that the column asks for.",
		"Write it as the form shows.",
		"a client number without its letters"
	},
	[R105] = {
		"R105", SEVERITY_ERROR, "record", "Too small",
		"The number or date is below the smallest that is allowed.",
		"Check the value.",
		"a score of 0 where 1 is the lowest"
	},
	[R106] = {
		"R106", SEVERITY_ERROR, "record", "Too large",
		"The number or date is above the largest that is allowed.",
		"Check the value.",
		"age 240"
	},
	[R107] = {
		"R107", SEVERITY_ERROR, "record", "Too short",
		"The text has fewer characters than the column asks for.",
		"Check the value.",
		"\"AB\" where 4 characters are asked for"
	},
	[R108] = {
		"R108", SEVERITY_ERROR, "record", "Too long",
		"The text has more characters than the column allows.",
		"Shorten it. Do not put notes about a person here.",
		"a paragraph in a code column"
	},
	[R109] = {
		"R109", SEVERITY_ERROR, "record", "Dates in the wrong order",
		"What comes first must not be later than what follows.",
		"Check both dates.",
		"ended on 1 May, started on 3 June"
	},
	[R110] = {
		"R110", SEVERITY_QUERY, "record", "A date outside the period",
		"The date does not lie in the period of the return.",
		"Check the date. A case that was open before the period keeps its own start date.",
		"a contact of last year"
	},
	[R111] = {
		"R111", SEVERITY_ERROR, "record", "One of several values must be given",
		"Of these columns at least one, or exactly one, must be filled in.",
		"Fill in one of them.",
		"neither LSOA nor postcode"
	},
	[R112] = {
		"R112", SEVERITY_ERROR, "record", "A part larger than its whole",
		"The number of the one column is part of the other, so it cannot be larger.",
		"Check both numbers.",
		"children seen 5, children in the family 3"
	},
	[R113] = {
		"R113", SEVERITY_ERROR, "record", "A column is missing",
		"The form asks for a column that the rows do not have.",
		"Add the column, with this very name.",
		"no column \"start_date\""
	},
	[R114] = {
		"R114", SEVERITY_QUERY, "record", "A rule of the form cannot be used",
		"A rule of the form names columns that are not there, or not of the kind that it needs.",
		"Mend the form.",
		"a date order of a text column"
	},
	[R201] = {
		"R201", SEVERITY_ERROR, "record", "The same row twice",
		"A value that must be different in each row stands in several.",
		"Remove the double, or correct the value.",
		"client C017 in rows 4 and 9"
	},
	[R202] = {
		"R202", SEVERITY_QUERY, "record", "Two engagements that overlap",
		"One client has two engagements whose dates overlap.",
		"Check the dates, or close the first before the second starts.",
		"1 April to 30 June, and 15 May to 1 August"
	}
};
