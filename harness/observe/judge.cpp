#include "observe/judge.hpp"

#include <algorithm>
#include <csignal>
#include <string>

#include "base/text.hpp"
#include "observe/schedule_findings.hpp"
#include "observe/speed.hpp"
#include "observe/tsan_summary.hpp"

namespace racecourse {

namespace {

Finding finding(FindingKind kind, std::string message, std::vector<Place> places = {}) {
  return Finding{.kind = kind, .message = std::move(message), .places = std::move(places), .detail = {}};
}

bool has(const RunReport& run, Event::Kind kind) {
  return std::ranges::any_of(run.events, [&](const Event& event) { return event.kind == kind; });
}

// The innermost places of the submission when the process died or called exit().
std::vector<Place> places_of(const RunReport& run, Event::Kind kind) {
  constexpr std::size_t kPlacesMax = 8;
  for (const Event& event : run.events) {
    if (event.kind != kind) continue;
    std::vector<Place> places = event.places;
    if (places.size() > kPlacesMax) places.resize(kPlacesMax);
    return places;
  }
  return {};
}

std::string at(const std::vector<Place>& places) {
  if (places.empty()) return "";
  std::string text = " at " + places[0].file + ":" + std::to_string(places[0].line);
  if (!places[0].function.empty()) text += " (" + places[0].function + ")";
  return text;
}

std::string seconds(std::chrono::milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (time.count() % 1000 != 0) text += "." + std::to_string(time.count() % 1000 / 100);
  return text + " s";
}

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MB"; }

Finding of_limit(const RunReport& run, const Scenario& scenario) {
  const Limits limits = limits_under(run.instrument, scenario.limits);
  switch (run.kernel.limit_hit) {
    case LimitHit::wall_blocked:
      return finding(
          FindingKind::time_limit_blocked,
          "It had not finished after " + seconds(limits.wall) +
              ", and its threads were waiting, not working: something they wait for never happens.");
    case LimitHit::wall_spinning:
    case LimitHit::cpu:
      return finding(
          FindingKind::time_limit_spinning,
          "It had not finished after " + seconds(limits.wall) +
              " and was using the processor all the time: a loop that does not end, or waits by spinning.");
    case LimitHit::memory:
      return finding(FindingKind::memory_limit,
                     "It used more than " + megabytes(limits.memory_bytes) + " of memory.");
    case LimitHit::processes:
      return finding(FindingKind::process_limit, "It had more than " + std::to_string(limits.processes) +
                                                     " processes and threads at once.");
    case LimitHit::disk:
      return finding(FindingKind::disk_limit, "It filled more than " + megabytes(limits.disk_bytes) +
                                                  " of disk, or made more than " +
                                                  std::to_string(limits.disk_files) + " files.");
    case LimitHit::output:
    case LimitHit::none:
      break;
  }
  return finding(FindingKind::output_limit,
                 "It wrote more than " + std::to_string(limits.output_bytes >> 10) + " KB of output.");
}

std::string signal_text(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV: an access to memory that is not there";
    case SIGABRT:
      return "SIGABRT: abort(), mostly an exception that nobody caught, or a failed assertion";
    case SIGFPE:
      return "SIGFPE: an arithmetic error such as a division by zero";
    case SIGBUS:
      return "SIGBUS: an access to memory that is not there";
    case SIGILL:
      return "SIGILL: an illegal instruction, as after a function that should return a value and does not";
    case SIGPIPE:
      return "SIGPIPE: a write to a pipe that nobody reads any more";
    case SIGKILL:
      return "SIGKILL: somebody killed it";
    case SIGTERM:
      return "SIGTERM: somebody ended it";
    case SIGTRAP:
      return "SIGTRAP: a trap instruction";
    default:
      return "signal " + std::to_string(signal);
  }
}

// How the process ended, where that is a finding.
void judge_end(const RunReport& run, const Scenario& scenario, std::vector<Finding>& findings) {
  const KernelFacts& kernel = run.kernel;
  const bool finished = has(run, Event::Kind::finished);
  if (kernel.limit_hit != LimitHit::none) {
    findings.push_back(of_limit(run, scenario));
  } else if (kernel.file_limit_hit) {
    findings.push_back(finding(FindingKind::file_limit,
                               "It wrote a file larger than " + megabytes(scenario.limits.file_bytes) + "."));
  } else if (kernel.signal) {
    std::vector<Place> places = places_of(run, Event::Kind::crash_stack);
    std::string message = "It crashed" + at(places) + ": " + signal_text(*kernel.signal) + ".";
    findings.push_back(finding(FindingKind::crash, std::move(message), std::move(places)));
  } else if (!finished) {
    std::vector<Place> places = places_of(run, Event::Kind::exit_seen);
    std::string message = "It ended the process in the middle of the scenario" + at(places) +
                          ": exit() or one of its relatives was called";
    // A call of exit() shows its place; _exit() does not, and who closes the descriptors of others is not
    // heard.
    message += places.empty() ? ", or descriptors were closed that it had not opened." : ".";
    findings.push_back(finding(FindingKind::exit_called, std::move(message), std::move(places)));
  } else if (kernel.exit_code != 0 && !(run.instrument == Instrument::races && kernel.exit_code == 66)) {
    findings.push_back(
        finding(FindingKind::exit_called,
                "It ended the process with an exit code of its own after the scenario, from a destructor "
                "of a global object or an atexit function."));
  } else if (!run.token_returned) {
    findings.push_back(finding(FindingKind::tampering,
                               "The process claimed to have finished, but did not answer the "
                               "question that only the scenario's own end can answer."));
  }
  if (kernel.survivors > 0 && kernel.limit_hit == LimitHit::none)
    findings.push_back(
        finding(FindingKind::process_leak, "A process that it started was still running after the end."));
  if (run.foreign_message)
    findings.push_back(finding(FindingKind::tampering,
                               "Something other than the scenario wrote to the channel on which the scenario "
                               "reports what happened."));
  if (run.events_cut)
    findings.push_back(
        finding(FindingKind::tampering, "The event channel carried more than any scenario sends."));
}

Finding of_assertion(const Event& event, const Scenario& scenario) {
  std::string message = event.message.empty() ? "Does not hold: " + event.expression + "." : event.message;
  std::string detail;
  if (!event.expression.empty())
    detail = event.file + ":" + std::to_string(event.line) + ": " + event.expression;
  if (!scenario.values_vary && !event.value.empty() && event.value != event.expression)
    detail += "\nwith values: " + event.value;
  Finding result = finding(FindingKind::wrong_outcome, std::move(message));
  result.detail = std::move(detail);
  return result;
}

// What the scenario itself said.
void judge_events(const RunReport& run, const Scenario& scenario, std::vector<Finding>& findings) {
  for (const Event& event : run.events) {
    if (event.kind == Event::Kind::assertion) {
      findings.push_back(of_assertion(event, scenario));
    } else if (event.kind == Event::Kind::fault) {
      // A kind that does not exist cannot come from the runtime, whose own table is tested against ours.
      const std::optional<FindingKind> kind = finding_kind_from(event.name);
      findings.push_back(
          finding(kind.value_or(FindingKind::tampering),
                  kind ? event.message : "The event channel carried a finding that does not exist."));
    } else if (event.kind == Event::Kind::exception) {
      std::string message = "An exception left the submission that the lab does not allow there";
      if (!event.name.empty()) message += ": " + event.name;
      // what() may hold a measured value where values vary.
      if (!event.value.empty() && !scenario.values_vary) message += ": " + event.value;
      findings.push_back(finding(FindingKind::uncaught_exception, message + "."));
    }
  }
}

// ThreadSanitizer's word, and whether it was awake to speak.
Result<> judge_races(const RunReport& run, std::vector<Finding>& findings) {
  const TsanLog log = parse_tsan_log(run.tsan_log);
  const TsanSummary summary = summarise(log.reports);
  // Before its reports are routed to us, ThreadSanitizer complains on standard error.
  const std::string failure = log.failure.empty() ? parse_tsan_log(run.output).failure : log.failure;
  // Once a scenario has begun, the detector was set up, and only what runs with it can bring it down.
  const bool has_begun = has(run, Event::Kind::started) && failure.contains("CHECK failed");
  if (!summary.canary_seen && !failure.empty() && !has_begun)
    return environment_error("run scenario " + run.scenario + " under ThreadSanitizer: " + failure);
  findings.insert(findings.end(), summary.findings.begin(), summary.findings.end());
  // A race between two accesses of the scenario's own: verify demands that the reference has none, so here
  // the submission failed to order them.
  findings.insert(findings.end(), summary.own_races.begin(), summary.own_races.end());
  if (has(run, Event::Kind::finished) && !summary.canary_seen && !log.truncated)
    findings.push_back(
        finding(FindingKind::tampering,
                "The race detector was switched off in this process: it did not report a deliberate race of "
                "the scenario's own."));
  return {};
}

void tidy(std::vector<Finding>& findings) {
  std::ranges::sort(findings);
  const auto same = std::ranges::unique(findings);
  findings.erase(same.begin(), same.end());
}

void add_timings(const RunReport& run, ItemTimings& timings) {
  timings.wall += run.kernel.wall;
  timings.cpu += run.kernel.cpu;
  timings.memory_peak_bytes = std::max(timings.memory_peak_bytes, run.kernel.memory_peak_bytes);
}

// What is not understood or does not repeat is a question for the instructor, not a deduction.
Verdict verdict_of(const std::vector<Finding>& findings) {
  if (findings.empty()) return Verdict::passed;
  const bool unclear = std::ranges::all_of(findings, [](const Finding& each) {
    return each.kind == FindingKind::unrecognised_report || each.kind == FindingKind::not_reproducible;
  });
  return unclear ? Verdict::inconclusive : Verdict::failed;
}

Evidence evidence_of(Instrument instrument, std::span<const RunReport> runs) {
  Evidence evidence{.runs = static_cast<int>(runs.size()), .executions = runs.size(), .exhaustive = false};
  if (instrument != Instrument::schedules) return evidence;
  evidence.executions = 0;
  evidence.exhaustive = !runs.empty();
  for (const RunReport& run : runs) {
    bool exhaustive = false;
    for (const Event& event : run.events) {
      if (event.kind != Event::Kind::explored) continue;
      evidence.executions += static_cast<std::uint64_t>(event.executions);
      exhaustive = event.complete;
    }
    evidence.exhaustive = evidence.exhaustive && exhaustive;
  }
  return evidence;
}

}  // namespace

