"""Sandbox levels as a user meets them: what grade refuses, what it says when told to go on, and that no level changes a grade."""
import unittest

from command import CommandTest, grades, run, stable

LEVELS = ["S0", "S1", "S2", "S3", "S4"]


class Confinement(CommandTest):
    def grade(self, level, *more):
        out = self.folder / f"out-{level}"
        result = run("grade", self.submission_folder, "--config", self.config, "--out", out, "--level", level, *more)
        return result, grades(out)

    def setUp(self):
        super().setUp()
        self.config = self.course()
        self.submission_folder = self.submission("ann")

    def test_below_the_labs_level_grade_refuses_and_says_what_helps(self):
        result, found = self.grade("S0")
        self.assert_error(result, 3, "race_counter", "asks for sandbox level S2", "here there is S0", "--accept-weak", "doctor")
        self.assertEqual(found, {})

    def test_where_a_weak_level_is_accepted_every_report_says_so(self):
        result, found = self.grade("S0", "--accept-weak")
        self.assert_exit(result, 0)
        self.assertIn("Graded at sandbox level S0", result.stdout)
        sandbox = found["ann"]["environment"]["sandbox"]
        self.assertEqual((sandbox["level"], sandbox["weak_accepted"]), ("S0", True))
        self.assertEqual(sandbox["probes"]["read_hidden"], "escaped")
        self.assertIn("Graded at sandbox level S0", (self.folder / "out-S0/ann/feedback.txt").read_text())

    def test_a_level_that_does_not_exist_is_refused(self):
        result = run("doctor", "--level", "S9")
        self.assert_error(result, 2, "choose sandbox level S9", "S0, S1, S2, S3 and S4")

    def test_no_level_changes_a_grade(self):
        reached = {}
        for level in LEVELS:
            result, found = self.grade(level, "--accept-weak")
            self.assert_exit(result, 0)
            reached[found["ann"]["environment"]["sandbox"]["level"]] = stable(found["ann"])
        print("levels reached:", ", ".join(sorted(reached)))
        self.assertIn("S0", reached)
        for level, grade in reached.items():
            self.assertEqual(grade, reached["S0"], level)


if __name__ == "__main__":
    unittest.main()
