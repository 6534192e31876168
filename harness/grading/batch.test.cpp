// Goal: two batches never share an output folder, and a dead one holds up nobody. (What batches do is tested
// with the built command.)
#include "grading/batch.hpp"

#include <doctest/doctest.h>

#include "base/files.hpp"

using namespace racecourse;

TEST_CASE("one batch holds its output folder until it is done") {
  const ScratchDirectory folder = *ScratchDirectory::make(fs::temp_directory_path());
  const fs::path out = folder.path() / "a" / "b";
  {
    const Result<OutputLock> first = OutputLock::take(out);
    REQUIRE(first);
    const Result<OutputLock> second = OutputLock::take(out);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == ErrorKind::usage);
    CHECK(second.error().message.find("another racecourse is grading into it") != std::string::npos);
    CHECK(OutputLock::take(folder.path() / "a" / "c"));
  }
  CHECK(OutputLock::take(out));
}

TEST_CASE("a folder that cannot be one is an error of the machine that names it") {
  const ScratchDirectory folder = *ScratchDirectory::make(fs::temp_directory_path());
  REQUIRE(write_file_atomically(folder.path() / "file", "x"));
  const Result<OutputLock> lock = OutputLock::take(folder.path() / "file");
  REQUIRE_FALSE(lock);
  CHECK(lock.error().message.find((folder.path() / "file").native()) != std::string::npos);
}
