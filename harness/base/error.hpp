// Error and Result: what went wrong when the student is not to blame.
//
// Two culprits only: `usage` (a wrong command line or configuration; exit code 2) and `environment` (the
// machine or the file system failed us; exit code 3, nobody is charged). A student's fault is never an Error
// but a Finding; our own bug is RC_CHECK. Values, safe to copy and to pass between threads.
//
// A message is a lowercase fragment that reads well after "failed to ": what was tried, on what, why, what to
// do.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace racecourse {

enum class ErrorKind { usage, environment };

struct Error {
  ErrorKind kind = ErrorKind::environment;
  std::string message;

  // Puts what was being done in front: "read labs/a/lab.json" + "no such file" = "read labs/a/lab.json: no
  // such file".
  [[nodiscard]] Error during(std::string_view what) &&;
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] std::unexpected<Error> usage_error(std::string message);
[[nodiscard]] std::unexpected<Error> environment_error(std::string message);
// As environment_error, with the text of `error_number` appended.
[[nodiscard]] std::unexpected<Error> system_error(std::string message, int error_number);

}  // namespace racecourse

// RC_TRY(expression): returns the error of a Result<void> to the caller.
#define RC_TRY(...)                                                              \
  do {                                                                           \
    if (auto rc_result = (__VA_ARGS__); !rc_result)                              \
      return std::unexpected<::racecourse::Error>(std::move(rc_result).error()); \
  } while (false)

// RC_ASSIGN(declaration, expression): declares the value of a Result, or returns its error to the caller.
#define RC_ASSIGN_JOIN2(a, b) a##b
#define RC_ASSIGN_JOIN(a, b) RC_ASSIGN_JOIN2(a, b)
#define RC_ASSIGN_AS(temporary, declaration, ...)                                            \
  auto temporary = (__VA_ARGS__);                                                            \
  if (!temporary) return std::unexpected<::racecourse::Error>(std::move(temporary).error()); \
  declaration = *std::move(temporary)
#define RC_ASSIGN(declaration, ...) \
  RC_ASSIGN_AS(RC_ASSIGN_JOIN(rc_result_, __LINE__), declaration, __VA_ARGS__)
