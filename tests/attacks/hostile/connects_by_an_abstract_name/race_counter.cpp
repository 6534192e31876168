// Connects to a socket that has a name and no path.
#include "rest_of_the_lab.hpp"

#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

bool attack() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const char name[] = "\0SOCKET_NAME";
  std::memcpy(address.sun_path, name, sizeof name - 1);
  const int peer = ::socket(AF_UNIX, SOCK_STREAM, 0);
  return ::connect(peer, reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(2 + sizeof name - 1)) == 0;
}
