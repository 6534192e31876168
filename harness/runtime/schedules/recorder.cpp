#include "recorder.hpp"

#include <algorithm>
#include <cstring>

namespace racecourse::schedules {

namespace {

bool has_value(const Operation& operation) {
  switch (operation.kind) {
    case OperationKind::read:
    case OperationKind::write:
    case OperationKind::atomic_load:
    case OperationKind::atomic_store:
    case OperationKind::atomic_update:
      return operation.size == 1 || operation.size == 2 || operation.size == 4 || operation.size == 8;
    default:
      return false;
  }
}

std::uint64_t value_at(const Operation& operation) {
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void*>(operation.object), operation.size);
  return value;
}

}  // namespace

void Recorder::executes(std::uint64_t step, ThreadId thread, const Operation& operation,
                        std::uint32_t context) {
  const auto add = [this](std::uint64_t value) {
    digest_ = (digest_ ^ value) * 0xFF51AFD7ED558CCDu;
    digest_ ^= digest_ >> 29;
  };
  add(std::uint64_t{thread} << 32 | static_cast<std::uint64_t>(operation.kind) << 8 | operation.size);
  add(modules_.stable(operation.object));
  add(modules_.stable(operation.pc));
  if (steps_max_ == 0) return;
  Step entry{step, thread, operation, context, has_value(operation), true, 0};
  if (entry.has_value) {
    entry.value = value_at(operation);
    entry.settled = operation.kind == OperationKind::read || operation.kind == OperationKind::atomic_load;
  }
  steps_.push_back(entry);
  if (steps_.size() > steps_max_) steps_.pop_front();
}

void Recorder::settle(ThreadId thread) {
  // The thread's last step is the only one that can be open: it settles at each of its hooks.
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    if (step->thread != thread) continue;
    if (!step->settled) step->value = value_at(step->operation);
    step->settled = true;
    return;
  }
}

std::vector<StoryStep> Recorder::story(std::uint64_t until, std::uint32_t steps_max) const {
  std::vector<StoryStep> story;
  std::unordered_map<std::uintptr_t, std::uint32_t> numbers;
  const auto end =
      std::find_if(steps_.begin(), steps_.end(), [&](const Step& step) { return step.step > until; });
  const auto count = std::min<std::ptrdiff_t>(end - steps_.begin(), steps_max);
  for (auto at = end - count; at != end; ++at) {
    const Step& step = *at;
    StoryStep told;
    told.step = step.step;
    told.thread = step.thread;
    told.operation = step.operation.kind;
    told.has_value = step.has_value;
    told.value = step.value;
    if (step.operation.object != 0)
      told.object = numbers.emplace(step.operation.object, static_cast<std::uint32_t>(numbers.size() + 1))
                        .first->second;
    told.place = modules_.code_address(step.operation.pc);
    const auto calls = contexts_.calls(step.context);
    for (std::size_t i = 0; i < std::min<std::size_t>(calls.size(), 16); ++i)
      told.callers.push_back(modules_.code_address(calls[i]));
    story.push_back(std::move(told));
  }
  return story;
}

}  // namespace racecourse::schedules
