/*
 * hub/intake/returns.h
 *		Taking in a programme's return: a CSV file or a document.
 */
#ifndef HUB_RETURNS_H
#define HUB_RETURNS_H

#include <stdio.h>

#include "hub.h"

/* load --as return: argv holds the files. The receipt of each is written to "out". */
extern HubExit return_load(Hub *hub, int argc, char **argv, FILE *out) HUB_MUST_CHECK;

#endif
