// What the kernel says of this process, for scenarios that judge leaks. Reads /proc with plain calls.
#include <dirent.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "racecourse/scenario.hpp"

namespace racecourse {

namespace {

// `visit` also gets the descriptor by which the folder is read.
template <class Visit>
void for_each_number_in(const char* folder, Visit visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder), ::closedir);
  if (!directory) return;
  while (const dirent* entry = ::readdir(directory.get())) {
    char* end = nullptr;
    const long number = std::strtol(entry->d_name, &end, 10);
    if (end == entry->d_name || *end != 0) continue;
    visit(static_cast<int>(number), ::dirfd(directory.get()));
  }
}

// The state letter and the parent of a process; false if it is gone.
bool read_status(int pid, char& state, int& parent) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
  if (!file) return false;
  std::string line(512, '\0');
  line.resize(std::fread(line.data(), 1, line.size(), file.get()));
  // The command in parentheses may hold anything, so the fields are read after the last parenthesis.
  const std::size_t close = line.rfind(')');
  return close != std::string::npos && std::sscanf(line.c_str() + close + 1, " %c %d", &state, &parent) == 2;
}

}  // namespace

std::vector<ChildProcess> child_processes() {
  std::vector<ChildProcess> children;
  const int self = ::getpid();
  for_each_number_in("/proc", [&](int pid, int) {
    char state = 0;
    int parent = 0;
    if (read_status(pid, state, parent) && parent == self) children.push_back({pid, state == 'Z'});
  });
  std::sort(children.begin(), children.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
  return children;
}

std::vector<int> open_descriptors() {
  std::vector<int> descriptors;
  for_each_number_in("/proc/self/fd", [&](int descriptor, int own) {
    if (descriptor != own) descriptors.push_back(descriptor);
  });
  std::sort(descriptors.begin(), descriptors.end());
  return descriptors;
}

int thread_count() {
  int threads = 0;
  for_each_number_in("/proc/self/task", [&](int, int) { ++threads; });
  return under_tsan() ? std::max(1, threads - 1) : threads;  // libtsan runs one thread of its own.
}

int core_count() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return ::sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

}  // namespace racecourse
