// Archives that students hand in: whatever the bytes, the tree's paths stay inside and its files within their
// limits.
#include <fcntl.h>
#include <unistd.h>

#include "fuzzing.hpp"
#include "submission/archive_tree.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace racecourse;
  const fs::path path = fuzz::write_file("archive", fuzz::text_of(bytes, size));
  Result<Tree> tree = read_archive(path, [](std::string_view name) { return name.ends_with(".cpp"); });
  if (!tree || !tree->refusal.empty()) return 0;
  FUZZ_CHECK(tree->entries.size() <= kEntriesMax);
  for (const TreeEntry& entry : tree->entries) {
    FUZZ_CHECK(!entry.path.empty() && entry.path.front() != '/' && entry.path.size() <= kPathBytesMax);
    FUZZ_CHECK(("/" + entry.path + "/").find("/../") == std::string::npos);
    if (entry.type != EntryType::file || !entry.path.ends_with(".cpp")) continue;
    const Result<FileContent> content = tree->load(entry);
    FUZZ_CHECK(!content || content->bytes.size() <= kFileBytesMax);
  }
  return 0;
}
