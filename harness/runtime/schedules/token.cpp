#include "token.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>

namespace racecourse::schedules {

namespace {

constexpr std::string_view kFormat = "rc1";

std::string hexadecimal(std::uint64_t value, int digits) {
  std::string text;
  for (int i = digits - 1; i >= 0; --i) text += "0123456789abcdef"[value >> (4 * i) & 15];
  return text;
}

struct BuildSearch {
  const std::vector<std::string_view>* modules;
  std::uint64_t hash = 0xCBF29CE484222325u;
};

void add(BuildSearch& search, const void* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    search.hash = (search.hash ^ static_cast<const unsigned char*>(bytes)[i]) * 0x100000001B3u;
}

// The build-id note of each module; a module without one (linked with --build-id=none) counts by the size of
// its text.
int add_build(dl_phdr_info* module, std::size_t, void* argument) {
  BuildSearch& search = *static_cast<BuildSearch*>(argument);
  const std::string_view path = module->dlpi_name;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const bool wanted = name.empty() || std::find(search.modules->begin(), search.modules->end(), name) !=
                                          search.modules->end();
  if (!wanted) return 0;
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = module->dlpi_phdr[i];
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0)
      add(search, &segment.p_memsz, sizeof segment.p_memsz);
    if (segment.p_type != PT_NOTE) continue;
    const char* at = reinterpret_cast<const char*>(module->dlpi_addr + segment.p_vaddr);
    const char* const end = at + segment.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) note;
      std::memcpy(&note, at, sizeof note);
      const char* const owner = at + sizeof note;
      const char* const description = owner + ((note.n_namesz + 3) & ~3u);
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(owner, "GNU", 4) == 0)
        add(search, description, note.n_descsz);
      at = description + ((note.n_descsz + 3) & ~3u);
    }
  }
  return 0;
}

std::string_view take_field(std::string_view& text) {
  const std::size_t dash = text.find('-');
  const std::string_view field = text.substr(0, dash);
  text.remove_prefix(dash == std::string_view::npos ? text.size() : dash + 1);
  return field;
}

}  // namespace

std::string to_text(const Token& token) {
  return std::string(kFormat) + "-" + token.compiler + "-" + token.build + "-" +
         (token.memory_model == MemoryModel::cpp20 ? "w" : "s") + "-" + to_text(token.schedule);
}

std::optional<Token> token_from(std::string_view text) {
  if (take_field(text) != kFormat) return std::nullopt;
  Token token;
  token.compiler = take_field(text);
  token.build = take_field(text);
  const std::string_view model = take_field(text);
  if (token.compiler.empty() || token.build.empty() || (model != "s" && model != "w")) return std::nullopt;
  token.memory_model = model == "w" ? MemoryModel::cpp20 : MemoryModel::sequential;
  const auto schedule = schedule_from(text);
  if (!schedule) return std::nullopt;
  token.schedule = *schedule;
  return token;
}

Token token_of_this_build(const std::vector<std::string_view>& world_modules) {
  Token token;
#ifdef __clang__
  token.compiler = "clang" + std::to_string(__clang_major__);
#else
  token.compiler = "gcc" + std::to_string(__GNUC__);
#endif
  BuildSearch search{&world_modules};
  ::dl_iterate_phdr(add_build, &search);
  token.build = hexadecimal(search.hash >> 16, 12);
  return token;
}

}  // namespace racecourse::schedules
