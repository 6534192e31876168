// Synchronisation objects as the runtime emulates them, and the table that finds them by address.
//
// The C library's objects are only addresses here: no emulated lock ever touches their memory, so they look
// unlocked. An object comes into being when it is first used, also if nothing ever initialised it (static
// initialisers, zeroed memory), and goes when it is destroyed, freed, or when something writes plainly over
// its first word, which is how a new std::mutex on a reused stack looks. Objects are pooled and live for one
// execution.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "shadow.hpp"
#include "thread.hpp"
#include "vector_clock.hpp"

namespace racecourse::schedules {

enum class ObjectKind : std::uint8_t {
  mutex,
  rwlock,
  condition,
  semaphore,
  barrier,
  descriptors,
  once,
  futex,
  atomic,
  thread
};

struct SyncObject {
  ObjectKind kind = ObjectKind::mutex;
  std::uintptr_t address = 0;
  std::uint32_t next_in_word = 0;
};

// A notification that woke nobody.
struct Unheard {
  bool happened = false;
  ThreadId thread = 0;
  std::uint64_t step = 0;
  std::uintptr_t pc = 0;
  std::uint32_t context = 0;
};

struct Mutex : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::mutex;
  ThreadId owner = kNoThread;
  std::uint32_t depth = 0;
  std::uint32_t passes = 0;  // How often it went from one thread to another.
  ThreadId last_owner = kNoThread;
  VectorClock clock;
  ThreadQueue contenders;
  void reset() {
    owner = kNoThread;
    depth = 0;
    passes = 0;
    last_owner = kNoThread;
    clock.clear();
    contenders.reset();
  }
};

struct RwLock : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::rwlock;
  ThreadId writer = kNoThread;
  std::vector<ThreadId> readers;  // A thread once for each time it holds the lock.
  VectorClock by_writers;         // What readers and writers acquire.
  VectorClock by_readers;         // What writers acquire besides.
  ThreadQueue contenders;
  void reset() {
    writer = kNoThread;
    readers.clear();
    by_writers.clear();
    by_readers.clear();
    contenders.reset();
  }
};

struct Condition : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::condition;
  ThreadQueue waiters;
  Unheard unheard;
  void reset() {
    waiters.reset();
    unheard = {};
  }
};

struct Semaphore : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::semaphore;
  std::uint32_t count = 0;
  VectorClock clock;
  ThreadQueue contenders;
  void reset() {
    count = 0;
    clock.clear();
    contenders.reset();
  }
};

struct Barrier : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::barrier;
  std::uint32_t needed = 0;
  std::uint32_t arrived = 0;
  VectorClock clock;
  ThreadQueue waiters;
  void reset() {
    needed = arrived = 0;
    clock.clear();
    waiters.reset();
  }
};

// All file descriptors together; see hooks_descriptor.cpp.
struct Descriptors : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::descriptors;
  VectorClock given;  // What readers acquire.
  VectorClock taken;  // What writers acquire, who may have waited for room.
  ThreadQueue contenders;
  void reset() {
    given.clear();
    taken.clear();
    contenders.reset();
  }
};

struct Once : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::once;
  ThreadId runner = kNoThread;
  bool finished = false;
  VectorClock clock;
  ThreadQueue contenders;
  void reset() {
    runner = kNoThread;
    finished = false;
    clock.clear();
    contenders.reset();
  }
};

struct Futex : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::futex;
  ThreadQueue waiters;
  Unheard unheard;
  void reset() {
    waiters.reset();
    unheard = {};
  }
};

// The end of a thread, as joiners see it; its address is the thread pointer.
struct ThreadEnd : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::thread;
  Thread* thread = nullptr;
  ThreadQueue contenders;
  void reset() {
    thread = nullptr;
    contenders.reset();
  }
};

