#include "host_text.hpp"

#include <link.h>

#include <algorithm>
#include <string_view>

namespace racecourse::schedules {

constinit TextRange c_library_text;
constinit TextRange cpp_library_text;

void find_host_text() {
  ::dl_iterate_phdr(
      [](dl_phdr_info* module, std::size_t, void*) {
        const std::string_view path = module->dlpi_name;
        const std::string_view name = path.substr(path.rfind('/') + 1);
        TextRange* const range = name.starts_with("libc.so")        ? &c_library_text
                                 : name.starts_with("libstdc++.so") ? &cpp_library_text
                                                                    : nullptr;
        if (range == nullptr) return 0;
        for (int i = 0; i < module->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = module->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
          range->begin = module->dlpi_addr + segment.p_vaddr;
          range->end = range->begin + segment.p_memsz;
        }
        return 0;
      },
      nullptr);
}

}  // namespace racecourse::schedules
