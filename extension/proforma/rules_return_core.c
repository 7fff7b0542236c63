/*
 * rules_return_core.c
 *		Rules for returns on a form.
 */
#include "proforma/rules.h"

const Rule return_rules[RETURN_RULES] = {
	[P101] = {
		"P101", SEVERITY_ERROR, "cell", "Not a number",
		"A box that asks for a number of people holds something that cannot be read as a number. Any number "
		"of people is thought possible until it is mended.",
		"Write the number of people in digits, for example 12.",
		"\"lots\""
	},
	[P102] = {
		"P102", SEVERITY_QUERY, "cell", "A tick or \"yes\" instead of a number",
		"The box says that there were some, but not how many. It is read as 1 or more.",
		"Write how many people there were, in digits.",
		"\"yes\""
	},
	[P103] = {
		"P103", SEVERITY_ERROR, "cell", "A dash or dots instead of a number",
		"A dash may mean none, or not known, or not asked. It is read as any number.",
		"Write 0 if there were none, and leave the box blank if the question is not for you.",
		"\"-\""
	},
	[P104] = {
		"P104", SEVERITY_QUERY, "cell", "\"Fewer than\" instead of a number",
		"Small numbers were hidden, or only a limit is known. We need the true number: it is hidden later, "
		"when figures are published. \"<5\" is read as 1 to 4.",
		"Please send the true number. It will not be published where it is small.",
		"\"<5\""
	},
	[P105] = {
		"P105", SEVERITY_ERROR, "cell", "About so many",
		"The number is not exact, or only a least number is given. It is read as any number.",
		"Count, and write the exact number. If it cannot be counted, explain it in the narrative.",
		"\"12 approx\""
	},
	[P106] = {
		"P106", SEVERITY_QUERY, "cell", "A number with a comma or a space in it",
		"It may be one large number, or two numbers. It is read as one.",
		"Please check the number, and write it in digits only: 1024.",
		"\"1,024\""
	},
	[P107] = {
		"P107", SEVERITY_QUERY, "cell", "A number in words",
		"It is read as the number that the words say.",
		"Please check the number, and write it in digits.",
		"\"seven\""
	},
	[P108] = {
		"P108", SEVERITY_NOTE, "cell", "Digits of another kind",
		"The number is written in wide digits, or in those of another script. It is read as usual.",
		"Nothing, if the number is right.",
		"digits of full width"
	},
	[P109] = {
		"P109", SEVERITY_ERROR, "cell", "Part of a person",
		"People come in whole numbers. It is read as any number.",
		"Write a whole number. If this is an average or a share, write the count instead.",
		"\"2.5\""
	},
	[P110] = {
		"P110", SEVERITY_ERROR, "cell", "Below zero",
		"There cannot be fewer than no people. It is read as any number.",
		"Write how many people there were. A correction of an earlier quarter is made by sending that quarter "
		"again.",
		"\"-3\""
	},
	[P111] = {
		"P111", SEVERITY_ERROR, "cell", "A date instead of a number",
		"The spreadsheet has probably turned what was typed into a date: 5-11 becomes 5 November. It is read "
		"as any number.",
		"Format the column as text, and type the number of people again.",
		"\"05-Nov\""
	},
	[P112] = {
		"P112", SEVERITY_ERROR, "cell", "TRUE or FALSE instead of a number",
		"A tick box of the spreadsheet was exported. It is read as any number.",
		"Write how many people there were, in digits.",
		"\"TRUE\""
	},
	[P113] = {
		"P113", SEVERITY_ERROR, "cell", "Too large to be a number of people",
		"The number is larger than 2,147,483,646. It is read as any number.",
		"Check for digits typed twice, or a telephone or reference number in the wrong box.",
		"\"99999999999\""
	},
	[P114] = {
		"P114", SEVERITY_QUERY, "cell", "Several numbers where one is asked for",
		"The box gives from-to, or several numbers. It is read as any number.",
		"Write one number: how many people there were.",
		"\"10-12\""
	},
	[P115] = {
		"P115", SEVERITY_NOTE, "cell", "Not applicable",
		"The box says that the question does not apply. It is read as 0, and kept apart from a 0 that was "
		"written.",
		"Nothing, if there were none. Write 0 if the question does apply.",
		"\"N/A\""
	},
	[P116] = {
		"P116", SEVERITY_ERROR, "cell", "A broken formula",
		"The spreadsheet shows an error in place of a number. It is read as any number.",
		"Mend the formula, or type the number.",
		"\"#REF!\""
	},
	[P117] = {
		"P117", SEVERITY_ERROR, "cell", "Not known, in a box for a number",
		"How many people there were is not known. It is read as any number.",
		"Write the number as far as you can count, and put the others in the box for not known.",
		"\"unknown\""
	},
	[P118] = {
		"P118", SEVERITY_ERROR, "cell", "A list where one answer is asked for",
		"The file holds a list or a group of values in place of one answer. It is read as any number.",
		"Send one value for each box. The person who wrote the export can help.",
		"[1, 2]"
	},
	[P119] = {
		"P119", SEVERITY_QUERY, "cell", "A number with a word after it",
		"The number is read, and the word left out.",
		"Please check, and write the number alone.",
		"\"12 people\""
	},
	[P120] = {
		"P120", SEVERITY_QUERY, "cell", "A word for none",
		"It is read as 0.",
		"Please check that it was none, and write 0.",
		"\"none\""
	},
	[P201] = {
		"P201", SEVERITY_ERROR, "answer", "Something that must be answered is missing",
		"The form cannot be used without this answer.",
		"Fill in the box. Write 0 if there were none.",
		"total left blank"
	},
	[P202] = {
		"P202", SEVERITY_QUERY, "answer", "A whole part left blank",
		"No box of this part has an answer, so we do not know whether there was nobody or whether it was not "
		"filled in.",
		"Fill in the part. Write 0 where there was nobody.",
		"all boxes for age blank"
	},
	[P203] = {
		"P203", SEVERITY_NOTE, "answer", "Blank boxes read as 0",
		"Other boxes of this part are filled in, so the blank ones are read as 0.",
		"Nothing, if there were none. Otherwise write the numbers.",
		"age 5-11: 4, age 0-4 blank"
	},
	[P204] = {
		"P204", SEVERITY_QUERY, "answer", "Not on this form",
		"The return has an answer for which this form has no box, so it is not used.",
		"Check the spelling of the name, and that the right form was chosen.",
		"\"age.19-24\""
	},
	[P205] = {
		"P205", SEVERITY_ERROR, "answer", "Nothing to check",
		"The return has no answers at all, or is not a list of answers.",
		"Send the form with its answers filled in.",
		"an empty file"
	},
	[P206] = {
		"P206", SEVERITY_ERROR, "answer", "Not one of the answers to choose from",
		"The question has a fixed set of answers, and this is not one of them.",
		"Choose one of the answers of the list.",
		"\"basis: everyone\""
	},
	[P207] = {
		"P207", SEVERITY_ERROR, "answer", "Not written as asked",
		"The answer is too short or too long, or does not have the form that is asked for.",
		"Write it as the form shows.",
		"a code of 3 letters where 4 are asked for"
	},
	[P208] = {
		"P208", SEVERITY_NOTE, "answer", "An answer beyond the form",
		"The form has no box for this, but its meaning is plain, so it is used.",
		"Nothing, if it is right.",
		"sex.not_known on a form without that box"
	},
	[P209] = {
		"P209", SEVERITY_ERROR, "answer", "Outside the limits",
		"The number is smaller or larger than the form allows.",
		"Check the number.",
		"contacts.hours: 90000 where at most 9999 is allowed"
	},
	[P210] = {
		"P210", SEVERITY_ERROR, "answer", "Not what the question asks for",
		"The answer is not a date, a number or a yes or no, as the question asks.",
		"Answer as the form shows.",
		"\"last week\" where a date is asked for"
	},
	[P301] = {
		"P301", SEVERITY_ERROR, "total", "Does not add up to the total",
		"The boxes of this part, with those not known, must add up to the total.",
		"Check the boxes named, and the total.",
		"total 30; female 12, male 10, not known 5"
	},
	[P302] = {
		"P302", SEVERITY_ERROR, "total", "More people than the total",
		"Nobody may stand in two boxes of this part, but together they hold more people than the total.",
		"Check the boxes named, and the total.",
		"total 20; female 12, male 10"
	},
	[P303] = {
		"P303", SEVERITY_QUERY, "total", "Fewer people than the total",
		"The boxes of this part leave some people out, and the form has no box for not known.",
		"Please tell us whether it is not known for the others, or whether a number is wrong.",
		"total 70; female 18, male 10: 42 unaccounted for"
	},
	[P304] = {
		"P304", SEVERITY_ERROR, "total", "A part larger than its whole",
		"The people of this box are among those of another, so there cannot be more of them.",
		"Check both numbers.",
		"parents and carers 30, people 25"
	},
	[P305] = {
		"P305", SEVERITY_QUERY, "total", "Roles added to ages",
		"The total is what one gets by adding people's roles (such as parent) to their ages. People with a "
		"role have an age too, and would be counted twice.",
		"Please check: a parent aged 30 is one person, in 25+ and in parents. Send the number of different "
		"people.",
		"18 parents + 5 + 16 = 39"
	},
	[P306] = {
		"P306", SEVERITY_QUERY, "total", "The number of people is not clear",
		"The answers allow more than one number of different people. We keep the smallest and the largest.",
		"Please tell us how many different people there were.",
		"parents 18, 18-25: 5, 25+: 16: from 21 to 39"
	},
	[P307] = {
		"P307", SEVERITY_ERROR, "total", "The answers contradict each other",
		"No number of people fits all answers. We keep what lies between them.",
		"Check the numbers named.",
		"total 10, ages add up to 25"
	},
	[P308] = {
		"P308", SEVERITY_QUERY, "total", "Two parts speak of different numbers",
		"Two parts describe the same people, but add up to different numbers, and no total says which is "
		"right.",
		"Please check which is right, and give the total.",
		"female and male 28, White and Mixed 30"
	},
	[P309] = {
		"P309", SEVERITY_ERROR, "total", "One box larger than the total",
		"People of this box are among the total, so there cannot be more of them.",
		"Check both numbers.",
		"total 10; parents and carers 12"
	},
	[P310] = {
		"P310", SEVERITY_NOTE, "total", "An age that stands in two boxes",
		"The form prints some ages twice. We take it that each person was counted in one of the two boxes "
		"only.",
		"Nothing, if nobody was counted in both. Otherwise tell us.",
		"25 stands in 18-25 and in 25+"
	},
	[P311] = {
		"P311", SEVERITY_QUERY, "total", "A total and nothing else",
		"The total is given, but no age, sex, ethnicity or place of these people.",
		"Please fill in the parts, with the numbers not known where you do not know.",
		"total 40, everything else blank"
	},
	[P401] = {
		"P401", SEVERITY_QUERY, "zero", "A return of nobody",
		"The return says that there was nobody in the quarter.",
		"Please confirm that there was nobody, and tell us why in the narrative.",
		"total 0"
	},
	[P402] = {
		"P402", SEVERITY_QUERY, "zero", "Nobody, after a quarter with people",
		"There were people in the last quarter that was returned, and nobody in this one.",
		"Please confirm. If the programme has stopped, tell us when.",
		"last quarter 31, now 0"
	},
	[P403] = {
		"P403", SEVERITY_QUERY, "zero", "Nobody, but something happened",
		"There was nobody, but other answers tell of clients or contacts.",
		"Please check the total.",
		"total 0, contacts 14"
	},
	[P501] = {
		"P501", SEVERITY_QUERY, "basis", "Whom the numbers count is not said",
		"It is not said whether the numbers are new referrals, everybody worked with in the quarter, or "
		"everybody open at its end. Without it quarters and programmes cannot be compared.",
		"Tell us which of the three it is; a CSV file says new_referrals, caseload_in_period or caseload_at_end.",
		"no basis"
	},
	[P502] = {
		"P502", SEVERITY_ERROR, "basis", "Whom the numbers count cannot be read",
		"The basis is not one of the three that we know.",
		"Choose new_referrals, caseload_in_period or caseload_at_end.",
		"basis: \"active\""
	},
	[P503] = {
		"P503", SEVERITY_QUERY, "basis", "Counted in another way than before",
		"The basis differs from that of the last return, so the two cannot be compared.",
		"Please confirm the change, or send the numbers on the same basis as before.",
		"last quarter new_referrals, now caseload_at_end"
	},
	[P504] = {
		"P504", SEVERITY_ERROR, "basis", "The caseload does not add up",
		"Opening caseload, plus new, minus closed, must be the closing caseload.",
		"Check the four numbers.",
		"10 + 5 - 3 = 12, not 15"
	},
	[P505] = {
		"P505", SEVERITY_QUERY, "basis", "Opening caseload is not last quarter's closing",
		"Who was open on the last day of one quarter is open on the first day of the next.",
		"Please check both, and send the earlier quarter again if it was wrong.",
		"closing 12, then opening 15"
	},
	[P506] = {
		"P506", SEVERITY_QUERY, "basis", "The total does not fit the basis",
		"The total differs from what the caseload gives on the stated basis.",
		"Please check whom the total counts.",
		"new_referrals, total 40, new in the quarter 8"
	},
	[P507] = {
		"P507", SEVERITY_ERROR, "basis", "More cases closed than there were",
		"More were closed than were open at the start and new together.",
		"Check the numbers of the caseload.",
		"opening 3, new 2, closed 9"
	},
	[P508] = {
		"P508", SEVERITY_QUERY, "basis", "New cases and accepted referrals differ",
		"Whoever was accepted in the quarter is usually new in it.",
		"Please confirm, for example that some were accepted earlier.",
		"accepted 9, new 4"
	},
	[P509] = {
		"P509", SEVERITY_NOTE, "basis", "Another form than last time",
		"The last return came on another form, or another version of it. Only what both ask can be compared.",
		"Nothing. Ages of the two forms are compared as limits, not as exact numbers.",
		"old form, then new form"
	},
	[P601] = {
		"P601", SEVERITY_QUERY, "series", "The same numbers as last quarter",
		"Every number is the same as in the last return.",
		"Please confirm, or send the numbers of this quarter.",
		"the last file was sent again"
	},
	[P602] = {
		"P602", SEVERITY_QUERY, "series", "An unusual jump",
		"The number of people differs from last quarter's by more than chance would explain (beyond 3.29 "
		"standard deviations of a Poisson count, which happens by chance in 1 of 1,000 returns).",
		"Please check, and tell us the reason in the narrative.",
		"12, then 60"
	},
	[P603] = {
		"P603", SEVERITY_QUERY, "series", "Numbers that only grow",
		"Every number is at least as large as in the quarters before. It looks as if the year so far was "
		"counted, and not the quarter.",
		"Please send the numbers of this quarter alone.",
		"10, 22, 35"
	},
	[P604] = {
		"P604", SEVERITY_NOTE, "series", "The same people may be in two quarters",
		"On this basis a person who stays is counted again each quarter, so quarters must not be added up. We "
		"keep the smallest and the largest number of different people.",
		"Nothing. A count of new people each quarter would tell us more.",
		"44, then 47: from 47 to 91 different people"
	},
	[P605] = {
		"P605", SEVERITY_NOTE, "series", "A quarter is missing before this one",
		"An earlier quarter was not returned, so what is known of the year has no upper limit.",
		"Send the missing quarter, even if late.",
		"no return for 2025-Q2"
	},
	[P606] = {
		"P606", SEVERITY_QUERY, "series", "Ages that the programme is not for",
		"There are people of ages that the programme does not serve.",
		"Please check the box, or tell us that the programme takes them.",
		"a programme for 18 to 25, with 3 aged 5-11"
	},
	[P701] = {
		"P701", SEVERITY_ERROR, "place", "Not a postcode",
		"The postcode is not written as any postcode is.",
		"Check the postcode: for example L1 8JQ, and not L18 JQ1.",
		"place.postcode.L1 8J"
	},
	[P702] = {
		"P702", SEVERITY_NOTE, "place", "No fixed home",
		"The postcode is one that stands for no fixed home or a place abroad (ZZ99). It is not on the map.",
		"Nothing, if it is right.",
		"place.postcode.ZZ99 3VZ"
	},
	[P703] = {
		"P703", SEVERITY_ERROR, "place", "Not an area code",
		"The code is not one of the nine-character codes of the Office for National Statistics.",
		"Check the code: a letter and eight digits, as E01006512.",
		"place.lsoa.E0100651"
	},
	[P704] = {
		"P704", SEVERITY_ERROR, "place", "A code of another kind of area",
		"The code is one of the Office for National Statistics, but of another kind of area than this box "
		"asks for.",
		"Put it in the box for its kind of area.",
		"place.lsoa.E05015277 (a ward)"
	},
	[P705] = {
		"P705", SEVERITY_QUERY, "place", "LSOA and ward do not fit each other",
		"The same people seem to be given by LSOA and by ward, or the two do not add up to the same number.",
		"Give each person once, in the smallest area that you know.",
		"LSOAs 30, wards 30, total 30"
	},
	[P706] = {
		"P706", SEVERITY_QUERY, "place", "One place twice",
		"The same postcode or area stands in the return twice, written in two ways.",
		"Please check, and keep one line with the sum.",
		"L1 8JQ and l18jq"
	},
	[P707] = {
		"P707", SEVERITY_QUERY, "place", "Half a postcode",
		"Only the first half of the postcode is given, so that no ward can be found.",
		"Send the full postcode, or the ward if that is all you know.",
		"place.postcode.L1"
	},
	[P801] = {
		"P801", SEVERITY_QUERY, "narrative", "A question without an answer",
		"The form asks for a few words here.",
		"Please write one or two sentences.",
		"activities left blank"
	},
	[P802] = {
		"P802", SEVERITY_QUERY, "narrative", "Perhaps a name with a date of birth",
		"The text seems to hold the date of birth of a person. We do not keep such text.",
		"Please remove names and dates of birth, and send the return again.",
		"\"Sam Example, 3/2/1999\""
	},
	[P803] = {
		"P803", SEVERITY_QUERY, "narrative", "Perhaps an NHS number",
		"The text holds a number with the check digit of an NHS number. We do not keep such text.",
		"Please remove the number, and send the return again.",
		"a number of ten digits"
	},
	[P804] = {
		"P804", SEVERITY_QUERY, "narrative", "Perhaps a telephone number",
		"The text seems to hold a telephone number. We do not keep such text.",
		"Please remove the number, and send the return again.",
		"\"ring 07700 900123\""
	},
	[P805] = {
		"P805", SEVERITY_QUERY, "narrative", "Perhaps an e-mail address",
		"The text seems to hold an e-mail address. We do not keep such text.",
		"Please remove the address, and send the return again.",
		"\"sam@example.org\""
	},
	[P806] = {
		"P806", SEVERITY_QUERY, "narrative", "Perhaps somebody's address",
		"The text holds a full postcode, which can point to a home. We do not keep such text.",
		"Please remove the postcode, or name the ward or town instead, and send the return again.",
		"\"lives at L1 8JQ\""
	},
	[P807] = {
		"P807", SEVERITY_QUERY, "narrative", "Perhaps a personal reference",
		"The text seems to hold a prison, police or National Insurance number. We do not keep such text.",
		"Please remove the number, and send the return again.",
		"a prison number"
	},
	[P808] = {
		"P808", SEVERITY_QUERY, "narrative", "The same words as last quarter",
		"The text is the same as in the last return.",
		"Please tell us about this quarter.",
		"copied from the last return"
	},
	[P809] = {
		"P809", SEVERITY_NOTE, "narrative", "Very few words",
		"The text is too short to tell anything.",
		"Please write one or two sentences, if there is something to tell.",
		"\"as above\""
	},
	[P901] = {
		"P901", SEVERITY_ERROR, "time", "Not a quarter",
		"The quarter cannot be read.",
		"Write the year in which the reporting year began, and the quarter: 2025-Q2 is July to September "
		"2025.",
		"\"summer 2025\""
	},
	[P902] = {
		"P902", SEVERITY_QUERY, "time", "A date outside the quarter",
		"The date does not lie in the quarter of the return.",
		"Please check the date, and the quarter of the return.",
		"3 April 2025 in 2025-Q2"
	},
	[P903] = {
		"P903", SEVERITY_ERROR, "time", "The form is not for this quarter",
		"The form was not in use in this quarter.",
		"Use the form of that quarter.",
		"the improved form for 2020-Q3"
	},
	[P904] = {
		"P904", SEVERITY_NOTE, "time", "No quarter given",
		"The return does not say its quarter, so dates and the form cannot be checked against it.",
		"Name the quarter when you send the return.",
		"no period"
	}
};