// An older or newer value of an atomic object, for memory model c++20.
struct Store {
  __extension__ unsigned __int128 value = 0;
  ThreadId thread = 0;
  std::uint32_t clock = 0;            // The storing thread's, at the store.
  std::uint64_t sequential_step = 0;  // Of the first sequentially consistent operation that wrote or read it.
  VectorClock release;                // What an acquiring load of it learns.
  VectorClock seen;  // For each thread, its clock when it first read or wrote this store; 0: never.
};

struct AtomicCell : SyncObject {
  static constexpr ObjectKind kKind = ObjectKind::atomic;
  VectorClock release;         // Of the newest store.
  std::vector<Store> history;  // Oldest first; only under memory model c++20.
  std::uint32_t history_size = 0;
  void reset() {
    release.clear();
    history_size = 0;
  }
};

class SyncObjects {
 public:
  explicit SyncObjects(Shadow& shadow) : shadow_(shadow) {}
  void new_execution();

  template <class Object>
  Object* find(std::uintptr_t address) {
    for (std::uint32_t i = shadow_.word(address).object; i != 0; i = all_[i]->next_in_word)
      if (all_[i]->address == address && all_[i]->kind == Object::kKind) return static_cast<Object*>(all_[i]);
    return nullptr;
  }
  template <class Object>
  Object& find_or_make(std::uintptr_t address) {
    if (Object* const found = find<Object>(address)) return *found;
    Object& made = pool<Object>().take();
    made.reset();
    made.kind = Object::kKind;
    made.address = address;
    Word& word = shadow_.word(address);
    made.next_in_word = word.object;
    word.object = static_cast<std::uint32_t>(all_.size());
    all_.push_back(&made);
    return made;
  }
  void forget(SyncObject& object);
  // Calls visit(object) for each object of the word; visit may forget the one it is given.
  template <class Visit>
  void for_each_in(const Word& word, Visit visit) {
    for (std::uint32_t i = word.object; i != 0;) {
      SyncObject& object = *all_[i];
      i = object.next_in_word;
      visit(object);
    }
  }

 private:
  template <class Object>
  class Pool {
   public:
    Object& take() {
      if (used_ == objects_.size()) objects_.push_back(std::make_unique<Object>());
      return *objects_[used_++];
    }
    void reset() { used_ = 0; }

   private:
    std::vector<std::unique_ptr<Object>> objects_;
    std::size_t used_ = 0;
  };
  template <class Object>
  Pool<Object>& pool();

  Shadow& shadow_;
  std::vector<SyncObject*> all_ = std::vector<SyncObject*>(1);  // Index 0 means none.
  Pool<Mutex> mutexes_;
  Pool<RwLock> rwlocks_;
  Pool<Condition> conditions_;
  Pool<Semaphore> semaphores_;
  Pool<Barrier> barriers_;
  Pool<Descriptors> descriptors_;
  Pool<Once> onces_;
  Pool<Futex> futexes_;
  Pool<ThreadEnd> thread_ends_;
  Pool<AtomicCell> atomics_;
};

template <>
inline SyncObjects::Pool<Mutex>& SyncObjects::pool() {
  return mutexes_;
}
template <>
inline SyncObjects::Pool<RwLock>& SyncObjects::pool() {
  return rwlocks_;
}
template <>
inline SyncObjects::Pool<Condition>& SyncObjects::pool() {
  return conditions_;
}
template <>
inline SyncObjects::Pool<Semaphore>& SyncObjects::pool() {
  return semaphores_;
}
template <>
inline SyncObjects::Pool<Barrier>& SyncObjects::pool() {
  return barriers_;
}
template <>
inline SyncObjects::Pool<Descriptors>& SyncObjects::pool() {
  return descriptors_;
}
template <>
inline SyncObjects::Pool<Once>& SyncObjects::pool() {
  return onces_;
}
template <>
inline SyncObjects::Pool<Futex>& SyncObjects::pool() {
  return futexes_;
}
template <>
inline SyncObjects::Pool<ThreadEnd>& SyncObjects::pool() {
  return thread_ends_;
}
template <>
inline SyncObjects::Pool<AtomicCell>& SyncObjects::pool() {
  return atomics_;
}

}  // namespace racecourse::schedules
