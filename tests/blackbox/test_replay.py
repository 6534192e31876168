"""Goal: a lost point of a race can be seen again, by student and instructor, and always in the same way.

Method: a wrong specimen whose bug no real run would show reliably; check, replay, changes, and false tokens.
"""
import shutil
import subprocess
import unittest

from command import COMMAND, ROOT, CommandTest, read_json, run

SPECIMENS = ROOT / "labs" / "race_counter" / "specimens"
SCENARIO = "bounds_are_never_passed"


class Replay(CommandTest):
    def setUp(self):
        super().setUp()
        self.template = self.folder / "work"
        shutil.copytree(ROOT / "student_template", self.template, ignore=shutil.ignore_patterns(".racecourse"))
        shutil.copy(SPECIMENS / "wrong" / "check_then_add" / "race_counter.cpp", self.template / "race_counter")

    def make(self, *arguments):
        return subprocess.run(["make", "--no-print-directory", f"RACECOURSE={COMMAND}", *arguments], cwd=self.template,
                              capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)

    def test_a_student_sees_the_failing_schedule_again(self):
        checked = self.make("check", "LAB=race_counter", f"SCENARIO={SCENARIO}")
        self.assertNotEqual(checked.returncode, 0)
        self.assertIn(f"make replay LAB=race_counter SCENARIO={SCENARIO}", checked.stdout)
        first, second = self.make("replay"), self.make("replay", "LAB=race_counter", f"SCENARIO={SCENARIO}")
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        self.assertEqual(first.stdout, second.stdout)
        # The story: both threads look, then both act, with the values they see.
        self.assertIn("if (value_.load() >= limit_) return false;", first.stdout)
        self.assertIn("sets it to", first.stdout)
        self.assertIn("the same events each time", first.stdout)

    def test_a_schedule_of_other_files_is_told_from_one_that_is_gone(self):
        self.make("check", "LAB=race_counter", f"SCENARIO={SCENARIO}")
        source = self.template / "race_counter" / "race_counter.cpp"
        source.write_text(source.read_text() + "\nnamespace { [[maybe_unused]] int more() { return 1; } }\n")
        replayed = self.make("replay")
        self.assertNotEqual(replayed.returncode, 0)
        self.assertIn("another build", replayed.stdout)

    def test_an_instructor_replays_from_the_grade(self):
        out = self.folder / "out"
        wrong = SPECIMENS / "wrong" / "check_then_add"
        self.assert_exit(run("grade", wrong, "--lab", "race_counter", "--out", out), 0)
        grade = out / "check_then_add" / "grade.json"
        tokens = {finding["schedule"] for lab in read_json(grade)["labs"] for item in lab["scenarios"]
                  for finding in item["findings"] if "schedule" in finding}
        self.assertTrue(tokens)
        replayed = run("replay", wrong, "--grade", grade)
        self.assert_exit(replayed, 0)
        for token in tokens:
            self.assertIn(token, replayed.stdout)
        # A made-up one of the same build, one of them by its token alone, and that against the right solution.
        token = sorted(tokens)[0]
        made_up = token.rsplit("-", 1)[0] + "-1:77"
        other = run("replay", wrong, "--lab", "race_counter", "--scenario", SCENARIO, "--schedule", made_up)
        self.assert_exit(other, 1)
        self.assertIn("cannot be followed", other.stdout)
        self.assert_exit(run("replay", wrong, "--lab", "race_counter", "--scenario", SCENARIO, "--schedule", token), 0)
        other = run("replay", ROOT / "reference" / "race_counter", "--lab", "race_counter", "--scenario", SCENARIO,
                    "--schedule", token)
        self.assert_exit(other, 1)
        self.assertIn("another build", other.stdout)

    @unittest.skipIf(shutil.which("gdb") is None, "needs gdb")
    def test_a_debugger_stops_at_the_steps(self):
        wrong = SPECIMENS / "wrong" / "check_then_add"
        out = self.folder / "out"
        run("grade", wrong, "--lab", "race_counter", "--out", out)
        replayed = run("replay", wrong, "--grade", out / "check_then_add" / "grade.json", "--scenario", SCENARIO, "--gdb")
        self.assert_exit(replayed, 0)
        if "not permitted" in replayed.stdout + replayed.stderr and "Breakpoint 1, " not in replayed.stdout:
            self.skipTest("this machine lets nobody be traced")
        self.assertRegex(replayed.stdout, r"try_(in|de)crement.* at (\./)?race_counter.cpp:\d+")

    def test_an_outcome_that_only_the_reference_rules_out_can_be_replayed(self):
        wrong = SPECIMENS / "wrong" / "edit_returns_present_version"
        out = self.folder / "out"
        self.assert_exit(run("grade", wrong, "--lab", "race_counter", "--out", out), 0)
        replayed = run("replay", wrong, "--grade", out / "edit_returns_present_version" / "grade.json")
        self.assert_exit(replayed, 0)
        self.assertIn("No schedule of the reference ends like this", replayed.stdout)

    def test_what_cannot_be_replayed_is_a_clear_error(self):
        self.assert_error(run("replay", self.template), 2, "make check")
        self.assert_error(run("replay", self.template, "--schedule", "rc1-x"), 2, "--lab", "--scenario")
        nonsense = run("replay", self.template, "--lab", "race_counter", "--scenario", SCENARIO, "--schedule", "nonsense")
        self.assert_exit(nonsense, 1)
        self.assertIn("not the token of a schedule", nonsense.stdout)
        self.assert_error(run("replay", self.template, "--lab", "race_counter", "--scenario", "nothing_like_it",
                              "--schedule", "rc1-x"), 2, "nothing_like_it")


if __name__ == "__main__":
    unittest.main()
