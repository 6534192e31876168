#include "pos.hpp"

namespace racecourse::schedules {

ThreadId Pos::choose_thread(const SchedulingPoint& point) {
  ThreadId chosen = point.candidates.front();
  for (const ThreadId candidate : point.candidates) {
    if (priorities_[candidate] == 0) priorities_[candidate] = random_.bits() | 1;
    if (priorities_[candidate] > priorities_[chosen]) chosen = candidate;
  }
  for (const ThreadId candidate : point.candidates)
    if (candidate != chosen && conflict(point.next_of(candidate), point.next_of(chosen)))
      priorities_[candidate] = 0;
  priorities_[chosen] = 0;
  return chosen;
}

}  // namespace racecourse::schedules
