#!/bin/sh
# The launcher's tests once more under cgroup v2, whatever this machine has: run.sh BUILD PRELOADED
#
# They run in User-Mode Linux, a kernel that is an ordinary process and sees this machine's files (Debian's package
# user-mode-linux); PRELOADED is whole_registers.cpp, without which it does not start on every processor. ThreadSanitizer finds
# no room in its address space, so it is the launcher that is tested and not grading. Exits with 77 where no such kernel starts.
set -eu

if [ "$1" = inside ]; then
    # The first process of that kernel: from here on whatever fails is a failure.
    echo 'cgroup_v2: started'
    # Scratch space is in its memory: files of the machine have one owner there.
    mount -t proc proc /proc
    mount -t sysfs sysfs /sys
    mount -t tmpfs tmpfs /mnt
    mkdir -p /dev/pts /dev/shm
    mount -t devpts devpts /dev/pts
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    echo '+memory +pids' >/sys/fs/cgroup/cgroup.subtree_control
    export PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/mnt RACECOURSE_TEST_LEVEL=S4
    cd /
    if "$2/harness/launch/launch_test" && "$2/harness/launch/confinement_test"; then echo 'cgroup_v2: passed'; fi
    echo o >/proc/sysrq-trigger
    sleep 60
    exit
fi

kernel=$(command -v linux.uml) || { echo 'skipped: no User-Mode Linux; install the package user-mode-linux'; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The kernel's command line has no quotes, so the paths that may hold spaces go into a script of their own.
printf '#!/bin/sh\nexec sh "%s" inside "%s"\n' "$(realpath "$0")" "$1" >"$folder/init"
chmod +x "$folder/init"
LD_PRELOAD=$2 "$kernel" mem=1G uml_dir="$folder" root=/dev/root rootfstype=hostfs rw init="$folder/init" con=null con0=null,fd:1 quiet \
    </dev/null >"$folder/log" 2>&1 || true
cat "$folder/log"
grep -q '^cgroup_v2: started' "$folder/log" || { echo 'skipped: User-Mode Linux does not start here'; exit 77; }
grep -q '^cgroup_v2: passed' "$folder/log"
