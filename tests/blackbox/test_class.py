"""Goal: the bundled class gets the same grades always, and its files are what other programs expect.

Method: grade examples/class in an undisturbed run, then again from nothing with a busy loop on every core, and compare
everything but `environment` and `timings`; hold the verdicts to those that were looked at once and kept in golden_class.json;
validate every file against its schema with an independent validator.

After a wanted change: UPDATE_GOLDEN=1 python3 tests/blackbox/test_class.py, and read the difference.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import unittest

from command import LABS, ROOT, CommandTest, grades, read_json, run, stable

sys.path.insert(0, str(ROOT / "tests" / "schema"))
import validate  # noqa: E402


GOLDEN = pathlib.Path(__file__).with_name("golden_class.json")


def verdicts(grade):
    """What a submission got for what: points by lab, and the kinds of finding of every item that failed."""
    return {lab["lab"]: {"points": lab["points"], "build": sorted(finding["kind"] for finding in lab["build"]["findings"]),
                         "failed": {f"{item['name']} [{item['instrument']}]": sorted({f["kind"] for f in item["findings"]})
                                    for item in lab["scenarios"] if item["verdict"] == "failed"}}
            for lab in grade["labs"]}


class BundledClass(CommandTest):
    @classmethod
    def setUpClass(cls):
        import tempfile
        cls.out = pathlib.Path(tempfile.mkdtemp(prefix="racecourse-class-"))
        cls.out.chmod(0o711)  # At sandbox level S2 another user passes through.
        cls.result = run("grade", ROOT / "examples" / "class", "--out", "quiet", cwd=cls.out)

    @classmethod
    def tearDownClass(cls):
        import shutil
        shutil.rmtree(cls.out, ignore_errors=True)

    def test_every_submission_is_graded(self):
        self.assert_exit(self.result, 0)
        submissions = [path for path in (ROOT / "examples" / "class").iterdir() if path.suffix != ".csv"
                       and path.name not in ("grading.json", "README.md")]
        self.assertGreaterEqual(len(submissions), 12)
        found = grades(self.out / "quiet")
        self.assertEqual(len(found), len(submissions))
        for grade in found.values():
            self.assertEqual([lab["lab"] for lab in grade["labs"]], LABS)
        # A class of varied quality: somebody has everything, somebody has nothing, most are in between.
        shares = [grade["points"] / grade["max_points"] for grade in found.values()]
        self.assertEqual(max(shares), 1)
        self.assertEqual(min(shares), 0)
        self.assertGreaterEqual(len(set(shares)), 8)

    def test_verdicts_are_the_ones_that_were_looked_at(self):
        found = {name: verdicts(grade) for name, grade in grades(self.out / "quiet").items()}
        if os.environ.get("UPDATE_GOLDEN"):
            GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        golden = read_json(GOLDEN)
        self.assertEqual(sorted(found), sorted(golden))
        for name, labs in golden.items():
            for lab, expected in labs.items():
                with self.subTest(submission=name, lab=lab):
                    self.assertEqual(found[name][lab], expected)

    def test_files_follow_their_schemas(self):
        validator = validate.validator_of(ROOT / "schemas" / "grade.schema.json")
        for name, grade in grades(self.out / "quiet").items():
            with self.subTest(submission=name):
                self.assertEqual(validate.violations(validator, grade), [])

    def test_table_csv_and_summary_agree_with_the_grades(self):
        found = grades(self.out / "quiet")
        with open(self.out / "quiet" / "grades.csv", newline="") as file:
            rows = {row["submission"]: row for row in csv.DictReader(file)}
        summary = read_json(self.out / "quiet" / "summary.json")
        self.assertEqual(sorted(rows), sorted(found))
        self.assertEqual([row["submission"] for row in summary["submissions"]], sorted(found))
        for row in summary["submissions"]:
            name, grade = row["submission"], found[row["submission"]]
            self.assertEqual(float(rows[name]["points"]), grade["points"])
            self.assertEqual(row["points"], grade["points"])
            self.assertIn(name, self.result.stdout)
            self.assertAlmostEqual(sum(lab["points"] for lab in grade["labs"]),
                                   grade["points"] + grade.get("late", {}).get("deducted", 0), places=6)

    def test_every_lost_point_has_a_finding_and_a_reason(self):
        for name, grade in grades(self.out / "quiet").items():
            for lab in grade["labs"]:
                for item in lab["scenarios"]:
                    if item["points"] < item["max_points"]:
                        with self.subTest(submission=name, item=item["name"]):
                            self.assertTrue(item["findings"] or lab["build"]["findings"])
                            self.assertTrue(item["reason"])

    def test_feedback_tells_nothing_of_hidden_scenarios(self):
        for name, grade in grades(self.out / "quiet").items():
            text = (self.out / "quiet" / name / "feedback.txt").read_text()
            for lab in grade["labs"]:
                for item in lab["scenarios"]:
                    if item["visibility"] != "public":
                        self.assertNotIn(item["title"], text)

    def test_the_same_grades_with_a_busy_loop_on_every_core(self):
        loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
        try:
            self.assert_exit(run("grade", ROOT / "examples" / "class", "--out", self.out / "busy", timeout=1200), 0)
        finally:
            for loop in loops:
                loop.kill()
                loop.wait()
        quiet, busy = grades(self.out / "quiet"), grades(self.out / "busy")
        self.assertEqual(sorted(quiet), sorted(busy))
        for name, grade in quiet.items():
            with self.subTest(submission=name):
                self.assertEqual(stable(grade), stable(busy[name]))

    def test_grading_again_does_no_work(self):
        before = {path: path.read_text() for path in self.out.glob("quiet/*/grade.json")}
        result = run("grade", ROOT / "examples" / "class", "--out", self.out / "quiet", timeout=60)
        self.assert_exit(result, 0)
        # Even the measured times are the stored ones: nothing was run again.
        self.assertEqual({path: path.read_text() for path in before}, before)


if __name__ == "__main__":
    unittest.main()
