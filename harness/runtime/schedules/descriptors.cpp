#include "descriptors.hpp"

#include <fcntl.h>

#include <utility>

#include "next_symbol.hpp"

namespace racecourse::schedules {

HostDescriptors::HostDescriptors() {
  for (int number = 0; number < kNumbers; ++number)
    open_[static_cast<std::size_t>(number)] = ::fcntl(number, F_GETFD) != -1;
  while (lowest_free_ < kNumbers && open_[static_cast<std::size_t>(lowest_free_)]) ++lowest_free_;
}

bool HostDescriptors::are_alone() const {
  // A new one gets the lowest number that is free.
  const int lowest = next<"eventfd", int>(0U, 0);
  if (lowest >= 0) (void)next<"close", int>(lowest);
  return lowest == lowest_free_;
}

void HostDescriptors::close_others() const {
  if (!std::exchange(new_descriptors, false) && are_alone()) return;
  for (int number = 0; number < kNumbers; ++number)
    if (!open_[static_cast<std::size_t>(number)]) (void)next<"close", int>(number);
}

}  // namespace racecourse::schedules
