#include "heap.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "world_flag.hpp"

namespace racecourse::schedules {

namespace {

constexpr std::uint64_t kMagic = 0x5AC3C04B5E1EC7EDu;
constexpr std::size_t kUnit = 16;

char* region() { return reinterpret_cast<char*>(kHeapBase); }
std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) & ~(multiple - 1);
}

}  // namespace

Heap& heap() {
  // Never destroyed: memory is still freed while the process ends.
  alignas(Heap) static char storage[sizeof(Heap)];
  static Heap* const instance = new (storage) Heap;
  return *instance;
}

bool Heap::map_region() {
  void* const got = ::mmap(region(), kHeapBytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != region()) die("the address range of the heap is taken");
  return true;
}

// 16-byte steps up to 512 bytes, powers of two above.
std::size_t Heap::size_class(std::size_t size) {
  if (size <= 512) return (size + kUnit - 1) / kUnit;
  return std::min<std::size_t>(33 + static_cast<std::size_t>(std::bit_width(size - 1)) - 10,
                               kSizeClasses - 1);
}

void* Heap::allocate(std::size_t size, std::size_t alignment) {
  if (!mapped_) mapped_ = map_region();
  if (size > kHeapBytes) return nullptr;
  alignment = std::max(alignment, kUnit);
  if (top_ > kQuarantineBytes)
    if (void* const again = reuse(size, alignment)) return again;
  const std::size_t start = round_up(top_ + sizeof(Header), alignment);
  // An empty block still needs an address of its own.
  const std::size_t end = start + round_up(std::max<std::size_t>(size, 1), kUnit);
  if (end > kHeapBytes) return nullptr;
  Header header{kMagic, static_cast<std::uint32_t>(blocks_.size()), 0};
  std::memcpy(region() + start - sizeof header, &header, sizeof header);
  {
    Block block;
    block.offset = static_cast<std::uint32_t>(start / kUnit);
    block.size = size;
    blocks_.push_back(block);
  }
  top_ = end;
  std::memset(region() + start, kFill, size);
  return region() + start;
}

// The block of that size that was freed first, if it is large enough and aligned.
void* Heap::reuse(std::size_t size, std::size_t alignment) {
  FreeList& list = free_[size_class(size)];
  if (list.first == kNone) return nullptr;
  const std::uint32_t index = list.first;
  Block& block = blocks_[index];
  if (round_up(std::max<std::size_t>(block.size, 1), kUnit) < size || block.offset * kUnit % alignment != 0)
    return nullptr;
  list.first = block.next;
  if (list.first == kNone) list.last = kNone;
  block.freed = false;
  block.size = size;
  std::memset(region() + block.offset * kUnit, kFill, size);
  return region() + block.offset * kUnit;
}

std::uint32_t Heap::index_at(const void* address) const {
  const std::size_t offset = reinterpret_cast<std::uintptr_t>(address) - kHeapBase;
  if (offset % kUnit != 0 || offset < sizeof(Header) || offset >= top_) return kNone;
  Header header{};
  std::memcpy(&header, region() + offset - sizeof header, sizeof header);
  // The magic alone proves nothing, since the world may write anything there; the table decides.
  if (header.magic != kMagic || header.block >= blocks_.size()) return kNone;
  return blocks_[header.block].offset * kUnit == offset ? header.block : kNone;
}

const Heap::Block* Heap::block_at(const void* address) const {
  const std::uint32_t index = index_at(address);
  return index == kNone ? nullptr : &blocks_[index];
}

Heap::Release Heap::release(void* address) {
  const std::uint32_t index = index_at(address);
  if (index == kNone) return Release::not_a_block;
  Block& block = blocks_[index];
  if (block.freed) return Release::already_free;
  block.freed = true;
  block.next = kNone;
  FreeList& list = free_[size_class(block.size)];
  if (list.last == kNone) {
    list.first = index;
  } else {
    blocks_[list.last].next = index;
  }
  list.last = index;
  return Release::ok;
}

void Heap::snapshot() {
  snapshot_top_ = top_;
  snapshot_.assign(region(), region() + (mapped_ ? top_ : 0));
  snapshot_blocks_ = blocks_;
}

void Heap::restore() {
  constexpr std::size_t kKeptBytes = std::size_t{16} << 20;
  if (top_ > snapshot_top_ + kKeptBytes) {
    // Gives memory back after an execution that used much; the pages come again when they are touched.
    const std::size_t from = round_up(snapshot_top_ + kKeptBytes, 4096);
    if (top_ > from) ::madvise(region() + from, top_ - from, MADV_DONTNEED);
  }
  if (!snapshot_.empty()) std::memcpy(region(), snapshot_.data(), snapshot_.size());
  top_ = snapshot_top_;
  blocks_.resize(snapshot_blocks_.size());
  std::copy(snapshot_blocks_.begin(), snapshot_blocks_.end(), blocks_.begin());
  std::fill(std::begin(free_), std::end(free_), FreeList{});
}

}  // namespace racecourse::schedules
