#include "call_contexts.hpp"

#include "world_flag.hpp"

namespace racecourse::schedules {

std::uint32_t CallContexts::enter_new(std::uint32_t context, std::uintptr_t call) {
  const OutsideWorld outside;  // The caller is a hook too frequent to leave the world each time.
  const auto found = index_.find({context, call});
  std::uint32_t node = context;
  if (found != index_.end()) {
    node = found->second;
  } else {
    // A full tree: the frame is left out. The matching exit then leaves one frame too many, which a stack
    // survives.
    if (nodes_.size() >= kNodesMax) return context;
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({context, call});
    index_.emplace(Key{context, call}, node);
  }
  cache_[(call ^ context * 0x9E3779B1u) % kCacheEntries] = {context, node, call};
  return node;
}

std::vector<std::uintptr_t> CallContexts::calls(std::uint32_t context) const {
  std::vector<std::uintptr_t> calls;
  for (; context != kRoot; context = nodes_[context].parent) calls.push_back(nodes_[context].call);
  return calls;
}

}  // namespace racecourse::schedules
