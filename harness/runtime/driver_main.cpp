// The main function of a lab's driver: runs one scenario and reports on the event channel.
//
//   driver SCENARIO [--seed N] [--run N] [--channel FD] [--reports FD]     driver --list
//   and for the instrument `schedules`: --executions, --steps, --preemptions, --weak_memory,
//   --early_timeouts,
//   --spurious_wakeups, --weak_failures, --creation_failures, --stopped_threads (numbers), --foreign OUTCOME,
//   --replay TOKEN; see driver.hpp
//
// Without --channel the events go to standard error, which serves lab authors. Exit code: 0 when the scenario
// ran to its end, whatever it found (the events say); 2 for a wrong command line.
#include <doctest/doctest.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "channel.hpp"
#include "driver.hpp"
#include "handshake.hpp"
#include "racecourse/scenario.hpp"

namespace racecourse::driver {

namespace {

std::uint64_t g_input_seed = 0;
int g_failures = 0;
unsigned g_scenarios_run = 0;

// FNV-1a; spreads the scenario's name over the seed.
std::uint64_t mix(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ (seed * 0x9E3779B97F4A7C15u);
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

std::string contexts() {
  std::string out;
  const int count = doctest::IReporter::get_num_active_contexts();
  const doctest::IContextScope* const* scopes = doctest::IReporter::get_active_contexts();
  for (int i = 0; i < count; ++i) {
    std::ostringstream text;
    scopes[i]->stringify(&text);
    if (!out.empty()) out += ' ';
    out += text.str();
  }
  return out;
}

// Turns doctest's results into events. doctest calls it under its own lock.
class EventReporter : public doctest::IReporter {
 public:
  explicit EventReporter(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData& query) override {
    for (unsigned i = 0; i < query.num_data; ++i) std::printf("%s\n", query.data[i]->m_name);
  }
  void log_assert(const doctest::AssertData& assertion) override {
    if (!assertion.m_failed) return;
    channel::Message message("assertion");
    message.text("expression", assertion.m_expr)
        .text("message", contexts())
        .text("file", std::string_view(std::strrchr(assertion.m_file, '/') != nullptr
                                           ? std::strrchr(assertion.m_file, '/') + 1
                                           : assertion.m_file))
        .json("line", std::to_string(assertion.m_line))
        .text("value", assertion.m_threw ? assertion.m_exception.c_str() : assertion.m_decomp.c_str());
    message.send();
    count_failure();
  }
  void log_message(const doctest::MessageData& data) override {
    if ((data.m_severity & doctest::assertType::is_warn) != 0) return;
    channel::Message("assertion")
        .text("expression", "")
        .text("message", data.m_string.c_str())
        .text("file",
              std::string_view(std::strrchr(data.m_file, '/') != nullptr ? std::strrchr(data.m_file, '/') + 1
                                                                         : data.m_file))
        .json("line", std::to_string(data.m_line))
        .text("value", "")
        .send();
    count_failure();
  }
  void test_case_exception(const doctest::TestCaseException& error) override {
    if (error.is_crash) return;  // The crash handler has told it better.
    channel::Message("exception").text("name", "").text("value", error.error_string.c_str()).send();
    count_failure();
  }
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& run) override {
    g_scenarios_run = run.numTestCasesPassingFilters;
  }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_REPORTER("events", 1, EventReporter);

int usage(const char* why) {
  std::fprintf(stderr,
               "%s\nusage: driver SCENARIO [--seed N] [--run N] [--channel FD] [--reports FD] | --list\n",
               why);
  return 2;
}

// Runs doctest as its own command line would with `option`.
void run_doctest(const std::string& option) {
  const std::array<const char*, 6> arguments = {"driver",          "--reporters=events", "--no-colors=true",
                                                "--no-intro=true", "--no-breaks=true",   option.c_str()};
  doctest::Context context(static_cast<int>(arguments.size()), arguments.data());
  context.run();
}

}  // namespace

std::uint64_t input_seed() { return g_input_seed; }
void count_failure() { ++g_failures; }

}  // namespace racecourse::driver

namespace {

struct Numbers {
  std::uint64_t seed = 1;
  std::uint64_t run = 0;
  std::uint64_t channel = 0;  // Read before main, by the handshake.
  std::uint64_t reports = 0;
};

std::uint64_t* number_named(std::string_view option, Numbers& numbers) {
  racecourse::driver::ScheduleOptions& schedules = racecourse::driver::schedule_options;
  const std::array<std::pair<std::string_view, std::uint64_t*>, 14> all = {{
      {"--seed", &numbers.seed},
      {"--run", &numbers.run},
      {"--channel", &numbers.channel},
      {"--reports", &numbers.reports},
      {"--executions", &schedules.executions},
      {"--steps", &schedules.steps},
      {"--preemptions", &schedules.preemptions},
      {"--weak_memory", &schedules.weak_memory},
      {"--early_timeouts", &schedules.early_timeouts},
      {"--spurious_wakeups", &schedules.spurious_wakeups},
      {"--weak_failures", &schedules.weak_failures},
      {"--creation_failures", &schedules.creation_failures},
      {"--stopped_threads", &schedules.stopped_threads},
      {"--stops", &schedules.stops},
  }};
  for (const auto& [name, number] : all)
    if (name == option) return number;
  return nullptr;
}

// What is wrong with the command line; null if nothing.
const char* read_options(int argc, char** argv, Numbers& numbers) {
  for (int i = 2; i < argc; i += 2) {
    const std::string_view option = argv[i];
    if (i + 1 >= argc) return "an option without its value";
    const std::string_view value = argv[i + 1];
    if (option == "--replay" || option == "--foreign") {
      racecourse::driver::ScheduleOptions& schedules = racecourse::driver::schedule_options;
      (option == "--replay" ? schedules.replay : schedules.foreign) = value;
      continue;
    }
    std::uint64_t* const number = number_named(option, numbers);
    if (number == nullptr) return "unknown option";
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), *number);
    if (code != std::errc() || end != value.data() + value.size()) return "expected a number";
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace racecourse;
  driver::before_anything_else();
  if (argc == 2 && std::strcmp(argv[1], "--list") == 0) {
    driver::run_doctest("--list-test-cases");
    return 0;
  }
  if (argc < 2 || argv[1][0] == '-') return driver::usage("expected the name of a scenario");
  const std::string scenario = argv[1];
  Numbers numbers;
  if (const char* const wrong = read_options(argc, argv, numbers)) return driver::usage(wrong);
  driver::g_input_seed = driver::mix(numbers.seed + 0x9E3779B97F4A7C15u * numbers.run, scenario);
  channel::open();
  driver::watch_for_crashes();
  driver::route_tsan_reports(handshake::outcome().reports);
  channel::Message("started").text("name", scenario).send();
  driver::run_doctest("--test-case=" + scenario);
  if (driver::g_scenarios_run != 1) return driver::usage("no scenario of that name; --list shows them");
  driver::provoke_canary_race();
  driver::scenario_is_over();
  channel::Message("finished").json("failures", std::to_string(driver::g_failures)).send();
  const std::string token = channel::receive();
  if (!token.empty()) channel::Message("token").text("value", token).send();
  return 0;
}
