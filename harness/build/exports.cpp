#include "build/exports.hpp"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>

#include <cerrno>
#include <memory>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "build/object_file.hpp"

namespace racecourse {

namespace {

void remove_defined(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::set<std::string>& missing) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr || symbol.st_shndx == SHN_UNDEF) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name != nullptr) missing.erase(demangled(name));
  }
}

}  // namespace

std::string version_script(const std::vector<std::string>& exports) {
  std::string script = "{ global: extern \"C++\" {\n";
  for (const std::string& name : exports) script += "  \"" + name + "\";\n";
  return script + "}; local: *; };\n";
}

std::set<std::string> undefined_symbols(std::string_view output) {
  std::set<std::string> symbols;
  for (const auto& [before, after] : {std::pair<std::string_view, char>{"undefined reference to `", '\''},
                                      {"undefined reference to '", '\''},
                                      {"undefined symbol: ", '\n'}}) {
    for (std::size_t at = output.find(before); at != std::string_view::npos;
         at = output.find(before, at + 1)) {
      const std::size_t begin = at + before.size();
      symbols.emplace(trim(output.substr(begin, output.find(after, begin) - begin)));
    }
  }
  return symbols;
}

Result<std::set<std::string>> missing_exports(const std::filesystem::path& object,
                                              const std::vector<std::string>& exports) {
  std::set<std::string> missing(exports.begin(), exports.end());
  elf_version(EV_CURRENT);
  const UniqueFd fd(::open(object.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("read " + printable(object.native()), errno);
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(fd.get(), ELF_C_READ, nullptr), elf_end);
  if (!elf) return environment_error("read " + printable(object.native()) + ": " + elf_errmsg(-1));
  for (Elf_Scn* section = elf_nextscn(elf.get(), nullptr); section != nullptr;
       section = elf_nextscn(elf.get(), section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) != nullptr && header.sh_type == SHT_DYNSYM)
      remove_defined(elf.get(), section, header, missing);
  }
  return missing;
}

}  // namespace racecourse
