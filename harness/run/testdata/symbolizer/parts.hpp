// What submission.cpp inlines: two levels, in a file of its own.
#pragma once

namespace parts {

template <class T>
[[gnu::always_inline]] inline void store(T& target, T value) {
  target = target + value;  // MARK store
}

class Tally {
 public:
  [[gnu::always_inline]] void add(int amount) {
    store(total_, amount);  // MARK add
  }

 private:
  int total_ = 0;
};

}  // namespace parts
