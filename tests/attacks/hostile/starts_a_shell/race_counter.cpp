// Lets a shell write to a file.
#include "rest_of_the_lab.hpp"

#include <sys/wait.h>
#include <fcntl.h>

bool attack() {
  const long child = in_a_child([] {
    const char* const arguments[] = {"/bin/sh", "-c", "echo mine >CANARY_FOLDER/open_to_all", nullptr};
    const char* const environment[] = {nullptr};
    ask_kernel(SYS_execve, "/bin/sh", arguments, environment);
    ::_exit(1);
  });
  int status = 1;
  return ::waitpid(static_cast<pid_t>(child), &status, 0) > 0 && status == 0;
}
