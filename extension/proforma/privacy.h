/*
 * privacy.h
 *		Looks for what may identify a person in free text.
 */
#ifndef WARDSTAR_PRIVACY_H
#define WARDSTAR_PRIVACY_H

#include <stdbool.h>
#include <stddef.h>

#include "stop.h"

typedef enum PrivacyKind
{
	PRIVACY_BIRTH = 1 << 0,		/* a name with a date of birth */
	PRIVACY_NHS_NUMBER = 1 << 1,
	PRIVACY_PHONE = 1 << 2,
	PRIVACY_EMAIL = 1 << 3,
	PRIVACY_POSTCODE = 1 << 4,	/* a full postcode */
	PRIVACY_REFERENCE = 1 << 5	/* a prison, police or National Insurance number */
} PrivacyKind;

#define PRIVACY_KINDS 6

/* Where each kind was first seen, as a place in the text, from 0. */
typedef struct PrivacyFound
{
	unsigned	kinds;
	size_t		at[PRIVACY_KINDS];
	bool		stopped;		/* before the end of the text */
} PrivacyFound;

extern PrivacyFound privacy_scan(const char *text, size_t length, StopFunction stop);

#endif							/* WARDSTAR_PRIVACY_H */
