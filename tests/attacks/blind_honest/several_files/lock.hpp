// The lock that all classes share the type of.
#pragma once

#include <mutex>

namespace race_counter {

class Lock {
 public:
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

using Hold = std::lock_guard<Lock>;

}  // namespace race_counter
