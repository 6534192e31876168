#include "run/run_scenario.hpp"

#include <random>

#include "base/files.hpp"
#include "base/text.hpp"
#include "launch/launch.hpp"
#include "run/sealed_channel.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kOutputKeptBytes = 4u << 10;

// From the kernel: nothing that the submission could know or compute.
std::uint64_t fresh_number() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::string fresh_token() {
  std::string token(32, '0');
  put_hexadecimal(fresh_number(), token.data());
  put_hexadecimal(fresh_number(), token.data() + 16);
  return token;
}

// What the driver needs to know to explore, or to replay.
void add_schedule_options(const RunSpec& spec, std::vector<std::string>& command) {
  const SchedulePlan& plan = spec.schedules;
  const std::pair<const char*, std::int64_t> numbers[] = {
      {"--executions", plan.executions},           {"--steps", plan.steps},
      {"--preemptions", plan.preemptions},         {"--weak_memory", plan.weak_memory ? 1 : 0},
      {"--early_timeouts", plan.early_timeouts},   {"--spurious_wakeups", plan.spurious_wakeups},
      {"--weak_failures", plan.weak_failures},     {"--creation_failures", plan.creation_failures},
      {"--stopped_threads", plan.stopped_threads},
  };
  for (const auto& [option, number] : numbers)
    command.insert(command.end(), {option, std::to_string(number)});
  if (!spec.foreign.empty()) command.insert(command.end(), {"--foreign", spec.foreign});
  if (!spec.replay.empty()) command.insert(command.end(), {"--replay", spec.replay});
}

// The places of a stack whose addresses are return addresses in several modules: those in the submission.
std::vector<Place> submission_places(Symbolizer& symbolizer, const Event& event) {
  std::vector<std::uint64_t> offsets;
  for (std::size_t i = 0; i < event.addresses.size(); ++i)
    if (event.modules[i] == 0 && event.addresses[i] > 0) offsets.push_back(event.addresses[i] - 1);
  return symbolizer.places(offsets);
}

}  // namespace

std::vector<std::string> driver_arguments(const RunSpec& spec) {
  std::vector<std::string> arguments = {spec.scenario->name, "--seed", std::to_string(spec.seed), "--run",
                                        std::to_string(spec.run)};
  if (spec.instrument == Instrument::schedules) add_schedule_options(spec, arguments);
  return arguments;
}

Result<RunReport> run_scenario(const RunSpec& spec) {
  RunReport report{.scenario = spec.scenario->name, .instrument = spec.instrument, .run = spec.run};
  RC_ASSIGN(const ScratchDirectory folder, ScratchDirectory::make(spec.scratch));
  SealedChannel channel(report, {fresh_number(), fresh_number()}, fresh_token());
  LaunchSpec launch_spec;
  launch_spec.launcher = spec.launcher;
  launch_spec.folder = folder.path();
  launch_spec.visible.readable = system_places();
  launch_spec.visible.readable.insert(launch_spec.visible.readable.end(), {spec.driver, spec.object_folder});
  launch_spec.visible.own = {folder.path()};
  if (spec.launcher.level == SandboxLevel::s2) RC_TRY(let_all_pass(spec.scratch));
  launch_spec.command = {spec.driver.native()};
  for (std::string& argument : driver_arguments(spec)) launch_spec.command.push_back(std::move(argument));
  launch_spec.command.insert(launch_spec.command.end(), {"--channel", "3"});
  launch_spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
                             "HOME=" + folder.path().native(), "TMPDIR=" + folder.path().native(),
                             "LD_LIBRARY_PATH=" + spec.object_folder.native()};
  launch_spec.limits = limits_under(spec.instrument, spec.scenario->limits);
  launch_spec.output_kept_bytes = kOutputKeptBytes;
  launch_spec.on_event = [&](std::string_view message) { return channel.hear(message); };
  if (spec.instrument == Instrument::races) {
    launch_spec.tsan_reports = true;
    launch_spec.command.insert(launch_spec.command.end(), {"--reports", "4"});
  }
  RC_ASSIGN(LaunchOutcome outcome, launch(launch_spec));
  report.kernel = outcome.kernel;
  report.events_cut |= outcome.events_cut;
  report.output = printable(outcome.output);
  // Opens nothing until there is an address to look up.
  Symbolizer symbolizer({{std::string(kSubmissionModule), spec.object_folder / "submission.so"},
                         {spec.driver.filename().native(), spec.driver}});
  report.tsan_log = symbolizer.symbolize_tsan_log(outcome.tsan_log);
  for (Event& event : report.events)
    if (!event.addresses.empty())
      event.places =
          event.modules.empty() ? symbolizer.places(event.addresses) : submission_places(symbolizer, event);
  return report;
}

}  // namespace racecourse
