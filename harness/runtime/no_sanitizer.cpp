// In the place of sanitizer.cpp in drivers without ThreadSanitizer.
#include "driver.hpp"
#include "racecourse/scenario.hpp"

namespace racecourse {

bool under_tsan() { return false; }

void driver::route_tsan_reports(int) {}
void driver::provoke_canary_race() {}

}  // namespace racecourse
