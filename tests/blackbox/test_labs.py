"""Goal: the docs show what the labs tell apart.

Method: the matrix in docs/specimens.md beside what lies in the folders.

After a change of specimens: ./racecourse verify --markdown docs/specimens.md
"""
import unittest

from command import LABS, ROOT, CommandTest


class Labs(CommandTest):
    def test_the_matrix_in_the_docs_has_every_specimen(self):
        matrix = (ROOT / "docs" / "specimens.md").read_text()
        for lab in LABS:
            part = matrix[matrix.index(f"## {lab}"):].split("\n## ")[0]
            for kind in ("right", "wrong"):
                for specimen in sorted((ROOT / "labs" / lab / "specimens" / kind).iterdir()):
                    with self.subTest(lab=lab, specimen=specimen.name):
                        self.assertIn(f"| {kind}/{specimen.name} |", part)


if __name__ == "__main__":
    unittest.main()
