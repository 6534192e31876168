// ThrowawayUser: a user id that nobody else has while this value lives, for one run of a launcher with root's
// rights. No user of that id need exist. Used by the launcher only.
#pragma once

#include <sys/types.h>

#include <optional>

#include "base/fd.hpp"

namespace racecourse {

class ThrowawayUser {
 public:
  // Nothing: errno says why.
  [[nodiscard]] static std::optional<ThrowawayUser> find();

  [[nodiscard]] uid_t id() const { return id_; }

  // Gives up the caller's users, groups and, with them, capabilities. False: errno says why.
  [[nodiscard]] bool become() const;

  // Kills every process of this user in one system call that no fork can outrun. Only sensible where they are
  // in no process namespace of their own.
  void kill_all_processes() const;

 private:
  ThrowawayUser(uid_t id, UniqueFd claim) : id_(id), claim_(std::move(claim)) {}
  uid_t id_;
  UniqueFd claim_;
};

}  // namespace racecourse
