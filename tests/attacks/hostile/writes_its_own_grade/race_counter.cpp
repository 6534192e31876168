// Writes its own grade.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>
#include <sys/stat.h>

bool attack() {
  (void)::mkdir("OUT_FOLDER/OWN_NAME", 0777);
  return ::open("OUT_FOLDER/OWN_NAME/grade.json", O_CREAT | O_WRONLY, 0666) >= 0;
}
