// Goal: what a job throws, the caller of run_on_threads catches. Method: one job throws a type of its own, in
// real time; two jobs throw at the same time, in every interleaving.
#include <stdexcept>
#include <string>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void two_fail_at_once() {
  bool caught = false;
  try {
    race_counter::run_on_threads(2, 2, [&](std::size_t) { throw Failure("at once"); });
  } catch (const std::exception& error) {
    // Whether it has kept its type is seen in real time.
    caught = error.what() == std::string("at once");
  }
  CHECK_MESSAGE(caught, "Two jobs threw at the same time: run_on_threads must throw one of the exceptions.");
}

void one_fails() {
  auto& in = racecourse::inputs();
  const std::string reason = in.word(10);
  const auto jobs = static_cast<std::size_t>(in.between(5, 12));
  const auto failing = static_cast<std::size_t>(in.between(0, 4));
  std::string caught;
  try {
    race_counter::run_on_threads(3, jobs, [&](std::size_t job) {
      if (job == failing) throw Failure(reason);
    });
  } catch (const Failure& failure) {
    caught = failure.what();
  }
  CHECK_MESSAGE(caught == reason,
                "A job threw an exception: run_on_threads must throw that very exception to its caller.");
  int thrown = 0;
  try {
    race_counter::run_on_threads(2, 4, [](std::size_t job) {
      if (job == 2) throw 42;
    });
  } catch (int number) {
    thrown = number;
  }
  CHECK_MESSAGE(thrown == 42,
                "A job threw an int: run_on_threads must throw it to its caller; any type may be thrown.");
  bool refused = false;
  try {
    race_counter::run_on_threads(0, jobs, [](std::size_t) {});
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  CHECK_MESSAGE(refused, "run_on_threads with 0 threads must throw std::invalid_argument.");
}

}  // namespace

RACECOURSE_SCENARIO(exception_reaches_the_caller) {
  if (racecourse::under_schedules())
    two_fail_at_once();
  else
    one_fails();
}
