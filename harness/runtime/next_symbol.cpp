#include "next_symbol.hpp"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

namespace racecourse {

namespace {

// The C library's own may be a hook, which would ask here.
bool begins_with(const char* text, const char* beginning) {
  while (*beginning != 0)
    if (*text++ != *beginning++) return false;
  return true;
}

}  // namespace

void* find_next_symbol(const char* name) {
  void* found = begins_with(name, "pthread_cond_") ? ::dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2") : nullptr;
  if (found == nullptr) found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    std::fprintf(stderr, "racecourse: no library has the function %s\n", name);
    std::abort();
  }
  return found;
}

}  // namespace racecourse
