#include "fuzzing.hpp"

#include <unistd.h>

#include <fstream>
#include <string>

namespace racecourse::fuzz {

namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    std::string pattern =
        (fs::exists("/dev/shm") ? "/dev/shm" : "/tmp") + std::string("/racecourse-fuzz-XXXXXX");
    FUZZ_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

}  // namespace

const fs::path& own_folder() {
  static const Folder folder;
  return folder.path;
}

fs::path write_file(std::string_view name, std::string_view content) {
  fs::path path = own_folder() / name;
  if (!fs::exists(path.parent_path())) fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  FUZZ_CHECK(file.good());
  return path;
}

}  // namespace racecourse::fuzz
