/*
 * wardstar.c
 *		The module: its magic block and its version.
 */
#include "compat.h"

#include "utils/builtins.h"

WARDSTAR_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(wardstar_version);

/*
 * wardstar_version() returns text
 *		The version of the loaded library, as META.json has it.  It differs from
 *		pg_extension.extversion between a package upgrade and ALTER EXTENSION.
 */
Datum
wardstar_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(WARDSTAR_VERSION));
}
