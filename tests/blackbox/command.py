"""What the black-box tests share: the built command, temporary folders, and the reference solutions as submissions.

Everything runs build/racecourse as a user would; no product code is imported.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("RACECOURSE_BUILD", ROOT / "build"))
COMMAND = BUILD / "racecourse"
LABS = json.loads((ROOT / "grading.json").read_text())["labs"]


def run(*arguments, cwd=None, env=None, timeout=600):
    """Runs the command; the result has returncode, stdout and stderr as text.

    These tests hold wherever developers are: grade accepts a weak sandbox unless a --level is asked for.
    """
    weak = ["--accept-weak"] if arguments[:1] == ("grade",) and not {"--level", "--accept-weak"} & set(arguments) else []
    return subprocess.run([str(COMMAND), *map(str, arguments), *weak], cwd=cwd, env=env, timeout=timeout,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


def stable(grade):
    """A grade without what may differ between two runs."""
    return {key: value for key, value in grade.items() if key not in ("environment", "timings")}


def read_json(path):
    return json.loads(pathlib.Path(path).read_text())


def grades(out):
    """All grades below an output folder, by submission."""
    return {path.parent.name: read_json(path) for path in sorted(pathlib.Path(out).glob("*/grade.json"))}


def kinds(findings):
    return {finding["kind"] for finding in findings}


class CommandTest(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="racecourse-test-"))
        self.folder.chmod(0o711)  # At sandbox level S2 another user passes through.
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def assert_exit(self, result, code):
        self.assertEqual(result.returncode, code, f"\nstdout: {result.stdout}\nstderr: {result.stderr}")

    def assert_error(self, result, code, *parts):
        """The command failed with `code` and one clear message that holds all of `parts`."""
        self.assert_exit(result, code)
        self.assertIn("racecourse: failed to ", result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)

    def course(self, **members):
        """Writes a grading.json and returns its path. One small lab only, unless the test says otherwise."""
        path = self.folder / "grading.json"
        path.write_text(json.dumps({"format_version": 1, "course": "Test", "labs": ["race_counter"], **members}))
        return path

    def mount_memory(self, folder, options):
        """Makes the folder, a file system in memory until the test ends; skips the test where nobody may mount one."""
        folder.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True).returncode:
            self.skipTest("needs root, and a machine that allows mounts")
        self.addCleanup(subprocess.run, ["umount", "-l", str(folder)], check=True)

    def resize_memory(self, folder, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)

    def batch(self, count):
        """The arguments that grade so many right submissions, no two the same: the store would know them all."""
        for i in range(count):
            source = self.submission(f"student{i}") / "race_counter" / "race_counter.cpp"
            source.write_text(source.read_text() + f"// {i}\n")
        return ["grade", self.folder / "class", "--config", self.course(), "--accept-weak"]

    def submission(self, name, *labs):
        """A submission that holds the reference solutions of the labs."""
        folder = self.folder / "class" / name
        for lab in labs or ["race_counter"]:
            shutil.copytree(ROOT / "reference" / lab, folder / lab)
        return folder
