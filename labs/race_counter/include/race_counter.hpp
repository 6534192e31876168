// race_counter: shared state under threads. The interface that race_counter.cpp implements.
//
// Three objects that many threads use at once, and one function that spreads work over threads. Every
// function below may be called by any number of threads at the same time, on the same object, unless it says
// otherwise; the only call that may not overlap others is an object's destructor. No function blocks for
// longer than another call of the same object needs for its own short work (run_on_threads waits for its
// jobs). Objects share nothing with each other. Any means of synchronisation is right: mutexes, atomics,
// compare-and-swap, shards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace race_counter {

// Part 1. A counter that starts at 0.
class Counter {
 public:
  virtual ~Counter() = default;

  // Adds 1. When the call returns, the 1 is counted: nothing is kept back for later.
  virtual void increment() = 0;

  // The number of increments so far: counts every increment() that returned before this call began, in
  // whatever thread, and none that begins after this call has returned. Increments that overlap the call may
  // be counted or not.
  [[nodiscard]] virtual std::int64_t value() const = 0;
};

// Part 2. A counter that starts at 0 and never leaves the range [0, limit].
class BoundedCounter {
 public:
  virtual ~BoundedCounter() = default;

  // Adds 1 and returns true, or changes nothing and returns false. False means that the counter stood at the
  // limit at some moment during the call; a collision with another thread alone is no reason to refuse.
  [[nodiscard]] virtual bool try_increment() = 0;

  // Subtracts 1 and returns true, or changes nothing and returns false. False means that the counter stood at
  // 0 at some moment during the call.
  [[nodiscard]] virtual bool try_decrement() = 0;

  // The present value. Nobody ever sees a value below 0 or above the limit, not even for an instant.
  [[nodiscard]] virtual std::int64_t value() const = 0;
};

// What a user of a document has on the screen: a text and the number of exactly that version.
struct Snapshot {
  std::string text;
  std::uint64_t version = 0;
};

// Part 3. A document that several users edit at once. Nobody locks it while thinking: a user reads a version,
// works on a copy, and saves over that very version. Whoever comes second is refused and starts again from
// the newer text.
class Document {
 public:
  virtual ~Document() = default;

  // Text and version number, both of the same moment.
  [[nodiscard]] virtual Snapshot read() const = 0;

  // If base_version is the number of the present version: makes `text` the document's text, raises the
  // version number by exactly 1 (also if the text is the same as before) and returns true. Otherwise
  // (base_version is older, or newer than anything that exists): changes nothing and returns false. There is
  // no other reason for false.
  [[nodiscard]] virtual bool try_save(std::uint64_t base_version, const std::string& text) = 0;

  // Replaces the text by change(text), losing nobody's work: calls `change` with the text of some version, in
  // the calling thread, and saves what it returns over that same version; if somebody else has saved in
  // between, calls `change` again with the newer text, and so on until a save succeeds. Returns the number of
  // the version which that save made.
  //
  // No lock is held while `change` runs (a user may type for hours): any thread, and `change` itself, may
  // meanwhile call any function of this document, and those calls do not wait for `change`. An exception of
  // `change` reaches the caller; this edit then has changed nothing, and the document stays usable.
  virtual std::uint64_t edit(const std::function<std::string(const std::string&)>& change) = 0;
};

// `limit` may be 0: then nothing fits in. Throws std::invalid_argument if it is negative.
[[gnu::visibility("default")]] std::unique_ptr<Counter> make_counter();
[[gnu::visibility("default")]] std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit);
// The document's first version holds `text` and has the number 1.
[[gnu::visibility("default")]] std::unique_ptr<Document> make_document(std::string text);

// Part 4. Calls job(0), job(1), … job(jobs - 1), each exactly once, on at most `threads` threads, and returns
// when all of them have ended and every thread that it created is joined. What the jobs wrote is then visible
// to the caller.
// - A call creates at most `threads` threads, however many jobs there are. Whether the calling thread works
//   too or only waits is free; together they run at most `threads` jobs at a time. `jobs` may be 0.
// - While there are jobs that nobody has begun, `threads` jobs run at the same time: a thread that is free
// takes
//   the next job at once, so that a long job holds up nobody but itself.
// - A job that throws does not keep the others from being called. When all have ended, the exception of the
// job with the
//   smallest number among those that threw is rethrown to the caller; the others' are dropped.
// - Calls do not disturb each other: several threads may call it at once, and a job may call it too.
// Throws std::invalid_argument if `threads` is 0.
[[gnu::visibility("default")]] void run_on_threads(std::size_t threads, std::size_t jobs,
                                                   const std::function<void(std::size_t)>& job);

}  // namespace race_counter
