// object_file: what the gate needs to know of an object that a compiler made of a student's file.
//
// The bytes come from a compiler that read a student's text, so reading is total: what is no ELF object gives
// nothing, and odd contents give odd facts. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace racecourse {

struct ObjectSymbol {
  enum class Type { function, object, indirect_function, other };
  std::string name;  // As in the object, mangled.
  Type type = Type::other;
  bool defined = false;
  bool strong = false;  // Global, and not one of several copies such as templates make.
  std::size_t section = 0;
  std::uint64_t value = 0;
};

struct ObjectSection {
  std::string name;
  bool executable = false;
  bool writable = false;
};

struct ObjectFacts {
  std::vector<ObjectSymbol> symbols;
  std::vector<ObjectSection> sections;  // By their index.
};

[[nodiscard]] std::optional<ObjectFacts> read_object(std::string_view bytes);

// The name as C++ writes it, or as it is where it is none of C++.
[[nodiscard]] std::string demangled(const std::string& symbol);

}  // namespace racecourse
