// Sha256: content hashes, by OpenSSL's libcrypto. One object per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace racecourse {

class Sha256 {
 public:
  Sha256();
  // Adds a field: its length, then its bytes, so that ("ab","c") and ("a","bc") differ.
  Sha256& field(std::string_view bytes);
  Sha256& field(std::uint64_t number);
  // 64 lowercase hexadecimal digits. The object must not be used afterwards.
  [[nodiscard]] std::string hex();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  void add(std::string_view bytes);
  std::unique_ptr<void, Free> context_;
};

// The plain SHA-256 of `bytes`, as sha256sum prints it.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace racecourse
