/*
 * catalogue_core.c
 *		The published instruments: names of scales and ranges, nothing else.
 *
 * The Outcomes Star and its stars are trade marks of Triangle Consulting
 * Social Enterprise; none of their guidance is here.  Sources and what was
 * left out: docs/star.md.
 *
 * The place in this list is the number that is stored on disk: add at the end,
 * never move or remove.  A name added later may already be that of somebody's
 * local instrument: star_parse_kind() must go on taking it with a range.
 */
#include "star/star_core.h"

#include <string.h>

#define NAMES(...) ((const char *const[]){__VA_ARGS__})
#define COUNT(...) ((int) (sizeof(NAMES(__VA_ARGS__)) / sizeof(char *)))
#define SCALES(...) .scale_count = COUNT(__VA_ARGS__), .scales = NAMES(__VA_ARGS__)

/* Where the names of the stages are not settled, the scores stand for them. */
#define JOURNEY NAMES("stuck", "accepting help", "believing", "learning", "self-reliance")
#define PAIRS NAMES("1-2", "3-4", "5-6", "7-8", "9-10")
#define POINTS NAMES("1", "2", "3", "4", "5")
#define TEN(names) .lowest = 1, .highest = 10, .points_per_stage = 2, .stages = names
#define FIVE(names) .lowest = 1, .highest = 5, .points_per_stage = 1, .stages = names
#define ALL_LOW(n) .low_better = (UINT64_C(1) << (n)) - 1

const StarInstrument star_catalogue[] = {
	{.name = "homelessness", .title = "Homelessness Star, editions to 3.1", TEN(JOURNEY),
		SCALES("motivation and taking responsibility", "self-care and living skills",
			"managing money and personal administration", "social networks and relationships",
			"drug and alcohol misuse", "physical health", "emotional and mental health",
			"meaningful use of time", "managing tenancy and accommodation", "offending")},
	{.name = "home", .title = "Home Star, 2022", TEN(PAIRS),
		SCALES("where I am living", "caring for myself and my space", "my money",
			"friends and relationships", "my health", "my well-being", "how I spend my time",
			"alcohol and drugs", "safety and crime", "trust and hope")},
	{.name = "justice", .title = "Justice Star", TEN(PAIRS),
		SCALES("accommodation", "living skills and self-care", "mental health and well-being",
			"friends and community", "relationships and family", "parenting and caring",
			"drugs and alcohol", "positive use of time", "managing strong feelings",
			"a crime-free life")},
	{.name = "drug_alcohol", .title = "Drug and Alcohol Star", TEN(JOURNEY),
		SCALES("drug use", "alcohol use", "physical health", "use of time", "community",
			"emotional health", "accommodation", "money", "offending", "family and relationships")},
	{.name = "family_plus", .title = "Family Star Plus, edition 1.1", TEN(PAIRS),
		SCALES("physical health", "your well-being", "meeting emotional needs",
			"keeping your children safe", "social networks", "education and learning",
			"boundaries and behaviour", "family routine", "home and money", "progress to work")},
	{.name = "recovery", .title = "Recovery Star, editions before the fourth", TEN(JOURNEY),
		SCALES("managing mental health", "physical health and self-care", "living skills",
			"social networks", "work", "relationships", "addictive behaviour", "responsibilities",
			"identity and self-esteem", "trust and hope")},
	{.name = "teen", .title = "Teen Star",
		FIVE(NAMES("not safe", "want change", "making changes", "mostly safe", "safe and well")),
		SCALES("drugs and alcohol", "well-being", "safety and security",
			"structure and education", "behaviour and citizenship", "family and other key adults")},
	{.name = "youth", .title = "Youth Star, second edition", FIVE(POINTS),
		SCALES("interests and activities", "hopes and dreams", "health and well-being",
			"education and work", "communicating", "choices and behaviour")},
	{.name = "my_mind", .title = "My Mind Star", FIVE(POINTS),
		SCALES("feelings and emotions", "healthy lifestyle", "where you live",
			"friends and relationships", "school, training and work", "how you use your time",
			"self-esteem")},
	{.name = "my_star", .title = "My Star", FIVE(POINTS),
		SCALES("physical health", "where you live", "being safe", "relationships",
			"feelings and behaviour", "friends", "confidence and self-esteem",
			"education and learning")},
	{.name = "student", .title = "Student Star", TEN(PAIRS),
		SCALES("practical skills", "communication skills", "learning skills", "physical health",
			"living skills", "friends", "well-being", "social responsibility", "work readiness")},

	/* Public measures.  The names of items are catchwords, not their wording. */
	{.name = "wemwbs", .title = "Warwick-Edinburgh Mental Well-being Scale, 14 items",
		.lowest = 1, .highest = 5,
		SCALES("optimistic", "useful", "relaxed", "interested in others", "energy",
			"dealing with problems", "thinking clearly", "good about myself", "close to others",
			"confident", "making up my mind", "loved", "interested in new things", "cheerful")},
	{.name = "swemwbs", .title = "Short Warwick-Edinburgh Mental Well-being Scale, 7 items",
		.lowest = 1, .highest = 5,
		SCALES("optimistic", "useful", "relaxed", "dealing with problems", "thinking clearly",
			"close to others", "making up my mind")},
	{.name = "phq9", .title = "Patient Health Questionnaire, 9 items",
		.lowest = 0, .highest = 3, ALL_LOW(9),
		SCALES("interest", "low mood", "sleep", "tiredness", "appetite", "self-worth",
			"concentration", "movement", "thoughts of self-harm")},
	{.name = "gad7", .title = "Generalised Anxiety Disorder scale, 7 items",
		.lowest = 0, .highest = 3, ALL_LOW(7),
		SCALES("nervousness", "uncontrolled worry", "too much worry", "trouble relaxing",
			"restlessness", "irritability", "dread")},
	{.name = "core10", .title = "Clinical Outcomes in Routine Evaluation, 10 items",
		.lowest = 0, .highest = 4, ALL_LOW(10),
		SCALES("tension", "support", "coping", "talking to people", "panic", "plans to end life",
			"sleep", "despair", "unhappiness", "unwanted memories")},
	{.name = "sdq", .title = "Strengths and Difficulties Questionnaire, five subscales",
		.lowest = 0, .highest = 10, ALL_LOW(4),
		SCALES("emotional symptoms", "conduct problems", "hyperactivity", "peer problems",
			"prosocial behaviour")},
};

