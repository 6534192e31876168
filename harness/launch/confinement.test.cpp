// Goal: every sandbox level that this machine can reach holds what docs/confinement.md says of it, whatever
// the program does, and leaves nothing behind. Method: hostile shell scripts and the probe, at each level;
// then the same once more by this very program with rights given up step by step: as an ordinary user,
// without namespaces, without Landlock. What cannot be reached is skipped with the reason.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/files.hpp"
#include "launch/attack_ground.hpp"
#include "launch/choose_level.hpp"
#include "launch/landlock.hpp"

using namespace racecourse;
using namespace std::chrono_literals;

namespace {

constexpr uid_t kNobody = 65'534;

void check_limits_hold(SandboxLevel level) {
  const Ground ground;
  LaunchSpec memory = attack(level, ground, "memory");
  memory.limits.memory_bytes = 64u << 20;
  const LaunchOutcome hungry = outcome_of(memory);
  CHECK(hungry.kernel.limit_hit == LimitHit::memory);
  // Only the kernel acts in time on a machine that is busy; polling is measured by bench/launch.
  if (level >= SandboxLevel::s4) CHECK(hungry.kernel.memory_peak_bytes < (74u << 20));

  // Where nothing of the kernel's bounds it, the bomb bounds itself: it must not take the machine along.
  LaunchSpec bomb =
      script(level, ground,
             "bomb() { [ $1 = 0 ] || { bomb $(($1 - 1)) & bomb $(($1 - 1)) & }; sleep 86398; }; bomb 6");
  if (level >= SandboxLevel::s2) bomb = attack(level, ground, "fork");
  bomb.limits.processes = 30;
  CHECK(outcome_of(bomb).kernel.limit_hit == LimitHit::processes);
  CHECK_FALSE(alive("86398"));
  CHECK_FALSE(alive(HOSTILE));

  LaunchSpec files = script(level, ground, "i=0; while :; do : >f$i; i=$((i+1)); done");
  files.limits.disk_files = 300;
  CHECK(outcome_of(files).kernel.limit_hit == LimitHit::disk);

  LaunchSpec disk =
      script(level, ground, "i=0; while :; do head -c 1000000 /dev/zero >f$i; i=$((i+1)); done");
  disk.limits.disk_bytes = 10u << 20;
  CHECK(outcome_of(disk).kernel.limit_hit == LimitHit::disk);

  LaunchSpec deleted = script(level, ground, "exec 3>f; rm f; head -c 15000000 /dev/zero >&3; sleep 5");
  deleted.limits.disk_bytes = 10u << 20;
  CHECK(outcome_of(deleted).kernel.limit_hit == LimitHit::disk);
  LaunchSpec unmapped = attack(level, ground, "memfd");
  unmapped.limits.memory_bytes = 64u << 20;
  CHECK(outcome_of(unmapped).kernel.limit_hit == LimitHit::memory);

  // An honest use of all of them, just below.
  LaunchSpec honest =
      script(level, ground, "head -c 9000000 /dev/zero >f; for i in 1 2 3 4 5; do sleep 0.05 & done; wait");
  honest.limits.disk_bytes = 10u << 20;
  honest.limits.processes = 8;
  CHECK(outcome_of(honest).kernel.limit_hit == LimitHit::none);
}

void check_nothing_survives(SandboxLevel level) {
  const Ground ground;
  const LaunchOutcome outcome = outcome_of(
      script(level, ground,
             "(setsid sh -c '(trap \"\" TERM HUP INT; sleep 86397) & (sleep 86397 &) ; sleep 86397' "
             "</dev/null >/dev/null 2>&1 &) ; exit 3"));
  CHECK(outcome.kernel.exit_code == 3);
  CHECK(outcome.kernel.survivors >= 3);
  CHECK_FALSE(alive("86397"));
  // Stopped processes are ended as well.
  const LaunchOutcome stopped = outcome_of(
      script(level, ground, "sleep 86396 & sh -c 'kill -STOP $$; sleep 86396' & kill -STOP $!; exit 4"));
  CHECK(stopped.kernel.exit_code == 4);
  CHECK_FALSE(alive("86396"));
}

void check_nothing_is_left(SandboxLevel level) {
  const Ground ground;
  const auto segments = [] {
    const Result<std::string> list = read_file("/proc/sysvipc/shm");
    return list ? std::ranges::count(*list, '\n') : 0;
  };
  const auto before = segments();
  (void)outcome_of(attack(level, ground, "leave"));
  CHECK(segments() == before);
}

void check_launcher_is_out_of_reach(SandboxLevel level) {
  const Ground ground;
  LaunchSpec stopper = script(level, ground, "kill -STOP $PPID; kill -KILL $PPID; sleep 0.2; exit 5");
  stopper.limits.wall = 2s;
  CHECK(outcome_of(stopper).kernel.exit_code == 5);
  if (level < SandboxLevel::s2)
    return;  // There it would be everybody's processes, were the level not to hold.
  LaunchSpec killer = script(level, ground, "kill -KILL -1; exit 6");
  CHECK(outcome_of(killer).kernel.exit_code == 6);
}

void check_files_are_out_of_reach(SandboxLevel level) {
  const Ground ground;
  const LaunchOutcome outcome =
      outcome_of(script(level, ground,
                        "cat $OUTSIDE/canary; ls $OUTSIDE; echo x >$OUTSIDE/canary; echo x >$OUTSIDE/new; "
                        "chmod 0 $OUTSIDE/canary; "
                        "touch -d @1 $OUTSIDE/canary; mv $OUTSIDE/canary $OUTSIDE/gone; rm -rf $OUTSIDE; ln "
                        "-s $OUTSIDE/canary link; "
                        "cat link; echo x >link; cat /etc/passwd /etc/hostname; echo own >file; cat file"));
  CHECK(ground.canary_is_unchanged());
  CHECK(outcome.output.find("alive") == std::string::npos);
  CHECK(outcome.output.find("root:") == std::string::npos);
  CHECK(outcome.output.ends_with("own\n"));
}

void check_writable_folder(SandboxLevel level) {
  const Ground ground;
  const ScratchDirectory kept = *ScratchDirectory::make(fs::temp_directory_path());
  LaunchSpec spec = script(level, ground, "echo kept >" + (kept.path() / "result").native());
  spec.visible.writable = {kept.path()};
  // Only root's levels work as another user, and only S2 needs the way to the folder opened.
  REQUIRE(let_all_pass(kept.path()));
  CHECK(outcome_of(spec).kernel.exit_code == 0);
  REQUIRE(take_out(kept.path(), "result", ground.outside.path() / "taken", 100));
  CHECK(read_file(ground.outside.path() / "taken") == "kept\n");
  struct stat status {};
  REQUIRE(::stat((ground.outside.path() / "taken").c_str(), &status) == 0);
  CHECK(status.st_uid == ::geteuid());
}

// Groups of launchers that are gone; others may be running beside this test.
std::vector<std::string> abandoned_groups() {
  std::vector<std::string> groups;
  std::error_code code;
  const fs::recursive_directory_iterator all("/sys/fs/cgroup", code);
  for (const fs::directory_entry& entry : all)
    if (const std::string name = entry.path().filename().native(); name.starts_with("racecourse-"))
      if (::kill(std::atoi(name.c_str() + 11), 0) != 0) groups.push_back(name);
  return groups;
}

// Runs this program again with fewer rights: only the test case about levels. True: it passed.
bool passes_with_fewer_rights(const char* strictest_expected, void (*give_up)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    give_up();
    ::setenv("RACECOURSE_TEST_LEVEL", strictest_expected, 1);
    ::execl("/proc/self/exe", "confinement_test", "--test-case=every level*", "--no-version=true", nullptr);
    ::_exit(99);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void become_ordinary() {
  if (::geteuid() != 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
      ::setresuid(kNobody, kNobody, kNobody) != 0)
    ::_exit(98);
}

// From now on `call` fails; where `bits` are given, only with one of them in its first argument.
void lose_call(unsigned call, unsigned bits, unsigned error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  if (bits == 0) code[3] = BPF_STMT(BPF_LD | BPF_IMM, 0);
  const sock_fprog program{6, code};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    ::_exit(97);
}

void lose_namespaces() {
  become_ordinary();
  lose_call(SYS_clone, CLONE_NEWUSER, EPERM);
}

void lose_landlock_too() {
  lose_namespaces();
  lose_call(SYS_landlock_create_ruleset, 0, EOPNOTSUPP);
}

// Why an ordinary user cannot run the launcher; empty: it can.
std::string out_of_reach_for_others() {
  for (fs::path path = LAUNCHER; path.has_relative_path(); path = path.parent_path()) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 0001) == 0)
      return "others may not enter " + path.native();
  }
  return {};
}

}  // namespace

