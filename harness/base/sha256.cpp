#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "base/check.hpp"

namespace racecourse {

namespace {

EVP_MD_CTX* as_context(void* context) { return static_cast<EVP_MD_CTX*>(context); }

std::string to_hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

}  // namespace

void Sha256::Free::operator()(void* context) const { EVP_MD_CTX_free(as_context(context)); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  RC_CHECK(context_ && EVP_DigestInit_ex(as_context(context_.get()), EVP_sha256(), nullptr) == 1,
           "libcrypto always has SHA-256");
}

void Sha256::add(std::string_view bytes) {
  RC_CHECK(EVP_DigestUpdate(as_context(context_.get()), bytes.data(), bytes.size()) == 1,
           "a digest takes any bytes");
}

Sha256& Sha256::field(std::string_view bytes) {
  field(std::uint64_t{bytes.size()});
  add(bytes);
  return *this;
}

Sha256& Sha256::field(std::uint64_t number) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((number >> (8 * i)) & 0xFF);
  add(std::string_view(bytes.data(), bytes.size()));
  return *this;
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest{};
  RC_CHECK(EVP_DigestFinal_ex(as_context(context_.get()), digest.data(), nullptr) == 1,
           "a digest can be finished");
  return to_hex(digest.data(), digest.size());
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  RC_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1,
           "libcrypto always has SHA-256");
  return to_hex(digest.data(), digest.size());
}

}  // namespace racecourse
