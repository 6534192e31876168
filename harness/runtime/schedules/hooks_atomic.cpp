// Hooks of atomic operations. The operation itself is an ordinary one: between two points nobody else runs.
//
// Under memory model c++20 a load may read an older store; weak_memory.hpp decides which.
#include <type_traits>

#include "atomic_orders.hpp"
#include "hook.hpp"
#include "race_detection.hpp"
#include "weak_memory.hpp"

namespace racecourse::schedules {

namespace {

// One atomic operation, from its announcement on.
class AtomicOperation {
 public:
  AtomicOperation(OperationKind kind, const volatile void* pointer, std::size_t size, std::uintptr_t pc)
      : address_(reinterpret_cast<std::uintptr_t>(pointer)),
        size_(size),
        pc_(pc),
        word_(engine().shadow.word(address_)) {
    const Operation operation{kind, static_cast<std::uint8_t>(size), kind == OperationKind::atomic_load,
                              address_, pc};
    engine().is_choice(word_) ? engine().point(operation) : engine().private_step(operation);
  }
  [[nodiscard]] Thread& me() const { return engine().self(); }
  [[nodiscard]] bool weak() const { return engine().options().memory_model == MemoryModel::cpp20; }
  [[nodiscard]] AtomicCell* cell() {
    if (cell_ == nullptr && word_.object != 0) cell_ = engine().objects.find<AtomicCell>(address_);
    return cell_;
  }
  [[nodiscard]] AtomicCell& cell_made() {
    if (cell() == nullptr) cell_ = &engine().objects.find_or_make<AtomicCell>(address_);
    return *cell_;
  }
  void check(AccessKind kind) {
    check_access(engine(), word_, mask_of(address_, size_), kind, pc_);
    // A 16-byte object covers the next word too.
    if (size_ > 8) check_access(engine(), engine().shadow.word(address_ + 8), 0xFF, kind, pc_);
  }
  void learned(MemoryOrder order) {
    if (AtomicCell* const found = cell()) learn(me(), found->release, order);
  }
  void published(MemoryOrder order, bool continues) {
    // A relaxed store of a thread that never fenced publishes nothing, and an object that never did needs no
    // cell.
    if (!releases(order) && me().to_release.empty() && cell() == nullptr) return;
    publish(me(), cell_made().release, order, continues);
  }
  void read(std::uint64_t value) { engine().saw(pc_, address_, value); }
  void changed() {
    me().spin.progressed();
    engine().changed(address_);
  }

