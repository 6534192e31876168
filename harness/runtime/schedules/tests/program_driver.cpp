// Runs the programs of submission.so under a strategy and says whether each gave what it must.
//
//   program_driver [--correct | --wrong] [--strategy NAME] [--executions N] [--only PROGRAM] [--seed N]
//                  [--every-access] [--adversity] [--weak] [--first] [--verbose]
//   program_driver --replay TOKEN --only PROGRAM   prints kind and digest, and whether all could be followed
//   program_driver [--correct | --wrong] --list    prints the names
//   program_driver --census                        counts the programs of each kind of finding
//
// Exit code: 0 if every program gave what it must.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "exhaustive.hpp"
#include "explore.hpp"
#include "portfolio.hpp"
#include "programs/program.hpp"
#include "sleep_sets.hpp"
#include "token.hpp"

using namespace racecourse::schedules;
using racecourse::schedules::programs::Program;

namespace {

std::unique_ptr<Strategy> strategy_named(const std::string& name, std::uint64_t seed) {
  if (name == "random") return std::make_unique<RandomWalk>(seed);
  if (name == "pct") return std::make_unique<Pct>(seed, 3);
  if (name == "pos") return std::make_unique<Pos>(seed);
  if (name == "surw") return std::make_unique<Surw>(seed);
  if (name == "exhaustive2") return std::make_unique<Exhaustive>(Exhaustive::Limits{2, true});
  if (name == "sleep_sets") return std::make_unique<SleepSets>();
  return std::make_unique<Portfolio>(seed);
}

void print(const std::vector<StoryStep>& story) {
  for (const StoryStep& step : story)
    std::printf("%8lu thread %d %s #%u = %lx at %s+0x%lx\n", static_cast<unsigned long>(step.step),
                step.thread, std::string(to_text(step.operation)).c_str(), step.object,
                static_cast<unsigned long>(step.value), step.place.module.c_str(),
                static_cast<unsigned long>(step.place.offset));
}

void print(const Finding& finding, bool with_story) {
  std::printf("    %s: %s\n      preemptions %u, verified %d, execution %lu, token %s\n",
              std::string(to_text(finding.kind)).c_str(), finding.message.c_str(), finding.preemptions,
              finding.verified ? 1 : 0, static_cast<unsigned long>(finding.execution), finding.token.c_str());
  for (const Place& place : finding.places) {
    std::printf("      thread %d %s:", place.thread, place.role.c_str());
    for (std::size_t i = 0; i < place.stack.size() && i < 4; ++i)
      std::printf(" %s+0x%lx", place.stack[i].module.c_str(),
                  static_cast<unsigned long>(place.stack[i].offset));
    std::printf("\n");
  }
  if (with_story) print(finding.story);
}

// Whether the findings are what the program must give.
bool is_right(const Program& program, const Summary& summary) {
  if (program.expected == nullptr) return summary.findings.empty();
  bool found = false;
  for (const Finding& finding : summary.findings) {
    const bool expected = to_text(finding.kind) == program.expected;
    if (!expected && (program.also == nullptr || to_text(finding.kind) != program.also)) return false;
    if (!finding.verified && finding.kind != FindingKind::not_reproducible) return false;
    found = found || expected;
  }
  return found;
}

// Every kind of finding has at least five programs that must give it, and nothing else.
bool has_enough_programs() {
  constexpr int kEnough = 5;
  bool enough = true;
  for (int i = 0; i < kFindingKinds; ++i) {
    const std::string_view kind = to_text(static_cast<FindingKind>(i));
    int alone = 0;
    for (const Program* program = programs::all_programs(); program != nullptr; program = program->next)
      if (program->expected != nullptr && kind == program->expected && program->also == nullptr) ++alone;
    std::printf("%-20s %d\n", std::string(kind).c_str(), alone);
    enough = enough && alone >= kEnough;
  }
  return enough;
}

struct Settings {
  std::string strategy = "portfolio";
  std::string only;
  std::string token;
  bool correct = true;
  bool wrong = true;
  bool verbose = false;
  bool list = false;
  bool census = false;
  std::uint64_t seed = 1;
  Options options;

  Settings(int argc, char** argv) {
    options.executions_max = 500;
    options.steps_max = 20'000;
    options.findings_max = 8;
    for (int i = 1; i < argc; ++i) {
      const std::string option = argv[i];
      const char* const value = i + 1 < argc ? argv[i + 1] : "";
      if (option == "--correct") wrong = false;
      if (option == "--wrong") correct = false;
      if (option == "--verbose") verbose = true;
      if (option == "--list") list = true;
      if (option == "--census") census = true;
      if (option == "--first") options.findings_max = 1;
      if (option == "--strategy") strategy = value;
      if (option == "--only") only = value;
      if (option == "--replay") token = value;
      if (option == "--executions") options.executions_max = std::strtoull(value, nullptr, 10);
      if (option == "--seed") seed = std::strtoull(value, nullptr, 10);
      if (option == "--every-access") options.switch_points = SwitchPoints::every_access;
      if (option == "--adversity") options.adversity = {2, 2, 2, 0};
      if (option == "--weak") options.memory_model = MemoryModel::cpp20;
    }
  }
  [[nodiscard]] bool wants(const Program& program) const {
    if (!only.empty() && only != program.name) return false;
    if (program.expected == nullptr ? !correct : !wrong) return false;
    const bool timed = program.expected == nullptr && program.also != nullptr;
    const bool hurried = options.adversity.early_timeouts != 0 || options.memory_model == MemoryModel::cpp20;
    return list || !(timed && hurried);
  }
};

// False: the token is none.
bool replay_token(const Program& program, const Settings& settings) {
  const auto token = token_from(settings.token);
  if (!token) return false;
  const Replay replayed = replay(program.body, token->schedule, settings.options);
  if (settings.verbose) print(replayed.story);
  std::printf(
      "%s %016lx %d\n",
      replayed.findings.empty() ? "none" : std::string(to_text(replayed.findings.back().kind)).c_str(),
      static_cast<unsigned long>(replayed.digest), replayed.faithful ? 1 : 0);
  return true;
}

bool run_program(const Program& program, const Settings& settings) {
  const auto strategy = strategy_named(settings.strategy, settings.seed);
  const Summary summary = explore(program.body, *strategy, settings.options);
  const bool right = is_right(program, summary);
  if (!right || settings.verbose) {
    std::printf("%s %s: expected %s\n", right ? "ok" : "FAILED", program.name,
                program.expected == nullptr ? "nothing" : program.expected);
    for (const Finding& finding : summary.findings) print(finding, settings.verbose);
  }
  return right;
}

}  // namespace

int main(int argc, char** argv) {
  world_is_loaded();
  programs::on_failed_check(
      [](const char* sentence) { report_failure(FindingKind::wrong_outcome, sentence); });
  programs::on_lock_free_operations(begin_lock_free_operation, end_lock_free_operation);
  const Settings settings(argc, argv);
  if (settings.census) return has_enough_programs() ? 0 : 1;
  int failed = 0;
  int run = 0;
  for (const Program* program = programs::all_programs(); program != nullptr; program = program->next) {
    if (!settings.wants(*program)) continue;
    ++run;
    if (settings.list) {
      std::printf("%s\n", program->name);
    } else if (!settings.token.empty()) {
      if (!replay_token(*program, settings)) return 2;
    } else {
      failed += run_program(*program, settings) ? 0 : 1;
    }
  }
  if (!settings.list && settings.token.empty()) std::printf("%d programs, %d failed\n", run, failed);
  return failed == 0 && run > 0 ? 0 : 1;
}
