"""Holds the tree to its own rules: check_tidy.py ROOT

Sizes of files and functions, the one-way rule between the folders of the harness, tests that nobody builds, labs without a handout,
links that lead nowhere, and places of one machine. Exit code 1 and a line each for what breaks a rule.
"""
import pathlib
import re
import subprocess
import sys

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
# What a folder of harness/ may include besides itself (ARCHITECTURE.md has the same table).
MAY_USE = {
    "base": set(),
    "model": {"base"},
    "launch": {"base", "model"},
    "submission": {"base", "model"},
    "build": {"base", "model", "launch"},
    "run": {"base", "model", "launch"},
    "observe": {"base", "model"},
    "score": {"base", "model"},
    "report": {"base", "model"},
    "grading": {"base", "model", "launch", "submission", "build", "run", "observe", "score", "report"},
    "cli": {"base", "model", "submission", "build", "run", "observe", "score", "report", "grading"},
}
STUDENTS_OWN = ("/specimens/", "examples/", "student_template/", "tests/attacks/")


def tracked(root):
    """Every file that git knows or would add. Empty where git cannot say."""
    command = ["git", "-c", f"safe.directory={root}", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        return []
    return [name for name in listed.stdout.split("\n") if name and (root / name).is_file()]


def function_sizes(lines):
    """Yields (first line, length) of what opens with a parameter list and a brace, by clang-format's indentation."""
    for number, line in enumerate(lines):
        # Labels, lambdas in a call and control flow are parts of functions; namespaces and classes have no parameters.
        if not re.search(r"\)[^;()]*\{$", line) or re.match(r"\s*(if|for|while|switch|else|do|\}|TEST_CASE|\")", line):
            continue
        indent = re.match(r" *", line).group()
        if line.lstrip().startswith(": "):  # The initialisers of a constructor stand four further in.
            indent = indent[4:]
        for end in range(number + 1, len(lines)):
            if lines[end].rstrip(";,") in (indent + "}", indent + "})"):
                yield number + 1, end - number + 1
                break


def sizes(root, names):
    for name in names:
        if not name.endswith((".cpp", ".hpp", ".py")) or any(part in name for part in STUDENTS_OWN):
            continue
        lines = (root / name).read_text(errors="replace").splitlines()
        if len(lines) > FILE_LINES_MAX:
            yield f"{name}: {len(lines)} lines, more than {FILE_LINES_MAX}: one idea a file"
        if name.endswith((".cpp", ".hpp")):
            for first, length in function_sizes(lines):
                if length > FUNCTION_LINES_MAX:
                    yield f"{name}:{first}: a function of {length} lines, more than {FUNCTION_LINES_MAX}"


def layers(root, names):
    for name in names:
        match = re.match(r"harness/(\w+)/.*\.[ch]pp$", name)
        if not match or match[1] not in MAY_USE or "/testdata/" in name:
            continue
        for number, line in enumerate((root / name).read_text().splitlines(), 1):
            used = re.match(r'#include "(\w+)/', line)
            if used and used[1] in MAY_USE and used[1] != match[1] and used[1] not in MAY_USE[match[1]]:
                yield f"{name}:{number}: {match[1]}/ may not use {used[1]}/"


def unbuilt_tests(root, names):
    lists = "\n".join((root / name).read_text() for name in names if name.endswith("CMakeLists.txt"))
    for name in names:
        base = name.rsplit("/", 1)[-1]
        if name.endswith(".test.cpp") and base not in lists:
            yield f"{name}: no CMakeLists.txt names it, so it is never run"


def labs(root, names):
    for lab in re.findall(r"^add_lab\((\w+)\)", (root / "labs/CMakeLists.txt").read_text(), re.MULTILINE):
        for needed in (f"labs/{lab}/README.md", f"labs/{lab}/README.ru.md", f"labs/{lab}/lab.json", f"reference/{lab}/{lab}.cpp",
                       f"student_template/{lab}/{lab}.cpp"):
            if needed not in names:
                yield f"{needed}: every lab has one"
        for kind, least in (("right", 8), ("wrong", 20)):
            count = len(list((root / "labs" / lab / "specimens" / kind).glob("*/expect.json")))
            if count < least:
                yield f"labs/{lab}/specimens/{kind}: {count} specimens, at least {least} are needed"


def links(root, names):
    for name in names:
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#:]+)\)", (root / name).read_text()):
            if not ((root / name).parent / target).exists():
                yield f"{name}: the link to {target} leads nowhere"


def places(root, names):
    for name in names:
        text = (root / name).read_text(errors="replace")
        for place in re.findall(r"(?<![\w.])/(?:home|root|work|Users)/[\w.-]+", text):
            if name != "tests/tidy/check_tidy.py":
                yield f"{name}: {place} is a place of one machine"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    names = tracked(root)
    if not names:
        print("no git here to ask which files belong to the project")
        return 77
    broken = [each for rule in (sizes, layers, unbuilt_tests, labs, links, places) for each in rule(root, names)]
    print("\n".join(broken) if broken else f"{len(names)} files keep the rules")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
