// Sends a datagram to a service of the machine.
#include "rest_of_the_lab.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

bool attack() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(PORT);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int peer = ::socket(AF_INET, SOCK_DGRAM, 0);
  return ::sendto(peer, "mine", 4, 0, reinterpret_cast<sockaddr*>(&address), sizeof address) == 4;
}