 private:
  std::uintptr_t address_;
  std::size_t size_;
  std::uintptr_t pc_;
  Word& word_;
  AtomicCell* cell_ = nullptr;
};

template <class T>
T load(const volatile T* pointer, int raw_order, std::uintptr_t pc) {
  if (!in_world) return *pointer;
  const Hook hook;
  const MemoryOrder order = memory_order_of(raw_order);
  AtomicOperation operation(OperationKind::atomic_load, pointer, sizeof(T), pc);
  operation.check(AccessKind::atomic_read);
  T value = *pointer;
  if (operation.weak()) {
    value = static_cast<T>(weak_load(engine(), operation.cell_made(), value, order));
  } else {
    operation.learned(order);
  }
  operation.read(static_cast<std::uint64_t>(value));
  return value;
}

template <class T>
void store(volatile T* pointer, T value, int raw_order, std::uintptr_t pc) {
  if (!in_world) {
    *pointer = value;
    return;
  }
  const Hook hook;
  const MemoryOrder order = memory_order_of(raw_order);
  AtomicOperation operation(OperationKind::atomic_store, pointer, sizeof(T), pc);
  operation.check(AccessKind::atomic_write);
  const T before = *pointer;
  *pointer = value;
  if (operation.weak()) weak_prepare(engine(), operation.cell_made(), before);
  operation.published(order, false);
  if (operation.weak()) weak_store(engine(), operation.cell_made(), value, order);
  if (before != value) operation.changed();
}

// A read-modify-write; `update` gives the new value. Returns the old one.
template <class T, class Update>
T modify(volatile T* pointer, int raw_order, std::uintptr_t pc, Update update) {
  const T outside = in_world ? T{} : *pointer;
  if (!in_world) {
    *pointer = update(outside);
    return outside;
  }
  const Hook hook;
  const MemoryOrder order = memory_order_of(raw_order);
  AtomicOperation operation(OperationKind::atomic_update, pointer, sizeof(T), pc);
  operation.check(AccessKind::atomic_write);
  const T before = *pointer;
  const T after = update(before);
  *pointer = after;
  if (operation.weak()) weak_prepare(engine(), operation.cell_made(), before);
  operation.learned(order);
  operation.published(order, true);
  if (operation.weak()) weak_store(engine(), operation.cell_made(), after, order);
  if (before != after) {
    operation.changed();
  } else {
    operation.read(static_cast<std::uint64_t>(before));
  }
  return before;
}

// Returns whether it exchanged; `expected` becomes what was found.
template <class T>
bool compare_exchange(volatile T* pointer, T& expected, T desired, int raw_order, int raw_failure_order,
                      bool may_fail, std::uintptr_t pc) {
  if (!in_world) {
    const T found = *pointer;
    if (found == expected) *pointer = desired;
    const bool exchanged = found == expected;
    expected = found;
    return exchanged;
  }
  const Hook hook;
  AtomicOperation operation(OperationKind::atomic_update, pointer, sizeof(T), pc);
  const T found = *pointer;
  const bool exchanges =
      found == expected && !(may_fail && engine().choose(AlternativeKind::weak_failure, 2) != 0);
  expected = found;
  if (operation.weak()) weak_prepare(engine(), operation.cell_made(), found);
  if (!exchanges) {
    operation.check(AccessKind::atomic_read);
    operation.learned(memory_order_of(raw_failure_order));
    operation.read(static_cast<std::uint64_t>(found));
    return false;
  }
  const MemoryOrder order = memory_order_of(raw_order);
  operation.check(AccessKind::atomic_write);
  *pointer = desired;
  operation.learned(order);
  operation.published(order, true);
  if (operation.weak()) weak_store(engine(), operation.cell_made(), desired, order);
  if (found != desired) operation.changed();
  return true;
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

using a8 = std::uint8_t;
using a16 = std::uint16_t;
using a32 = std::uint32_t;
using a64 = std::uint64_t;
__extension__ using a128 = unsigned __int128;

#define RACECOURSE_MODIFY(bits, name, expression)                                                  \
  RACECOURSE_HOOK a##bits __tsan_atomic##bits##_##name(volatile a##bits* address, a##bits operand, \
                                                       int order) {                                \
    return modify(                                                                                 \
        address, order, RACECOURSE_CALLER, [operand](a##bits value) -> a##bits {                   \
          (void)value;                                                                             \
          return static_cast<a##bits>(expression);                                                 \
        });                                                                                        \
  }
#define RACECOURSE_ATOMICS(bits)                                                                          \
  RACECOURSE_HOOK a##bits __tsan_atomic##bits##_load(const volatile a##bits* address, int order) {        \
    return load(address, order, RACECOURSE_CALLER);                                                       \
  }                                                                                                       \
  RACECOURSE_HOOK void __tsan_atomic##bits##_store(volatile a##bits* address, a##bits value, int order) { \
    store(address, value, order, RACECOURSE_CALLER);                                                      \
  }                                                                                                       \
  RACECOURSE_MODIFY(bits, exchange, operand)                                                              \
  RACECOURSE_MODIFY(bits, fetch_add, value + operand)                                                     \
  RACECOURSE_MODIFY(bits, fetch_sub, value - operand)                                                     \
  RACECOURSE_MODIFY(bits, fetch_and, value& operand)                                                      \
  RACECOURSE_MODIFY(bits, fetch_or, value | operand)                                                      \
  RACECOURSE_MODIFY(bits, fetch_xor, value ^ operand)                                                     \
  RACECOURSE_MODIFY(bits, fetch_nand, ~(value & operand))                                                 \
  RACECOURSE_HOOK int __tsan_atomic##bits##_compare_exchange_strong(                                      \
      volatile a##bits* address, a##bits* expected, a##bits desired, int order, int failure) {            \
    return compare_exchange(address, *expected, desired, order, failure, false, RACECOURSE_CALLER);       \
  }                                                                                                       \
  RACECOURSE_HOOK int __tsan_atomic##bits##_compare_exchange_weak(                                        \
      volatile a##bits* address, a##bits* expected, a##bits desired, int order, int failure) {            \
    return compare_exchange(address, *expected, desired, order, failure, true, RACECOURSE_CALLER);        \
  }                                                                                                       \
  RACECOURSE_HOOK a##bits __tsan_atomic##bits##_compare_exchange_val(                                     \
      volatile a##bits* address, a##bits expected, a##bits desired, int order, int failure) {             \
    compare_exchange(address, expected, desired, order, failure, false, RACECOURSE_CALLER);               \
    return expected;                                                                                      \
  }
