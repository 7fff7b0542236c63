/*
 * json_read.h
 *		Parts of a jsonb document, by key or place.  What is not there, or is
 *		of another kind, is NULL or false: nothing is raised.
 */
#ifndef WARDSTAR_JSON_READ_H
#define WARDSTAR_JSON_READ_H

#include "compat.h"

#include "utils/jsonb.h"

extern bool jread_has(const JsonbContainer *object, const char *key);
extern char *jread_text(const JsonbContainer *object, const char *key);
extern char *jread_shown_text(const JsonbContainer *object, const char *key, int limit);
extern const char **jread_texts(const JsonbContainer *object, const char *key, int *n);
extern bool jread_boolean(const JsonbContainer *object, const char *key, bool otherwise);
extern bool jread_number(const JsonbContainer *object, const char *key, double *number);
extern const JsonbContainer *jread_object(const JsonbContainer *object, const char *key);
extern const JsonbContainer *jread_array(const JsonbContainer *object, const char *key);
extern const JsonbContainer *jread_element_object(const JsonbContainer *array, int place);
extern char *jread_element_text(const JsonbContainer *array, int place);
extern char *jread_scalar_text(const JsonbValue *value);
extern char *jread_clip(const char *text, int limit);

#endif							/* WARDSTAR_JSON_READ_H */
