#include "surw.hpp"

#include <algorithm>

namespace racecourse::schedules {

bool Surw::new_execution(std::uint64_t index) {
  random_ = random_of(seed_, index);
  counts_.clear();
  next_ = kNoThread;
  word_ = 0;
  left_.clear();
  if (!targets_.empty()) {
    const Target& target = targets_[random_.below(static_cast<std::uint32_t>(targets_.size()))];
    word_ = target.word;
    left_ = target.counts;
  }
  return true;
}

bool Surw::is_interesting(const Operation& operation) const {
  return word_ != 0 && operation.object >> 3 == word_;
}

void Surw::draw_next(const SchedulingPoint* point) {
  // Threads that exist are those that can go on or have been asked about; the others' weight is thread 0's to
  // spend.
  std::uint64_t total = 0;
  const auto weight = [&](ThreadId thread) -> std::uint64_t {
    return thread < left_.size() ? left_[thread] : 0;
  };
  for (const ThreadId candidate : point->candidates) total += weight(candidate);
  if (total == 0) {
    next_ = point->candidates[random_.below(static_cast<std::uint32_t>(point->candidates.size()))];
    return;
  }
  std::uint64_t draw = random_.below(static_cast<std::uint32_t>(std::min<std::uint64_t>(total, 0xFFFFFFFF)));
  for (const ThreadId candidate : point->candidates) {
    next_ = candidate;
    if (draw < weight(candidate)) return;
    draw -= weight(candidate);
  }
}

ThreadId Surw::choose_thread(const SchedulingPoint& point) {
  const bool can =
      std::find(point.candidates.begin(), point.candidates.end(), next_) != point.candidates.end();
  if (!can) draw_next(&point);
  // Whoever is about to do something else may; of the others only the one whose turn it is.
  std::uint32_t open = 0;
  const auto may = [&](ThreadId thread) { return thread == next_ || !is_interesting(point.next_of(thread)); };
  for (const ThreadId candidate : point.candidates) open += may(candidate) ? 1 : 0;
  std::uint32_t draw = random_.below(open);
  for (const ThreadId candidate : point.candidates)
    if (may(candidate) && draw-- == 0) return candidate;
  return next_;
}

void Surw::executed(ThreadId thread, const Operation& operation) {
  if (thread == kNoThread || operation.object == 0) return;
  Counts& counts = counts_[operation.object >> 3];
  if (counts.size() <= thread) counts.resize(thread + 1u);
  ++counts[thread];
  if (!is_interesting(operation)) return;
  if (thread < left_.size() && left_[thread] > 0) --left_[thread];
  next_ = kNoThread;  // Drawn anew when it is next needed.
}

void Surw::end_execution(bool complete) {
  if (!complete) return;
  targets_.clear();
  for (const auto& [word, counts] : counts_)
    if (std::count_if(counts.begin(), counts.end(), [](std::uint32_t count) { return count > 0; }) > 1)
      targets_.push_back({word, counts});
  std::sort(targets_.begin(), targets_.end(),
            [](const Target& a, const Target& b) { return a.word < b.word; });
}

}  // namespace racecourse::schedules
