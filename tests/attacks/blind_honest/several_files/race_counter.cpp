#include "race_counter.hpp"

#include "classes.hpp"

namespace race_counter {

std::unique_ptr<Counter> make_counter() { return std::make_unique<MyCounter>(); }
std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
  if (limit < 0) throw std::invalid_argument("limit");
  return std::make_unique<MyBounded>(limit);
}
std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<MyDocument>(std::move(text)); }

}  // namespace race_counter
