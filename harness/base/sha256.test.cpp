#include "base/sha256.hpp"

#include <doctest/doctest.h>

namespace racecourse {

// The examples of FIPS 180-4.
TEST_CASE("the plain hash is that of sha256sum") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("fields are told apart by their lengths") {
  const auto of = [](std::string_view a, std::string_view b) { return Sha256().field(a).field(b).hex(); };
  CHECK(of("ab", "c") != of("a", "bc"));
  CHECK(of("", "a") != of("a", ""));
  CHECK(of("a", "b") == of("a", "b"));
  CHECK(Sha256().field("a").hex() != Sha256().field("a").field("").hex());
}

// A field is its length in eight bytes, lowest first, and its bytes: stored hashes must mean the same
// tomorrow.
TEST_CASE("the bytes of fields are fixed") {
  using namespace std::string_literals;
  CHECK(Sha256().field("abc").hex() == sha256_hex("\3\0\0\0\0\0\0\0abc"s));
  CHECK(Sha256().field(std::uint64_t{0x0102030405060708}).hex() ==
        sha256_hex("\x08\x07\x06\x05\x04\x03\x02\x01"s));
}

}  // namespace racecourse
