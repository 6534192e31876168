#include "sync_objects.hpp"

namespace racecourse::schedules {

void SyncObjects::new_execution() {
  all_.resize(1);
  mutexes_.reset();
  rwlocks_.reset();
  conditions_.reset();
  semaphores_.reset();
  descriptors_.reset();
  barriers_.reset();
  onces_.reset();
  futexes_.reset();
  thread_ends_.reset();
  atomics_.reset();
}

void SyncObjects::forget(SyncObject& object) {
  std::uint32_t* link = &shadow_.word(object.address).object;
  while (*link != 0 && all_[*link] != &object) link = &all_[*link]->next_in_word;
  if (*link != 0) *link = object.next_in_word;
}

}  // namespace racecourse::schedules
