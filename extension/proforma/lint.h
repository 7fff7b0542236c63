/*
 * lint.h
 *		Judges a form itself.
 */
#ifndef WARDSTAR_LINT_H
#define WARDSTAR_LINT_H

#include "proforma/form.h"
#include "proforma/rules.h"
#include "stop.h"
#include "text/clip.h"

/* Bytes of room that a field takes. */
#define LINT_SCRATCH 40

/*
 * scratch is room for LINT_SCRATCH bytes a field; measure is of the texts'
 * encoding, NULL: UTF-8.  False if it was stopped.
 */
extern bool lint_form(const ProformaForm *form, FindingSink sink, void *context, void *scratch, CharacterLength measure,
					  StopFunction stop);

#endif							/* WARDSTAR_LINT_H */
