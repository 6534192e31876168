// What capture.sh runs under ThreadSanitizer: calls one case of student.cpp, in the place of a lab's driver.
//
//   driver_tsan CASE REPORTS_FD
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "driver.hpp"
#include "student.hpp"

namespace {

int g_tally = 0;
std::vector<int> g_values(1);
std::string g_text;
std::unique_ptr<Cell> g_cell;

void together(const std::function<void()>& first, const std::function<void()>& second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

void count_one() { ++g_tally; }

void* count_one_in_c(void*) {
  ++g_tally;
  return nullptr;
}

void count_under_the_lock() {
  lock_that_does_nothing();
  count_one();
}

void read_before_it_is_ready() {
  static int result = 0;
  fill_later(&result);
  usleep(100'000);
  std::printf("%d\n", result);
}

const std::map<std::string, std::function<void()>> kCases = {
    {"no_race", [] { g_cell->add(1); }},
    {"race_int", [] { together([] { g_cell->add(1); }, [] { (void)g_cell->value(); }); }},
    {"race_same_line", [] { together([] { g_cell->add(1); }, [] { g_cell->add(2); }); }},
    {"race_global", [] { together(add_to_global, add_to_global); }},
    {"race_heap", [] { together([] { append(g_values); }, [] { (void)newest(g_values); }); }},
    {"race_vptr", [] { together(destroy_shape, [] { (void)count_corners(); }); }},
    {"use_after_free", [] { together(free_block, write_block); }},
    {"double_free", [] { together(free_block, free_block_again); }},
    {"lock_order", [] { together(lock_left_then_right, lock_right_then_left); }},
    {"thread_leak", start_and_forget},
    {"destroy_locked", destroy_while_locked},
    {"bad_unlock", unlock_without_lock},
    {"invalid_mutex", lock_after_destroy},
    {"race_twice",
     [] {
       together([] { g_cell->add(1); }, [] { (void)g_cell->value(); });
       g_cell = make_cell();
       together([] { g_cell->add(1); }, [] { (void)g_cell->value(); });
     }},
    {"race_in_scenario", [] { together(count_under_the_lock, count_under_the_lock); }},
    {"race_in_callback", [] { repeat_in_two_threads(count_one); }},
    {"race_in_thread_function", [] { call_in_two_threads(count_one); }},
    {"race_string", [] { together([] { append_text(g_text); }, [] { append_text(g_text); }); }},
    {"race_in_c_thread_function", [] { call_in_two_c_threads(count_one_in_c); }},
    {"race_with_scenario", read_before_it_is_ready},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || !kCases.contains(argv[1])) return 2;
  racecourse::driver::route_tsan_reports(std::atoi(argv[2]));
  g_cell = make_cell();
  kCases.at(argv[1])();
  racecourse::driver::provoke_canary_race();
  return 0;
}
