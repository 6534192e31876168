#include "strategy.hpp"

namespace racecourse::schedules {

void Strategy::executed(ThreadId, const Operation&) {}
void Strategy::end_execution(bool) {}

}  // namespace racecourse::schedules
