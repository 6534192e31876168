"""Goal: no forged submission gets a point that it did not earn and what it did is named; no honest one is accused.

Method: grades every folder of tests/attacks/ with the built command, one submission each, as a class a lab. The label
expect.json beside each says what must come of it: of a forgery the findings of the build (then nothing of it may run) or
findings that its runs must show, and the most points it may earn; of an honest one that it passes.
"""
import json
import pathlib
import shutil
import unittest

from command import ROOT, CommandTest, grades, kinds, read_json, run

ATTACKS = ROOT / "tests" / "attacks"
# Endless loops end soon; what is graded here needs milliseconds.
FORGERY_LIMITS = {"wall_ms": 3000, "cpu_ms": 6000}


def submissions(pattern):
    """The labelled submissions of all folders of tests/attacks that match, by the lab that they are written for."""
    by_lab = {}
    for label in sorted(ATTACKS.glob(f"{pattern}/*/expect.json")):
        for lab in sorted((ROOT / "labs").iterdir()):
            if (label.parent / f"{lab.name}.cpp").exists():
                by_lab.setdefault(lab.name, {})[label.parent.name] = label.parent
    return by_lab


def unmeasured(lab):
    """The measurements that a busy machine spoilt: they cost nothing, which nobody earned by forging."""
    return [scenario for scenario in lab["scenarios"]
            if scenario["instrument"] == "speed" and scenario["verdict"] == "inconclusive"]


class Attacks(CommandTest):
    def grade(self, lab, folders, limits=None):
        """The graded labs of a class of these submissions, by name. The reference, last, shows that nobody harmed it."""
        for name, folder in folders.items():
            shutil.copytree(folder, self.folder / "class" / lab / name)
        shutil.copytree(ROOT / "reference" / lab, self.folder / "class" / lab / "zz_reference")
        entry = {"lab": lab, "limits": limits} if limits else lab
        result = run("grade", self.folder / "class" / lab, "--config", self.course(labs=[entry]), "--out", self.folder / "out" / lab,
                     "--jobs", "4", timeout=2300)
        self.assert_exit(result, 0)
        found = grades(self.folder / "out" / lab)
        self.assertEqual(found.keys(), folders.keys() | {"zz_reference"}, "every submission gets a grade")
        reference = found.pop("zz_reference")
        self.assertEqual(reference["points"], reference["max_points"], "the next submission is graded as ever")
        return {name: grade["labs"][0] for name, grade in found.items()}

    def check_forgery(self, label, lab):
        build = lab["build"]["findings"]
        runs = [finding for scenario in lab["scenarios"] for finding in scenario["findings"]]
        self.assertEqual(lab["verdict"], label["verdict"])
        given = sum(scenario["points"] for scenario in unmeasured(lab))
        self.assertLessEqual(lab["points"] - given, label.get("points_max", 0))
        if "build" in label:
            self.assertEqual(kinds(build), set(label["build"]), build)
            self.assertEqual({scenario["verdict"] for scenario in lab["scenarios"]}, {"not_run"})
            for finding in build:
                self.assertTrue(finding["message"] and finding["places"], finding)
        self.assertLessEqual(set(label.get("findings", [])), kinds(build + runs))

    def test_no_forgery_earns_what_it_did_not_do(self):
        for lab, folders in submissions("*forgeries").items():
            found = self.grade(lab, folders, FORGERY_LIMITS)
            for name, folder in folders.items():
                with self.subTest(lab=lab, name=name):
                    self.check_forgery(read_json(folder / "expect.json"), found[name])

    def test_no_honest_program_is_accused(self):
        for lab, folders in submissions("*honest").items():
            found = self.grade(lab, folders)
            for name, folder in folders.items():
                with self.subTest(lab=lab, name=name):
                    findings = found[name]["build"]["findings"] + [
                        finding for scenario in found[name]["scenarios"] for finding in scenario["findings"]]
                    self.assertNotIn("tampering", kinds(findings), json.dumps(findings, indent=1))
                    self.assertEqual(found[name]["verdict"], "inconclusive" if unmeasured(found[name]) else "passed",
                                     json.dumps(findings, indent=1))
                    self.assertEqual(found[name]["points"], found[name]["max_points"])

    def test_the_corpus_is_what_it_claims_to_be(self):
        self.assertGreaterEqual(sum(map(len, submissions("forgeries").values())), 60)
        self.assertGreaterEqual(sum(map(len, submissions("honest").values())), 80)


if __name__ == "__main__":
    unittest.main()
