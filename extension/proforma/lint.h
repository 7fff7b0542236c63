/*
 * lint.h
 *		Judges a form itself.
 */
#ifndef WARDSTAR_LINT_H
#define WARDSTAR_LINT_H

#include "proforma/form.h"
#include "proforma/rules.h"

extern void lint_form(const ProformaForm *form, FindingSink sink, void *context);

#endif							/* WARDSTAR_LINT_H */
