/*
 * hub/report/output.h
 *		Writing what a command was asked for to a file or to standard output.
 */
#ifndef HUB_OUTPUT_H
#define HUB_OUTPUT_H

#include "hub.h"

/* Writes a text to the file of this name, NULL for standard output. What goes wrong is logged. */
extern HubExit output_write(const char *path, const char *text) HUB_MUST_CHECK;

#endif
