// Race detection: checks each access of the world against the happens-before relation, and memory that was
// freed.
//
// Called by hooks, for the running thread, when the access happens. Accesses to memory in the C library's own
// segments do not come here: nothing there is instrumented.
#pragma once

#include <cstdint>

#include "engine.hpp"

namespace racecourse::schedules {

// The mask of `size` bytes at `address` within its word; what reaches beyond belongs to the next word.
[[nodiscard]] inline std::uint8_t mask_of(std::uintptr_t address, std::size_t size) {
  const unsigned low = address & 7;
  return static_cast<std::uint8_t>(size + low >= 8 ? 0xFFu << low : ((1u << size) - 1) << low);
}

void report_access(Engine& engine, Word& word, const AccessRecord& earlier, const AccessRecord& access);
[[noreturn]] void report_use_after_free(Engine& engine, const Word& word, std::uintptr_t pc, bool writes);

// The access of the running thread to one word.
inline void check_access(Engine& engine, Word& word, std::uint8_t mask, AccessKind kind, std::uintptr_t pc) {
  if (word.freed) [[unlikely]]
    report_use_after_free(engine, word, pc, (static_cast<unsigned>(kind) & 1) != 0);
  if (!engine.options().detect_races) return;
  Thread& me = engine.self();
  const AccessRecord access = access_record(pc, me.id, mask, me.epoch(), kind, me.context);
  if (const AccessRecord* const earlier = engine.shadow.record(word, access, me.clock)) [[unlikely]]
    report_access(engine, word, *earlier, access);
}

// A plain access to any number of bytes, a point of choice where one is due.
void access_range(Engine& engine, std::uintptr_t address, std::size_t size, bool writes, std::uintptr_t pc);

// The block [address, address + size) is new, or is being freed by the running thread.
void note_allocated(Engine& engine, std::uintptr_t address, std::size_t size);
// `ordered`: after all its uses, by something that the hooks do not see.
void note_freed(Engine& engine, std::uintptr_t address, std::size_t size, std::uintptr_t pc, bool ordered);

// The running thread writes plainly over a word in which synchronisation objects lie: they are gone.
void overwrite_objects(Engine& engine, Word& word, std::uintptr_t address, std::size_t size,
                       std::uintptr_t pc);
// An object in use that is destroyed is a finding; any other is forgotten.
void destroy_object(Engine& engine, SyncObject& object, std::uintptr_t pc);

}  // namespace racecourse::schedules
