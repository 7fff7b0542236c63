/*
 * hub/report/stars.h
 *		The report on a programme's outcome stars.
 */
#ifndef HUB_STARS_H
#define HUB_STARS_H

#include <stdio.h>

#include "hub.h"

/* Prints it to "out", and writes the files that --svg and --html name. */
extern HubExit stars_report(Hub *hub, FILE *out) HUB_MUST_CHECK;

#endif
