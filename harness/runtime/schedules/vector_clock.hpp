// VectorClock: for each thread, how much of its past is known. The happens-before relation of the race
// detector.
//
// A value. Clocks of threads that are not mentioned are 0. Up to kInline threads need no allocation; objects
// are pooled, so that a clock that once grew stays large. Not thread-safe; only the engine's OS thread has
// any.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "operation.hpp"

namespace racecourse::schedules {

class VectorClock {
 public:
  VectorClock() = default;
  VectorClock(const VectorClock& other) { *this = other; }
  VectorClock& operator=(const VectorClock& other) {
    if (this == &other) return *this;
    reserve(other.size_);
    std::copy_n(other.values_, other.size_, values_);
    size_ = other.size_;
    return *this;
  }
  ~VectorClock() = default;

  [[nodiscard]] std::uint32_t at(ThreadId thread) const { return thread < size_ ? values_[thread] : 0; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }
  void set(ThreadId thread, std::uint32_t value) {
    extend(thread + 1u);
    values_[thread] = value;
  }
  void join(const VectorClock& other) {
    extend(other.size_);
    for (std::uint32_t i = 0; i < other.size_; ++i) values_[i] = std::max(values_[i], other.values_[i]);
  }

 private:
  static constexpr std::uint32_t kInline = 8;
  void reserve(std::uint32_t size) {
    if (size <= capacity_) return;
    const std::uint32_t capacity = std::max(size, 2 * capacity_);
    std::unique_ptr<std::uint32_t[]> grown(new std::uint32_t[capacity]);
    std::copy_n(values_, size_, grown.get());
    spilled_ = std::move(grown);
    values_ = spilled_.get();
    capacity_ = capacity;
  }
  void extend(std::uint32_t size) {
    if (size <= size_) return;
    reserve(size);
    std::fill(values_ + size_, values_ + size, 0u);
    size_ = size;
  }

  std::array<std::uint32_t, kInline>
      inline_;  // Uninitialised beyond size_, on purpose: clearing costs nothing.
  std::uint32_t* values_ = inline_.data();
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = kInline;
  std::unique_ptr<std::uint32_t[]> spilled_;
};

}  // namespace racecourse::schedules
