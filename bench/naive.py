"""The script instructors write, as the peer of the class benchmark.

For each submission and lab: compile the test main, the tests and the submission with g++, in each flavour; run the tests once
plainly and five times under ThreadSanitizer. Several submissions at once, one a core, as `xargs -P` or `make -j` would. The
tests of a lab are the same scenarios, as one source file, because that is how such scripts keep them and it compiles faster.
"""
import concurrent.futures
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNTIME = ROOT / "harness" / "runtime"
MAIN = ["doctest_implementation.cpp", "body_once.cpp", "channel.cpp", "crash_stack.cpp", "driver_main.cpp", "handshake.cpp",
        "probes.cpp", "scenario.cpp"]
FLAVOURS = {"plain": (["-O2", "-g"], 1, "no_sanitizer.cpp"),
            "tsan": (["-O1", "-g", "-fsanitize=thread"], 5, "sanitizer.cpp")}


def tests_in_one_file(lab, work):
    """All scenarios of a lab in one source file, each in a namespace of its own, below everything that they include."""
    scenarios = sorted((ROOT / "labs" / lab / "scenarios").glob("*.cpp"))
    includes = []
    for source in [*(ROOT / "labs" / lab / "scenarios").glob("*.hpp"), *scenarios]:
        includes += re.findall(r'^#include .*$', source.read_text(), re.MULTILINE)
    text = "\n".join(dict.fromkeys(includes)) + "\n"
    for source in scenarios:
        text += f'namespace in_{source.stem} {{\n#include "{source}"\n}}\n'
    path = work / f"{lab}_tests.cpp"
    path.write_text(text)
    return path, [source.stem for source in scenarios]


def main_in_one_file(work, more):
    """The test main as such scripts have it, one source file."""
    path = work / f"main_with_{more}"
    path.write_text("".join(f'#include "{RUNTIME / name}"\n' for name in [*MAIN, more]))
    return path


def grade(submission, lab, work):
    work.mkdir(parents=True)
    tests, scenarios = tests_in_one_file(lab, work)
    folders = [RUNTIME / "include", RUNTIME, ROOT / "labs" / lab / "include", ROOT / "labs" / lab / "scenarios"]
    for flavour, (flags, runs, more) in FLAVOURS.items():
        main = main_in_one_file(work, more)
        program = work / flavour
        objects = []
        for source in [main, tests, *(submission / lab).glob("*.cpp")]:
            objects.append(work / f"{flavour}-{source.name}.o")
            subprocess.run(["g++", "-std=c++20", *flags, *(f"-I{folder}" for folder in folders), "-c", source, "-o",
                            objects[-1]], check=True, capture_output=True)
        subprocess.run(["g++", *flags, *objects, "-o", program, "-pthread"], check=True, capture_output=True)
        for _ in range(runs):
            for scenario in scenarios:
                subprocess.run([program, scenario], capture_output=True, stdin=subprocess.DEVNULL)


def grade_class(submissions, labs, work, cores):
    with concurrent.futures.ThreadPoolExecutor(cores) as crew:
        for done in [crew.submit(grade, submission, lab, work / submission.name / lab)
                     for submission in submissions for lab in labs]:
            done.result()
