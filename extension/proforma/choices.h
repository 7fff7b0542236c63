/*
 * choices.h
 *		A fixed set of texts, in which one is found by its bytes.
 */
#ifndef WARDSTAR_CHOICES_H
#define WARDSTAR_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "stop.h"

typedef struct Choice
{
	const char *text;			/* NULL: the slot is free */
	size_t		length;
	uint64_t	head;			/* of the text: see text_words() */
	uint64_t	tail;
} Choice;

typedef struct Choices
{
	Choice	   *slots;			/* NULL: the set is empty, and not to be asked */
	uint32_t	mask;			/* number of slots - 1, a power of two */
	uint64_t	factor;
	size_t		longest;
} Choices;

/*
 * Two words that with the length tell texts of up to 16 bytes apart; those of
 * longer ones depend on all of their bytes, but don't tell them apart.
 */
static inline void
text_words(const char *text, size_t length, uint64_t *head, uint64_t *tail)
{
	if (length >= 8)
	{
		memcpy(head, text, 8);
		memcpy(tail, text + length - 8, 8);
		for (size_t i = 8; i + 8 < length; i += 8)
		{
			uint64_t	word;

			memcpy(&word, text + i, 8);
			*head = (*head ^ (word >> 29) ^ word) * UINT64_C(0xff51afd7ed558ccd);
		}
	}
	else if (length >= 4)
	{
		uint32_t	first;
		uint32_t	last;

		memcpy(&first, text, 4);
		memcpy(&last, text + length - 4, 4);
		*head = first;
		*tail = last;
	}
	else
	{
		*head = length == 0 ? 0 : (uint64_t) (unsigned char) text[0] | (uint64_t) (unsigned char) text[length / 2] << 8 |
			(uint64_t) (unsigned char) text[length - 1] << 16;
		*tail = 0;
	}
}

static inline uint32_t
choice_slot(const Choices *set, size_t length, uint64_t head, uint64_t tail)
{
	uint64_t	mixed = (head ^ (tail * UINT64_C(0x9e3779b97f4a7c15)) ^ length) * set->factor;

	return (uint32_t) (mixed >> 32) & set->mask;
}

static inline bool
choices_have(const Choices *set, const char *text, size_t length)
{
	uint64_t	head;
	uint64_t	tail;
	uint32_t	slot;

	if (length > set->longest)
		return false;
	text_words(text, length, &head, &tail);
	slot = choice_slot(set, length, head, tail);
	for (;;)
	{
		const Choice *choice = &set->slots[slot];

		if (choice->text == NULL)
			return false;
		if (choice->length == length && choice->head == head && choice->tail == tail &&
			(length <= 16 || memcmp(choice->text, text, length) == 0))
			return true;
		slot = (slot + 1) & set->mask;
	}
}

extern size_t choices_room(int n);
extern bool choices_prepare(Choices *set, Choice *slots, const char *const *texts, int n, StopFunction stop);

#endif							/* WARDSTAR_CHOICES_H */
