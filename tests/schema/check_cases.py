#!/usr/bin/python3
"""Holds the schemas to the decoders' own tables: check_cases.py ROOT

For each of harness/model/testdata/{lab,grading,expect}_cases.json: a good input must be valid. A bad one must not be,
at the place that the decoder names or above it, unless it is marked semantic_only: what no schema can know, such as
whether a file exists. A mark that is not needed is an error too, so that the marks stay true. That the decoders refuse
the same inputs is checked by the C++ tests beside them.
"""
import copy
import pathlib
import sys

sys.dont_write_bytecode = True  # The source tree stays clean.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from validate import parse, parse_file, validator_of, violations


def resolved(document, pointer):
    """The container that `pointer` leads into and the key in it; '-' is behind the last element of an array."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps[:-1]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    if isinstance(document, list):
        return document, len(document) if steps[-1] == "-" else int(steps[-1])
    return document, steps[-1]


def input_of(base, row):
    if "text" in row:
        return parse(row["text"])
    document = copy.deepcopy(base)
    for pointer, value in row.get("set", {}).items():
        container, key = resolved(document, pointer)
        if isinstance(container, list) and key == len(container):
            container.append(value)
        else:
            container[key] = value
    for pointer in row.get("remove", []):
        container, key = resolved(document, pointer)
        del container[key]
    return document


def complaint_about(validator, base, row, is_good):
    """Why this row of a table does not hold, or None."""
    try:
        found = violations(validator, input_of(base, row))
    except (ValueError, RecursionError) as error:
        return f"is good, but: {error}" if is_good else None
    if is_good:
        return f"is good, but: {found[0]}" if found else None
    if row.get("semantic_only"):
        return f"is marked semantic_only, but the schema refuses it: {found[0]}" if found else None
    if not found:
        return "is accepted by the schema"
    place = row["error"].split(": ")[0] if row["error"].startswith("/") else ""
    if not any(place == pointer or place.startswith(pointer + "/") for pointer, _ in found):
        return f"is refused elsewhere than at {place}: {found}"
    return None


def main(root):
    failures = 0
    for name in ("lab", "grading", "expect"):
        table = parse_file(root / f"harness/model/testdata/{name}_cases.json")
        validator = validator_of(root / f"schemas/{name}.schema.json")
        for kind in ("good", "bad"):
            for row in table[kind]:
                complaint = complaint_about(validator, table["base"], row, is_good=kind == "good")
                if complaint:
                    failures += 1
                    print(f"{name}: \"{row['about']}\" {complaint}")
        print(f"{name}: {len(table['good'])} good and {len(table['bad'])} bad inputs compared")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
