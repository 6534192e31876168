// A list of refusals and not of permissions: what the C library and ThreadSanitizer call changes with their
// versions, and a call refused for no reason would be charged to a student.
#include "launch/seccomp_filter.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace racecourse {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "say here which architecture this is: system calls are told apart by their numbers"
#endif

constexpr std::uint32_t kEperm = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kFchmodat2 = 452;  // Newer than the headers we build with.

constexpr auto kRefused = std::to_array<std::uint32_t>({
  // Into other processes.
  SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_pidfd_getfd, SYS_kcmp,
      SYS_perf_event_open, SYS_move_pages, SYS_migrate_pages,
      // Namespaces and mounts: a nested user namespace opens most of the kernel's attack surface.
      SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree,
      SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_quotactl,
      SYS_swapon, SYS_swapoff,
#if defined(__x86_64__)
      SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
      // Files by another way than their path, and everybody's file events.
      SYS_open_by_handle_at, SYS_fanotify_init,
      // Parts of the kernel with a history of escapes that no lab needs.
      SYS_bpf, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_kexec_load, SYS_kexec_file_load,
      SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_syslog, SYS_acct, SYS_reboot,
      // The machine's clock and names.
      SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname,
      SYS_setdomainname, SYS_vhangup,
});

// Owners, modes and times of files: Landlock does not guard them.
constexpr auto kOfFileAttributes = std::to_array<std::uint32_t>({
  SYS_fchmodat, kFchmodat2, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr,
      SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
#if defined(__x86_64__)
      SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
});

constexpr auto kOfSharedQueues =
    std::to_array<std::uint32_t>({SYS_shmget, SYS_semget, SYS_msgget, SYS_mq_open});

// Asynchronous calls that would go past this filter; and clone3, whose flags a filter cannot see: the C
// library then takes clone.
constexpr auto kAbsent =
    std::to_array<std::uint32_t>({SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_clone3});

constexpr std::uint32_t kNamespaceFlags =
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
    answer(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    constexpr std::uint32_t kX32 = 0x40000000;
    add(BPF_JMP | BPF_JGE | BPF_K, kX32, 0, 1);
    answer(SECCOMP_RET_KILL_PROCESS);
#endif
  }

  void refuse(std::uint32_t call, std::uint32_t answer_of_it) {
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
    answer(answer_of_it);
  }
  // Refused unless the argument is one of `values`.
  template <std::size_t Count>
  void refuse_unless(std::uint32_t call, unsigned argument, const std::array<std::uint32_t, Count>& values,
                     std::uint32_t answer_of_it) {
    answer_by(call, argument, values, SECCOMP_RET_ALLOW, answer_of_it);
  }
  template <std::size_t Count>
  void refuse_if(std::uint32_t call, unsigned argument, const std::array<std::uint32_t, Count>& values) {
    answer_by(call, argument, values, kEperm, SECCOMP_RET_ALLOW);
  }
  void refuse_any_of(std::uint32_t call, unsigned argument, std::uint32_t bits) {
    begin(call, argument, 3);
    add(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    answer(kEperm);
    answer(SECCOMP_RET_ALLOW);
  }

  bool install() {
    answer(SECCOMP_RET_ALLOW);
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  }

 private:
  template <std::size_t Count>
  void answer_by(std::uint32_t call, unsigned argument, const std::array<std::uint32_t, Count>& values,
                 std::uint32_t if_listed, std::uint32_t otherwise) {
    begin(call, argument, static_cast<std::uint8_t>(Count + 2));
    for (std::size_t i = 0; i < Count; ++i)
      add(BPF_JMP | BPF_JEQ | BPF_K, values[i], static_cast<std::uint8_t>(Count - i), 0);
    answer(otherwise);
    answer(if_listed);
  }
  // Skips `length` instructions and the load before them where it is another call. The low half of the
  // argument is all the kernel looks at in those that we compare.
  void begin(std::uint32_t call, unsigned argument, std::uint8_t length) {
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, static_cast<std::uint8_t>(length + 1));
    load(static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t)));
  }
  void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset), 0, 0); }
  void answer(std::uint32_t value) { add(BPF_RET | BPF_K, value, 0, 0); }
  void add(int code, std::uint32_t k, std::uint8_t if_true, std::uint8_t if_false) {
    code_.push_back({static_cast<std::uint16_t>(code), if_true, if_false, k});
  }

  std::vector<sock_filter> code_;
};

}  // namespace

bool restrict_system_calls(int level) {
  Filter filter;
  for (const std::uint32_t call : kRefused) filter.refuse(call, kEperm);
  for (const std::uint32_t call : kAbsent) filter.refuse(call, SECCOMP_RET_ERRNO | ENOSYS);
  if (level < 3)
    for (const std::uint32_t call : kOfSharedQueues) filter.refuse(call, kEperm);
  if (level < 2) {
    for (const std::uint32_t call : kOfFileAttributes) filter.refuse(call, kEperm);
    // Not done, but answered as if: mold gives up its own new file over a refusal.
    filter.refuse(SYS_fchmod, SECCOMP_RET_ERRNO | 0);
  }
  // No socket but a pair: one with a path reaches the services of the user, and Landlock lets it.
  filter.refuse(SYS_socket, SECCOMP_RET_ERRNO | EACCES);
  filter.refuse_unless(SYS_socketpair, 0, std::to_array<std::uint32_t>({AF_UNIX}),
                       SECCOMP_RET_ERRNO | EACCES);
  filter.refuse_any_of(SYS_clone, 0, kNamespaceFlags);
  filter.refuse_if(SYS_ioctl, 1, std::to_array<std::uint32_t>({TIOCSTI, TIOCLINUX}));
  // ThreadSanitizer turns off the randomisation of addresses; nothing else may be had.
  filter.refuse_unless(SYS_personality, 0,
                       std::to_array<std::uint32_t>({0xFFFFFFFF, PER_LINUX, ADDR_NO_RANDOMIZE}), kEperm);
  // The limits and priorities of others, which for the same user are open otherwise.
  filter.refuse_unless(SYS_prlimit64, 0, std::to_array<std::uint32_t>({0}), kEperm);
  filter.refuse_unless(SYS_setpriority, 1, std::to_array<std::uint32_t>({0}), kEperm);
  filter.refuse_unless(SYS_ioprio_set, 1, std::to_array<std::uint32_t>({0}), kEperm);
  return filter.install();
}

}  // namespace racecourse
