"""Goal: no submission harms the machine, other people's work or anybody's grade, whatever its text does to the compiler and its code
to a run; and each attack is held, or ended, or neither, just as the table in docs/confinement.md says for the level.

Method: grades every folder of tests/attacks/hostile with the built command. Each program turns a success of its attack into a right
answer, so that a wall with a hole shows in the points; below the level that holds an attack (`held_from`) the same program must
succeed, which proves that it can. Between them stand references, as other students. After each grade: no process of it lives
(hostile_ground.py says how that is known), no canary, reference, scenario, stored result or earlier grade has changed; during the
grading the disk is measured, and after it nothing is left. Labels: expect.json names the findings of the build, which are then
all, or those of the runs, the scenarios that fail (bounded_counter_rules unless named: everything else keeps its points), and
`lowest_level` where an attack would hit this machine itself below it; and `kernel_may_hold` where some machines let no ordinary
user do such a thing, so that an attack need not succeed below its level.
"""
import json
import pathlib
import re
import shutil
import unittest

from command import BUILD, COMMAND, ROOT, CommandTest, grades, kinds, read_json, run
from hostile_ground import SECRET, Ground, Watch, adopt_orphans, remove_shared_things, shared_things, unknown_children

HOSTILE = ROOT / "tests" / "attacks" / "hostile"
CLONE = pathlib.Path((BUILD / "source_root.txt").read_text().strip())
LEVELS = ["S0", "S1", "S2", "S3", "S4"]
LIMITS = {"wall_ms": 2000, "memory_mb": 64, "processes": 100, "file_mb": 16, "output_kb": 256}
FULL = 35
# What a submission may take of the disk while it is compiled (256 MB a command) or run (64 MB), with what is kept of both.
DISK_BYTES_MAX = 400 << 20
DISK_FILES_MAX = 3000
REFERENCE_AFTER = 6  # So many attacks; each of them has 34 of 35 points to lose as well.

# One or more for each row of the table, which must do at every level what it says there.
REPRESENTATIVES = """
    reads_the_reference includes_the_reference learns_that_a_file_exists overwrites_a_file changes_a_mode signals_another_process
    opens_the_memory_of_others sees_another_process connects_by_tcp connects_by_an_abstract_name makes_a_namespace
    asks_the_kernel_by_a_ring looks_through_its_descriptors orphan bounded_fork_bomb memory_bomb files_that_fill_the_disk
    folders_within_folders files_that_are_deleted_and_open memory_in_files_without_a_path leaves_shared_memory spins sleeps
""".split()

RIGHT = b'#include "rest_of_the_lab.hpp"\nbool attack() { return true; }\n'
PASSES = {"verdict": "passed"}
DOES_NOT_COMPILE = {"verdict": "failed", "build": ["does_not_compile"]}
# What no text file can hold, or what would be too large for one.
GENERATED = {
    "byte_order_mark_and_lines_of_windows": (b"\xef\xbb\xbf" + RIGHT.replace(b"\n", b"\r\n"), PASSES),
    "bytes_that_are_no_text": (b"// \xff\xfe\x80 caf\xe9 \x00\n" + RIGHT + b'const char* text = "\xc3\x28\xf0\x28";\n', PASSES),
    "error_with_bytes_that_are_no_text": (RIGHT + b"#error \xff\xfe\xc3\x28 \x1b[31m\x00\x07\n", DOES_NOT_COMPILE),
    "text_in_two_bytes_a_letter": (RIGHT.decode().encode("utf-16"), DOES_NOT_COMPILE),
    "nothing_at_all": (b"", {"verdict": "failed", "build": ["missing_function"]}),
    "one_line_of_a_megabyte": (RIGHT + b"/* " + b"now and then " * 80_000 + b"*/ int x;\n", PASSES),
    "braces_within_braces": (RIGHT + b"void f() {" + b"{" * 300_000, DOES_NOT_COMPILE),
    "name_of_a_third_of_a_megabyte": (RIGHT + b"void " + b"f" * 330_000 + b"();\nint x = (" + b"f" * 330_000 + b"(), 1);\n",
                                      {"verdict": "failed", "build": ["missing_function"]}),
    "text_of_more_than_a_megabyte": (RIGHT + b"// now and then\n" * 70_000, {"verdict": "failed", "build": ["unusable_file"]}),
}


def label_of(name):
    return GENERATED[name][1] if name in GENERATED else read_json(HOSTILE / name / "expect.json")


