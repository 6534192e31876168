#include "cli/submission_times.hpp"

#include <doctest/doctest.h>

#include "base/files.hpp"

using namespace racecourse;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using namespace std::chrono_literals;

namespace {

struct TimesFile {
  ScratchDirectory folder = *ScratchDirectory::make(fs::temp_directory_path());
  std::vector<SubmissionEntry> entries = {
      {"ann", "x/ann"}, {"bob, the second", "x/bob"}, {"say \"hi\"", "x/hi"}};

  [[nodiscard]] auto read(const std::string& text) const {
    REQUIRE(write_file_atomically(folder.path() / "times.csv", text));
    return read_submission_times(folder.path() / "times.csv", {}, entries);
  }
  [[nodiscard]] std::string error(const std::string& text) const {
    const auto times = read(text);
    REQUIRE_FALSE(times);
    CHECK(times.error().kind == ErrorKind::usage);
    CHECK(times.error().message.find("times.csv: line ") != std::string::npos);
    return times.error().message.substr(times.error().message.find("line "));
  }
};

constexpr sys_seconds kTime = sys_days{2026y / 3 / 1} + 20h + 59min;

}  // namespace

TEST_CASE("times are read with their zones, names with quotes and commas too") {
  const TimesFile file;
  const auto times = file.read(
      "\xEF\xBB\xBFsubmission,submitted_at\r\nann,2026-03-01T23:59:00+03:00\r\n\r\n"
      "\"bob, the second\",2026-03-01T20:59:00Z\r\n\"say \"\"hi\"\"\", 2026-03-01T20:59:00Z");
  REQUIRE_MESSAGE(times, times.error().message);
  CHECK(times->size() == 3);
  for (const auto& [name, time] : *times) CHECK_MESSAGE(time == kTime, name);
}

TEST_CASE("every mistake names the line, what was expected and what stands there") {
  const TimesFile file;
  CHECK(file.error("name,time\n") ==
        "line 1: expected the header submission,submitted_at, got \"name,time\"");
  CHECK(file.error("submission,submitted_at\ncarl,2026-03-01T20:59:00Z\n") ==
        "line 2: expected a submission of this class, got \"carl\"");
  CHECK(file.error("submission,submitted_at\n\nann,yesterday\n")
            .starts_with("line 3: expected a time with its zone"));
  CHECK(file.error("submission,submitted_at\nann\n").starts_with("line 2: expected a time with its zone"));
  CHECK(file.error("submission,submitted_at\n\"ann,2026-03-01T20:59:00Z\n")
            .starts_with("line 2: expected a submission"));
  CHECK(file.error("submission,submitted_at\nann,2026-03-01T20:59:00Z\nann,2026-03-02T20:59:00Z\n") ==
        "line 3: a second time for \"ann\"");
}

TEST_CASE("without a file there are no times, but a file that was named must be there") {
  const TimesFile file;
  const auto none = read_submission_times({}, file.folder.path(), file.entries);
  REQUIRE(none);
  CHECK(none->empty());
  CHECK_FALSE(read_submission_times(file.folder.path() / "nowhere.csv", {}, file.entries));
  REQUIRE(write_file_atomically(file.folder.path() / "submission_times.csv",
                                "submission,submitted_at\nann,2026-03-01T20:59:00Z\n"));
  const auto found = read_submission_times({}, file.folder.path(), file.entries);
  REQUIRE(found);
  CHECK(found->at("ann") == kTime);
}
