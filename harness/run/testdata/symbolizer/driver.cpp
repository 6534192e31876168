// In the place of a lab's driver: two threads that run the submission, without anything between them.
#include <pthread.h>

void run(int amount);

static void repeat() {
  for (int i = 0; i < 200; ++i) run(i);  // MARK repeat
}

static void* start(void*) {
  repeat();
  return nullptr;
}

int main() {
  pthread_t other;
  pthread_create(&other, nullptr, start, nullptr);  // MARK main
  repeat();
  pthread_join(other, nullptr);
}