const int	star_catalogue_size = sizeof(star_catalogue) / sizeof(star_catalogue[0]);

/* The instrument of that name, in lower case; NULL if none is published. */
const StarInstrument *
star_published(const char *name, size_t length)
{
	for (int i = 0; i < star_catalogue_size; i++)
	{
		const StarInstrument *instrument = &star_catalogue[i];

		if (strlen(instrument->name) == length && memcmp(instrument->name, name, length) == 0)
			return instrument;
	}
	return NULL;
}

/* The number under which it is stored. */
int
star_published_number(const StarInstrument *instrument)
{
	return (int) (instrument - star_catalogue) + 1;
}

/* Levenshtein's distance of two short words. */
static int
edit_distance(const char *a, int a_length, const char *b, int b_length)
{
	int			row[STAR_MAX_NAME + 1];

	for (int j = 0; j <= b_length; j++)
		row[j] = j;
	for (int i = 1; i <= a_length; i++)
	{
		int			diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= b_length; j++)
		{
			int			best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_length];
}

/*
 * The published names that are like this one, parted by ", "; empty if none
 * is.  Like means a third of the letters or fewer differ, or one holds the
 * other's first three.
 */
void
star_near_names(const char *name, size_t length, char *out, size_t size)
{
	size_t		used = 0;

	out[0] = '\0';
	if (length > STAR_MAX_NAME)
		return;
	for (int i = 0; i < star_catalogue_size; i++)
	{
		const char *other = star_catalogue[i].name;
		size_t		other_length = strlen(other);
		size_t		longer = length > other_length ? length : other_length;
		bool		near = length >= 3 && other_length >= 3 && memcmp(name, other, 3) == 0;

		if (!near)
			near = edit_distance(name, (int) length, other, (int) other_length) <= (int) longer / 3;
		if (!near || used + other_length + 3 > size)
			continue;
		if (used > 0)
		{
			memcpy(out + used, ", ", 2);
			used += 2;
		}
		memcpy(out + used, other, other_length + 1);
		used += other_length;
	}
}
