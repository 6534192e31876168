// What a pool says after close() and after terminate(), and join() of an open one.
#include <string>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string echo(const std::string& argument) { return argument; }

std::string outcome_of_apply(process_pool::Pool& pool, process_pool::Task task) {
  return scenarios::outcome_of([&] { return pool.apply_async(task, "x")->get(); });
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
  CHECK_MESSAGE(outcome_of_apply(*pool, nullptr) == "std::invalid_argument",
                "apply_async() of a null task must throw std::invalid_argument.");
  CHECK_MESSAGE(outcome_of_map(*pool, nullptr) == "std::invalid_argument",
                "map() of a null task must throw std::invalid_argument.");
  const auto before = pool->apply_async(echo, "handed in before");
  pool->close();
  pool->close();
  CHECK_MESSAGE(outcome_of_apply(*pool, echo) == "PoolClosed",
                "apply_async() after close() must throw PoolClosed.");
  CHECK_MESSAGE(outcome_of_map(*pool, echo) == "PoolClosed", "map() after close() must throw PoolClosed.");
  CHECK_MESSAGE(scenarios::outcome_of(*before) == "value handed in before",
                "A task that was handed in before close() must still run.");

  const auto other = process_pool::make_pool(1);
  other->terminate();
  CHECK_MESSAGE(outcome_of_apply(*other, echo) == "PoolClosed",
                "apply_async() after terminate() must throw PoolClosed.");
  CHECK_MESSAGE(outcome_of_map(*other, echo) == "PoolClosed",
                "map() after terminate() must throw PoolClosed.");
}
