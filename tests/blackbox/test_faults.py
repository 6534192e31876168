"""Goal: a machine that fails in the middle of a batch costs nobody a point, and the next run ends like an undisturbed one.

Method: the fault drill. Kill the command, take disk, processes, descriptors or the whole output folder from it at moments
drawn from a fixed seed; each time every grade that is there must be that of the undisturbed run, and running the command
again must complete them.
"""
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import time
import unittest

from command import COMMAND, CommandTest, grades, run, stable

KILLS = 100
PIDS = pathlib.Path("/sys/fs/cgroup/pids")


class Faults(CommandTest):
    def setUp(self):
        super().setUp()
        self.arguments = self.batch(3)
        self.out = self.folder / "out"
        self.assert_exit(run(*self.arguments, "--out", self.folder / "whole"), 0)
        self.whole = self.grades_of(self.folder / "whole")

    def grades_of(self, out):
        return {name: stable(grade) for name, grade in grades(out).items()}

    def start(self, **keywords):
        return subprocess.Popen([str(COMMAND), *map(str, self.arguments), "--out", str(self.out)],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **keywords)

    def check_partial(self):
        """Whatever grade is there, is right."""
        for name, grade in self.grades_of(self.out).items():
            self.assertEqual(grade, self.whole[name])

    def check_resumed(self):
        self.assert_exit(run(*self.arguments, "--out", self.out), 0)
        self.assertEqual(self.grades_of(self.out), self.whole)

    def test_killed_at_a_hundred_moments(self):
        moments = random.Random(20260321)
        kills = 0
        while kills < KILLS:
            batch = self.start()
            try:
                batch.communicate(timeout=moments.uniform(0.02, 2))
            except subprocess.TimeoutExpired:
                batch.send_signal(signal.SIGKILL)
                batch.communicate()
                kills += 1
            self.check_partial()
            if batch.returncode == 0:
                self.assertEqual(self.grades_of(self.out), self.whole)
                shutil.rmtree(self.out)
        self.check_resumed()

    def test_a_disk_that_fills_up(self):
        self.mount_memory(self.out, "size=4k")
        refused = 0
        for kilobytes in (16, 64, 256, 1024, 3072):
            self.resize_memory(self.out, f"{kilobytes}k")
            batch = self.start()
            text, _ = batch.communicate(timeout=300)
            self.assertIn(batch.returncode, (0, 3), text)
            refused += batch.returncode == 3
            self.check_partial()
        self.assertGreater(refused, 2)
        self.resize_memory(self.out, "1g")
        self.check_resumed()

    def test_too_few_descriptors(self):
        refused = 0
        for limit in (4, 8, 12, 16, 20, 32):
            batch = self.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
            text, _ = batch.communicate(timeout=300)
            self.assertIn(batch.returncode, (0, 3, 127), f"{limit} descriptors: {text}")  # 127: not even its libraries.
            refused += batch.returncode != 0
            self.check_partial()
        self.assertGreater(refused, 2)
        self.check_resumed()

    @unittest.skipIf(os.geteuid() == 0 and not os.access(PIDS, os.W_OK), "needs a pids cgroup to limit root's processes")
    def test_too_few_processes(self):
        refused = 0
        for limit in (1, 2, 3, 9, 18):  # With the last, the launcher starts and not always the compiler.
            # Where the harness is built with LeakSanitizer, that needs a process of its own.
            batch = self.start(preexec_fn=lambda: self.allow_processes(limit),
                               env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
            text, _ = batch.communicate(timeout=300)
            self.assertIn(batch.returncode, (0, 3), f"{limit} processes: {text}")
            if limit == 9 and os.geteuid() == 0:
                self.assertIn("this machine gives no 12 processes more", text)
            refused += batch.returncode == 3
            self.check_partial()
        self.assertGreater(refused, 2)
        self.check_resumed()

    def allow_processes(self, limit):
        if os.geteuid() != 0:
            resource.setrlimit(resource.RLIMIT_NPROC, (limit, limit))
            return
        group = PIDS / self.folder.name
        group.mkdir(exist_ok=True)
        (group / "pids.max").write_text(str(limit))
        (group / "cgroup.procs").write_text(str(os.getpid()))

    def tearDown(self):
        group = PIDS / self.folder.name
        if group.exists():
            group.rmdir()

    def test_the_output_folder_is_removed(self):
        moments = random.Random(20260322)
        for _ in range(5):
            batch = self.start()
            time.sleep(moments.uniform(0.2, 3))
            disturbed = batch.poll() is None
            shutil.rmtree(self.out, ignore_errors=True)
            text, _ = batch.communicate(timeout=300)
            self.assertIn(batch.returncode, (0, 3) if disturbed else (0,), text)
            self.check_partial()
        self.check_resumed()


if __name__ == "__main__":
    unittest.main()