Result<ItemResult> judge_item(const Scenario& scenario, Instrument instrument,
                              std::span<const RunReport> runs, const Specification& specification) {
  const std::span<const Observations> reference = specification.observations;
  ItemResult item{.scenario = scenario.name, .instrument = instrument};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunReport& run = runs[i];
    add_timings(run, item.timings);
    judge_end(run, scenario, item.findings);
    judge_events(run, scenario, item.findings);
    if (instrument == Instrument::races) RC_TRY(judge_races(run, item.findings));
    if (instrument == Instrument::schedules)
      std::ranges::move(schedule_findings(run, specification.sources), std::back_inserter(item.findings));
    // A run that broke off has fewer observations; the break is the finding.
    if (i < reference.size() && has(run, Event::Kind::finished)) {
      const std::vector<Finding> differences =
          compare_observations(observations_of(run), reference[i], scenario.values_vary);
      item.findings.insert(item.findings.end(), differences.begin(), differences.end());
    }
  }
  tidy(item.findings);
  item.evidence = evidence_of(instrument, runs);
  item.verdict = verdict_of(item.findings);
  return item;
}

Result<ItemResult> judge_speed(const Scenario& scenario, const InstrumentPlan& plan,
                               std::span<const RunReport> runs, std::span<const double> ratios,
                               std::span<const Observations> reference) {
  const Specification specification{.observations = reference, .sources = {}};
  RC_ASSIGN(ItemResult item, judge_item(scenario, Instrument::speed, runs, specification));
  // How many pairs were needed depends on the machine's noise, so it is no part of the evidence.
  item.evidence = Evidence{};
  const SpeedDecision decision = decide_speed(ratios, plan.ratio_max);
  if (!ratios.empty()) item.timings.ratio = decision.median;
  item.timings.ratio_low = decision.low;
  item.timings.ratio_high = decision.high;
  if (item.verdict != Verdict::passed) return item;
  if (decision.answer == SpeedDecision::Answer::undecided) item.verdict = Verdict::inconclusive;
  if (decision.answer == SpeedDecision::Answer::too_slow) {
    item.verdict = Verdict::failed;
    const auto hundredths = static_cast<long>(plan.ratio_max * 100 + 0.5);
    item.findings.push_back(finding(
        FindingKind::too_slow, "It takes more than " + Points::of_hundredths(hundredths).text() +
                                   " times as long as the reference on the same machine at the same time."));
  }
  return item;
}

}  // namespace racecourse
