// Points: an exact number of hundredths, so that sums never depend on the order of addition. A value.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace racecourse {

class Points {
 public:
  constexpr Points() = default;
  [[nodiscard]] static constexpr Points of_hundredths(std::int64_t hundredths) {
    Points points;
    points.hundredths_ = hundredths;
    return points;
  }
  // The nearest hundredth; halves away from zero.
  [[nodiscard]] static Points rounded(double value);

  [[nodiscard]] constexpr std::int64_t hundredths() const { return hundredths_; }
  [[nodiscard]] constexpr double value() const { return static_cast<double>(hundredths_) / 100.0; }
  // This many points times numerator / denominator, to the nearest hundredth (halves up). denominator > 0.
  [[nodiscard]] Points scaled(std::int64_t numerator, std::int64_t denominator) const;
  // "7", "7.5" or "7.25".
  [[nodiscard]] std::string text() const;

  constexpr Points& operator+=(Points other) {
    hundredths_ += other.hundredths_;
    return *this;
  }
  friend constexpr Points operator+(Points a, Points b) {
    return of_hundredths(a.hundredths_ + b.hundredths_);
  }
  friend constexpr Points operator-(Points a, Points b) {
    return of_hundredths(a.hundredths_ - b.hundredths_);
  }
  friend constexpr auto operator<=>(Points, Points) = default;

 private:
  std::int64_t hundredths_ = 0;
};

}  // namespace racecourse
