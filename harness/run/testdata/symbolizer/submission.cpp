// In the place of a student's file: races in plain, inlined, template and unnamed functions.
#include "parts.hpp"

namespace {

// In words of their own: after a race newer ThreadSanitizers are silent about the rest of the word.
alignas(8) parts::Tally g_tally;
alignas(8) int g_plain = 0;
alignas(8) int g_unnamed = 0;

template <class T>
[[gnu::noinline]] void write_plain(T value) {
  g_plain = g_plain + value;  // MARK write_plain
}

struct Worker {
  [[gnu::noinline]] void work(int amount) {
    g_tally.add(amount);  // MARK work
    asm volatile("");     // Keeps the call below from becoming a jump.
  }
};

}  // namespace

__attribute__((visibility("default"))) void run(int amount) {
  Worker worker;
  worker.work(amount);  // MARK run
  write_plain(amount);
  const auto unnamed = [](int value) __attribute__((noinline)) { g_unnamed = g_unnamed + value; };  // MARK unnamed
  unnamed(amount);
  asm volatile("");
}
