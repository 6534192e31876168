// Messages of the event channel, which the student's process can send too: as the decoder reads them, and as
// the harness's end of the channel hears them with and without a seal.
#include "fuzzing.hpp"
#include "run/event_codec.hpp"
#include "run/sealed_channel.hpp"

namespace {

using namespace racecourse;

constexpr SealKey kKey{1, 2};

std::string sealed(std::string_view message) {
  std::string out(kSealBytes, ' ');
  put_hexadecimal(0, out.data());
  put_hexadecimal(Seal(kKey).of(0, message), out.data() + 17);
  return out.append(message);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view message = fuzz::text_of(bytes, size);
  const bool event = decode_event(message).has_value();
  const bool token = decode_token(message).has_value();
  FUZZ_CHECK(!(event && token));

  RunReport report;
  SealedChannel channel(report, kKey, "token");
  (void)channel.hear(kHello);
  (void)channel.hear(sealed(message));
  FUZZ_CHECK(report.events.size() == (event ? 1u : 0u) && !report.foreign_message);
  FUZZ_CHECK(!report.token_returned);
  // Nobody guesses a seal.
  const std::size_t events = report.events.size();
  FUZZ_CHECK(channel.hear(message).empty() && report.events.size() == events && report.foreign_message);
  return 0;
}
