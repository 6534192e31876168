// A small lab on disk, "queue", for tests of what reads labs. For tests only.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "base/files.hpp"
#include "model/lab_json.hpp"

namespace racecourse {

class LabFolder {
 public:
  LabFolder() {
    put("labs/queue/include/queue.hpp", "#pragma once\n");
    put("labs/queue/scenarios/keeps_order.cpp", "// keeps_order\n");
    put("labs/queue/scenarios/is_fast.cpp", "// is_fast\n");
    put("labs/queue/scenarios/shared.hpp", "// shared\n");
    put("reference/queue/queue.cpp", "// reference\n");
    put("student_template/queue/queue.cpp", "// skeleton\n");
  }

  void put(const fs::path& name, std::string_view content) const {
    REQUIRE(make_directories((root() / name).parent_path()));
    REQUIRE(write_file_atomically(root() / name, content));
  }
  [[nodiscard]] const fs::path& root() const { return scratch_.path(); }
  [[nodiscard]] std::string json_path() const { return (root() / "labs/queue/lab.json").string(); }
  [[nodiscard]] Result<Lab> read() const {
    return read_lab(root() / "labs/queue", root() / "reference/queue", root() / "student_template/queue");
  }
  // As read, with this lab.json.
  [[nodiscard]] Result<Lab> read(std::string_view lab_json) const {
    put("labs/queue/lab.json", lab_json);
    return read();
  }

 private:
  ScratchDirectory scratch_ = *ScratchDirectory::make(fs::temp_directory_path());
};

}  // namespace racecourse
