// Counter, bounded counter and document, each with one lock.
#pragma once

#include <stdexcept>
#include <utility>

#include "lock.hpp"
#include "race_counter.hpp"

namespace race_counter {

class MyCounter : public Counter {
 public:
  void increment() override {
    Hold hold(lock_);
    ++value_;
  }
  std::int64_t value() const override {
    Hold hold(lock_);
    return value_;
  }

 private:
  mutable Lock lock_;
  std::int64_t value_ = 0;
};

class MyBounded : public BoundedCounter {
 public:
  explicit MyBounded(std::int64_t limit) : limit_(limit) {}
  bool try_increment() override;
  bool try_decrement() override;
  std::int64_t value() const override;

 private:
  mutable Lock lock_;
  const std::int64_t limit_;
  std::int64_t value_ = 0;
};

class MyDocument : public Document {
 public:
  explicit MyDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override;
  bool try_save(std::uint64_t base_version, const std::string& text) override;
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override;

 private:
  mutable Lock lock_;
  Snapshot now_;
};

}  // namespace race_counter
