// Makes shared memory, a queue and a semaphore, which outlive processes.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

bool attack() {
  (void)::shmget(IPC_KEY, 4096, IPC_CREAT | 0600);
  (void)::msgget(IPC_KEY, IPC_CREAT | 0600);
  (void)::semget(IPC_KEY, 1, IPC_CREAT | 0600);
  (void)::shm_open("/SOCKET_NAME", O_CREAT | O_RDWR, 0600);
  return false;
}
