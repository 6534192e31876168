// Goal: what the launcher says of a program is right, and nothing outlives it, whoever of the two is stopped,
// late or killed. Method: scripts at each level that the machine reaches; a thread stops or kills launchers.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "launch/attack_ground.hpp"

using namespace racecourse;
using namespace std::chrono_literals;

TEST_CASE("how the main process ended is told right, however soon init follows it") {
  for (const SandboxLevel level : levels_from(SandboxLevel::s3)) {
    const Ground ground;
    for (int i = 0; i < 30; ++i) {
      CHECK(outcome_of(script(level, ground, "exit 7")).kernel.exit_code == 7);
      CHECK(outcome_of(script(level, ground, "kill -SEGV $$")).kernel.signal == SIGSEGV);
    }
  }
}

TEST_CASE("a program that stops its launcher, as S0 lets it, is ended at its time") {
  const Ground ground;
  LaunchSpec stopper = script(SandboxLevel::s0, ground, "kill -STOP $PPID; sleep 60");
  stopper.limits.wall = 3s;  // Of which starting a shell is little on any machine.
  CHECK(outcome_of(stopper).kernel.limit_hit == LimitHit::wall_blocked);
}

TEST_CASE("what a program makes before its launcher gets a turn counts") {
  for (const SandboxLevel level : levels_from(SandboxLevel::s0)) {
    const Ground ground;
    // Stopped as soon as it has a child, which is not yet the program.
    const std::jthread holder([] {
      const pid_t launcher = launcher_of("86394");
      const std::string children =
          "/proc/" + std::to_string(launcher) + "/task/" + std::to_string(launcher) + "/children";
      for (int i = 0; i < 100'000; ++i) {
        const Result<std::string> list = read_file(children);
        if (!list || !list->empty()) break;
      }
      if (launcher <= 0) return;
      ::kill(launcher, SIGSTOP);
      std::this_thread::sleep_for(500ms);
      ::kill(launcher, SIGCONT);
    });
    LaunchSpec files =
        script(level, ground, ": 86394; i=0; while [ $i -lt 600 ]; do : >f$i; i=$((i+1)); done");
    files.limits.disk_files = 300;
    CHECK(outcome_of(files).kernel.limit_hit == LimitHit::disk);
  }
}

TEST_CASE("a launcher that is killed takes everything along, from S3 on") {
  for (const SandboxLevel level : levels_from(SandboxLevel::s3)) {
    const Ground ground;
    const std::jthread killer([] {
      const pid_t launcher = launcher_of("86395");
      std::this_thread::sleep_for(100ms);
      if (launcher > 0) ::kill(launcher, SIGKILL);
    });
    const Result<LaunchOutcome> outcome =
        launch(script(level, ground, "(setsid sleep 86395 &) ; (setsid sleep 86395 &) ; sleep 86395"));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == ErrorKind::environment);
    for (int i = 0; i < 100 && alive("86395"); ++i) std::this_thread::sleep_for(10ms);
    CHECK_FALSE(alive("86395"));
  }
}
