// What the fuzz targets share: the input as text, and as a file.
//
// A target is one function that libFuzzer calls with bytes of its own making; it fails by crashing, by a
// report of a sanitizer, by running too long, or by FUZZ_CHECK. The targets are built with
// -fsanitize=address,undefined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

// What must hold for every input.
#define FUZZ_CHECK(condition)                                                            \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

namespace racecourse::fuzz {

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// A folder of this process's own, in memory where there is /dev/shm, empty at first; removed at exit.
[[nodiscard]] const std::filesystem::path& own_folder();
// Writes the input to a file in it.
std::filesystem::path write_file(std::string_view name, std::string_view content);

}  // namespace racecourse::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
