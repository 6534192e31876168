// The longer functions of the classes, and run_on_threads.
#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "classes.hpp"

namespace race_counter {

bool MyBounded::try_increment() {
  Hold hold(lock_);
  if (value_ == limit_) return false;
  ++value_;
  return true;
}

bool MyBounded::try_decrement() {
  Hold hold(lock_);
  if (value_ == 0) return false;
  --value_;
  return true;
}

std::int64_t MyBounded::value() const {
  Hold hold(lock_);
  return value_;
}

Snapshot MyDocument::read() const {
  Hold hold(lock_);
  return now_;
}

bool MyDocument::try_save(std::uint64_t base_version, const std::string& text) {
  Hold hold(lock_);
  if (base_version != now_.version) return false;
  now_.text = text;
  ++now_.version;
  return true;
}

std::uint64_t MyDocument::edit(const std::function<std::string(const std::string&)>& change) {
  for (;;) {
    const Snapshot base = read();
    if (try_save(base.version, change(base.text))) return base.version + 1;
  }
}

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::vector<std::exception_ptr> errors(jobs);
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < std::min(threads, jobs); ++t) {
      workers.emplace_back([&] {
        for (std::size_t i = next++; i < jobs; i = next++) {
          try {
            job(i);
          } catch (...) {
            errors[i] = std::current_exception();
          }
        }
      });
    }
  }
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace race_counter
