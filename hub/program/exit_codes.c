/*
 * hub/program/exit_codes.c
 *		Which of two exits is the worse.
 */
#include "hub.h"

static int
weight_of(HubExit exit_code)
{
	switch (exit_code)
	{
#define X(name, code, weight, meaning) case name: return weight;
		HUB_EXIT_CODES(X)
#undef X
	}
	return 0;
}

HubExit
hub_worse(HubExit a, HubExit b)
{
	return weight_of(a) >= weight_of(b) ? a : b;
}
