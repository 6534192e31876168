// racecourse-probe: tries to break out of the sandbox it runs in, and says what came of each attempt.
//
//   racecourse-probe HARNESS_PID SECRET_FOLDER SOCKET_NAME TCP_PORT PROCESSES [HIDDEN...]
//
// SECRET_FOLDER holds `secret`, a file of the harness's, and `socket`, on which the harness listens;
// SOCKET_NAME is an abstract socket and TCP_PORT a port of this machine on which it listens, too. HIDDEN are
// places that a submission must not see. Prints a line an attempt, "NAME held|escaped|not_applicable"; then
// forks more than PROCESSES. Exits with 3 where it cannot start even PROCESSES: then nothing was found out.
// Run by choose_level, at every level that the machine may have; statically linked, so that it needs no
// libraries there.
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

void say(const char* name, bool escaped) { std::printf("%s %s\n", name, escaped ? "escaped" : "held"); }
void say_not_applicable(const char* name) { std::printf("%s not_applicable\n", name); }

bool opens(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

pid_t fork_or_exit() {
  const pid_t child = ::fork();
  if (child < 0) ::_exit(3);
  return child;
}

// In a child, because some attempts change the process that makes them.
template <class Attempt>
bool child_succeeds(Attempt attempt) {
  std::fflush(stdout);
  const pid_t child = fork_or_exit();
  if (child == 0) ::_exit(attempt() ? 1 : 0);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

bool connects(int family, const void* address, std::size_t size) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool connected =
      ::connect(fd, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) == 0;
  ::close(fd);
  return connected;
}

bool connects_to_path(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
  return connects(AF_UNIX, &name, sizeof name);
}

bool connects_to_abstract(const std::string& text) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path + 1, text.c_str(), sizeof name.sun_path - 2);
  return connects(AF_UNIX, &name, offsetof(sockaddr_un, sun_path) + 1 + text.size());
}

bool connects_to_port(int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connects(AF_INET, &name, sizeof name);
}

void try_files(const std::string& folder, int hidden_count, char** hidden) {
  const std::string secret = folder + "/secret";
  bool reads = opens(secret, O_RDONLY);
  bool lists = opens(folder, O_RDONLY | O_DIRECTORY);
  bool sees = ::access(secret.c_str(), F_OK) == 0;
  for (int i = 0; i < hidden_count; ++i) {
    reads |= opens(hidden[i], O_RDONLY);
    sees |= ::access(hidden[i], F_OK) == 0;
  }
  say("read_hidden", reads);
  say("list_hidden", lists);
  say("see_hidden", sees);
  const int made = ::open((folder + "/made").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  say("write_outside", made >= 0 || opens(secret, O_WRONLY) || ::unlink(secret.c_str()) == 0 ||
                           ::rename(secret.c_str(), (folder + "/renamed").c_str()) == 0);
  const timespec times[2] = {{1, 0}, {1, 0}};
  say("change_mode_outside",
      ::chmod(secret.c_str(), 0600) == 0 || ::utimensat(AT_FDCWD, secret.c_str(), times, 0) == 0);
}

void try_processes(pid_t harness) {
  const std::string proc = "/proc/" + std::to_string(harness);
  say("signal_harness", ::kill(harness, 0) == 0);
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{&byte, 1};
  const bool traces = child_succeeds([&] { return ::ptrace(PTRACE_SEIZE, harness, nullptr, nullptr) == 0; });
  // Any other error than a refusal means that only the address was wrong.
  say("trace_harness", traces || ::process_vm_readv(harness, &here, 1, &there, 1, 0) >= 0 ||
                           errno == EFAULT || opens(proc + "/mem", O_RDONLY) ||
                           opens(proc + "/environ", O_RDONLY));
  rlimit limit{};
  say("limit_harness", ::syscall(SYS_prlimit64, harness, RLIMIT_CORE, nullptr, &limit) == 0);
  say("see_processes", ::access(proc.c_str(), F_OK) == 0);
}

void try_privileges() {
  say("nested_namespace", child_succeeds([] { return ::unshare(CLONE_NEWUSER) == 0; }));
  say("mount", child_succeeds([] {
        return ::unshare(CLONE_NEWNS) == 0 || ::mount("none", "/proc", "tmpfs", 0, nullptr) == 0;
      }));
  say("become_root", child_succeeds([] { return ::setresuid(0, 0, 0) == 0 && ::chroot("/") == 0; }) ||
                         ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
  say("type_into_terminal", child_succeeds([] {
        const char newline = '\n';
        return opens("/dev/tty", O_RDWR) || ::ioctl(0, TIOCSTI, &newline) == 0 || errno == ENOTTY;
      }));
  std::array<char, 120> ring_parameters{};
  const long ring = ::syscall(SYS_io_uring_setup, 1, ring_parameters.data());
  say("use_io_uring", ring >= 0);
  constexpr int kGetKeyring = 0;
  constexpr int kSessionKeyring = -3;
  say("use_keyrings", ::syscall(SYS_keyctl, kGetKeyring, kSessionKeyring, 0) >= 0);
  bool inherited = false;
  for (int fd = 5; fd < 64; ++fd) inherited |= ::fcntl(fd, F_GETFD) >= 0;
  say("inherited_descriptors", inherited);
#if defined(__x86_64__)
  // The numbers of the 32-bit interface mean other calls: 20 is getpid there.
  say("foreign_system_calls",
      child_succeeds([] {
        long result = 20;
        __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
        return result > 0;
      }) ||
          child_succeeds([] {
            constexpr long kX32 = 0x40000000;
            return ::syscall(kX32 | SYS_getpid) > 0;
          }));
#else
  say_not_applicable("foreign_system_calls");
#endif
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return 2;
  const pid_t harness = std::atoi(argv[1]);
  const std::string folder = argv[2];
  const int port = std::atoi(argv[4]);
  try_files(folder, argc - 6, argv + 6);
  try_processes(harness);
  if (port > 0)
    say("connect_tcp", connects_to_port(port));
  else
    say_not_applicable("connect_tcp");
  say("connect_abstract_socket", connects_to_abstract(argv[3]));
  say("connect_socket_file", connects_to_path(folder + "/socket"));
  try_privileges();
  std::puts("done held");
  std::fflush(stdout);
  // The harness sees from the launcher's report whether this was stopped.
  const int processes = std::atoi(argv[5]);
  for (int i = 0; i < 4 * processes; ++i) {
    const pid_t child = i < processes ? fork_or_exit() : ::fork();
    if (child == 0)
      for (;;) ::pause();
  }
  ::pause();
  return 0;
}
