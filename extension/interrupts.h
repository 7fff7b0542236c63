/*
 * interrupts.h
 *		The server's answer to a core that asks whether to stop.
 */
#ifndef WARDSTAR_INTERRUPTS_H
#define WARDSTAR_INTERRUPTS_H

#include "compat.h"
#include "miscadmin.h"
#include "stop.h"

/* Raises where the query was cancelled or the backend is to end; false otherwise. */
static inline bool
stop_for_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
	return false;
}

#endif							/* WARDSTAR_INTERRUPTS_H */