RACECOURSE_ATOMICS(8)
RACECOURSE_ATOMICS(16)
RACECOURSE_ATOMICS(32)
RACECOURSE_ATOMICS(64)
RACECOURSE_ATOMICS(128)

RACECOURSE_HOOK void __tsan_atomic_thread_fence(int raw_order) {
  if (!in_world) return;
  const Hook hook;
  const MemoryOrder order = memory_order_of(raw_order);
  const std::uintptr_t pc = RACECOURSE_CALLER;
  if (order == kSequential && engine().options().memory_model == MemoryModel::cpp20) {
    // Their order among each other matters, so they are points, about an object of their own.
    engine().point({OperationKind::fence, 8, false, reinterpret_cast<std::uintptr_t>(the_engine), pc});
  } else {
    engine().private_step({OperationKind::fence, 0, true, 0, pc});
  }
  fence(engine().self(), order);
  if (order == kSequential) weak_fence(engine());
}
// Only the compiler has to heed it.
RACECOURSE_HOOK void __tsan_atomic_signal_fence(int) {}

// clang 14 calls libatomic for 16-byte objects. The world's objects of that size all come here, so ours may
// be plain.
RACECOURSE_HOOK void racecourse_atomic_load(std::size_t size, const volatile void* pointer, void* result,
                                            int order) asm("__atomic_load");
RACECOURSE_HOOK void racecourse_atomic_store(std::size_t size, volatile void* pointer, void* value,
                                             int order) asm("__atomic_store");
RACECOURSE_HOOK void racecourse_atomic_exchange(std::size_t size, volatile void* pointer, void* value,
                                                void* result, int order) asm("__atomic_exchange");
RACECOURSE_HOOK bool racecourse_atomic_compare_exchange(std::size_t size, volatile void* pointer,
                                                        void* expected, void* desired, int order,
                                                        int failure) asm("__atomic_compare_exchange");

namespace {

// For sizes that have no integer type of their own, one word at a time under one announcement.
template <class Small>
bool fits(std::size_t size) {
  return size == sizeof(Small);
}
a128 take(const void* from) {
  a128 value = 0;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace

void racecourse_atomic_load(std::size_t size, const volatile void* pointer, void* result, int order) {
  if (!fits<a128>(size)) die("an atomic object of a size that controlled schedules do not know");
  const a128 value = load(static_cast<const volatile a128*>(pointer), order, RACECOURSE_CALLER);
  __builtin_memcpy(result, &value, sizeof value);
}
void racecourse_atomic_store(std::size_t size, volatile void* pointer, void* value, int order) {
  if (!fits<a128>(size)) die("an atomic object of a size that controlled schedules do not know");
  store(static_cast<volatile a128*>(pointer), take(value), order, RACECOURSE_CALLER);
}
void racecourse_atomic_exchange(std::size_t size, volatile void* pointer, void* value, void* result,
                                int order) {
  if (!fits<a128>(size)) die("an atomic object of a size that controlled schedules do not know");
  const a128 operand = take(value);
  const a128 before = modify(static_cast<volatile a128*>(pointer), order, RACECOURSE_CALLER,
                             [operand](a128) { return operand; });
  __builtin_memcpy(result, &before, sizeof before);
}
bool racecourse_atomic_compare_exchange(std::size_t size, volatile void* pointer, void* expected,
                                        void* desired, int order, int failure) {
  if (!fits<a128>(size)) die("an atomic object of a size that controlled schedules do not know");
  a128 found = take(expected);
  const bool exchanged = compare_exchange(static_cast<volatile a128*>(pointer), found, take(desired), order,
                                          failure, false, RACECOURSE_CALLER);
  __builtin_memcpy(expected, &found, sizeof found);
  return exchanged;
}
