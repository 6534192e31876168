"""Goal: Gradescope's results.json follows its specification and carries points and visibility over.

Method: grade one right and one wrong submission, export both, validate with an independent validator, compare sums.
"""
import json
import sys
import unittest

from command import ROOT, CommandTest, grades, read_json, run

sys.path.insert(0, str(ROOT / "tests" / "schema"))
import validate  # noqa: E402

VISIBILITY = {"public": "visible", "after_due": "after_due_date", "hidden": "hidden"}


class Gradescope(CommandTest):
    def test_right_wrong_and_broken_submissions(self):
        self.submission("right")
        broken = self.submission("broken") / "race_counter" / "race_counter.cpp"
        broken.write_text("nonsense")
        out = self.folder / "out"
        self.assert_exit(run("grade", self.folder / "class", "--config", self.course(), "--out", out), 0)
        validator = validate.validator_of(ROOT / "schemas" / "gradescope.schema.json")
        for name, grade in grades(out).items():
            path = self.folder / f"{name}.json"
            self.assert_exit(run("export", "gradescope", out / name / "grade.json", "-o", path), 0)
            results = read_json(path)
            self.assertEqual(validate.violations(validator, results), [])
            self.assertEqual(results["score"], grade["points"])
            items = [item for lab in grade["labs"] for item in lab["scenarios"]]
            self.assertEqual(len(results["tests"]), len(items))
            self.assertAlmostEqual(sum(test["score"] for test in results["tests"]), grade["points"], places=6)
            for test, item in zip(results["tests"], items):
                self.assertEqual(test["visibility"], VISIBILITY[item["visibility"]])
                self.assertEqual(test["max_score"], item["max_points"])

    def test_what_is_no_grade(self):
        self.assert_error(run("export", "gradescope", self.folder / "none.json"), 2, "none.json")
        path = self.folder / "bad.json"
        path.write_text("{\"format_version\": 1}")
        self.assert_error(run("export", "gradescope", path), 2, "bad.json")
        self.assertEqual(run("export", "moodle", path).returncode, 2)

    def test_standard_output(self):
        self.submission("right")
        out = self.folder / "out"
        self.assert_exit(run("grade", self.folder / "class", "--config", self.course(), "--out", out), 0)
        result = run("export", "gradescope", out / "right" / "grade.json")
        self.assert_exit(result, 0)
        json.loads(result.stdout)


if __name__ == "__main__":
    unittest.main()
