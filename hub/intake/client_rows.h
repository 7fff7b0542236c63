/*
 * hub/intake/client_rows.h
 *		Taking in files with a row a reading (stars) or a row a referral (cases), whose clients become tokens.
 */
#ifndef HUB_CLIENT_ROWS_H
#define HUB_CLIENT_ROWS_H

#include <stdio.h>

#include "hub.h"

/* load --as stars and load --as cases: argv holds the file. What became of it is written to "out". */
extern HubExit client_rows_load(Hub *hub, const char *kind, int argc, char **argv, FILE *out) HUB_MUST_CHECK;

#endif
