// Hooks of plain memory accesses and of function entry and exit: what the compiler inserts with
// -fsanitize=thread.
#include <algorithm>
#include <cstddef>

#include "hook.hpp"
#include "race_detection.hpp"

namespace racecourse::schedules {

namespace {

template <std::size_t kSize>
std::uint64_t value_at(std::uintptr_t address) {
  std::uint64_t value = 0;
  __builtin_memcpy(&value, reinterpret_cast<const void*>(address), kSize);
  return value;
}

// An access of 1, 2, 4, 8 or 16 bytes.
template <std::size_t kSize, bool kWrites>
[[gnu::always_inline]] inline void access(void* pointer, std::uintptr_t pc) {
  if (!in_world) return;
  const Hook hook;
  Engine& engine = schedules::engine();
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (kSize > 8 || (address & 7) + kSize > 8) [[unlikely]]
    return access_range(engine, address, kSize, kWrites, pc);
  Word& word = engine.shadow.word(address);
  const Operation operation{kWrites ? OperationKind::write : OperationKind::read, kSize, !kWrites, address,
                            pc};
  if (engine.is_choice_for_access(word)) {
    engine.point(operation);
    if (!kWrites) engine.saw(pc, address, value_at<std::min<std::size_t>(kSize, 8)>(address));
  } else {
    engine.private_step(operation);
  }
  constexpr std::uint8_t kBytes = kSize >= 8 ? 0xFF : (1u << kSize) - 1;
  check_access(engine, word, static_cast<std::uint8_t>(kBytes << (address & 7)),
               kWrites ? AccessKind::plain_write : AccessKind::plain_read, pc);
  if (kWrites) {
    if (word.object != 0) [[unlikely]]
      overwrite_objects(engine, word, address, kSize, pc);
    engine.changed(address);
    Thread& me = engine.self();
    if (!me.owns_stack_address(address)) me.spin.progressed();
  }
}

template <bool kWrites>
void access_many(void* pointer, std::size_t size, std::uintptr_t pc) {
  if (!in_world) return;
  const Hook hook;
  Engine& engine = schedules::engine();
  access_range(engine, reinterpret_cast<std::uintptr_t>(pointer), size, kWrites, pc);
  if (kWrites && !engine.self().owns_stack_address(reinterpret_cast<std::uintptr_t>(pointer)))
    engine.self().spin.progressed();
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK void __tsan_init() {
  // The first instrumented module is about to run its constructors; see heap.hpp.
  static bool seen = false;
  if (!seen) loading_world = true;
  seen = true;
}

RACECOURSE_HOOK void __tsan_func_entry(void* call) {
  if (!in_world) return;
  Thread& me = engine().self();
  me.context = engine().contexts.enter(me.context, reinterpret_cast<std::uintptr_t>(call));
}
RACECOURSE_HOOK void __tsan_func_exit() {
  if (!in_world) return;
  Thread& me = engine().self();
  me.context = engine().contexts.parent(me.context);
}

#define RACECOURSE_ACCESS(name, size, writes) \
  RACECOURSE_HOOK void name(void* address) { access<size, writes>(address, RACECOURSE_CALLER); }
#define RACECOURSE_ACCESSES(size)                                         \
  RACECOURSE_ACCESS(__tsan_read##size, size, false)                       \
  RACECOURSE_ACCESS(__tsan_write##size, size, true)                       \
  RACECOURSE_ACCESS(__tsan_volatile_read##size, size, false)              \
  RACECOURSE_ACCESS(__tsan_volatile_write##size, size, true)              \
  RACECOURSE_ACCESS(__tsan_unaligned_read##size, size, false)             \
  RACECOURSE_ACCESS(__tsan_unaligned_write##size, size, true)             \
  RACECOURSE_ACCESS(__tsan_unaligned_volatile_read##size, size, false)    \
  RACECOURSE_ACCESS(__tsan_unaligned_volatile_write##size, size, true)    \
  RACECOURSE_HOOK void __tsan_read_write##size(void* address) {           \
    access<size, false>(address, RACECOURSE_CALLER);                      \
    access<size, true>(address, RACECOURSE_CALLER);                       \
  }                                                                       \
  RACECOURSE_HOOK void __tsan_unaligned_read_write##size(void* address) { \
    access<size, false>(address, RACECOURSE_CALLER);                      \
    access<size, true>(address, RACECOURSE_CALLER);                       \
  }
RACECOURSE_ACCESSES(1)
RACECOURSE_ACCESSES(2)
RACECOURSE_ACCESSES(4)
RACECOURSE_ACCESSES(8)
RACECOURSE_ACCESSES(16)

RACECOURSE_HOOK void __tsan_read_range(void* address, std::size_t size) {
  access_many<false>(address, size, RACECOURSE_CALLER);
}
RACECOURSE_HOOK void __tsan_write_range(void* address, std::size_t size) {
  access_many<true>(address, size, RACECOURSE_CALLER);
}

// A virtual-table pointer that does not change is not written: otherwise a destructor would race with a
// virtual call that the same object's own class makes.
RACECOURSE_HOOK void __tsan_vptr_update(void** pointer, void* value) {
  if (in_world && *pointer == value) return;
  access<8, true>(pointer, RACECOURSE_CALLER);
}
RACECOURSE_HOOK void __tsan_vptr_read(void** pointer) { access<8, false>(pointer, RACECOURSE_CALLER); }
