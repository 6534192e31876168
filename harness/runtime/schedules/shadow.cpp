#include "shadow.hpp"

#include <sys/mman.h>

#include "world_flag.hpp"

namespace racecourse::schedules {

void Shadow::new_execution() {
  ++generation_;
  overflow_.resize(1);
}

void Shadow::forget_learned() {
  for (auto& [page, words] : pages_)
    for (std::size_t i = 0; i < kWordsPerPage; ++i) words[i].racy = words[i].shared = words[i].tried = false;
}

Word* Shadow::lookup_page(std::uintptr_t page) {
  Word*& words = pages_[page];
  if (words == nullptr) {
    void* const memory = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) die("no memory for the shadow of the submission's memory");
    words = static_cast<Word*>(memory);
  }
  cache_[page % kCacheEntries] = {page, words};
  return words;
}

void Shadow::renew(Word& word) {
  word.generation = generation_;
  word.toucher = kNoThread;
  word.count = 0;
  word.freed = false;
  word.overflow = 0;
  word.object = 0;
}

void Shadow::clear(std::uintptr_t begin, std::size_t size) {
  // Page by page: of a stack only few pages were ever touched, and the others have no shadow.
  std::uintptr_t at = begin & ~std::uintptr_t{7};
  while (at < begin + size) {
    const auto page = pages_.find(at >> 12);
    const std::uintptr_t page_end = (at | 4095) + 1;
    for (; at < begin + size && at < page_end; at += 8)
      if (page != pages_.end()) renew(page->second[(at >> 3) % kWordsPerPage]);
  }
}

const AccessRecord* Shadow::record_among_others(Word& word, const AccessRecord& access,
                                                const VectorClock& known) {
  bool races = false;
  bool stored = false;
  // True if the new access stands for this one from now on.
  const auto consider = [&](const AccessRecord& other) {
    if ((other.mask & access.mask) == 0) return false;
    const bool ordered =
        other.thread == access.thread || other.clock <= known.at(static_cast<ThreadId>(other.thread));
    // A conflict needs a write, and a side that is not atomic.
    if (!ordered && ((other.kind | access.kind) & 1) != 0 && ((other.kind | access.kind) & 2) != 0) {
      if (!races) racing_ = other;
      races = true;
    }
    return ordered && (other.mask & ~access.mask & 0xFFu) == 0 && (other.kind | access.kind) == access.kind;
  };
  // Drops what the new access stands for, and puts the new one in the first place that comes free.
  std::uint8_t kept = 0;
  for (std::uint8_t i = 0; i < word.count; ++i) {
    if (!consider(word.accesses[i])) {
      if (kept != i) word.accesses[kept] = word.accesses[i];
      ++kept;
    } else if (!stored) {
      word.accesses[kept++] = access;
      stored = true;
    }
  }
  word.count = kept;
  std::uint32_t* link = &word.overflow;
  while (*link != 0) {
    Overflow& further = overflow_[*link];
    if (consider(further.access)) {
      *link = further.next;
    } else {
      link = &further.next;
    }
  }
  if (!stored && word.count < Word::kInline) {
    word.accesses[word.count++] = access;
  } else if (!stored) {
    // Newest first inline, so that a thread that repeats itself meets its own record at once.
    overflow_.push_back({word.accesses[0], word.overflow});
    word.overflow = static_cast<std::uint32_t>(overflow_.size() - 1);
    word.accesses[0] = access;
  }
  return races ? &racing_ : nullptr;
}

}  // namespace racecourse::schedules
