#include "next_symbol.hpp"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace racecourse {

void* find_next_symbol(const char* name) {
  void* found =
      std::strncmp(name, "pthread_cond_", 13) == 0 ? ::dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2") : nullptr;
  if (found == nullptr) found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    std::fprintf(stderr, "racecourse: no library has the function %s\n", name);
    std::abort();
  }
  return found;
}

}  // namespace racecourse
