#!/usr/bin/python3
"""Tests validate.py: a validator that accepts everything would make every check that uses it worthless."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from validate import main

SCHEMA = '{"type": "object", "properties": {"a/b": {"type": "integer"}, "list": {"items": {"minimum": 3}}}}'


class ValidateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def put(self, name, text):
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def run_main(self, *arguments):
        """The exit code and the output."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            code = main(list(arguments))
        return code, output.getvalue()

    def validate(self, text, schema=SCHEMA):
        """The exit code, and the output without the path of the file."""
        files = [self.put("schema.json", schema), self.put("file.json", text)]
        code, output = self.run_main(*files)
        return code, output.replace(files[1] + ": ", "")

    def test_a_valid_file_passes(self):
        self.assertEqual(self.validate('{"a/b": 1}'), (0, ""))
        self.assertEqual(self.validate('\ufeff{"a/b": 1}'), (0, ""))

    def test_each_violation_is_named_with_its_pointer(self):
        code, output = self.validate('{"a/b": "x", "list": [1, 5, 2]}')
        self.assertEqual(code, 1)
        self.assertEqual([line.split(":")[0] for line in output.splitlines()], ["/a~1b", "/list/0", "/list/2"])

    def test_what_is_no_json_is_refused(self):
        for text in ["", "{", '{"a/b": 1,}', '{"a/b": NaN}', '{"a/b": 1, "a/b": 1}', b'{"list": "\xff"}', "[" * 100_000]:
            with self.subTest(text[:20]):
                self.assertEqual(self.validate(text)[0], 1)

    def test_a_missing_file_is_refused(self):
        self.assertEqual(self.run_main(self.put("schema.json", SCHEMA), "/nowhere.json")[0], 1)

    def test_one_bad_file_among_good_ones_counts(self):
        files = [self.put("schema.json", SCHEMA), self.put("bad.json", "[]"), self.put("good.json", "{}")]
        code, output = self.run_main(*files)
        self.assertEqual(code, 1)
        self.assertIn("bad.json: (root): ", output)
        self.assertNotIn("good.json", output)

    def test_a_broken_schema_and_no_file_are_wrong_usage(self):
        self.assertEqual(self.validate("{}", schema='{"type": "objekt"}')[0], 2)
        self.assertEqual(self.validate("{}", schema="{")[0], 2)
        self.assertEqual(self.run_main(self.put("schema.json", SCHEMA))[0], 2)


if __name__ == "__main__":
    unittest.main()
