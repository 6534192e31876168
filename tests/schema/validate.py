#!/usr/bin/python3
"""Validates JSON files against a JSON Schema: validate.py SCHEMA FILE...

An opinion that is independent of our own decoders: Debian's python3-jsonschema. Prints every violation as
"FILE: POINTER: message". Exit code 0: all valid; 1: something is not; 2: wrong usage or a broken schema.
"""
import json
import sys

try:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
except ImportError:
    sys.exit("validate.py needs jsonschema 4 or later: apt-get install python3-jsonschema, and run it by /usr/bin/python3")


def object_of(pairs):
    """json.loads keeps the last of equal keys; a document with such keys is refused instead."""
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key {json.dumps(key)} stands twice in one object")
    return dict(pairs)


def parse(text):
    """As json.loads, but only what RFC 8259 allows (a byte order mark aside)."""

    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=object_of, parse_constant=refuse)


def parse_file(path):
    with open(path, encoding="utf-8", newline="") as file:
        return parse(file.read())


def pointer_of(error):
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in error.absolute_path)
    return "".join("/" + step for step in steps)


def validator_of(path):
    schema = parse_file(path)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def violations(validator, document):
    """(pointer, message) of everything that is wrong, in the order of the document."""
    errors = sorted(validator.iter_errors(document), key=lambda error: [str(step) for step in error.absolute_path])
    return [(pointer_of(error), error.message) for error in errors]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        validator = validator_of(arguments[0])
    except (OSError, ValueError, SchemaError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 2
    failed = False
    for path in arguments[1:]:
        try:
            found = violations(validator, parse_file(path))
        except (OSError, ValueError, RecursionError) as error:
            found = [("", str(error))]
        for pointer, message in found:
            failed = True
            print(f"{path}: {pointer or '(root)'}: {message}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
