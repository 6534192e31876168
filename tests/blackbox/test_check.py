"""Goal: `make check` serves a student: before anything is written, after a mistake, and when all is right.

Method: copies of student_template with the skeleton, a wrong specimen and the reference in it.
"""
import os
import shutil
import subprocess
import time
import unittest

from command import BUILD, COMMAND, LABS, ROOT, CommandTest


class Check(CommandTest):
    def setUp(self):
        super().setUp()
        self.template = self.folder / "my work"
        shutil.copytree(ROOT / "student_template", self.template, ignore=shutil.ignore_patterns(".racecourse"))

    def make_check(self, *arguments):
        return subprocess.run(["make", "--no-print-directory", "check", f"RACECOURSE={COMMAND}", *arguments],
                              cwd=self.template, capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL)

    def solve(self, lab):
        shutil.copytree(ROOT / "reference" / lab, self.template / lab, dirs_exist_ok=True)

    def test_a_student_who_has_written_nothing_is_told_where_to_start(self):
        result = self.make_check()
        self.assertNotEqual(result.returncode, 0)
        for lab in LABS:
            self.assertIn(f"labs/{lab}/README.md", result.stdout)
        self.assertIn("still the skeleton", result.stdout)
        self.assertNotIn("\033", result.stdout)

    def test_a_right_solution_passes_and_a_wrong_one_is_explained(self):
        self.solve("race_counter")
        result = self.make_check("LAB=race_counter")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertNotIn("FAIL", result.stdout)
        self.assertNotIn("process_pool", result.stdout)
        source = self.template / "race_counter" / "race_counter.cpp"
        source.write_text("int nonsense = ;\n")
        result = self.make_check("LAB=race_counter")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("does_not_compile", result.stdout)
        self.assertIn("race_counter.cpp:1", result.stdout)

    def test_nothing_that_is_not_public_is_run_or_shown(self):
        import json
        self.solve("race_counter")
        result = self.make_check("LAB=race_counter")
        lab = json.loads((ROOT / "labs" / "race_counter" / "lab.json").read_text())
        titles = {s.get("visibility", "public"): s["title"] for s in lab["scenarios"]}
        self.assertIn("hidden", titles, "the lab has no hidden scenario to test with")
        for visibility, title in titles.items():
            (self.assertIn if visibility == "public" else self.assertNotIn)(title, result.stdout)

    def test_checking_again_does_no_work(self):
        self.solve("race_counter")
        self.make_check("LAB=race_counter")
        stored = {path: path.stat().st_mtime_ns for path in self.template.glob(".racecourse/store/*/*")}
        self.assertTrue(stored)
        self.assertEqual(self.make_check("LAB=race_counter").returncode, 0)
        self.assertEqual({path: path.stat().st_mtime_ns for path in self.template.glob(".racecourse/store/*/*")}, stored)

    def test_one_scenario_alone_is_not_taken_for_the_lab(self):
        # Both calls share a store, and a part must not stand in it under the name of the whole.
        self.solve("race_counter")
        one = self.make_check("LAB=race_counter", "SCENARIO=increments_add_up")
        self.assertEqual(one.returncode, 0, one.stdout + one.stderr)
        whole = self.make_check("LAB=race_counter")
        self.assertEqual(whole.returncode, 0, whole.stdout + whole.stderr)
        self.assertGreater(len(whole.stdout.splitlines()), len(one.stdout.splitlines()) + 3)

    def test_an_unknown_lab_or_scenario_is_a_clear_error(self):
        result = self.make_check("LAB=race_conter")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("race_conter", result.stderr)
        self.assertIn("race_counter", result.stderr)
        result = self.make_check("LAB=race_counter", "SCENARIO=nothing_like_it")
        self.assertIn("nothing_like_it", result.stderr)

    @unittest.skipIf(os.geteuid() != 0, "needs root to become somebody else")
    def test_an_ordinary_user_can_check(self):
        self.solve("race_counter")
        # The kit is read-only for this user, as an installed one is.
        for folder in (self.folder, self.template):
            os.chmod(folder, 0o777)
        for path in self.template.rglob("*"):
            os.chmod(path, 0o777 if path.is_dir() else 0o666)
        probe = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "test", "-x", str(COMMAND)])
        if probe.returncode != 0:
            self.skipTest("the build folder is not readable for other users")
        result = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", str(COMMAND), "check",
                                 str(self.template), "--lab", "race_counter"], capture_output=True, text=True, timeout=900)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
