// Shadow: what is known of each 8-byte word of memory: the accesses that may still race, the synchronisation
// objects that lie in it, and what earlier executions have taught about it.
//
// The accesses follow FastTrack (Flanagan and Freund, PLDI 2009): an access is dropped when a later one,
// ordered after it and at least as strong, stands for it. Two deviations: accesses carry a byte mask, so that
// neighbours in a word never race; and concurrent reads are kept as single records instead of a vector clock,
// so that each still has its place. Nothing is evicted, so what it finds does not depend on luck. Everything
// of an execution carries its generation number, so a new execution begins with an empty shadow at no cost.
// Only the exploring OS thread may call this.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "operation.hpp"
#include "vector_clock.hpp"

namespace racecourse::schedules {

// The bits make "at least as strong" a test of inclusion: a plain write conflicts with everything, an atomic
// read only with plain writes.
enum class AccessKind : std::uint8_t { atomic_read = 0, atomic_write = 1, plain_read = 2, plain_write = 3 };

struct AccessRecord {
  std::uint64_t pc : 47;
  std::uint64_t thread : 9;
  std::uint64_t mask : 8;
  std::uint32_t clock : 30;
  std::uint32_t kind : 2;
  std::uint32_t context;
};
static_assert(sizeof(AccessRecord) == 16);

[[nodiscard]] inline AccessRecord access_record(std::uintptr_t pc, ThreadId thread, std::uint8_t mask,
                                                std::uint32_t clock, AccessKind kind, std::uint32_t context) {
  return {pc & 0x7FFF'FFFF'FFFFu,
          thread & 0x1FFu,
          mask,
          clock & 0x3FFF'FFFFu,
          static_cast<std::uint32_t>(kind) & 3u,
          context};
}

struct Word {
  static constexpr int kInline = 3;
  std::uint32_t generation;  // Everything below but what was learned is void if it is not the present one.
  ThreadId toucher;          // The thread that used a synchronisation object here first.
  std::uint8_t count;        // Of accesses_.
  bool racy : 1;             // Learned: a data race was seen here, so plain accesses are switch points.
  bool shared : 1;           // Learned: two threads use a synchronisation object here.
  bool tried : 1;            // Learned: a lock here is tried without waiting.
  bool freed : 1;            // The only access is the free() of the block.
  std::uint32_t overflow;    // The first of further accesses, or 0.
  std::uint32_t object;      // The first synchronisation object that lies here, or 0.
  AccessRecord accesses[kInline];
};
static_assert(sizeof(Word) == 64);

class Shadow {
 public:
  void new_execution();
  // Forgets what earlier executions taught.
  void forget_learned();

  // The word of that address, valid for this execution. The reference stays valid for ever.
  Word& word(std::uintptr_t address) {
    Word& found = lookup(address);
    if (found.generation != generation_) renew(found);
    return found;
  }

  // Checks the access against those recorded and records it. Returns the earlier access it races with, or
  // nullptr; the pointer is valid until the next call.
  const AccessRecord* record(Word& word, const AccessRecord& access, const VectorClock& known) {
    const AccessRecord& first = word.accesses[0];
    // The same thread again, with nothing in between that could order anything: what is recorded already says
    // it.
    if (word.count > 0 && first.thread == access.thread && first.clock == access.clock &&
        first.mask == access.mask && (first.kind | access.kind) == first.kind)
      return nullptr;
    if (word.count == 0) {
      word.accesses[0] = access;
      word.count = 1;
      return nullptr;
    }
    return record_among_others(word, access, known);
  }

  // Forgets the accesses to whole words of a range: new memory, or the stack of a new thread.
  void clear(std::uintptr_t begin, std::size_t size);
  [[nodiscard]] std::size_t bytes_mapped() const { return pages_.size() * kPageBytes; }

 private:
  static constexpr std::size_t kWordsPerPage = 512;
  static constexpr std::size_t kPageBytes = kWordsPerPage * sizeof(Word);
  static constexpr std::size_t kCacheEntries = 512;
  struct CacheEntry {
    std::uintptr_t page = ~std::uintptr_t{0};
    Word* words = nullptr;
  };
  struct Overflow {
    AccessRecord access;
    std::uint32_t next;
  };

  Word& lookup(std::uintptr_t address) {
    const std::uintptr_t page = address >> 12;
    const CacheEntry& entry = cache_[page % kCacheEntries];
    if (entry.page == page) [[likely]]
      return entry.words[(address >> 3) % kWordsPerPage];
    return lookup_page(page)[(address >> 3) % kWordsPerPage];
  }
  Word* lookup_page(std::uintptr_t page);
  void renew(Word& word);
  const AccessRecord* record_among_others(Word& word, const AccessRecord& access, const VectorClock& known);

  std::uint32_t generation_ = 1;
  std::array<CacheEntry, kCacheEntries> cache_;
  std::unordered_map<std::uintptr_t, Word*> pages_;
  std::vector<Overflow> overflow_ = std::vector<Overflow>(1);
  AccessRecord racing_{};
};

}  // namespace racecourse::schedules
