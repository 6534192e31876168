// How a slot gets its TLS: pthread_create with a stack of ours puts the TLS block and the thread's descriptor
// at the top of that stack, so they too lie at fixed addresses. When a slot is used again, the TLS of every
// module except the C library and the loader is copied back from what the first new thread had; those two
// keep pointers there (locale, malloc's cache, rseq) that stay valid because the parked thread stays alive.
#include "fiber_slots.hpp"

#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <vector>

#include "context_switch.hpp"
#include "memory_layout.hpp"
#include "next_symbol.hpp"
#include "operation.hpp"
#include "world_flag.hpp"

namespace racecourse::schedules {

namespace {

struct TlsBlock {
  std::intptr_t offset = 0;  // From the thread pointer; negative.
  std::vector<char> initial;
};

struct Slots {
  std::array<FiberSlot, kThreadsMax> slots;
  std::uint16_t made = 0;
  std::vector<TlsBlock> tls;
};
Slots& slots() {
  static Slots instance;
  return instance;
}

std::atomic<std::uintptr_t> parked_pointer{0};

// From the store on, a fiber uses this thread's TLS and the world may run: nothing here may call a function,
// which could use that TLS, or be a hook and take this thread for one of the world's.
void* park(void*) {
  parked_pointer.store(current_thread_pointer());
  for (;;) {
    long number = SYS_pause;
    asm volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
  }
}

int find_tls(dl_phdr_info* module, std::size_t, void* found) {
  const char* name = std::strrchr(module->dlpi_name, '/');
  name = name != nullptr ? name + 1 : module->dlpi_name;
  if (module->dlpi_tls_data == nullptr || std::strncmp(name, "libc.", 5) == 0 ||
      std::strncmp(name, "ld-", 3) == 0)
    return 0;
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = module->dlpi_phdr[i];
    if (segment.p_type != PT_TLS || segment.p_memsz == 0) continue;
    TlsBlock block;
    block.offset = static_cast<std::intptr_t>(reinterpret_cast<std::uintptr_t>(module->dlpi_tls_data)) -
                   static_cast<std::intptr_t>(current_thread_pointer());
    block.initial.resize(segment.p_memsz);
    static_cast<std::vector<TlsBlock>*>(found)->push_back(std::move(block));
  }
  return 0;
}

char* tls_at(const FiberSlot& slot, const TlsBlock& block) {
  return reinterpret_cast<char*>(static_cast<std::intptr_t>(slot.thread_pointer) + block.offset);
}

// Maps the slot's memory and starts its parked thread. False if the machine refuses.
bool make(std::uint16_t number, FiberSlot& slot) {
  const std::uintptr_t base = kSlotsBase + number * kSlotBytes;
  void* const memory = ::mmap(reinterpret_cast<void*>(base), kSlotBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (memory != reinterpret_cast<void*>(base)) return false;
  slot.stack_low = base + kGuardBytes;
  slot.stack_high = slot.stack_low + kStackBytes;
  ::mprotect(reinterpret_cast<void*>(base), kGuardBytes, PROT_NONE);
  ::mprotect(reinterpret_cast<void*>(slot.stack_high), kGuardBytes, PROT_NONE);

  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstack(&attributes, reinterpret_cast<void*>(slot.stack_high + kGuardBytes), kParkedBytes);
  // The parked thread must never be the one that a signal is delivered to.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  parked_pointer.store(0);
  pthread_t thread{};
  const int code = next<"pthread_create", int>(&thread, static_cast<const pthread_attr_t*>(&attributes),
                                               &park, static_cast<void*>(nullptr));
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  if (code != 0) {
    ::munmap(memory, kSlotBytes);
    return false;
  }
  while (parked_pointer.load() == 0) next<"sched_yield", int>();
  slot.thread_pointer = parked_pointer.load();
  return true;
}

}  // namespace

const FiberSlot* fresh_fiber_slot(std::uint16_t number) {
  Slots& all = slots();
  FiberSlot& slot = all.slots[number];
  if (number < all.made) {
    for (const TlsBlock& block : all.tls)
      std::memcpy(tls_at(slot, block), block.initial.data(), block.initial.size());
    return &slot;
  }
  if (!make(number, slot)) return nullptr;
  if (all.made == 0) {
    ::dl_iterate_phdr(find_tls, &all.tls);
    for (TlsBlock& block : all.tls)
      std::memcpy(block.initial.data(), tls_at(slot, block), block.initial.size());
  }
  ++all.made;
  return &slot;
}

int slot_of_guard(std::uintptr_t address) {
  if (address < kSlotsBase || address >= kSlotsBase + kThreadsMax * kSlotBytes) return -1;
  const std::size_t offset = address - kSlotsBase;
  return offset % kSlotBytes < kGuardBytes ? static_cast<int>(offset / kSlotBytes) : -1;
}

}  // namespace racecourse::schedules
