// What capture.sh runs under ThreadSanitizer: one small bug a function, in the place of a student's file.
#include <pthread.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "student.hpp"

namespace {

class Counter final : public Cell {
 public:
  void add(int amount) override { total_ = total_ + amount; }
  int value() const override { return total_; }

 private:
  int total_ = 0;
};

int g_total = 0;
std::mutex g_left;
std::mutex g_right;
pthread_mutex_t g_plain = PTHREAD_MUTEX_INITIALIZER;

struct Shape {
  virtual ~Shape();
  virtual int corners() const { return 0; }
};
struct Square : Shape {
  ~Square() override { usleep(200'000); }
  int corners() const override { return 4; }
};
// Takes the object, so that the compiler must keep the change of type that comes before it.
[[gnu::noinline]] void look_at(const Shape& shape) {
  (void)*reinterpret_cast<const char* volatile*>(&const_cast<Shape&>(shape));
}
Shape::~Shape() { look_at(*this); }
Shape* g_shape = new Square;
int* g_block = new int(1);

}  // namespace

std::unique_ptr<Cell> make_cell() { return std::make_unique<Counter>(); }

void add_to_global() { ++g_total; }

void append(std::vector<int>& values) { values.push_back(1); }
int newest(const std::vector<int>& values) { return values.empty() ? 0 : values.back(); }

void destroy_shape() { delete g_shape; }
int count_corners() {
  usleep(100'000);
  return g_shape->corners();
}

void free_block() { delete g_block; }
void write_block() {
  usleep(100'000);
  *g_block = 2;
}
void free_block_again() {
  usleep(100'000);
  delete g_block;
}

void lock_left_then_right() {
  std::lock_guard left(g_left);
  std::lock_guard right(g_right);
}
void lock_right_then_left() {
  usleep(100'000);
  std::lock_guard right(g_right);
  std::lock_guard left(g_left);
}

void start_and_forget() {
  static pthread_t thread;
  pthread_create(
      &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
  usleep(100'000);
}

void destroy_while_locked() {
  pthread_mutex_lock(&g_plain);
  pthread_mutex_destroy(&g_plain);
}
void unlock_without_lock() { pthread_mutex_unlock(&g_plain); }
void lock_after_destroy() {
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, nullptr);
  pthread_mutex_destroy(&mutex);
  pthread_mutex_lock(&mutex);
}

void lock_that_does_nothing() {}

// The threads' whole work is the caller's function: no frame of this file stands in their stacks.
void call_in_two_threads(void (*work)()) {
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
}

void call_in_two_c_threads(void* (*work)(void*)) {
  pthread_t first;
  pthread_t second;
  pthread_create(&first, nullptr, work, nullptr);
  pthread_create(&second, nullptr, work, nullptr);
  pthread_join(first, nullptr);
  pthread_join(second, nullptr);
}

// The caller's function is called from a loop of this file.
void repeat_in_two_threads(void (*work)()) {
  const auto loop = [work] {
    for (int i = 0; i < 2; ++i) work();
  };
  std::thread first(loop);
  std::thread second(loop);
  first.join();
  second.join();
}

void fill_later(int* result) {
  std::thread([result] { *result = 42; }).detach();
}

void append_text(std::string& text) { text += "a text that is too long for the short string"; }
