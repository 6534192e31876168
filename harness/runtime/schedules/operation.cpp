#include "operation.hpp"

#include <array>
#include <cstddef>

namespace racecourse::schedules {

std::string_view to_text(OperationKind kind) {
  static constexpr std::array<std::string_view, kOperationKinds> kTexts = {"start",
                                                                           "read",
                                                                           "write",
                                                                           "atomic load",
                                                                           "atomic store",
                                                                           "atomic update",
                                                                           "fence",
                                                                           "lock",
                                                                           "try to lock",
                                                                           "unlock",
                                                                           "lock shared",
                                                                           "lock exclusively",
                                                                           "unlock",
                                                                           "wait",
                                                                           "notify",
                                                                           "acquire",
                                                                           "release",
                                                                           "arrive and wait",
                                                                           "read a descriptor",
                                                                           "write a descriptor",
                                                                           "wait for descriptors",
                                                                           "call once",
                                                                           "wait",
                                                                           "wake",
                                                                           "create a thread",
                                                                           "join a thread",
                                                                           "detach a thread",
                                                                           "end the thread",
                                                                           "free memory",
                                                                           "sleep",
                                                                           "yield",
                                                                           "read a clock",
                                                                           "begin a lock-free operation",
                                                                           "end a lock-free operation",
                                                                           "time passes"};
  return kTexts[static_cast<std::size_t>(kind)];
}

}  // namespace racecourse::schedules
