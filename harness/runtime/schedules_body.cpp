// How the driver of the instrument `schedules` runs a scenario's body: under the controlled scheduler, once a
// schedule. What an execution observes is its outcome; each outcome that occurs goes to the channel with a
// schedule that gives it, and each finding with its places and its story when it is established, so that
// nothing is lost if the process dies later.
#include <algorithm>
#include <cstdlib>

#include "channel.hpp"
#include "driver.hpp"
#include "explore.hpp"
#include "proof_first.hpp"
#include "racecourse/scenario.hpp"
#include "token.hpp"
#include "type_name.hpp"
#include "world_flag.hpp"

namespace racecourse {

namespace driver {

ScheduleOptions schedule_options;

namespace {

using namespace schedules;

constexpr std::string_view kSubmissionModule = "submission.so";
constexpr std::uint32_t kFindingsMax = 8;
constexpr std::uint32_t kStoryStepsMax = 120;
constexpr std::size_t kFramesMax = 16;

// For the harness: 0 the submission, 1 this driver, 2 something else.
int module_number(const CodeAddress& address) {
  if (address.module == kSubmissionModule) return 0;
  return address.module.empty() ? 1 : 2;
}

// The stack as two arrays, innermost first. Each address is a return address.
void add_stack(channel::Message& message, const std::vector<CodeAddress>& stack) {
  std::string modules;
  std::string addresses;
  for (std::size_t i = 0; i < std::min(stack.size(), kFramesMax); ++i) {
    if (stack[i].offset == 0) continue;
    modules += (modules.empty() ? "" : ",") + std::to_string(module_number(stack[i]));
    addresses += (addresses.empty() ? "" : ",") + std::to_string(stack[i].offset);
  }
  message.json("modules", "[" + modules + "]").json("addresses", "[" + addresses + "]");
}

void send(const StoryStep& step) {
  channel::Message message("story_step");
  message.json("thread", std::to_string(step.thread))
      .text("name", to_text(step.operation))
      .json("object", std::to_string(step.object))
      .text("value", step.has_value ? std::to_string(step.value) : std::string());
  std::vector<CodeAddress> stack = {step.place};
  stack.insert(stack.end(), step.callers.begin(), step.callers.end());
  add_stack(message, stack);
  message.send();
}

void send(const schedules::Finding& finding) {
  channel::Message("schedule_finding")
      .text("name", finding.fault.empty() ? to_text(finding.kind) : std::string_view(finding.fault))
      .text("message", finding.message)
      .text("value", finding.token)
      .json("preemptions", std::to_string(finding.preemptions))
      .send();
  for (const Place& place : finding.places) {
    channel::Message message("finding_place");
    message.json("thread", std::to_string(place.thread)).text("message", place.role);
    add_stack(message, place.stack);
    message.send();
  }
  for (const StoryStep& step : finding.story) send(step);
}

class ChannelSink final : public Sink {
 public:
  void on_outcome(const std::string& outcome, const Schedule& schedule) override {
    if (outcome.empty()) return;
    Token token = token_of_this_build({kSubmissionModule});
    token.memory_model = schedule_options.weak_memory != 0 ? MemoryModel::cpp20 : MemoryModel::sequential;
    token.schedule = schedule;
    channel::Message("outcome").text("name", outcome).text("value", to_text(token)).send();
  }
  void on_finding(const schedules::Finding& finding) override {
    send(finding);
    if (finding.kind != schedules::FindingKind::not_reproducible) count_failure();
  }
};

Options explore_options() {
  const ScheduleOptions& wanted = schedule_options;
  Options options;
  options.executions_max = wanted.executions;
  options.steps_max = wanted.steps;
  options.findings_max = kFindingsMax;
  options.memory_model = wanted.weak_memory != 0 ? MemoryModel::cpp20 : MemoryModel::sequential;
  options.adversity = {.early_timeouts = static_cast<std::uint32_t>(wanted.early_timeouts),
                       .spurious_wakeups = static_cast<std::uint32_t>(wanted.spurious_wakeups),
                       .weak_failures = static_cast<std::uint32_t>(wanted.weak_failures),
                       .creation_failures = static_cast<std::uint32_t>(wanted.creation_failures),
                       .stopped_threads = static_cast<std::uint32_t>(wanted.stopped_threads)};
  options.world_modules = {kSubmissionModule};
  options.story_steps_max = kStoryStepsMax;
  return options;
}

// Inside an execution.
void run_in_world(void (*body)()) {
  {
    const OutsideWorld outside;
    restart_inputs();
  }
  try {
    body();
    const OutsideWorld outside;
    if (!schedule_options.foreign.empty() && observed() == schedule_options.foreign)
      report_failure(schedules::FindingKind::wrong_outcome,
                     "No schedule of the reference ends like this: " + schedule_options.foreign);
  } catch (const detail::ScenarioAbandoned&) {
  } catch (const std::exception& error) {
    const OutsideWorld outside;
    report_failure(schedules::FindingKind::uncaught_exception,
                   type_name(typeid(error)) + ": " + std::string(error.what()));
  }
}

// The steps at which the submission touches what more than one thread touches.
std::vector<std::uint64_t> steps_to_stop_at(const std::vector<StoryStep>& story) {
  std::vector<std::uint64_t> steps;
  for (const StoryStep& step : story) {
    const bool is_shared = std::any_of(story.begin(), story.end(), [&](const StoryStep& other) {
      return other.object == step.object && other.thread != step.thread;
    });
    if (step.object != 0 && is_shared && module_number(step.place) == 0) steps.push_back(step.step);
  }
  return steps;
}

// Runs the one schedule and sends what it shows, in the form in which explore() sends a finding.
void replay_only(void (*body)(), const std::string& text) {
  const auto token = token_from(text);
  if (!token) {
    channel::Message("replayed").text("name", "no_token").json("faithful", "false").text("value", "").send();
    return;
  }
  Options options = explore_options();
  options.memory_model = token->memory_model;
  const Token here = token_of_this_build(options.world_modules);
  if (here.compiler != token->compiler || here.build != token->build) {
    channel::Message("replayed")
        .text("name", "other_build")
        .json("faithful", "false")
        .text("value", "")
        .send();
    return;
  }
  Replay replayed = replay([body] { run_in_world(body); }, token->schedule, options);
  for (schedules::Finding& finding : replayed.findings) {
    finding.token = text;
    finding.preemptions = replayed.preemptions;
    send(finding);
    count_failure();
  }
  if (!replayed.outcome.empty())
    channel::Message("outcome").text("name", replayed.outcome).text("value", text).send();
  if (replayed.findings.empty())
    for (const StoryStep& step : replayed.story) send(step);
  if (schedule_options.stops != 0) {
    options.stops = steps_to_stop_at(replayed.findings.empty() ? replayed.story : replayed.findings[0].story);
    (void)replay([body] { run_in_world(body); }, token->schedule, options);
  }
  channel::Message("replayed")
      .text("name", replayed.findings.empty() ? "no_finding" : "finding")
      .json("faithful", replayed.faithful ? "true" : "false")
      .text("value", std::to_string(replayed.digest))
      .send();
}

}  // namespace

void before_anything_else() { world_is_loaded(); }

void run_body(void (*body)()) {
  if (!schedule_options.replay.empty()) return replay_only(body, schedule_options.replay);
  ProofFirst strategy(input_seed(), static_cast<std::uint32_t>(schedule_options.preemptions));
  ChannelSink sink;
  const Summary summary = explore([body] { run_in_world(body); }, strategy, explore_options(), &sink);
  channel::Message("explored")
      .json("executions", std::to_string(summary.executions + summary.pruned))
      .json("steps", std::to_string(summary.steps))
      .json("exhaustive", summary.exhaustive ? "true" : "false")
      .send();
}

void fail_in_execution(std::string_view kind, std::string_view message) {
  schedules::report_failure(schedules::FindingKind::wrong_outcome, message, kind);
}

void observe_in_execution(std::string_view name, const std::string& json) { schedules::observe(name, json); }

}  // namespace driver

bool under_schedules() { return true; }

namespace detail {

bool in_execution() { return schedules::exploring(); }
OutsideExecution::OutsideExecution() : was_inside_(schedules::in_world) { schedules::in_world = false; }
OutsideExecution::~OutsideExecution() { schedules::in_world = was_inside_; }
void begin_lock_free_operation() { schedules::begin_lock_free_operation(); }
void end_lock_free_operation() { schedules::end_lock_free_operation(); }

}  // namespace detail

}  // namespace racecourse
