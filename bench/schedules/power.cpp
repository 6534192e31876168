// How many executions a strategy needs to find a bug: each seed begins anew, and stops at the finding.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bugs.hpp"
#include "controlled.hpp"
#include "exhaustive.hpp"
#include "explore.hpp"
#include "portfolio.hpp"

namespace racecourse::bench {

using namespace racecourse::schedules;

namespace {

constexpr std::uint64_t kCap = 1000;
constexpr int kSeeds = 20;
constexpr std::uint64_t kNever = ~std::uint64_t{0};

struct Row {
  const char* name;
  std::unique_ptr<Strategy> (*make)(std::uint64_t seed);
  bool random;
};

const Row rows[] = {
    {"random walk",
     [](std::uint64_t seed) -> std::unique_ptr<Strategy> { return std::make_unique<RandomWalk>(seed); },
     true},
    {"PCT, d=3",
     [](std::uint64_t seed) -> std::unique_ptr<Strategy> { return std::make_unique<Pct>(seed, 3); }, true},
    {"POS", [](std::uint64_t seed) -> std::unique_ptr<Strategy> { return std::make_unique<Pos>(seed); },
     true},
    {"SURW", [](std::uint64_t seed) -> std::unique_ptr<Strategy> { return std::make_unique<Surw>(seed); },
     true},
    {"exhaustive, 2 preemptions",
     [](std::uint64_t) -> std::unique_ptr<Strategy> {
       return std::make_unique<Exhaustive>(Exhaustive::Limits{2, true});
     },
     false},
    {"portfolio",
     [](std::uint64_t seed) -> std::unique_ptr<Strategy> { return std::make_unique<Portfolio>(seed); }, true},
};

// Another strategy until the wanted kind has been found.
class Until final : public Strategy, public Sink {
 public:
  Until(Strategy& inner, FindingKind wanted) : inner_(inner), wanted_(wanted) {}
  bool new_execution(std::uint64_t index) override {
    return first_ == kNever && index < kCap && inner_.new_execution(index);
  }
  ThreadId choose_thread(const SchedulingPoint& point) override { return inner_.choose_thread(point); }
  std::uint32_t choose_alternative(std::uint64_t step, AlternativeKind kind, std::uint32_t count) override {
    return inner_.choose_alternative(step, kind, count);
  }
  bool wants_operations() const override { return inner_.wants_operations(); }
  void executed(ThreadId thread, const Operation& operation) override { inner_.executed(thread, operation); }
  bool abandons() const override { return inner_.abandons(); }
  void end_execution(bool complete) override { inner_.end_execution(complete); }
  void choices_grew() override { inner_.choices_grew(); }
  void on_outcome(const std::string&, const Schedule&) override {}
  void on_finding(const Finding& finding) override {
    if (finding.kind == wanted_) first_ = std::min(first_, finding.execution + 1);
  }
  [[nodiscard]] std::uint64_t first() const { return first_; }

 private:
  Strategy& inner_;
  FindingKind wanted_;
  std::uint64_t first_ = kNever;
};

// Executions until the bug was found, abandoned ones included; kNever within kCap.
std::uint64_t schedules_to_find(const Bug& bug, const Row& row, std::uint64_t seed) {
  Options options;
  options.executions_max = kCap;
  options.steps_max = 20'000;
  options.findings_max = 1000;
  options.minimise_executions_max = 0;
  options.story_steps_max = 0;
  options.world_modules = {};
  const std::unique_ptr<Strategy> strategy = row.make(seed);
  Until until(*strategy, bug.kind);
  (void)explore([&] { bug.body(); }, until, options, &until);
  return until.first();
}

std::vector<std::uint64_t> over_seeds(const Bug& bug, const Row& row, int seeds) {
  std::vector<std::uint64_t> found;
  for (int seed = 1; seed <= (row.random ? seeds : 1); ++seed)
    found.push_back(schedules_to_find(bug, row, static_cast<std::uint64_t>(seed)));
  std::sort(found.begin(), found.end());
  return found;
}

std::string text(std::uint64_t count) { return count == kNever ? "-" : std::to_string(count); }

std::string cell(const std::vector<std::uint64_t>& found) {
  if (found.size() == 1) return text(found[0]);
  const auto missed = std::count(found.begin(), found.end(), kNever);
  std::string result = text(found[found.size() / 2]) + " / " + text(found.back());
  if (missed != 0)
    result += " (" + std::to_string(found.size() - static_cast<std::size_t>(missed)) + " of 20)";
  return result;
}

}  // namespace

bool measure_power() {
  bool held = true;
  std::printf("| program |");
  for (const Row& row : rows) std::printf(" %s |", row.name);
  std::printf("\n|---|");
  for (std::size_t i = 0; i < std::size(rows); ++i) std::printf("---|");
  std::printf("\n");
  for (const Bug& bug : bugs) {
    std::printf("| %s |", bug.name);
    for (const Row& row : rows) {
      const std::vector<std::uint64_t> found = over_seeds(bug, row, kSeeds);
      std::printf(" %s |", cell(found).c_str());
      std::fflush(stdout);
      // The last row is the portfolio, which grading uses.
      if (&row == std::end(rows) - 1 && bug.reach == nullptr) held = held && found.back() != kNever;
    }
    std::printf("\n");
  }
  return held;
}

bool measure_toy_bugs() {
  constexpr int kToySeeds = 100;
  constexpr std::uint64_t kToyCap = 20;
  bool held = true;
  for (const Bug& bug : bugs) {
    if (!bug.toy) continue;
    const std::vector<std::uint64_t> found = over_seeds(bug, std::end(rows)[-1], kToySeeds);
    std::printf("| %s | %s | %s |\n", bug.name, text(found[found.size() / 2]).c_str(),
                text(found.back()).c_str());
    held = held && found.back() <= kToyCap;
  }
  return held;
}

}  // namespace racecourse::bench
