#include "world_snapshot.hpp"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "heap.hpp"
#include "world_flag.hpp"

// Globals that a scenario wants fresh for each execution lie in the section "racecourse_world"; the linker
// names its ends. Weak, because a driver need not have any.
extern "C" {
[[gnu::weak, gnu::visibility("hidden")]] extern char __start_racecourse_world[];
[[gnu::weak, gnu::visibility("hidden")]] extern char __stop_racecourse_world[];
}

namespace racecourse::schedules {

namespace {

// From here on mapping is cheaper than copying: a copy costs about 60 ns a page, each touched page of a
// mapping about 1 us, and programs touch a small part of a large table.
constexpr std::size_t kMappedFromBytes = 256u << 10;
constexpr std::size_t kPage = 4096;

struct Search {
  const std::vector<std::string_view>* modules;
  std::vector<std::pair<char*, std::size_t>> found;
};

// The part of the global offset table that the loader fills at the first call of each function (lazy
// binding). Putting it back would make the loader resolve every function again in every execution.
std::pair<std::uintptr_t, std::uintptr_t> lazy_slots(const dl_phdr_info& module) {
  std::uintptr_t table = 0;
  std::uintptr_t entries = 0;
  for (int i = 0; i < module.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = module.dlpi_phdr[i];
    if (segment.p_type != PT_DYNAMIC) continue;
    for (const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(module.dlpi_addr + segment.p_vaddr);
         entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_PLTGOT) table = entry->d_un.d_ptr;
      if (entry->d_tag == DT_PLTRELSZ) entries = entry->d_un.d_val / sizeof(ElfW(Rela));
    }
  }
  if (table == 0) return {0, 0};
  // glibc relocates the pointers of the dynamic section in place; other loaders do not.
  if (table < module.dlpi_addr) table += module.dlpi_addr;
  return {table, table + (entries + 3) * sizeof(std::uintptr_t)};
}

// Writable segments without the part that the loader made read-only after relocation.
int find_segments(dl_phdr_info* module, std::size_t, void* argument) {
  Search& search = *static_cast<Search*>(argument);
  const std::string_view path = module->dlpi_name;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (std::find(search.modules->begin(), search.modules->end(), name) == search.modules->end()) return 0;
  std::uintptr_t relro_end = 0;
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = module->dlpi_phdr[i];
    if (segment.p_type == PT_GNU_RELRO)
      relro_end = (module->dlpi_addr + segment.p_vaddr + segment.p_memsz) & ~(kPage - 1);
  }
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = module->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
    const std::uintptr_t begin = std::max(module->dlpi_addr + segment.p_vaddr, relro_end);
    const std::uintptr_t end = module->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    const auto [lazy_begin, lazy_end] = lazy_slots(*module);
    const std::uintptr_t first_end = std::clamp(lazy_begin, begin, std::max(begin, end));
    const std::uintptr_t second_begin = std::clamp(lazy_end, begin, std::max(begin, end));
    if (begin < first_end) search.found.emplace_back(reinterpret_cast<char*>(begin), first_end - begin);
    if (second_begin < end)
      search.found.emplace_back(reinterpret_cast<char*>(second_begin), end - second_begin);
  }
  return 0;
}

}  // namespace

WorldSnapshot::WorldSnapshot(const std::vector<std::string_view>& modules) {
  Search search{&modules, {}};
  ::dl_iterate_phdr(find_segments, &search);
  if (__start_racecourse_world != nullptr)
    search.found.emplace_back(__start_racecourse_world,
                              static_cast<std::size_t>(__stop_racecourse_world - __start_racecourse_world));
  for (const auto& [begin, size] : search.found) add(begin, size);
  heap().snapshot();
}

WorldSnapshot::~WorldSnapshot() = default;

void WorldSnapshot::add(char* begin, std::size_t size) {
  char* const end = begin + size;
  char* const first_page =
      reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(begin) + kPage - 1) & ~(kPage - 1));
  char* const last_page = reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(end) & ~(kPage - 1));
  if (size >= kMappedFromBytes &&
      map_from_memory(first_page, static_cast<std::size_t>(last_page - first_page))) {
    ranges_.push_back({first_page, static_cast<std::size_t>(last_page - first_page), {}});
    if (begin < first_page)
      ranges_.push_back({begin, static_cast<std::size_t>(first_page - begin), {begin, first_page}});
    if (last_page < end)
      ranges_.push_back({last_page, static_cast<std::size_t>(end - last_page), {last_page, end}});
    return;
  }
  ranges_.push_back({begin, size, {begin, end}});
}

bool WorldSnapshot::map_from_memory(char* begin, std::size_t size) {
  const int file = ::memfd_create("racecourse_world", MFD_CLOEXEC);
  if (file < 0) return false;
  std::size_t written = 0;
  while (written < size) {
    const ssize_t count = ::write(file, begin + written, size - written);
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  const bool mapped = written == size &&
                      ::mmap(begin, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file, 0) == begin;
  ::close(file);
  return mapped;
}

void WorldSnapshot::restore() {
  for (const Range& range : ranges_) {
    if (range.copy.empty()) {
      if (::madvise(range.begin, range.size, MADV_DONTNEED) != 0)
        die("the submission's globals cannot be put back");
    } else {
      std::memcpy(range.begin, range.copy.data(), range.copy.size());
    }
  }
  heap().restore();
}

std::size_t WorldSnapshot::bytes() const {
  std::size_t sum = 0;
  for (const Range& range : ranges_) sum += range.size;
  return sum;
}

}  // namespace racecourse::schedules
