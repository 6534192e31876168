#include "model/points.hpp"

#include <cmath>
#include <cstdlib>

#include "base/check.hpp"

namespace racecourse {

namespace {
__extension__ using Int128 = __int128;  // Products of two 64-bit numbers.
}

Points Points::rounded(double value) { return of_hundredths(std::llround(value * 100.0)); }

Points Points::scaled(std::int64_t numerator, std::int64_t denominator) const {
  RC_CHECK(denominator > 0, "a share has a positive denominator");
  const Int128 product = static_cast<Int128>(hundredths_) * numerator;
  const Int128 doubled = 2 * product + denominator;
  const Int128 divisor = 2 * static_cast<Int128>(denominator);
  Int128 quotient = doubled / divisor;
  if (doubled % divisor < 0) --quotient;
  return of_hundredths(static_cast<std::int64_t>(quotient));
}

std::string Points::text() const {
  const std::int64_t whole = std::llabs(hundredths_) / 100;
  const std::int64_t rest = std::llabs(hundredths_) % 100;
  std::string out = (hundredths_ < 0 ? "-" : "") + std::to_string(whole);
  if (rest != 0) {
    out += '.';
    out += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
  }
  return out;
}

}  // namespace racecourse
