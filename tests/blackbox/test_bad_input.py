"""Goal: bad input of every kind gets one clear message, the right exit code, and never half a grade."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tarfile
import unittest
import zipfile

from command import COMMAND, ROOT, CommandTest, grades, read_json, run

FILE = "race_counter.cpp"


class Paths(CommandTest):
    def grade(self, *arguments, **keywords):
        return run("grade", *arguments, "--config", self.course(), "--out", self.folder / "out", **keywords)

    def test_a_missing_path(self):
        self.assert_error(self.grade(self.folder / "nowhere"), 2, "nowhere")

    def test_an_empty_folder(self):
        (self.folder / "empty").mkdir()
        self.assert_error(self.grade(self.folder / "empty"), 2, "empty")

    def test_no_path_at_all_and_an_unknown_option(self):
        self.assertEqual(run("grade").returncode, 2)
        self.assertEqual(run("grade", "x", "--no-such-option").returncode, 2)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("--help").returncode, 0)

    def test_an_output_folder_that_cannot_be_written(self):
        self.submission("ann")
        blocker = self.folder / "file"
        blocker.write_text("")
        result = run("grade", self.folder / "class", "--config", self.course(), "--out", blocker / "out")
        self.assert_error(result, 3, "file")

    def test_a_full_disk_gives_no_grade_and_can_be_resumed(self):
        out = self.folder / "out"
        self.mount_memory(out, "size=64k")
        self.submission("ann")
        result = self.grade(self.folder / "class")
        self.assert_exit(result, 3)
        self.assertIn("No space left on device", result.stdout + result.stderr)
        self.assertEqual(grades(out), {})
        self.resize_memory(out, "64m")
        self.assert_exit(self.grade(self.folder / "class"), 0)
        self.assertEqual(grades(out)["ann"]["verdict"], "passed")

    def test_a_read_only_output_folder(self):
        self.mount_memory(self.folder / "out", "ro")
        self.submission("ann")
        self.assert_error(self.grade(self.folder / "class"), 3, "Read-only file system")

    def test_no_compiler(self):
        self.submission("ann")
        result = run("grade", self.folder / "class", "--config", self.course(), "--out", self.folder / "out",
                     "--compiler", "g++-none")
        self.assert_error(result, 3, "g++-none", "install")
        self.assertEqual(grades(self.folder / "out"), {})

    def grade_with_compiler(self, script):
        """One submission, with a shell script as the compiler."""
        fake = self.folder / "fake++"
        fake.write_text(f"#!/bin/sh\n{script}\n")
        fake.chmod(0o755)
        self.submission("ann")
        return self.grade(self.folder / "class", "--compiler", fake)

    def test_a_compiler_that_does_not_work(self):
        self.assert_error(self.grade_with_compiler("exit 1"), 3, "fake++")

    def test_a_compiler_that_fails_on_everything_charges_nobody(self):
        """It says its version and links, but cannot compile: the assembler is gone, say."""
        result = self.grade_with_compiler(
            "case \" $* \" in *' -c '*) echo 'cannot execute as' >&2; exit 1;; esac\nexec g++ \"$@\"")
        self.assert_exit(result, 3)
        self.assertIn("cannot execute as", result.stdout + result.stderr)
        self.assertEqual(grades(self.folder / "out"), {})

    def test_the_usual_output_folder_is_below_the_current_one(self):
        self.submission("ann")
        result = run("grade", "class", "--config", self.course(), cwd=self.folder)
        self.assert_exit(result, 0)
        self.assertEqual(grades(self.folder / "grades")["ann"]["verdict"], "passed")


class Submissions(CommandTest):
    def grade_class(self):
        result = run("grade", self.folder / "class", "--config", self.course(), "--out", self.folder / "out")
        self.assert_exit(result, 0)
        return grades(self.folder / "out")

    def findings(self, grade):
        return [finding["kind"] for finding in grade["labs"][0]["build"]["findings"]]

    def test_one_lab_of_a_submission_without_folders(self):
        """The other labs' files are not taken for more sources of the one that is wanted."""
        folder = self.folder / "class" / "ann"
        folder.mkdir(parents=True)
        for lab in ("race_counter", "async_spinner"):
            for source in (ROOT / "reference" / lab).iterdir():
                shutil.copy(source, folder)
        self.assert_exit(run("grade", self.folder / "class", "--config", self.course(labs=["race_counter", "async_spinner"]),
                             "--lab", "race_counter", "--out", self.folder / "out"), 0)
        self.assertEqual(grades(self.folder / "out")["ann"]["verdict"], "passed")

    def test_unusable_files_are_findings_and_harm_nobody(self):
        self.submission("good")
        folder = self.folder / "class"
        for name in ("missing", "directory", "link", "fifo", "socket", "huge", "empty"):
            (folder / name / "race_counter").mkdir(parents=True)
        (folder / "missing" / "notes.txt").write_text("I will do it tomorrow")
        (folder / "directory" / "race_counter" / FILE).mkdir()
        os.symlink("/etc/passwd", folder / "link" / "race_counter" / FILE)
        os.mkfifo(folder / "fifo" / "race_counter" / FILE)
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(str(folder / "socket" / "race_counter" / FILE))
        with open(folder / "huge" / "race_counter" / FILE, "wb") as file:
            file.truncate(100 << 20)
        (folder / "empty" / "race_counter" / FILE).write_text("")
        found = self.grade_class()
        self.assertEqual(found["good"]["verdict"], "passed")
        self.assertEqual(self.findings(found["missing"]), ["missing_file"])
        for name in ("directory", "link", "fifo", "socket", "huge"):
            with self.subTest(name=name):
                self.assertEqual(self.findings(found[name]), ["unusable_file"])
        self.assertEqual(self.findings(found["empty"]), ["missing_function"])
        for name in found.keys() - {"good"}:
            self.assertEqual(found[name]["points"], 0)
            self.assertNotIn("root:", json.dumps(found[name]))

    def test_strange_names_are_graded_under_safe_ids(self):
        source = ROOT / "reference" / "race_counter"
        names = [b"a name with spaces", b"quo'te\"s", b"new\nline", b"caf\xe9 not utf-8", b"-rf", b"=1+1", b"$(reboot)", b"summary.json",
                 "студент".encode()]
        for name in names:
            shutil.copytree(os.fsencode(source), os.path.join(os.fsencode(self.folder), b"class", name, b"race_counter"))
        found = self.grade_class()
        self.assertEqual(len(found), len(names))
        for name, grade in found.items():
            self.assertEqual(grade["verdict"], "passed", name)
            self.assertFalse(name.startswith("-"), name)
            self.assertNotIn("\n", name)
        self.assertEqual(len(read_json(self.folder / "out" / "summary.json")["submissions"]), len(names))

    def test_archives_good_and_hostile(self):
        folder = self.folder / "class"
        folder.mkdir()
        source = ROOT / "reference" / "race_counter" / FILE
        with zipfile.ZipFile(folder / "zipped.zip", "w") as archive:
            archive.write(source, f"my work/race_counter/{FILE}")
        with tarfile.open(folder / "tarred.tar.gz", "w:gz") as archive:
            archive.add(source, FILE)
        with zipfile.ZipFile(folder / "escape.zip", "w") as archive:
            archive.write(source, f"race_counter/{FILE}")
            archive.writestr("../../../../tmp/racecourse-escaped", "x")
        with tarfile.open(folder / "absolute.tar.gz", "w:gz") as archive:
            archive.add(source, FILE)
            entry = tarfile.TarInfo("/tmp/racecourse-escaped")
            archive.addfile(entry)
        with tarfile.open(folder / "linked.tar.gz", "w:gz") as archive:
            entry = tarfile.TarInfo(f"race_counter/{FILE}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(entry)
        with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(f"race_counter/{FILE}", "w", force_zip64=True) as entry:
                for _ in range(300):
                    entry.write(bytes(1 << 20))
        (folder / "broken.zip").write_bytes((folder / "zipped.zip").read_bytes()[:100])
        found = self.grade_class()
        self.assertEqual(found["zipped"]["verdict"], "passed")
        self.assertEqual(found["tarred"]["verdict"], "passed")
        for name in ("escape", "absolute", "linked", "bomb", "broken"):
            with self.subTest(name=name):
                self.assertEqual(self.findings(found[name]), ["unusable_file"])
                self.assertEqual(found[name]["points"], 0)
        self.assertFalse(pathlib.Path("/tmp/racecourse-escaped").exists())

    def test_bytes_that_could_break_a_report(self):
        folder = self.folder / "class" / "ugly" / "race_counter"
        folder.mkdir(parents=True)
        (folder / FILE).write_bytes(b"int x = \"\xff\xfe\x1b[31m\x00<script>&;\n")
        found = self.grade_class()
        self.assertEqual(self.findings(found["ugly"]), ["does_not_compile"])
        text = (self.folder / "out" / "ugly" / "feedback.txt").read_bytes()
        self.assertNotIn(b"\x1b", text)
        text.decode("utf-8")


class Configurations(CommandTest):
    def assert_refused(self, text, *parts):
        path = self.folder / "grading.json"
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        self.submission("ann") if not (self.folder / "class").exists() else None
        result = run("grade", self.folder / "class", "--config", path, "--out", self.folder / "out")
        self.assert_error(result, 2, str(path), *parts)
        self.assertFalse((self.folder / "out").exists())

    def test_each_mistake_names_file_place_expectation_and_what_stands_there(self):
        good = {"format_version": 1, "course": "T"}
        self.assert_refused("{", "line 1")
        self.assert_refused({**good, "cuorse": "x"}, "/cuorse", "course")
        self.assert_refused({**good, "course": 7}, "/course", "7")
        self.assert_refused({**good, "labs": ["race_conter"]}, "/labs/0", "race_conter", "race_counter")
        self.assert_refused({**good, "labs": ["race_counter", "race_counter"]}, "/labs/1", "race_counter")
        self.assert_refused('{"format_version": 1, "course": "a", "course": "b"}', "course")
        self.assert_refused({**good, "labs": [{"lab": "race_counter", "weight": -1}]}, "/labs/0/weight", "-1")
        self.assert_refused({**good, "late": {"deadline": "tomorrow", "deduction_per_day_percent": 10}}, "/late/deadline",
                            "tomorrow")

    def test_a_configuration_that_is_not_there(self):
        self.submission("ann")
        self.assert_error(run("grade", self.folder / "class", "--config", self.folder / "none.json"), 2, "none.json")

    def test_submission_times(self):
        self.submission("ann")
        config = self.course(late={"deadline": "2026-03-01T00:00:00Z", "deduction_per_day_percent": 10})
        times = self.folder / "times.csv"
        grade = lambda: run("grade", self.folder / "class", "--config", config, "--times", times, "--out", self.folder / "out")
        times.write_text("submission,submitted_at\nann,2026-03-02T12:00:00Z\n")
        self.assert_exit(grade(), 0)
        late = grades(self.folder / "out")["ann"]
        self.assertEqual(late["late"]["days"], 2)
        self.assertAlmostEqual(late["points"], late["max_points"] * 0.8, places=6)
        times.write_text("submission,submitted_at\nbob,2026-03-02T12:00:00Z\n")
        self.assert_error(grade(), 2, "times.csv", "line 2", "bob")
        times.write_text("submission,submitted_at\nann,yesterday\n")
        self.assert_error(grade(), 2, "line 2", "yesterday")
        times.write_text("name,when\n")
        self.assert_error(grade(), 2, "line 1", "submission,submitted_at")


if __name__ == "__main__":
    unittest.main()
