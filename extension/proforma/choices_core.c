/*
 * choices_core.c
 *		Lays a set of texts out so that most are found at the first try.
 */
#include "proforma/choices.h"

/* Number of slots for n texts: most are free, so a text that is not there is soon told. */
size_t
choices_room(int n)
{
	size_t		room = 4;

	while (room < (size_t) n * 4)
		room *= 2;
	return room;
}

/* Puts the texts into their slots; how many did not get the slot of their own, or -1 if it was stopped. */
static int
place_choices(Choices *set, const char *const *texts, int n, StopFunction stop)
{
	uint32_t	steps = 0;
	int			displaced = 0;

	memset(set->slots, 0, ((size_t) set->mask + 1) * sizeof(Choice));
	for (int i = 0; i < n; i++)
	{
		Choice		choice = {.text = texts[i], .length = strlen(texts[i])};
		uint32_t	slot;

		if (stop_now(stop, &steps))
			return -1;
		if (choices_have(set, choice.text, choice.length))
			continue;
		text_words(choice.text, choice.length, &choice.head, &choice.tail);
		slot = choice_slot(set, choice.length, choice.head, choice.tail);
		for (; set->slots[slot].text != NULL; slot = (slot + 1) & set->mask)
		{
			if (stop_now(stop, &steps))
				return -1;
			displaced++;
		}
		set->slots[slot] = choice;
	}
	return displaced;
}

/*
 * A set of n texts, in room for choices_room(n) slots.  The texts stay where
 * they are.  Of a few ways to mix their bytes the one with the fewest
 * collisions is taken.  False if it was stopped.
 */
bool
choices_prepare(Choices *set, Choice *slots, const char *const *texts, int n, StopFunction stop)
{
	uint64_t	factor = UINT64_C(0xd6e8feb86659fd93);
	uint64_t	best = factor;
	int			fewest = -1;

	*set = (Choices) {0};
	if (n == 0)
		return true;
	set->slots = slots;
	set->mask = (uint32_t) choices_room(n) - 1;
	for (int i = 0; i < n; i++)
		if (strlen(texts[i]) > set->longest)
			set->longest = strlen(texts[i]);
	for (int tries = 0; tries < 16 && fewest != 0; tries++)
	{
		int			displaced;

		set->factor = factor;
		displaced = place_choices(set, texts, n, stop);
		if (displaced < 0)
			return false;
		if (fewest < 0 || displaced < fewest)
		{
			fewest = displaced;
			best = factor;
		}
		factor = factor * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		factor |= 1;
	}
	if (set->factor != best)
	{
		set->factor = best;
		if (place_choices(set, texts, n, stop) < 0)
			return false;
	}
	return true;
}
