// What a pool says after close() and after terminate(), and join() of an open one.
#include <string>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string echo(const std::string& argument) { return argument; }

std::string outcome_of_apply(process_pool::Pool& pool, process_pool::Task task) {
  return scenarios::outcome_of([&] {
    (void)pool.apply_async(task, "x");
    return "accepted";
  });
}
std::string outcome_of_map(process_pool::Pool& pool, process_pool::Task task) {
  return scenarios::outcome_of([&] { return pool.map(task, {"x"}).front(); });
}

}  // namespace

RACECOURSE_SCENARIO(closed_pool_refuses_tasks) {
  const auto pool = process_pool::make_pool(2);
  const std::string joined = scenarios::outcome_of([&] {
    pool->join();
    return std::string();
  });
  CHECK_MESSAGE(joined == "std::logic_error",
                "join() of a pool that is not closed must throw std::logic_error.");
  if (joined != "std::logic_error") return;
  const bool null_refused = outcome_of_apply(*pool, nullptr) == "std::invalid_argument";
  CHECK_MESSAGE(null_refused, "apply_async() of a null task must throw std::invalid_argument.");
  if (!null_refused) return;
  CHECK_MESSAGE(outcome_of_map(*pool, nullptr) == "std::invalid_argument",
                "map() of a null task must throw std::invalid_argument.");
  const auto before = pool->apply_async(echo, "handed in before");
  pool->close();
  pool->close();
  CHECK_MESSAGE(outcome_of_apply(*pool, echo) == "PoolClosed",
                "apply_async() after close() must throw PoolClosed.");
  CHECK_MESSAGE(outcome_of_map(*pool, echo) == "PoolClosed", "map() after close() must throw PoolClosed.");
  const std::string of_nothing =
      scenarios::outcome_of([&] { return std::to_string(pool->map(echo, {}).size()); });
  CHECK_MESSAGE(of_nothing == "PoolClosed",
                "map() after close() must throw PoolClosed, also without arguments.");
  CHECK_MESSAGE(scenarios::outcome_of(*before) == "value handed in before",
                "A task that was handed in before close() must still run.");

  const auto other = process_pool::make_pool(1);
  other->terminate();
  CHECK_MESSAGE(outcome_of_apply(*other, echo) == "PoolClosed",
                "apply_async() after terminate() must throw PoolClosed.");
  CHECK_MESSAGE(outcome_of_map(*other, echo) == "PoolClosed",
                "map() after terminate() must throw PoolClosed.");
}
