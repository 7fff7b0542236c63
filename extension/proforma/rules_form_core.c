/*
 * rules_form_core.c
 *		Rules for the form itself.
 */
#include "proforma/rules.h"

const Rule form_rules[FORM_RULES] = {
	[F101] = {
		"F101", SEVERITY_ERROR, "form", "Ages that stand in two boxes",
		"Two boxes of one part hold the same age, so one person may be counted in either, or in both.",
		"Let each box start where the one before ends: 5 to 10, then 11 to 15.",
		"5-11 and 11-16 both hold 11"
	},
	[F102] = {
		"F102", SEVERITY_ERROR, "form", "Ages that stand in no box",
		"There are ages between two boxes, or below the first or above the last, for which there is no box.",
		"Add a box, or widen the one before.",
		"5-10, then 12-15: no box for 11"
	},
	[F103] = {
		"F103", SEVERITY_ERROR, "form", "Roles among ages",
		"Boxes for ages and boxes for what people are (such as parent) stand in one list, so that nobody "
		"knows whether to count a person in one or in both.",
		"Ask for ages in one part, where everyone is counted once, and for roles in another (\"of these, how "
		"many are parents\").",
		"Lone Parent, then 18 - 25"
	},
	[F104] = {
		"F104", SEVERITY_ERROR, "form", "No box for not known",
		"The part has no box for people of whom it is not known, so it need not add up to the total, and a "
		"mistake cannot be told from a gap.",
		"Add a box \"not known\".",
		"Female, Male"
	},
	[F105] = {
		"F105", SEVERITY_ERROR, "form", "Whom to count is not said",
		"The form does not say whether to count new referrals, everybody worked with, or everybody open at "
		"the end, so programmes will count differently.",
		"State one basis, in words, at the top of the form.",
		"no basis"
	},
	[F106] = {
		"F106", SEVERITY_ERROR, "form", "No total",
		"The form does not ask how many different people there were.",
		"Ask for the number of different people, and let the parts add up to it.",
		"ages and roles, but no total"
	},
	[F107] = {
		"F107", SEVERITY_ERROR, "form", "No outcome",
		"The form does not ask whether anything changed for anybody.",
		"Ask how many have a first and a later measure, and how many of them improved.",
		"counts of people only"
	},
	[F108] = {
		"F108", SEVERITY_QUERY, "form", "No referrals",
		"The form does not ask how many were referred, by whom, and what became of it, so demand that was not "
		"met stays unseen.",
		"Ask for referrals received by source, accepted, refused, waiting and out of area.",
		"no question on referrals"
	},
	[F109] = {
		"F109", SEVERITY_QUERY, "form", "No contacts or endings",
		"The form does not ask how much work was done with people, or how their cases ended.",
		"Ask for contacts, and for cases closed by reason.",
		"no question on completion"
	},
	[F110] = {
		"F110", SEVERITY_QUERY, "form", "A title that two people would read differently",
		"The title alone does not say what to write.",
		"Use a plain title, and say beside it who is meant.",
		"\"N/A\" as a box for a number"
	},
	[F111] = {
		"F111", SEVERITY_QUERY, "form", "No definition beside the box",
		"Nothing beside the box says whom to count in it.",
		"Add a sentence that says who is meant, and who is not.",
		"\"Parent/Carers\", with no explanation"
	},
	[F112] = {
		"F112", SEVERITY_NOTE, "form", "Titles that are not written alike",
		"Titles of one part are written in different ways, which looks careless and breaks searches.",
		"Write all of them in one way.",
		"\"0-4 years\", \"11- 16 years\", \"16-18 years\""
	},
	[F113] = {
		"F113", SEVERITY_ERROR, "form", "The title does not fit the ages",
		"The ages that the title names are not those that the form gives for the box.",
		"Make the two agree.",
		"\"5-11\" for [5,11)"
	},
	[F114] = {
		"F114", SEVERITY_ERROR, "form", "The form cannot be read",
		"A part of the form's document is not as docs/form.schema.json says.",
		"Mend the document.",
		"a group names a field that does not exist"
	},
	[F115] = {
		"F115", SEVERITY_QUERY, "form", "A number that belongs to nothing",
		"The box asks for a number of people, but belongs to no part, total or caseload, so nothing can be "
		"checked.",
		"Put it in a part, or say which whole it is part of.",
		"a count on its own"
	},
	[F116] = {
		"F116", SEVERITY_QUERY, "form", "No quarters",
		"The form does not say from which quarter on it is used.",
		"State the first quarter, and the last if there is one.",
		"no \"valid\""
	},
	[F117] = {
		"F117", SEVERITY_QUERY, "form", "No version",
		"The form has no version, so that a later change cannot be told from it.",
		"Give it a version.",
		"no \"version\""
	},
	[F118] = {
		"F118", SEVERITY_QUERY, "form", "No opening and closing caseload",
		"Without the number open at the start, new, closed and open at the end, nobody can say how many "
		"different people were served in a year.",
		"Ask for these four numbers.",
		"no caseload"
	}
};
