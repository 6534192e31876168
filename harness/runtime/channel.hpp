// The event channel: how a scenario's process tells the harness what happened.
//
// One SOCK_SEQPACKET socket; each message is one JSON object, so messages of several threads never mix and no
// lock is needed. Written with raw system calls, because ThreadSanitizer sees happens-before edges in the
// ordinary ones. Each message is numbered and sealed with the key of the run (seal.hpp), so what somebody
// else writes to the socket is known for what it is. Without a socket (a driver started by hand) the messages
// go to standard error. What arrives in the harness is a claim all the same: the student's code shares our
// address space.
#pragma once

#include <string>
#include <string_view>

namespace racecourse::channel {

// Takes the socket of the handshake (handshake.hpp), or standard error. Call once, before threads exist.
void open();
// Ignored in a process that was forked from the one that called open(). Async-signal-safe.
void send(std::string_view message);
// Waits for the harness's answer; empty if there is none. Main thread only.
std::string receive();
// Whether this is the process that called open(). Async-signal-safe.
bool is_own_process();

// Builds one JSON object of string and number members.
class Message {
 public:
  explicit Message(std::string_view event);
  Message& text(std::string_view key, std::string_view value);
  Message& json(std::string_view key, std::string_view value);
  void send();

 private:
  std::string out_;
};

// `value` as a JSON string: quoted, escaped, at most kTextBytesMax bytes of it. In a text that is not UTF-8
// all bytes above 0x7F become \u00NN. With four texts of 4 KiB, each byte escaped, a message stays below 100
// KiB.
inline constexpr std::size_t kTextBytesMax = 4u << 10;
std::string quoted(std::string_view value);

}  // namespace racecourse::channel
