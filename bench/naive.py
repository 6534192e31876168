"""The script instructors write, as the peer of the class benchmark.

For each submission and lab: compile the test main, the tests and the submission with g++, in each flavour; run the tests once
plainly and five times under ThreadSanitizer. Several submissions at once, one a core, as `xargs -P` or `make -j` would. The
tests of a lab are the same scenarios, as one source file, because that is how such scripts keep them and it compiles faster;
without those that sleep for hours of virtual time, which a script would write with short sleeps.
"""
import concurrent.futures
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNTIME = ROOT / "harness" / "runtime"
MAIN = ["doctest_implementation.cpp", "body_once.cpp", "channel.cpp", "crash_stack.cpp", "driver_main.cpp", "handshake.cpp",
        "probes.cpp", "scenario.cpp"]
SECONDS_MAX = 3
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


def build(submission, lab, tests, work, flavour):
    flags, _, more = FLAVOURS[flavour]
    folders = [RUNTIME / "include", RUNTIME, ROOT / "labs" / lab / "include", ROOT / "labs" / lab / "scenarios"]
    objects = []
    for source in [main_in_one_file(work, more), tests, *(submission / lab).glob("*.cpp")]:
        objects.append(work / f"{flavour}-{source.name}.o")
        subprocess.run(["g++", "-std=c++20", *flags, *(f"-I{folder}" for folder in folders), "-c", source, "-o",
                        objects[-1]], check=True, capture_output=True)
    subprocess.run(["g++", *flags, *objects, "-o", work / flavour, "-pthread"], check=True, capture_output=True)


def ends_in_time(program, scenario):
    try:
        subprocess.run([program, scenario], capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS_MAX)
        return True
    except subprocess.TimeoutExpired:
        return False


def tests_for_real_time(submission, labs, work):
    """The scenarios of each lab that a right submission gets through in real time. No part of the script's own time."""
    found = {}
    for lab in labs:
        (work / lab).mkdir(parents=True)
        tests, scenarios = tests_in_one_file(lab, work / lab)
        build(submission, lab, tests, work / lab, "plain")
        found[lab] = [scenario for scenario in scenarios if ends_in_time(work / lab / "plain", scenario)]
    return found


def grade(submission, lab, scenarios, work):
    work.mkdir(parents=True)
    tests, _ = tests_in_one_file(lab, work)
    for flavour, (_, runs, _) in FLAVOURS.items():
        build(submission, lab, tests, work, flavour)
        for _ in range(runs):
            for scenario in scenarios:
                subprocess.run([work / flavour, scenario], capture_output=True, stdin=subprocess.DEVNULL)


def grade_class(submissions, tests, work, cores):
    with concurrent.futures.ThreadPoolExecutor(cores) as crew:
        for done in [crew.submit(grade, submission, lab, tests[lab], work / submission.name / lab)
                     for submission in submissions for lab in tests]:
            done.result()
