#!/usr/bin/env python3
"""Writes the inputs that the fuzzers start from: make_seeds.py FOLDER. Made from what lies in the tree, so nothing is kept twice."""
import bz2
import gzip
import io
import json
import lzma
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True  # The source tree stays clean.
sys.path.insert(0, str(ROOT / "tests/schema"))
from check_cases import input_of


def archives():
    """Small hand-ins, one of each format, with folders, links and a name that leads outside."""
    text = (ROOT / "student_template" / "race_counter" / "race_counter.cpp").read_bytes()[:400]
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("race_counter/race_counter.cpp", text)
        archive.writestr("../outside.cpp", b"int x;")
        archive.writestr("__MACOSX/._race_counter.cpp", b"\0")
    yield "zip", zipped.getvalue()
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        for name, kind in (("a/race_counter.cpp", tarfile.REGTYPE), ("a/link.cpp", tarfile.SYMTYPE), ("a/fifo", tarfile.FIFOTYPE),
                           ("a/again.cpp", tarfile.LNKTYPE), ("/etc/absolute.cpp", tarfile.REGTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type = kind
            entry.linkname = "a/race_counter.cpp" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            entry.size = len(text) if kind == tarfile.REGTYPE else 0
            archive.addfile(entry, io.BytesIO(text) if entry.size else None)
    plain = tarred.getvalue()
    yield "tar", plain
    yield "tar.gz", gzip.compress(plain, mtime=0)
    yield "tar.bz2", bz2.compress(plain)
    yield "tar.xz", lzma.compress(plain)


def compiled(*kinds):
    """Small objects that g++ makes; each kind is a name with its flags."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "f.cpp").write_text("extern int g(int);\nstatic thread_local int t;\n"
                                      "inline int twice(int x) { return g(x) + g(-x); }\nint f() { return twice(++t); }\n")
        for kind, *flags in kinds:
            subprocess.run(["g++", "-O1", *flags, "-o", folder / kind, "f.cpp"], cwd=folder, check=True)
            yield kind, (folder / kind).read_bytes()


def objects():
    shared = ["-shared", "-fPIC", "-nostdlib"]
    yield from compiled(["shared", *shared], ["relocatable", "-c"], ["instrumented", "-c", "-fsanitize=thread"])
    yield "functions", b";; Function int f() (_Z1fv, funcdef_no=1, decl_uid=2, cgraph_uid=2)\n"


def debug_lines():
    shared = ["-shared", "-fPIC", "-nostdlib"]
    yield from compiled(["dwarf5", *shared, "-g1"], ["dwarf4", *shared, "-g1", "-gdwarf-4"], ["whole", *shared, "-g"])


def sources():
    """Texts that the gate refuses, as they were handed in, and what a preprocessor leaves of one."""
    for forgery in sorted((ROOT / "tests/attacks/forgeries").glob("*/*.cpp")):
        yield forgery.parent.name, forgery.read_bytes()
    for i, text in enumerate((b'# 0 "./a.cpp"\n# 0 "<built-in>"\n# 1 "/usr/include/x.h" 1 3 4\nint x;\n# 2 "./a.cpp" 2\nint y;\n',
                              b'# 1 "./a\\\\b \\"c\\".hpp" 1\nint x;\n# 7 "./a.cpp" 2\n',
                              b'# 1 "/../proc/self/cwd/a.hpp" 1\n# 99999999999 "b\n',
                              b'# 4 "c" 2\n<:<:gnu::no_sanitize_thread:>:> int f(); auto s = R"x(\n# 1 "y" 1)x";\n',
                              b'__attribute__((no_sanitize("thr" "ead"))) void f() { asm volatile("incl %0" : "+m"(x)); }\n')):
        yield f"preprocessed-{i}", text


def events():
    """The messages of the decoder's own test."""
    text = (ROOT / "harness/run/event_codec.test.cpp").read_text()
    messages = re.findall(r'^    R"\((\{"event":.*\})\)",$', text, re.MULTILINE)
    assert len(messages) >= 16, "the test's table looks different"
    yield from ((str(i), message.encode()) for i, message in enumerate(messages))
    yield "token", b'{"event":"token","value":"token"}'


def jsons():
    """The inputs of the decoders' own tables, good and bad; the first byte says which decoder."""
    for kind, name in ((b"\0", "grading"), (b"\2", "lab")):
        table = json.loads((ROOT / f"harness/model/testdata/{name}_cases.json").read_text())
        for i, row in enumerate(table["good"] + table["bad"]):
            text = row["text"] if "text" in row else json.dumps(input_of(table["base"], row))
            yield f"{name}-{i}", kind + text.encode()
    yield "grade", b"\1" + json.dumps(json.loads((ROOT / "harness/model/testdata/grade.json").read_text())).encode()


def logs():
    for log in sorted((ROOT / "harness/observe/testdata").glob("*.gcc.log")):
        yield log.name, log.read_bytes()


def tokens():
    for i, schedule in enumerate((b"", b"3:1", b"3:1,17:0,17:2")):
        yield str(i), b"rc1-gcc12-0123456789ab-s-" + schedule


def main():
    out = pathlib.Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    for target, seeds in (("archive", archives()), ("debug_lines", debug_lines()), ("event", events()), ("json", jsons()),
                          ("object", objects()), ("source", sources()), ("token", tokens()), ("tsan_log", logs())):
        (out / target).mkdir(parents=True)
        for name, content in seeds:
            (out / target / name).write_bytes(content)


main()
