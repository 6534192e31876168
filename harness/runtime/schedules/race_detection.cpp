#include "race_detection.hpp"

#include <algorithm>
#include <bit>
#include <string>

namespace racecourse::schedules {

namespace {

std::string access_text(const AccessRecord& access) {
  const int bytes = std::popcount(static_cast<unsigned>(access.mask));
  std::string text = (access.kind & 2) == 0 ? "atomically " : "";
  text += (access.kind & 1) != 0 ? "writes " : "reads ";
  return text + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

}  // namespace

void report_access(Engine& engine, Word& word, const AccessRecord& earlier, const AccessRecord& access) {
  engine.learn_racy(word);
  if (engine.is_known_race(earlier.pc, access.pc)) return;
  engine.tells_race(earlier.pc, access.pc);
  engine.report(FindingKind::data_race,
                "Data race: two threads access the same memory, at least one of them writes, and nothing "
                "orders the two.",
                {engine.place_of(access_text(earlier), static_cast<ThreadId>(earlier.thread), earlier.pc,
                                 earlier.context),
                 engine.place_of(access_text(access), static_cast<ThreadId>(access.thread), access.pc,
                                 access.context)});
}

void report_use_after_free(Engine& engine, const Word& word, std::uintptr_t pc, bool writes) {
  const AccessRecord& free = word.accesses[0];
  engine.fail(FindingKind::use_after_free,
              std::string("Use after free: a thread ") + (writes ? "writes to" : "reads") +
                  " memory that has been freed.",
              {engine.place_of("frees the memory", static_cast<ThreadId>(free.thread), free.pc, free.context),
               engine.place_here(writes ? "writes to it afterwards" : "reads it afterwards", pc)});
}

void access_range(Engine& engine, std::uintptr_t address, std::size_t size, bool writes, std::uintptr_t pc) {
  if (size == 0) return;
  const Operation operation{writes ? OperationKind::write : OperationKind::read,
                            static_cast<std::uint8_t>(std::min<std::size_t>(size, 16)), !writes, address, pc};
  bool choice = false;
  for (std::uintptr_t at = address & ~std::uintptr_t{7}; at < address + size && !choice; at += 8)
    choice = engine.is_choice_for_access(engine.shadow.word(at));
  choice ? engine.point(operation) : engine.private_step(operation);
  for (std::uintptr_t at = address & ~std::uintptr_t{7}; at < address + size; at += 8) {
    Word& word = engine.shadow.word(at);
    const std::uintptr_t begin = std::max(at, address);
    const std::uintptr_t end = std::min(at + 8, address + size);
    check_access(engine, word, mask_of(begin, end - begin),
                 writes ? AccessKind::plain_write : AccessKind::plain_read, pc);
    if (writes && word.object != 0) overwrite_objects(engine, word, begin, end - begin, pc);
  }
  if (writes) engine.changed(address);
}

void note_allocated(Engine& engine, std::uintptr_t address, std::size_t size) {
  // Memory that this execution has not seen has nothing to clear; only a block that is given out again does.
  if (size > 0 && engine.shadow.word(address).freed) engine.shadow.clear(address, size);
}

void note_freed(Engine& engine, std::uintptr_t address, std::size_t size, std::uintptr_t pc, bool ordered) {
  Thread& me = engine.self();
  const AccessRecord access = access_record(pc, me.id, 0xFF, me.epoch(), AccessKind::plain_write, me.context);
  for (std::uintptr_t at = address; at < address + size; at += 8) {
    Word& word = engine.shadow.word(at);
    if (word.object != 0)
      engine.objects.for_each_in(word, [&](SyncObject& object) { destroy_object(engine, object, pc); });
    const AccessRecord* const earlier =
        engine.options().detect_races && !ordered ? engine.shadow.record(word, access, me.clock) : nullptr;
    if (earlier != nullptr) {
      const AccessRecord used = *earlier;
      engine.learn_racy(word);
      engine.fail(
          FindingKind::use_after_free,
          "Use after free: memory is freed while nothing orders that after its use by another thread.",
          {engine.place_of(access_text(used), static_cast<ThreadId>(used.thread), used.pc, used.context),
           engine.place_here("frees the memory", pc)});
    }
    word.count = 1;
    word.overflow = 0;
    word.object = 0;
    word.accesses[0] = access;
    word.freed = true;
  }
}

void overwrite_objects(Engine& engine, Word& word, std::uintptr_t address, std::size_t size,
                       std::uintptr_t pc) {
  engine.objects.for_each_in(word, [&](SyncObject& object) {
    if (object.address >= address && object.address < address + size) destroy_object(engine, object, pc);
  });
}

void destroy_object(Engine& engine, SyncObject& object, std::uintptr_t pc) {
  const auto misuse = [&](const char* message) {
    engine.fail(FindingKind::mutex_misuse, message, {engine.place_here("destroys it", pc)});
  };
  switch (object.kind) {
    case ObjectKind::mutex: {
      const auto& mutex = static_cast<const Mutex&>(object);
      if (mutex.owner != kNoThread) misuse("A mutex is destroyed while it is locked.");
      if (!mutex.contenders.empty()) misuse("A mutex is destroyed while a thread waits for it.");
      break;
    }
    case ObjectKind::rwlock: {
      const auto& lock = static_cast<const RwLock&>(object);
      if (lock.writer != kNoThread || !lock.readers.empty())
        misuse("A reader-writer lock is destroyed while it is locked.");
      break;
    }
    case ObjectKind::condition:
      if (!static_cast<const Condition&>(object).waiters.empty())
        misuse("A condition variable is destroyed while a thread waits on it.");
      break;
    default:
      break;
  }
  engine.objects.forget(object);
}

}  // namespace racecourse::schedules
