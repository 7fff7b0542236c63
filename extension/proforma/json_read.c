/*
 * json_read.c
 *		Parts of a jsonb document, by key or place.
 */
#include "proforma/json_read.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

static bool
find(const JsonbContainer *object, const char *key, JsonbValue *value)
{
	return JsonContainerIsObject(object) &&
		getKeyJsonValueFromContainer(unconstify(JsonbContainer *, object), key, strlen(key), value) != NULL;
}

static const JsonbContainer *
container(const JsonbValue *value, uint32 kind)
{
	if (value->type != jbvBinary || (value->val.binary.data->header & kind) == 0)
		return NULL;
	return value->val.binary.data;
}

bool
jread_has(const JsonbContainer *object, const char *key)
{
	JsonbValue	value;

	return find(object, key, &value) && value.type != jbvNull;
}

/* A text, a number or a truth value as text; NULL for the rest. */
char *
jread_scalar_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return NULL;
	}
}

char *
jread_text(const JsonbContainer *object, const char *key)
{
	JsonbValue	value;

	if (!find(object, key, &value) || value.type != jbvString)
		return NULL;
	return jread_scalar_text(&value);
}

/* The text, cut at a character so that it has at most limit bytes and three dots. */
char *
jread_clip(const char *text, int limit)
{
	int			length = strlen(text);
	int			clipped;

	if (length <= limit)
		return pstrdup(text);
	clipped = pg_mbcliplen(text, length, limit);
	return psprintf("%.*s...", clipped, text);
}

char *
jread_shown_text(const JsonbContainer *object, const char *key, int limit)
{
	char	   *text = jread_text(object, key);

	return text == NULL ? NULL : jread_clip(text, limit);
}

bool
jread_boolean(const JsonbContainer *object, const char *key, bool otherwise)
{
	JsonbValue	value;

	return find(object, key, &value) && value.type == jbvBool ? value.val.boolean : otherwise;
}

/* A number that a float8 can hold. */
bool
jread_number(const JsonbContainer *object, const char *key, double *number)
{
	JsonbValue	value;

	if (!find(object, key, &value) || value.type != jbvNumeric)
		return false;
	*number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value.val.numeric)));
	return isfinite(*number);
}

const JsonbContainer *
jread_object(const JsonbContainer *object, const char *key)
{
	JsonbValue	value;

	return find(object, key, &value) ? container(&value, JB_FOBJECT) : NULL;
}

const JsonbContainer *
jread_array(const JsonbContainer *object, const char *key)
{
	JsonbValue	value;

	return find(object, key, &value) ? container(&value, JB_FARRAY) : NULL;
}

const JsonbContainer *
jread_element_object(const JsonbContainer *array, int place)
{
	JsonbValue *value = getIthJsonbValueFromContainer(unconstify(JsonbContainer *, array), place);

	return value == NULL ? NULL : container(value, JB_FOBJECT);
}

char *
jread_element_text(const JsonbContainer *array, int place)
{
	JsonbValue *value = getIthJsonbValueFromContainer(unconstify(JsonbContainer *, array), place);

	return value == NULL || value->type != jbvString ? NULL : jread_scalar_text(value);
}

/* A list of texts (numbers and truth values as text); NULL if there is none. */
const char **
jread_texts(const JsonbContainer *object, const char *key, int *n)
{
	const JsonbContainer *array = jread_array(object, key);
	const char **texts;
	int			room;

	*n = 0;
	if (array == NULL)
		return NULL;
	room = JsonContainerSize(array);
	texts = palloc_extended(Max(room, 1) * sizeof(char *), MCXT_ALLOC_HUGE);
	for (int i = 0; i < room; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(unconstify(JsonbContainer *, array), i);
		char	   *text = value == NULL ? NULL : jread_scalar_text(value);

		CHECK_FOR_INTERRUPTS();
		if (text != NULL)
			texts[(*n)++] = text;
	}
	return texts;
}
