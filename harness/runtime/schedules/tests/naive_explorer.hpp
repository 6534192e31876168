// A naive explorer: every interleaving of a small program by plain recursion over an interpreter of its own.
// For tests only; it shares no code with the runtime.
//
// A program is two or three threads of straight-line steps on two atomic objects, two mutexes and two plain
// variables, and a body that creates the threads and joins them one after the other. As in the runtime, a
// transition is an operation that another thread can notice, with everything private that follows it: an
// operation on an object that two threads use, a lock of such a mutex, an access to a variable that races,
// and a join that had to wait. Releasing a mutex is private, since nobody tries one without waiting.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace naive {

enum class Kind : std::uint8_t { load, store, add, lock, unlock, read, write };

struct Step {
  Kind kind;
  int object;  // 0 or 1, of its family.
  int operand;
};

using Thread = std::vector<Step>;
using Program = std::vector<Thread>;

struct Result {
  std::uint64_t interleavings = 0;
  std::set<std::string> classes;   // Mazurkiewicz traces, each by a name of its own.
  std::set<std::string> outcomes;  // Of those that end.
  bool races = false;
  bool deadlocks = false;
};

[[nodiscard]] Result explore(const Program& program);

// The text of an outcome: what each thread read, then the final values. Both explorers use it.
[[nodiscard]] std::string outcome_text(const std::vector<std::vector<int>>& reads,
                                       const std::array<int, 2>& atomics, const std::array<int, 2>& plains);

}  // namespace naive
