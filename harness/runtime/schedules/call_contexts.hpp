// Call contexts: the chain of calls that leads to where a thread is, as one number.
//
// A tree whose nodes are (caller's context, address of the call); a thread keeps its node, __tsan_func_entry
// goes to a child and __tsan_func_exit to the parent. The number is the same whenever the same calls lead
// there, so a recorded access needs 4 bytes for its whole stack. Coroutines enter and leave in different
// threads of calls, so a stack is evidence for a reader and nothing is ever decided by it. Grows for the life
// of the process, bounded by kNodesMax; beyond it, and beyond kDepthMax calls, deeper frames are left out.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace racecourse::schedules {

class CallContexts {
 public:
  static constexpr std::uint32_t kRoot = 0;
  static constexpr std::uint32_t kNodesMax = 1u << 20;
  static constexpr std::uint16_t kDepthMax = 200;

  std::uint32_t enter(std::uint32_t context, std::uintptr_t call) {
    const CacheEntry& entry = cache_[(call ^ context * 0x9E3779B1u) % kCacheEntries];
    if (entry.parent == context && entry.call == call) [[likely]]
      return entry.node;
    return enter_new(context, call);
  }
  [[nodiscard]] std::uint32_t parent(std::uint32_t context) const { return nodes_[context].parent; }
  // Addresses of calls, innermost first.
  [[nodiscard]] std::vector<std::uintptr_t> calls(std::uint32_t context) const;

 private:
  struct Node {
    std::uint32_t parent;
    std::uintptr_t call;
  };
  struct CacheEntry {
    std::uint32_t parent = 0xFFFFFFFF;
    std::uint32_t node = 0;
    std::uintptr_t call = 0;
  };
  static constexpr std::size_t kCacheEntries = 1024;
  std::uint32_t enter_new(std::uint32_t context, std::uintptr_t call);

  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::array<CacheEntry, kCacheEntries> cache_;
  struct Key {
    std::uint32_t parent;
    std::uintptr_t call;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return key.call * 0x9E3779B97F4A7C15u ^ key.parent; }
  };
  std::unordered_map<Key, std::uint32_t, KeyHash> index_;
};

}  // namespace racecourse::schedules
