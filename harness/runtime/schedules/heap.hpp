// The heap of the world: what code of the world gets from malloc and operator new.
//
// Promises: the same requests in the same order give the same addresses, in every execution and every
// process; memory comes filled with a fixed pattern; everything allocated since the snapshot is gone after
// restore(), whoever leaked it; what was freed stays untouched and is not given out again until
// kQuarantineBytes more have been asked for, so that a use after free or a second free can be told. Blocks
// lie in one bump-allocated region; what is known of a block lies outside it. Only the exploring OS thread
// may call this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory_layout.hpp"

namespace racecourse::schedules {

class Heap {
 public:
  static constexpr std::size_t kQuarantineBytes = std::size_t{64} << 20;
  static constexpr unsigned char kFill = 0xA5;

  struct Block {
    std::uint32_t offset = 0;  // From kHeapBase, in 16-byte units.
    std::uint32_t next = 0;    // In a list of freed blocks of one size.
    std::size_t size = 0;      // As asked for.
    bool freed = false;
  };
  enum class Release { ok, already_free, not_a_block };

  static bool owns(const void* address) {
    return reinterpret_cast<std::uintptr_t>(address) - kHeapBase < kHeapBytes;
  }

  // nullptr when the region is used up. `alignment` is a power of two.
  [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment);
  // The block that begins at `address`, freed or not; nullptr if none does.
  [[nodiscard]] const Block* block_at(const void* address) const;
  Release release(void* address);

  // Remembers the present contents; restore() goes back to them.
  void snapshot();
  void restore();
  // Bytes between the snapshot and the highest address given out.
  [[nodiscard]] std::size_t bytes_used() const { return top_ - snapshot_top_; }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr std::size_t kSizeClasses = 64;

  struct Header {  // The 16 bytes before a block.
    std::uint64_t magic;
    std::uint32_t block;
    std::uint32_t unused;
  };
  static std::size_t size_class(std::size_t size);
  [[nodiscard]] bool map_region();
  [[nodiscard]] void* reuse(std::size_t size, std::size_t alignment);
  [[nodiscard]] std::uint32_t index_at(const void* address) const;

  struct FreeList {
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;
  };
  bool mapped_ = false;
  std::size_t top_ = 0;
  std::vector<Block> blocks_;
  FreeList free_[kSizeClasses];
  std::size_t snapshot_top_ = 0;
  std::vector<char> snapshot_;
  std::vector<Block> snapshot_blocks_;
};

[[nodiscard]] Heap& heap();

}  // namespace racecourse::schedules