TEST_CASE("every level that this machine reaches holds") {
  const std::vector<std::string> known = abandoned_groups();  // Of graders that were killed some time.
  const ScratchDirectory hidden = *ScratchDirectory::make(fs::temp_directory_path());
  const Result<std::vector<LevelTrial>> chosen = choose_level(LAUNCHER, PROBE, {.hidden = {hidden.path()}});
  REQUIRE(chosen);
  if (const char* const expected = std::getenv("RACECOURSE_TEST_LEVEL"))
    CHECK_MESSAGE(to_text(chosen->back().level) == expected, sandbox_of(*chosen).note);
  for (const SandboxLevel level : all_sandbox_levels()) {
    const std::string name(to_text(level));
    CAPTURE(name);
    const Result<LevelTrial> trial = try_level({LAUNCHER, level}, PROBE, {hidden.path()});
    REQUIRE(trial);
    if (!trial->why_not.empty()) {
      MESSAGE("skipped ", name, ": ", trial->why_not);
      continue;
    }
    CHECK(trial->probes.at("outgrow_processes") == ProbeAnswer::held);
    check_limits_hold(level);
    check_nothing_survives(level);
    check_writable_folder(level);
    if (level == SandboxLevel::s0) continue;  // Limits only.
    check_nothing_is_left(level);
    check_launcher_is_out_of_reach(level);
    check_files_are_out_of_reach(level);
  }
  std::vector<std::string> abandoned = abandoned_groups();
  std::erase_if(abandoned, [&](const std::string& group) { return std::ranges::count(known, group) > 0; });
  if (::geteuid() == 0) CHECK(abandoned == std::vector<std::string>{});
}

TEST_CASE("with rights given up step by step, the level that is left is found and holds") {
  const std::string closed = ::geteuid() == 0 ? out_of_reach_for_others() : "";
  if (!closed.empty()) {
    MESSAGE("skipped: ", closed);
    return;
  }
  const Result<LevelTrial> namespaces = [] {
    // Whether an ordinary user has them is for that user to find out.
    const pid_t child = ::fork();
    if (child == 0) {
      become_ordinary();
      const Result<LevelTrial> trial = try_level({LAUNCHER, SandboxLevel::s3}, PROBE, {});
      ::_exit(trial && trial->why_not.empty() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return Result<LevelTrial>(
        LevelTrial{.why_not = status == 0 ? "" : "no user namespaces", .probes = {}, .limits = {}});
  }();
  if (namespaces->why_not.empty())
    CHECK(passes_with_fewer_rights("S3", become_ordinary));
  else
    MESSAGE("skipped S3 for an ordinary user: ", namespaces->why_not);
  if (landlock_version() >= 6)
    CHECK(passes_with_fewer_rights("S1", lose_namespaces));
  else
    MESSAGE("skipped S1: this kernel's Landlock does not keep signals in");
  CHECK(passes_with_fewer_rights("S0", lose_landlock_too));
}
