"""Goal: a batch killed at any moment loses nothing, grades nothing twice, and ends like an undisturbed one.

Method: kill -9 the command at random moments (a fixed seed), run it again until it is done, and compare with an
undisturbed run; watch that what a killed run had stored is not made again.
"""
import os
import random
import signal
import subprocess
import time
import unittest

from command import COMMAND, ROOT, CommandTest, grades, read_json, run, stable


class Resume(CommandTest):
    def setUp(self):
        super().setUp()
        self.arguments = self.batch(4)

    def stored(self, out):
        return {path: path.stat().st_mtime_ns for path in out.glob(".racecourse/store/*/*.json")}

    def test_killed_at_random_moments(self):
        self.assert_exit(run(*self.arguments, "--out", self.folder / "whole"), 0)
        out = self.folder / "out"
        moments = random.Random(20260301)
        kills = 0
        for _ in range(12):
            before = self.stored(out)
            batch = subprocess.Popen([str(COMMAND), *map(str, self.arguments), "--out", str(out)],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                batch.wait(timeout=moments.uniform(0.05, 3))
            except subprocess.TimeoutExpired:
                batch.send_signal(signal.SIGKILL)
                batch.wait()
                kills += 1
            # Nothing half-written: whatever is there can be read.
            for path in self.stored(out):
                read_json(path)
            grades(out)
            for path, written in before.items():
                self.assertEqual(path.stat().st_mtime_ns, written, "a stored result was made again")
        self.assertGreater(kills, 0, "the batch was too fast to be disturbed: give it more submissions")
        self.assert_exit(run(*self.arguments, "--out", out), 0)
        whole, resumed = grades(self.folder / "whole"), grades(out)
        self.assertEqual({name: stable(grade) for name, grade in whole.items()},
                         {name: stable(grade) for name, grade in resumed.items()})
        self.assertEqual(list(out.glob("**/*.tmp*")), [])

    def test_nothing_of_a_killed_batch_stays_alive(self):
        folder = self.submission("sleeper") / "race_counter" / "race_counter.cpp"
        folder.write_text(folder.read_text() + "#include <unistd.h>\nstatic const int nap = (sleep(4321), 0);\n")
        batch = subprocess.Popen([str(COMMAND), *map(str, self.arguments), "--out", str(self.folder / "out")],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while not self.drivers() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertTrue(self.drivers(), "no scenario ever ran")
        batch.kill()
        batch.wait()
        deadline = time.monotonic() + 30
        while self.drivers() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(self.drivers(), [])

    def drivers(self):
        """Process ids whose files lie in this test's folder."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    environment = file.read()
            except OSError:
                continue
            if str(self.folder).encode() in environment and pid != str(os.getpid()):
                found.append(pid)
        return found

    def test_two_graders_on_one_folder(self):
        out = self.folder / "out"
        first = subprocess.Popen([str(COMMAND), *map(str, self.arguments), "--out", str(out)],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not (out / ".racecourse" / "scratch").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        second = run(*self.arguments, "--out", out)
        self.assertEqual(first.wait(timeout=600), 0)
        self.assert_error(second, 2, "another racecourse")
        self.assertEqual(len(grades(out)), 4)

    def test_a_change_of_policy_runs_nothing_and_changing_one_submission_runs_only_that(self):
        out = self.folder / "out"
        self.assert_exit(run(*self.arguments, "--out", out), 0)
        before = self.stored(out)
        self.course(labs=[{"lab": "race_counter", "weight": 2}], partial_credit="lab")
        self.assert_exit(run(*self.arguments, "--out", out), 0)
        self.assertEqual(self.stored(out), before)
        source = self.folder / "class" / "student0" / "race_counter" / "race_counter.cpp"
        source.write_text(source.read_text() + "// changed\n")
        os.utime(source, (0, 0))  # As after a clock was set back: content counts, and no time.
        self.assert_exit(run(*self.arguments, "--out", out), 0)
        self.assertEqual(len(self.stored(out)), len(before) + 1)


if __name__ == "__main__":
    unittest.main()
