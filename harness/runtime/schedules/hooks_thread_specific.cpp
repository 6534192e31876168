// Data of threads by key, and destructors of thread_local objects.
//
// The C library runs both when a real thread ends; the threads of the world are not real ones. Keys are the
// runtime's own at all times, since a key made while the program is loaded is used by threads of the world
// later. Before the first execution and outside executions there is one thread, the host.
#include <errno.h>
#include <pthread.h>

#include <array>

#include "hook.hpp"
#include "host_text.hpp"
#include "next_symbol.hpp"

namespace racecourse::schedules {

namespace {

struct Key {
  bool used = false;
  void (*destructor)(void*) = nullptr;
};
constexpr std::size_t kKeysMax = 1024;  // As PTHREAD_KEYS_MAX.
std::array<Key, kKeysMax> keys;
std::array<void*, kKeysMax> host_values;

// Keys made in an execution by the world go with it.
std::array<Key, kKeysMax> keys_before;

}  // namespace

void remember_keys() { keys_before = keys; }
void restore_keys() { keys = keys_before; }

void run_key_destructors(Thread& thread) {
  for (int round = 0; round < 4; ++round) {
    bool again = false;
    for (std::size_t i = 0; i < thread.specific.size(); ++i) {
      void* const value = thread.specific[i];
      if (value == nullptr || !keys[i].used || keys[i].destructor == nullptr) continue;
      thread.specific[i] = nullptr;
      again = true;
      in_world = true;
      keys[i].destructor(value);
      in_world = false;
    }
    if (!again) return;
  }
}

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) {
  for (std::size_t i = 0; i < kKeysMax; ++i) {
    if (keys[i].used || keys_before[i].used) continue;
    keys[i] = {true, destructor};
    // A library makes its key once in the process, whenever that is.
    if (is_library(RACECOURSE_CALLER)) keys_before[i] = keys[i];
    *key = static_cast<pthread_key_t>(i);
    return 0;
  }
  return EAGAIN;
}

RACECOURSE_HOOK int pthread_key_delete(pthread_key_t key) {
  if (key >= kKeysMax || !keys[key].used) return EINVAL;
  keys[key] = {};
  return 0;
}

RACECOURSE_HOOK void* pthread_getspecific(pthread_key_t key) {
  if (key >= kKeysMax) return nullptr;
  if (!in_world) return host_values[key];
  const Thread& me = engine().self();
  return key < me.specific.size() ? me.specific[key] : nullptr;
}

RACECOURSE_HOOK int pthread_setspecific(pthread_key_t key, const void* value) {
  if (key >= kKeysMax || !keys[key].used) return EINVAL;
  if (!in_world) {
    host_values[key] = const_cast<void*>(value);
    return 0;
  }
  const Hook hook;
  Thread& me = engine().self();
  if (key >= me.specific.size()) me.specific.resize(key + 1);
  me.specific[key] = const_cast<void*>(value);
  return 0;
}

RACECOURSE_HOOK int __cxa_thread_atexit_impl(void (*destructor)(void*), void* object, void* module) {
  if (!in_world) return next<"__cxa_thread_atexit_impl", int>(destructor, object, module);
  const Hook hook;
  engine().self().destructors.push_back({destructor, object});
  return 0;
}

// Objects with static storage that are made in an execution end with it (see body_entry), not with the
// process.
RACECOURSE_HOOK int __cxa_atexit(void (*destructor)(void*), void* object, void* module) {
  if (!in_world) return next<"__cxa_atexit", int>(destructor, object, module);
  const Hook hook;
  engine().at_exit.push_back({destructor, object});
  return 0;
}
