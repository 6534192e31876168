#include "model/time_text.hpp"

#include <algorithm>

namespace racecourse {

namespace {

using namespace std::chrono;

constexpr int kYearMin = 1970;
constexpr int kYearMax = 9999;

// Takes text from the front of a view; the first mismatch makes everything after it fail too.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  [[nodiscard]] bool is_at_end() const { return ok_ && text_.empty(); }
  [[nodiscard]] bool ok() const { return ok_; }
  void fail() { ok_ = false; }

  // Exactly `digits` digits with a value from min to max.
  int number(std::size_t digits, int min, int max) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = next();
      if (c < '0' || c > '9') ok_ = false;
      value = 10 * value + (c - '0');
      if (!ok_) return min;
    }
    if (value < min || value > max) ok_ = false;
    return value;
  }

  // One character out of `allowed`.
  char one_of(std::string_view allowed) {
    const char c = next();
    if (c == '\0' || allowed.find(c) == std::string_view::npos) ok_ = false;
    return c;
  }

  void skip_fraction() {
    if (text_.empty() || text_.front() != '.') return;
    text_.remove_prefix(1);
    (void)number(1, 0, 9);
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') text_.remove_prefix(1);
  }

 private:
  char next() {
    if (text_.empty()) {
      ok_ = false;
      return '\0';
    }
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

  std::string_view text_;
  bool ok_ = true;
};

std::string two_digits(long number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

std::optional<sys_seconds> time_from(std::string_view text) {
  Scan scan(text);
  const int y = scan.number(4, 0, 9999);
  scan.one_of("-");
  const int m = scan.number(2, 1, 12);
  scan.one_of("-");
  const int d = scan.number(2, 1, 31);
  scan.one_of("Tt");
  const int hour = scan.number(2, 0, 23);
  scan.one_of(":");
  const int minute = scan.number(2, 0, 59);
  scan.one_of(":");
  const int second = scan.number(2, 0, 59);
  scan.skip_fraction();
  const char zone = scan.one_of("Zz+-");
  minutes offset{0};
  if (zone == '+' || zone == '-') {
    offset = hours{scan.number(2, 0, 23)};
    scan.one_of(":");
    offset += minutes{scan.number(2, 0, 59)};
    if (zone == '-') offset = -offset;
  }
  if (!scan.is_at_end()) return std::nullopt;
  const year_month_day date = year{y} / month{static_cast<unsigned>(m)} / day{static_cast<unsigned>(d)};
  if (!date.ok()) return std::nullopt;
  const sys_seconds time = sys_days{date} + hours{hour} + minutes{minute} + seconds{second} - offset;
  const year utc_year = year_month_day{floor<days>(time)}.year();
  if (utc_year < year{kYearMin} || utc_year > year{kYearMax}) return std::nullopt;
  return time;
}

std::string time_text(sys_seconds time) {
  constexpr sys_seconds kFirst{sys_days{year{kYearMin} / January / 1}};
  constexpr sys_seconds kLast{sys_days{year{kYearMax + 1} / January / 1} - seconds{1}};
  time = std::clamp(time, kFirst, kLast);
  const sys_days day_begin = floor<days>(time);
  const year_month_day date{day_begin};
  const hh_mm_ss clock{time - day_begin};
  const int y = static_cast<int>(date.year());
  return two_digits(y / 100) + two_digits(y % 100) + "-" + two_digits(static_cast<unsigned>(date.month())) +
         "-" + two_digits(static_cast<unsigned>(date.day())) + "T" + two_digits(clock.hours().count()) + ":" +
         two_digits(clock.minutes().count()) + ":" + two_digits(clock.seconds().count()) + "Z";
}

}  // namespace racecourse
