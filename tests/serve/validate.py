"""validate.py OPENAPI BODIES: checks bodies against the schemas of an OpenAPI 3.1 document, which are JSON Schema 2020-12.

BODIES is JSON: a list of [title, pointer to the schema, body]. Prints each that doesn't fit, and a line with the number
checked.
"""
import json
import sys

import jsonschema

document = json.load(open(sys.argv[1]))
bodies = json.load(open(sys.argv[2]))
resolver = jsonschema.RefResolver('', document)
for title, pointer, body in bodies:
    validator = jsonschema.Draft202012Validator({'$ref': '#' + pointer}, resolver=resolver, format_checker=jsonschema.FormatChecker())
    for error in validator.iter_errors(body):
        print(f'{title}: {"/".join(map(str, error.absolute_path))}: {error.message[:300]}')
print(f'{len(bodies)} checked')
