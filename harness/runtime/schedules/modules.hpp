// The loaded modules, and addresses made independent of where they were loaded.
//
// Built once an exploration, by the exploring OS thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "finding.hpp"

namespace racecourse::schedules {

class Modules {
 public:
  // Looks up what is loaded now.
  void refresh();
  [[nodiscard]] CodeAddress code_address(std::uintptr_t address) const;
  // The same number in every process for the same thing: heap and stacks of the world lie at fixed addresses,
  // globals and code count from their module's base, and anything else is 0.
  [[nodiscard]] std::uint64_t stable(std::uintptr_t address) const;
  // Whether the address is in a module of the world, by the names given, or in the driver itself.
  [[nodiscard]] bool is_known(std::uintptr_t address) const { return find(address) != nullptr; }

 private:
  struct Module {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::uintptr_t base = 0;
    std::uint64_t name_hash = 0;
    std::string name;
  };
  [[nodiscard]] const Module* find(std::uintptr_t address) const;
  std::vector<Module> modules_;  // By address.
};

}  // namespace racecourse::schedules