class Hostile(CommandTest):
    def setUp(self):
        super().setUp()
        adopt_orphans()
        remove_shared_things()  # Of a test that was killed.
        self.addCleanup(remove_shared_things)
        self.config = self.course(labs=[{"lab": "race_counter", "limits": LIMITS, "wall_total_ms": 20000}])
        self.users = re.findall(r"^daemon:.*$", pathlib.Path("/etc/passwd").read_text(), re.MULTILINE)

    def hand_in(self, ground, folder, files, name):
        """Puts the files into a submission, with the places of this machine in them."""
        target = ground.submissions / folder / "race_counter"
        target.mkdir(parents=True)
        for source, content in files.items():
            for word, meaning in ground.words(folder).items():
                content = content.replace(word.encode(), str(meaning).encode())
            (target / source).write_bytes(content)
        (target / "canary.txt").write_text(SECRET)
        ground.watch_also(target / "canary.txt")

    def make_class(self, title, names):
        """A class of these programs, with the reference before, between and after them."""
        (self.folder / title).mkdir()
        (self.folder / title).chmod(0o711)
        ground = Ground(self.folder / title, CLONE)
        self.addCleanup(ground.close)
        reference = (ROOT / "reference/race_counter/race_counter.cpp").read_bytes()
        rest = (HOSTILE / "rest_of_the_lab.hpp").read_bytes()
        for number, name in enumerate([*names, None]):
            if number % REFERENCE_AFTER == 0 or name is None:
                self.hand_in(ground, f"{number:03}_a_reference", {"race_counter.cpp": reference + b"// %d SECRET_WORD\n" % number}, name)
            if name is not None:
                source = GENERATED[name][0] if name in GENERATED else (HOSTILE / name / "race_counter.cpp").read_bytes()
                self.hand_in(ground, f"{number:03}_{name}", {"race_counter.cpp": source, "rest_of_the_lab.hpp": rest}, name)
        return ground

    def grade(self, classes, level):
        """Grades the classes side by side, each with a watch over it; the graded labs by name."""
        watches = [Watch([COMMAND, "grade", ground.submissions, "--config", self.config, "--level", level, "--accept-weak"], ground,
                         held=level != "S0") for ground in classes]
        found = {}
        for watch in watches:
            watch.join()
            self.assertEqual(watch.command.returncode, 0, (watch.ground.folder / "output.txt").read_text()[-4000:])
            found |= grades(watch.ground.out)
            self.assertEqual([], watch.problems)
            self.assertLess(watch.bytes_max, DISK_BYTES_MAX)
            self.assertLess(watch.files_max, DISK_FILES_MAX)
            print(f"{level}: at most {watch.bytes_max >> 20} MB and {watch.files_max} files", flush=True)
        self.assertEqual([], unknown_children({ground.victim.pid for ground in classes}))
        for name, grade in found.items():
            if name.endswith("_a_reference"):
                self.assertEqual(grade["points"], grade["max_points"], name)
        return {name[4:]: grade for name, grade in found.items() if not name.endswith("_a_reference")}

    def check_report(self, ground, name, grade):
        """Nothing private, nothing endless and nothing that a terminal obeys."""
        text = json.dumps(grade, ensure_ascii=False)
        feedback = next(ground.out.glob(f"*_{name}/feedback.txt")).read_bytes().decode("utf-8")
        self.assertLess(len(text), 200_000)
        for each in (text, feedback):
            self.assertNotIn(SECRET, each)
            for line in self.users:
                self.assertNotIn(line, each)
        self.assertNotRegex(feedback, "[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

    def check_grade(self, label, lab, level):
        held = level >= label.get("held_from", "S0") or "kernel_may_hold" in label and lab["verdict"] != "passed"
        expected = label if held else label.get("below", {"verdict": "passed"})
        build = lab["build"]["findings"]
        # The table is about attacks: where one shall succeed, a run that could not be understood costs nothing and proves nothing.
        if not held and lab["verdict"] == "inconclusive":
            print(level, [[each["name"], *each["findings"]] for each in lab["scenarios"] if each["findings"]], flush=True)
            self.assertEqual(lab["points"], FULL)
            return
        self.assertEqual(lab["verdict"], expected["verdict"],
                         json.dumps([build, *([each["name"], *each["findings"]] for each in lab["scenarios"] if each["findings"])]))
        self.assertEqual(kinds(build), set(expected.get("build", [])), build)
        if "build" in expected:
            self.assertEqual({scenario["verdict"] for scenario in lab["scenarios"]}, {"not_run"})
            self.assertEqual(lab["points"], 0)
            for finding in build:
                self.assertTrue(0 < len(finding["message"]) < 2000, finding["message"][:2000])
            return
        failed = [scenario for scenario in lab["scenarios"] if scenario["verdict"] != "passed"]
        self.assertEqual(kinds([finding for scenario in failed for finding in scenario["findings"]]), set(expected.get("findings", [])),
                         json.dumps([[scenario["name"], *scenario["findings"]] for scenario in failed])[:4000])
        if expected["verdict"] == "passed":
            self.assertEqual(lab["points"], FULL)
        elif expected.get("scenarios") != "all":
            self.assertEqual({scenario["name"] for scenario in failed}, set(expected.get("scenarios", ["bounded_counter_rules"])))

    def check(self, classes, level):
        found = self.grade(classes, level)
        for ground in classes:
            for folder in sorted(ground.submissions.iterdir()):
                name = folder.name[4:]
                if name == "a_reference":
                    continue
                with self.subTest(level=level, name=name):
                    self.assertIn(name, found)
                    self.check_grade(label_of(name), found[name]["labs"][0], level)
                    if level >= label_of(name).get("held_from", "S1"):
                        self.check_report(ground, name, found[name])
            ground.close()

    def strictest_level(self):
        text = run("doctor").stdout
        return re.search(r"sandbox\s+(S\d)", text)[1]

    def harmless_here(self, names, level):
        return [name for name in names if level >= label_of(name).get("lowest_level", "S0")]

    def test_no_attack_harms_anything_or_anybody(self):
        level = self.strictest_level()
        if level == "S0":
            self.skipTest("this machine has no sandbox level that holds attacks")
        names = self.harmless_here([folder.parent.name for folder in sorted(HOSTILE.glob("*/expect.json"))] + list(GENERATED), level)
        self.check([self.make_class("evens", names[0::2]), self.make_class("odds", names[1::2])], level)

    def test_each_level_holds_what_the_table_says(self):
        strictest = self.strictest_level()
        below = [level for level in LEVELS if level < strictest]
        print("levels:", *below, "- and all attacks at", strictest, flush=True)
        for level in below:
            names = self.harmless_here(REPRESENTATIVES, level)
            self.check([self.make_class(level + "-evens", names[0::2]), self.make_class(level + "-odds", names[1::2])], level)
            if level == "S0":
                self.assertEqual(shared_things(), ["shm", "msg", "sem"], "what is not held shows that the programs can do it")
                remove_shared_things()

    def test_the_watch_sees_what_it_is_there_to_see(self):
        """A command that does all that no grading may let happen."""
        ground = Ground(self.folder, CLONE)
        self.addCleanup(ground.close)
        script = f"""setsid sleep 86393 & sleep 0.3; echo more >>{ground.canaries}/open_to_all; kill -STOP {ground.victim.pid}
            mkdir -p $2/.racecourse/scratch $2/ann $2/bob; echo >$2/ann/grade.json; sleep 0.3
            echo again >>$2/ann/grade.json; echo >$2/bob/grade.json; head -c 3000000 /dev/zero >$TMPDIR/left; sleep 1"""
        watch = Watch(["sh", "-c", script, "command"], ground)
        watch.join()
        problems = "\n".join(f"{after}: {what}" for after, what in watch.problems)
        for problem in (r"ann: process \d+ \(sleep\) lives on", r"ann: .*/open_to_all was changed", "ann: the victim was stopped",
                        "bob: .*/ann/grade.json was changed", "all: .*/left is left", "all: .*/scratch is left"):
            self.assertRegex(problems, problem)
        self.assertGreater(watch.bytes_max, 2_900_000)
        self.assertEqual(["sleep"], [name for _, name in unknown_children({ground.victim.pid})])
        self.assertEqual([], unknown_children({ground.victim.pid}))

    def test_the_corpus_is_what_it_claims_to_be(self):
        names = {folder.parent.name for folder in HOSTILE.glob("*/expect.json")}
        self.assertGreaterEqual(len(names | GENERATED.keys()), 80)
        self.assertLessEqual(set(REPRESENTATIVES), names)
        page = (ROOT / "docs/confinement.md").read_text()
        for name in REPRESENTATIVES:
            self.assertIn(name, page, "the table names the programs that prove it")


if __name__ == "__main__":
    unittest.main()
