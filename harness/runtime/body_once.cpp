// How the drivers of all instruments but `schedules` run a scenario's body: once.
#include "channel.hpp"
#include "driver.hpp"
#include "racecourse/scenario.hpp"
#include "type_name.hpp"

namespace racecourse {

namespace driver {

ScheduleOptions schedule_options;

void before_anything_else() {}

void run_body(void (*body)()) {
  try {
    body();
  } catch (const std::exception& error) {
    channel::Message("exception").text("name", type_name(typeid(error))).text("value", error.what()).send();
    count_failure();
  }
  // Any other exception passes: doctest uses one of its own to leave a scenario after a failed REQUIRE.
}

void fail_in_execution(std::string_view, std::string_view) {}
void observe_in_execution(std::string_view, const std::string&) {}

}  // namespace driver

bool under_schedules() { return false; }

namespace detail {

bool in_execution() { return false; }
OutsideExecution::OutsideExecution() : was_inside_(false) {}
OutsideExecution::~OutsideExecution() = default;
void begin_lock_free_operation() {}
void end_lock_free_operation() {}

}  // namespace detail

}  // namespace racecourse
