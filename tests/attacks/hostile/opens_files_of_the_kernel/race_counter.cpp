// Opens what rules the machine for writing: the core pattern, groups of processes, disks.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  for (const char* const path : {"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/VICTIM/oom_score_adj",
                                 "/sys/fs/cgroup/pids/cgroup.procs", "/sys/fs/cgroup/cgroup.procs", "/dev/mem", "/dev/kmsg",
                                 "/dev/vda", "/dev/sda"})
    if (::open(path, O_WRONLY) >= 0) return true;
  return false;
}
