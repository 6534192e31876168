// Event codec: one message of the event channel to the Event it claims.
//
// The bytes come from a process that runs a student's code, so the decoder is total: any bytes at all give an
// Event or nothing, in bounded time, stack and memory. It is strict, because the runtime that writes the
// messages (runtime/channel.cpp) is built together with it: members that are missing, unknown, repeated, of
// another type or too long make a message no event. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/run_report.hpp"

namespace racecourse {

// Longer messages are no events. The runtime's longest, an assertion of four texts with every byte escaped,
// has 192 KiB.
inline constexpr std::size_t kEventBytesMax = 256u << 10;

// The texts of the result are printable (base/text.hpp), except that an observation's value is canonical JSON
// text: two observations are equal exactly if their texts are.
[[nodiscard]] std::optional<Event> decode_event(std::string_view message);

// The completion token that the message returns, byte for byte, if it is a token message (which is no Event).
[[nodiscard]] std::optional<std::string> decode_token(std::string_view message);

}  // namespace racecourse
