#include "model/time_text.hpp"

#include <doctest/doctest.h>

namespace racecourse {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// Seconds since 1970 as `date -u -d TEXT +%s` prints them; -1 for what is refused.
long long seconds_of(std::string_view text) {
  const auto time = time_from(text);
  return time ? time->time_since_epoch().count() : -1;
}

}  // namespace

TEST_CASE("times become seconds") {
  CHECK(seconds_of("1970-01-01T00:00:00Z") == 0);
  CHECK(seconds_of("2025-03-01T20:59:00Z") == 1740862740);
  CHECK(seconds_of("2025-03-01t20:59:00z") == 1740862740);
  CHECK(seconds_of("2025-03-01T23:59:00+03:00") == 1740862740);
  CHECK(seconds_of("2025-03-01T15:29:00-05:30") == 1740862740);
  CHECK(seconds_of("2025-03-01T20:59:00.999999999Z") == 1740862740);
  CHECK(seconds_of("2025-03-01T20:59:00-00:00") == 1740862740);
  CHECK(seconds_of("2025-03-01T00:30:00+01:00") == seconds_of("2025-02-28T23:30:00Z"));
  CHECK(seconds_of("9999-12-31T23:59:59Z") == 253402300799);
  CHECK(seconds_of("1969-12-31T23:00:00-01:00") == 0);
}

TEST_CASE("leap years have 29 days in February, and not every fourth year is one") {
  CHECK(seconds_of("2024-02-29T00:00:00Z") == 1709164800);
  CHECK(seconds_of("2000-02-29T00:00:00Z") == 951782400);
  CHECK(seconds_of("2025-02-29T00:00:00Z") == -1);
  CHECK(seconds_of("2100-02-29T00:00:00Z") == -1);
  CHECK(seconds_of("2024-03-01T00:00:00Z") - seconds_of("2024-02-29T00:00:00Z") == 86'400);
}

TEST_CASE("nonsense is refused") {
  for (const char* text : {"",
                           "now",
                           "2025",
                           "2025-03-01",
                           "2025-03-01T20:59",
                           "2025-03-01T20:59:00",
                           "2025-03-01 20:59:00Z",
                           "2025-03-01T20:59Z",
                           "2025-3-1T20:59:00Z",
                           "2025-03-01T20:59:00+03",
                           "2025-03-01T20:59:00+0300",
                           "2025-03-01T20:59:00 Z",
                           "2025-03-01T20:59:00Z ",
                           " 2025-03-01T20:59:00Z",
                           "2025-03-01T20:59:00ZZ",
                           "2025-00-01T00:00:00Z",
                           "2025-13-01T00:00:00Z",
                           "2025-04-31T00:00:00Z",
                           "2025-04-00T00:00:00Z",
                           "2025-03-01T24:00:00Z",
                           "2025-03-01T20:60:00Z",
                           "2025-03-01T20:59:60Z",
                           "2025-03-01T20:59:00.Z",
                           "2025-03-01T20:59:00,5Z",
                           "2025-03-01T20:59:00+24:00",
                           "2025-03-01T20:59:00+03:60",
                           "-025-03-01T20:59:00Z",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "20250301T205900Z",
                           "2025-03-01T20:59:0\xD9\xA0Z"}) {
    CAPTURE(text);
    CHECK(seconds_of(text) == -1);
  }
  CHECK(seconds_of(std::string_view("2025-03-01T20:59:00Z\0", 21)) == -1);
}

TEST_CASE("printing is the inverse of reading") {
  for (const char* text : {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2025-03-01T20:59:00Z",
                           "2000-12-31T00:00:01Z", "9999-12-31T23:59:59Z"}) {
    CAPTURE(text);
    const auto time = time_from(text);
    REQUIRE(time);
    CHECK(time_text(*time) == text);
  }
}

TEST_CASE("times out of range are shown as the nearest that can be read") {
  CHECK(time_text(sys_seconds(seconds(-1))) == "1970-01-01T00:00:00Z");
  CHECK(time_text(sys_seconds::max()) == "9999-12-31T23:59:59Z");
  CHECK(time_text(sys_seconds::min()) == "1970-01-01T00:00:00Z");
}

}  // namespace racecourse
