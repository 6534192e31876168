#include "launch/attack_ground.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace racecourse {

using namespace std::chrono_literals;

Ground::Ground() {
  REQUIRE(write_file_atomically(outside.path() / "canary", "alive"));
  REQUIRE(let_all_read(outside.path()));
}

bool Ground::canary_is_unchanged() const {
  struct stat status {};
  const Result<std::string> content = read_file(outside.path() / "canary");
  return content && *content == "alive" && ::stat((outside.path() / "canary").c_str(), &status) == 0 &&
         (status.st_mode & 07777) == 0644 &&
         std::distance(fs::directory_iterator(outside.path()), fs::directory_iterator()) == 1;
}

LaunchSpec script(SandboxLevel level, const Ground& ground, const std::string& text) {
  LaunchSpec spec;
  spec.launcher = {.program = LAUNCHER, .level = level};
  spec.visible = {.readable = system_places(), .writable = {}, .own = {ground.own.path()}};
  spec.folder = ground.own.path();
  spec.command = {"/bin/sh", "-c", text};
  spec.environment = {"PATH=/usr/bin:/bin", "OUTSIDE=" + ground.outside.path().native()};
  spec.limits.wall = 10s;
  return spec;
}

LaunchSpec attack(SandboxLevel level, const Ground& ground, const std::string& name) {
  LaunchSpec spec = script(level, ground, "");
  spec.visible.readable.emplace_back(HOSTILE);
  spec.command = {HOSTILE, name};
  return spec;
}

LaunchOutcome outcome_of(const LaunchSpec& spec) {
  Result<LaunchOutcome> outcome = launch(spec);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  return *std::move(outcome);
}

bool alive(const std::string& marker) {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator("/proc", code)) {
    const Result<std::string> line = read_file(entry.path() / "cmdline");
    if (line && line->find(marker) != std::string::npos) return true;
  }
  return false;
}

pid_t launcher_of(const std::string& marker) {
  for (const auto end = std::chrono::steady_clock::now() + 5s; std::chrono::steady_clock::now() < end;) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator("/proc", code)) {
      const Result<std::string> line = read_file(entry.path() / "cmdline");
      if (line && line->starts_with(LAUNCHER) && line->find(marker) != std::string::npos)
        return std::atoi(entry.path().filename().c_str());
    }
  }
  return -1;
}

std::vector<SandboxLevel> levels_from(SandboxLevel first) {
  std::vector<SandboxLevel> levels;
  for (const SandboxLevel level : all_sandbox_levels()) {
    if (level < first) continue;
    const Result<LevelTrial> trial = try_level({LAUNCHER, level}, PROBE, {});
    REQUIRE(trial);
    if (trial->why_not.empty())
      levels.push_back(level);
    else
      MESSAGE("skipped: ", trial->why_not);
  }
  return levels;
}

}  // namespace racecourse
