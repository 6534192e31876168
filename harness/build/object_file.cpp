#include "build/object_file.hpp"

#include <cxxabi.h>
#include <gelf.h>
#include <libelf.h>

#include <cstdlib>
#include <memory>

namespace racecourse {

namespace {

ObjectSymbol::Type type_of(const GElf_Sym& symbol) {
  switch (GELF_ST_TYPE(symbol.st_info)) {
    case STT_FUNC:
      return ObjectSymbol::Type::function;
    case STT_OBJECT:
    case STT_TLS:
      return ObjectSymbol::Type::object;
    case STT_GNU_IFUNC:
      return ObjectSymbol::Type::indirect_function;
    default:
      return ObjectSymbol::Type::other;
  }
}

void read_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, ObjectFacts& facts) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  const auto count = static_cast<int>(data->d_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name == nullptr || *name == '\0') continue;
    facts.symbols.push_back({.name = name,
                             .type = type_of(symbol),
                             .defined = symbol.st_shndx != SHN_UNDEF,
                             .strong = GELF_ST_BIND(symbol.st_info) == STB_GLOBAL,
                             .section = symbol.st_shndx,
                             .value = symbol.st_value});
  }
}

}  // namespace

std::optional<ObjectFacts> read_object(std::string_view bytes) {
  elf_version(EV_CURRENT);
  std::string copy(bytes);  // libelf may write to the image.
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_memory(copy.data(), copy.size()), elf_end);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return std::nullopt;
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf.get(), &names) != 0) return std::nullopt;
  ObjectFacts facts;
  facts.sections.emplace_back();  // Section 0 is none.
  for (Elf_Scn* section = elf_nextscn(elf.get(), nullptr); section != nullptr;
       section = elf_nextscn(elf.get(), section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) return std::nullopt;
    const char* name = elf_strptr(elf.get(), names, header.sh_name);
    facts.sections.push_back({.name = name != nullptr ? name : "",
                              .executable = (header.sh_flags & SHF_EXECINSTR) != 0,
                              .writable = (header.sh_flags & SHF_WRITE) != 0});
    if (header.sh_type == SHT_SYMTAB) read_symbols(elf.get(), section, header, facts);
  }
  return facts;
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return name ? name.get() : symbol;
}

}  // namespace racecourse
