#include "base/error.hpp"

#include <system_error>

namespace racecourse {

Error Error::during(std::string_view what) && {
  message.insert(0, std::string(what) + ": ");
  return std::move(*this);
}

std::unexpected<Error> usage_error(std::string message) {
  return std::unexpected(Error{ErrorKind::usage, std::move(message)});
}

std::unexpected<Error> environment_error(std::string message) {
  return std::unexpected(Error{ErrorKind::environment, std::move(message)});
}

std::unexpected<Error> system_error(std::string message, int error_number) {
  return environment_error(std::move(message) + ": " + std::generic_category().message(error_number));
}

}  // namespace racecourse
