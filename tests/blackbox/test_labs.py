"""Goal: the docs show what the labs tell apart.

Method: the matrix in docs/specimens.md beside what lies in the folders.

After a change of specimens: ./racecourse verify --markdown docs/specimens.md
"""
import unittest

from command import LABS, ROOT, CommandTest, read_json


class Labs(CommandTest):
    def test_the_matrix_in_the_docs_has_every_specimen(self):
        matrix = (ROOT / "docs" / "specimens.md").read_text()
        for lab in LABS:
            part = matrix[matrix.index(f"## {lab}"):].split("\n## ")[0]
            for kind in ("right", "wrong"):
                for specimen in sorted((ROOT / "labs" / lab / "specimens" / kind).iterdir()):
                    with self.subTest(lab=lab, specimen=specimen.name):
                        self.assertIn(f"| {kind}/{specimen.name} |", part)


    def test_what_is_judged_inside_the_process_is_marked(self):
        """A scenario that records nothing has nothing that could be compared outside."""
        for lab in LABS:
            for scenario in read_json(ROOT / "labs" / lab / "lab.json")["scenarios"]:
                with self.subTest(lab=lab, scenario=scenario["name"]):
                    text = (ROOT / "labs" / lab / "scenarios" / f"{scenario['name']}.cpp").read_text()
                    self.assertEqual(scenario.get("judged_inside", False), "observe(" not in text)


if __name__ == "__main__":
    unittest.main()
