// Goal: every way a program can end or misbehave is told apart, and nothing of it is left alive.
// Method: shell scripts as untrusted programs, run by the built launcher under small limits.
#include "launch/launch.hpp"

#include "base/fd.hpp"
#include "launch/launch_report.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace racecourse;
using namespace std::chrono_literals;

namespace {

LaunchSpec shell(const std::string& script) {
  LaunchSpec spec;
  spec.launcher = {.program = LAUNCHER, .level = SandboxLevel::s0};
  spec.folder = "/tmp";
  spec.command = {"/bin/sh", "-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.limits.wall = 5s;
  return spec;
}

KernelFacts facts_of(const LaunchSpec& spec) {
  const Result<LaunchOutcome> outcome = launch(spec);
  REQUIRE(outcome);
  return outcome->kernel;
}

bool alive(const std::string& marker) {
  // Some process is `sleep <marker>`.
  return facts_of(shell("for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f 2>/dev/null | grep -q '^sleep " +
                        marker + "' && exit 7; done; exit 0"))
             .exit_code == 7;
}

}  // namespace

TEST_CASE("exit codes and signals are reported as the kernel says them") {
  CHECK(facts_of(shell("exit 0")).exit_code == 0);
  CHECK(facts_of(shell("exit 66")).exit_code == 66);
  const KernelFacts killed = facts_of(shell("kill -SEGV $$"));
  CHECK(killed.signal == SIGSEGV);
  CHECK_FALSE(killed.exit_code);
  CHECK(killed.limit_hit == LimitHit::none);
}

TEST_CASE("output is collected, both streams in order, and nothing is inherited from the environment") {
  const Result<LaunchOutcome> outcome = launch(shell("echo out; echo err >&2; env | sort"));
  REQUIRE(outcome);
  CHECK(outcome->output.starts_with("out\nerr\n"));
  CHECK(outcome->output.find("HOME=") == std::string::npos);
}

TEST_CASE("a blocked program and a spinning one are told apart at the wall limit") {
  LaunchSpec sleeping = shell("sleep 60");
  sleeping.limits.wall = 600ms;
  CHECK(facts_of(sleeping).limit_hit == LimitHit::wall_blocked);
  LaunchSpec spinning = shell("while :; do :; done");
  spinning.limits.wall = 600ms;
  CHECK(facts_of(spinning).limit_hit == LimitHit::wall_spinning);
}

// Method: four spinning programs a core, each of which needs 0.25 s of a core and is allowed 0.8 s of wall
// time.
TEST_CASE("what a program waits for a core is not charged to it") {
  const unsigned programs = 4 * std::max(1u, std::thread::hardware_concurrency());
  std::vector<KernelFacts> facts(programs);
  std::vector<std::jthread> threads;
  for (KernelFacts& each : facts)
    threads.emplace_back([&each] {
      LaunchSpec busy = shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
      busy.limits.wall = 800ms;
      each = facts_of(busy);
    });
  threads.clear();
  for (const KernelFacts& each : facts) {
    CHECK(each.limit_hit == LimitHit::none);
    CHECK(each.charged <= each.wall);
  }
}

TEST_CASE("limits on CPU time, memory, processes, files and output are told apart") {
  LaunchSpec cpu = shell("while :; do :; done");
  cpu.limits.cpu = 300ms;
  CHECK(facts_of(cpu).limit_hit == LimitHit::cpu);

  LaunchSpec memory = shell("head -c 600000000 /dev/zero | tail");
  memory.limits.memory_bytes = 64u << 20;
  const KernelFacts hungry = facts_of(memory);
  CHECK(hungry.limit_hit == LimitHit::memory);
  CHECK(hungry.memory_peak_bytes > (60u << 20));

  LaunchSpec processes = shell("for i in 1 2 3 4 5 6 7 8 9 10; do sleep 30 & done; wait");
  processes.limits.processes = 6;
  CHECK(facts_of(processes).limit_hit == LimitHit::processes);

  LaunchSpec file = shell("exec head -c 3000000 /dev/zero >/tmp/racecourse-launch-test-$$");
  file.limits.file_bytes = 1u << 20;
  CHECK(facts_of(file).file_limit_hit);
  std::system("rm -f /tmp/racecourse-launch-test-*");

  LaunchSpec output = shell("exec yes a line of output");
  output.limits.output_bytes = 1u << 20;
  output.output_kept_bytes = 4096;
  const Result<LaunchOutcome> flood = launch(output);
  REQUIRE(flood);
  CHECK(flood->kernel.limit_hit == LimitHit::output);
  CHECK(flood->output_cut);
  CHECK(flood->output.size() < 8192);
}

TEST_CASE("what outlives the main process is counted and killed, however it detached itself") {
  const KernelFacts kernel =
      facts_of(shell("(setsid sh -c 'trap \"\" TERM HUP; sleep 86399' >/dev/null 2>&1 &) ; exit 3"));
  CHECK(kernel.exit_code == 3);
  CHECK(kernel.survivors >= 1);
  CHECK_FALSE(alive("86399"));
}

TEST_CASE("a process that ends by itself shortly after the main one is no survivor") {
  const KernelFacts kernel = facts_of(shell("(sleep 0.1 &) ; exit 0"));
  CHECK(kernel.survivors == 0);
}

TEST_CASE("a program that stops itself is ended at its limit, as blocked") {
  LaunchSpec stopped = shell("kill -STOP $$");
  stopped.limits.wall = 500ms;
  CHECK(facts_of(stopped).limit_hit == LimitHit::wall_blocked);
}

TEST_CASE("a program that cannot be started is an error of the machine, not a crash") {
  LaunchSpec spec = shell("");
  spec.command = {"/nonexistent/program"};
  const Result<LaunchOutcome> outcome = launch(spec);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::environment);
  CHECK(outcome.error().message.find("/nonexistent/program") != std::string::npos);
  CHECK(outcome.error().message.find("No such file") != std::string::npos);

  LaunchSpec no_launcher = shell("exit 0");
  no_launcher.launcher.program = "/nonexistent/launcher";
  CHECK_FALSE(launch(no_launcher));
}

TEST_CASE("a launcher killed from outside is an error of the machine") {
  const Result<LaunchOutcome> outcome = launch(shell("kill -KILL $PPID; sleep 1"));
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == ErrorKind::environment);
}

TEST_CASE("many launches at once neither mix their output nor leak descriptors into each other") {
  // Descriptors that our own parent left open must not come through either.
  const UniqueFd left_open_3(::dup2(0, kChannelFd));
  const UniqueFd left_open_4(::dup2(0, kTsanFd));
  std::vector<std::jthread> threads;
  std::vector<std::string> outputs(8);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    threads.emplace_back([&outputs, i] {
      const Result<LaunchOutcome> outcome =
          launch(shell("echo " + std::to_string(i) + "; ls /proc/self/fd | tr '\\n' ' '"));
      if (outcome) outputs[i] = outcome->output;
    });
  }
  threads.clear();
  // ls itself opens one descriptor, the lowest free one, for the folder.
  for (std::size_t i = 0; i < outputs.size(); ++i) CHECK(outputs[i] == std::to_string(i) + "\n0 1 2 3 ");
}
