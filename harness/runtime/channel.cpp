#include "channel.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

#include "handshake.hpp"

namespace racecourse::channel {

namespace {

int g_socket = -1;
pid_t g_owner = 0;
// Relaxed: it orders nothing between the threads that send.
std::atomic<std::uint64_t> g_sent{0};

// One message of two parts, without a copy.
long send_parts(std::string_view head, std::string_view message) {
  std::array<iovec, 2> parts{};
  parts[0] = {const_cast<char*>(head.data()), head.size()};
  parts[1] = {const_cast<char*>(message.data()), message.size()};
  msghdr header{};
  header.msg_iov = parts.data();
  header.msg_iovlen = parts.size();
  return ::syscall(SYS_sendmsg, g_socket, &header, MSG_NOSIGNAL);
}

}  // namespace

void open() {
  g_socket = handshake::outcome().channel;
  g_owner = ::getpid();
}

bool is_own_process() { return ::getpid() == g_owner; }

void send(std::string_view message) {
  if (!is_own_process()) return;
  const int saved = errno;
  if (g_socket >= 0) {
    const std::uint64_t number = g_sent.fetch_add(1, std::memory_order_relaxed);
    std::array<char, kSealBytes> head;
    put_hexadecimal(number, head.data());
    head[16] = ' ';
    put_hexadecimal(Seal(handshake::outcome().key).of(number, message), head.data() + 17);
    head[33] = ' ';
    long sent = 0;
    do {
      sent = send_parts({head.data(), head.size()}, message);
    } while (sent < 0 && errno == EINTR);
  } else {
    (void)::syscall(SYS_write, STDERR_FILENO, message.data(), message.size());
    (void)::syscall(SYS_write, STDERR_FILENO, "\n", 1);
  }
  errno = saved;
}

std::string receive() {
  if (g_socket < 0) return {};
  std::array<char, 256> buffer{};
  long got = 0;
  do {
    got = ::syscall(SYS_recvfrom, g_socket, buffer.data(), buffer.size(), 0, nullptr, nullptr);
  } while (got < 0 && errno == EINTR);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

namespace {

bool continues(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Whether the sequences are whole; which code points they name is the harness's business.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t j = 1; j < length; ++j)
      if (!continues(static_cast<unsigned char>(text[i + j]))) return false;
    i += length;
  }
  return true;
}

}  // namespace

std::string quoted(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (value.size() > kTextBytesMax) {
    std::size_t end = kTextBytesMax;
    while (end > 0 && continues(static_cast<unsigned char>(value[end]))) --end;
    value = value.substr(0, end);
  }
  const bool utf8 = is_utf8(value);
  std::string out = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || (byte >= 0x80 && !utf8)) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

Message::Message(std::string_view event) : out_("{\"event\":" + quoted(event)) {}

Message& Message::text(std::string_view key, std::string_view value) { return json(key, quoted(value)); }

Message& Message::json(std::string_view key, std::string_view value) {
  out_ += ',';
  out_ += quoted(key);
  out_ += ':';
  out_ += value;
  return *this;
}

void Message::send() {
  out_ += '}';
  channel::send(out_);
}

}  // namespace racecourse::channel
