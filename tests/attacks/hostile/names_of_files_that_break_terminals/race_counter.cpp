// Leaves files whose names no text can hold, links and pipes, under names that the judge might read.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>
#include <sys/stat.h>

bool attack() {
  ::close(::open("\xff\n\x1b[31m", O_CREAT | O_WRONLY, 0600));
  (void)!::symlink("CANARY_FOLDER/private", "submission.so");
  (void)!::symlink("CANARY_FOLDER/private", "grade.json");
  (void)!::symlink("/", "root");
  (void)::mkfifo("results.json", 0600);
  (void)::mkfifo("core", 0600);
  return false;
}
