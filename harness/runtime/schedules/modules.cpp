#include "modules.hpp"

#include <link.h>

#include <algorithm>
#include <functional>
#include <string_view>

#include "memory_layout.hpp"

namespace racecourse::schedules {

namespace {

std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325u;  // FNV-1a.
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

}  // namespace

void Modules::refresh() {
  modules_.clear();
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        const std::string_view path = info->dlpi_name;
        Module module;
        module.name = path.substr(path.rfind('/') + 1);
        module.name_hash = hash_of(module.name);
        module.base = info->dlpi_addr;
        module.begin = ~std::uintptr_t{0};
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD) continue;
          module.begin = std::min<std::uintptr_t>(module.begin, info->dlpi_addr + segment.p_vaddr);
          module.end =
              std::max<std::uintptr_t>(module.end, info->dlpi_addr + segment.p_vaddr + segment.p_memsz);
        }
        if (module.begin < module.end)
          static_cast<std::vector<Module>*>(argument)->push_back(std::move(module));
        return 0;
      },
      &modules_);
  std::sort(modules_.begin(), modules_.end(),
            [](const Module& a, const Module& b) { return a.begin < b.begin; });
}

const Modules::Module* Modules::find(std::uintptr_t address) const {
  auto after =
      std::upper_bound(modules_.begin(), modules_.end(), address,
                       [](std::uintptr_t wanted, const Module& module) { return wanted < module.begin; });
  if (after == modules_.begin()) return nullptr;
  --after;
  return address < after->end ? &*after : nullptr;
}

CodeAddress Modules::code_address(std::uintptr_t address) const {
  const Module* const module = find(address);
  return module == nullptr ? CodeAddress{"?", 0} : CodeAddress{module->name, address - module->base};
}

std::uint64_t Modules::stable(std::uintptr_t address) const {
  if (address - kHeapBase < kHeapBytes ||
      (address >= kSlotsBase && address < kSlotsBase + kThreadsMax * kSlotBytes))
    return address;
  const Module* const module = find(address);
  return module == nullptr ? 0 : module->name_hash + (address - module->base);
}

}  // namespace racecourse::schedules
