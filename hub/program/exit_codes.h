/*
 * hub/program/exit_codes.h
 *		How the program ends: a code a cause. The enum, --help and docs/hub.md come from this one list.
 */
#ifndef HUB_EXIT_CODES_H
#define HUB_EXIT_CODES_H

/* name, code, meaning; a higher weight wins when several files end differently */
#define HUB_EXIT_CODES(X) \
	X(HUB_OK, 0, 0, "done, or already loaded") \
	X(HUB_INTERNAL, 1, 10, "a fault of wardstar-hub itself, or out of memory or disk") \
	X(HUB_USAGE, 2, 9, "wrong option, argument or setting") \
	X(HUB_REJECTS, 3, 1, "loaded, but some rows or answers were rejected") \
	X(HUB_REFUSED, 4, 3, "a file was refused whole; nothing of it was stored") \
	X(HUB_IN_DOUBT, 5, 2, "the form or the period of a return could not be told; nothing was stored") \
	X(HUB_CONNECTION, 6, 7, "no connection to the database, or the connection was lost") \
	X(HUB_DATABASE, 7, 5, "the database reported an error") \
	X(HUB_SCHEMA, 8, 6, "the schema is missing, older or newer, or a migration was changed") \
	X(HUB_FILE, 9, 4, "a file or folder can't be read") \
	X(HUB_STOPPED, 10, 8, "stopped by a signal; what was under way was undone") \
	X(HUB_KEYS, 11, 6, "the key file is missing, or not the one that the database and the spool were filled with") \
	X(HUB_LEDGER, 12, 8, "the ledger is not what was received: a row was removed, changed or added") \
	X(HUB_SPOOL, 13, 7, "a file of the spool is missing, or not what was received")

typedef enum HubExit
{
#define X(name, code, weight, meaning) name = code,
	HUB_EXIT_CODES(X)
#undef X
} HubExit;

#endif
