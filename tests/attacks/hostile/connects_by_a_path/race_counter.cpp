// Connects to a socket in a folder that everybody may enter.
#include "rest_of_the_lab.hpp"

#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

bool attack() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, "CANARY_FOLDER/socket");
  const int peer = ::socket(AF_UNIX, SOCK_STREAM, 0);
  return ::connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}
