"""What an attack could harm, and how the tests see that it was not: canaries, a victim, sockets, and a watch over a grading.

Survivors are found by descent. The test is a "subreaper": whatever a command of its starts stays its descendant, through any
number of forks, sessions, groups, names and masks of signals, because only the kernel says who adopts an orphan. With one job
at a time nothing that began before a grade was written may live after it, save the command itself; and once the command has
ended the test may have no child that it does not know.
"""
import ctypes
import hashlib
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

SECRET = "xyzzy-plugh-plover"  # Stands in everything private; no report may hold it.
IPC_KEY = 0x52435458
PR_SET_CHILD_SUBREAPER = 36
TICK = os.sysconf("SC_CLK_TCK")
# Grades and processes are timed by clocks that differ by so much. What began within it is seen at the next grade.
CLOCKS_DIFFER_S = 0.03
LOOK_EVERY_S = 0.02
MEASURE_EVERY_S = 0.3


def adopt_orphans():
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def processes():
    """(parent, seconds since boot when it began, command) of every process, by number."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            line = pathlib.Path(entry.path, "stat").read_text(errors="replace")
        except OSError:
            continue
        name, _, rest = line.rpartition(")")
        fields = rest.split()
        found[int(entry.name)] = int(fields[1]), int(fields[19]) / TICK, name.partition("(")[2]
    return found


def descendants(root, found):
    children = {}
    for number, (parent, _, _) in found.items():
        children.setdefault(parent, []).append(number)
    reached, new = set(), [root]
    while new:
        new = [child for parent in new for child in children.get(parent, []) if child not in reached]
        reached.update(new)
    return reached


def state_of(path):
    """Everything about a file that an attack could change, its content included."""
    status = os.lstat(path)
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else sorted(os.listdir(path)) if path.is_dir() else ""
    return status.st_mode, status.st_uid, status.st_gid, status.st_nlink, status.st_mtime_ns, status.st_ctime_ns, content


def use_of(folder):
    """Bytes on the disk and files below a folder in which somebody else is working."""
    used, files, folders = 0, 0, [folder]
    while folders:
        try:
            for entry in os.scandir(folders.pop()):
                status = entry.stat(follow_symlinks=False)
                used, files = used + status.st_blocks * 512, files + 1
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
        except OSError:
            continue  # It has just been removed.
    return used, files


def abandoned_groups():
    """Control groups of launchers that are gone."""
    found = set()
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        for name in names:
            if name.startswith("racecourse-") and not os.path.exists("/proc/" + name.split("-")[1]):
                found.add(os.path.join(folder, name))
    return found


def shared_things():
    """What the program leaves_shared_memory makes, where it is left."""
    found = []
    for kind in ("shm", "msg", "sem"):
        for line in pathlib.Path("/proc/sysvipc", kind).read_text().splitlines()[1:]:
            if int(line.split()[0]) & 0xffffffff == IPC_KEY:
                found.append(kind)
    return found


def remove_shared_things():
    for option in ("-M", "-Q", "-S"):
        subprocess.run(["ipcrm", option, hex(IPC_KEY)], capture_output=True)


class Ground:
    """The surroundings of one class: files, a process and sockets to be attacked."""

    def __init__(self, folder, clone):
        self.folder, self.clone = folder, clone
        self.canaries, self.out, self.submissions, self.scratch = (folder / name for name in ("canaries", "out", "class", "tmp"))
        for path in (self.canaries, self.submissions, self.scratch):
            path.mkdir()
        self.canaries.chmod(0o777)
        for name, mode in (("open_to_all", 0o666), ("private", 0o600), ("header.hpp", 0o644)):
            (self.canaries / name).write_text(f"// {SECRET}\n")
            (self.canaries / name).chmod(mode)
        os.mkfifo(self.canaries / "pipe")
        self.sockets = [socket.socket(*kind) for kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET, socket.SOCK_DGRAM),
                                                          (socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_STREAM))]
        self.sockets[0].bind(("127.0.0.1", 0))
        self.port = self.sockets[0].getsockname()[1]
        self.sockets[1].bind(("127.0.0.1", self.port))
        self.socket_name = f"racecourse-hostile-{os.getpid()}-{self.port}"
        self.sockets[2].bind("\0" + self.socket_name)
        self.sockets[3].bind(str(self.canaries / "socket"))
        (self.canaries / "socket").chmod(0o777)
        for each in self.sockets[:1] + self.sockets[2:]:
            each.listen()
        self.victim = subprocess.Popen(["sleep", "86394"], env={"SECRET": SECRET}, stdin=subprocess.DEVNULL)
        self.places = [self.canaries, *sorted(self.canaries.iterdir()), clone / "reference/race_counter/race_counter.cpp",
                       *sorted((clone / "labs/race_counter/scenarios").iterdir())]
        self.before = {path: state_of(path) for path in self.places}
        self.groups = abandoned_groups()

    def words(self, name):
        """What stands for places of this machine in the programs."""
        return {"CANARY_FOLDER": self.canaries, "CLONE_FOLDER": self.clone, "OUT_FOLDER": self.out, "CLASS_FOLDER": self.submissions,
                "SECRET_WORD": SECRET, "SOCKET_NAME": self.socket_name, "VICTIM": self.victim.pid, "PORT": self.port,
                "IPC_KEY": hex(IPC_KEY), "OWN_NAME": name}

    def watch_also(self, path):
        self.before[path] = state_of(path)

    def changed(self, held):
        """What was harmed. Where attacks are not `held`, those on canaries and the victim succeed, and nothing else may."""
        harm = []
        for path, state in self.before.items():
            if not held and (path == self.canaries or self.canaries in path.parents):
                continue
            try:
                if state_of(path) != state:
                    harm.append(f"{path} was changed")
            except OSError as error:
                harm.append(str(error))
        if held and (self.victim.poll() is not None or
                     pathlib.Path(f"/proc/{self.victim.pid}/stat").read_text().split()[2] == "T"):
            harm.append("the victim was stopped or ended")
        return harm

    def left_behind(self, held):
        """What outlives a grading, in the places where runs could leave it."""
        mounts = pathlib.Path("/proc/self/mountinfo").read_text()
        shared = pathlib.Path("/dev/shm", self.socket_name)
        left = [f"{path} is left" for path in [*self.scratch.iterdir(), *(self.out / ".racecourse").iterdir()]
                if path.name not in ("store", "lock")]
        left += [f"{group} is left" for group in abandoned_groups() - self.groups]
        if held:
            left += [f"{kind} is left" for kind in shared_things()]
            left += [f"{shared} is left"] if shared.exists() else []
        left += [f"a mount in {self.folder} is left"] if str(self.folder) in mounts else []
        return left

    def close(self):
        """May be called twice."""
        self.victim.kill()
        self.victim.wait()
        for each in self.sockets:
            each.close()
        pathlib.Path("/dev/shm", self.socket_name).unlink(missing_ok=True)


class Watch(threading.Thread):
    """Runs one grading with one job at a time and looks at the machine whenever a grade appears."""

    def __init__(self, command, ground, held=True):
        super().__init__()
        self.ground, self.held = ground, held
        self.problems = []  # (after which submission, what)
        self.seen = {}      # Files of the output folder that must never change again.
        self.bytes_max = self.files_max = 0
        # Not a pipe: whatever lives on would hold it open.
        with open(ground.folder / "output.txt", "w") as output:
            self.command = subprocess.Popen([*map(str, command), "--out", str(ground.out), "--jobs", "1"],
                                            env={**os.environ, "TMPDIR": str(ground.scratch)}, stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=subprocess.STDOUT)
        self.start()

    def run(self):
        measured = 0
        while self.command.poll() is None:
            self.look()
            if time.monotonic() - measured > MEASURE_EVERY_S:
                self.measure()
                measured = time.monotonic()
            time.sleep(LOOK_EVERY_S)
        self.look()
        self.problems += [("all", each) for each in self.ground.left_behind(self.held)]

    def measure(self):
        used, files = map(sum, zip(use_of(self.ground.out), use_of(self.ground.scratch)))
        self.bytes_max, self.files_max = max(self.bytes_max, used), max(self.files_max, files)

    def look(self):
        new = [path for path in self.ground.out.glob("*/grade.json") if path not in self.seen]
        if not new:
            return
        written = max(path.stat().st_mtime for path in new)
        name = " and ".join(path.parent.name for path in new)
        self.problems += [(name, each) for each in self.survivors(written)]
        for path, state in self.seen.items():
            if not path.exists() or state_of(path) != state:
                self.problems.append((name, f"{path} was changed"))
        self.problems += [(name, each) for each in self.ground.changed(self.held)]
        for path in [*new, *(self.ground.out / ".racecourse/store").glob("*/*.json")]:
            self.seen.setdefault(path, state_of(path))

    def survivors(self, written):
        since_boot = written - time.time() + time.clock_gettime(time.CLOCK_BOOTTIME)
        found = processes()
        return [f"process {number} ({found[number][2]}) lives on" for number in descendants(self.command.pid, found)
                if found[number][1] < since_boot - CLOCKS_DIFFER_S]


def unknown_children(known):
    """Children that this process has adopted: they have outlived the command that they come from. They are ended."""
    found = processes()
    strangers = [(number, found[number][2]) for number in found if found[number][0] == os.getpid() and number not in known]
    for number, _ in strangers:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
    return strangers
