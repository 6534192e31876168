// The interface between scenario.cpp and student.cpp, in the place of a lab's header.
#pragma once

#include <memory>
#include <string>
#include <vector>

#pragma GCC visibility push(default)

class Cell {
 public:
  virtual ~Cell() = default;
  virtual void add(int amount) = 0;
  virtual int value() const = 0;
};

std::unique_ptr<Cell> make_cell();
void add_to_global();
void append(std::vector<int>& values);
int newest(const std::vector<int>& values);
void destroy_shape();
int count_corners();
void free_block();
void write_block();
void free_block_again();
void lock_left_then_right();
void lock_right_then_left();
void start_and_forget();
void destroy_while_locked();
void unlock_without_lock();
void lock_after_destroy();
void lock_that_does_nothing();
void call_in_two_threads(void (*work)());
void call_in_two_c_threads(void* (*work)(void*));
void repeat_in_two_threads(void (*work)());
void fill_later(int* result);
void append_text(std::string& text);

#pragma GCC visibility pop
