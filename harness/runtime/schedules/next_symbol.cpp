#include "next_symbol.hpp"

#include <dlfcn.h>

#include <cstdio>
#include <cstring>

#include "world_flag.hpp"

namespace racecourse::schedules {

void* find_next_symbol(const char* name) {
  void* found =
      std::strncmp(name, "pthread_cond_", 13) == 0 ? ::dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2") : nullptr;
  if (found == nullptr) found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    std::fprintf(stderr, "racecourse: the C library has no %s\n", name);
    die("a function of the C library is missing");
  }
  return found;
}

}  // namespace racecourse::schedules
