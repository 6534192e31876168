#include "launch/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string_view>

namespace racecourse {

namespace {

// Reads a small file of /proc; empty if the process is gone.
std::string_view read_small(const char* path, std::array<char, 4096>& buffer) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  ::close(fd);
  return got > 0 ? std::string_view(buffer.data(), static_cast<std::size_t>(got)) : std::string_view();
}

// The state of a process or thread and what follows it, as its `stat` says; empty if it is gone. The command
// name in parentheses may hold anything, so the fields are counted after the last parenthesis.
std::string_view state_and_rest(const char* path, std::array<char, 4096>& buffer) {
  const std::string_view stat = read_small(path, buffer);
  const std::size_t close = stat.rfind(')');
  return close == std::string_view::npos || close + 2 >= stat.size() ? std::string_view()
                                                                     : stat.substr(close + 2);
}

bool is_runnable(pid_t pid, const char* task) {
  std::array<char, 128> path{};
  std::array<char, 4096> buffer{};
  std::snprintf(path.data(), path.size(), "/proc/%d/task/%.20s/stat", pid, task);
  return state_and_rest(path.data(), buffer).starts_with('R');
}

// The children of every thread; and whether a thread is runnable, unless one was found already.
void visit_threads(pid_t pid, bool is_root, std::vector<pid_t>& out, bool& runnable) {
  std::array<char, 64> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/task", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir(path.data()), ::closedir);
  if (!tasks) return;
  while (const dirent* entry = ::readdir(tasks.get())) {
    if (entry->d_name[0] == '.') continue;
    if (!is_root && !runnable) runnable = is_runnable(pid, entry->d_name);
    std::array<char, 128> children{};
    std::snprintf(children.data(), children.size(), "/proc/%d/task/%.20s/children", pid, entry->d_name);
    // The kernel writes whole lists longer than one page in several reads.
    const int fd = ::open(children.data(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    std::array<char, 4096> buffer{};
    std::uint64_t number = 0;
    bool in_number = false;
    ssize_t got = 0;
    while ((got = ::read(fd, buffer.data(), buffer.size())) > 0) {
      for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
        if (c >= '0' && c <= '9') {
          number = number * 10 + static_cast<std::uint64_t>(c - '0');
          in_number = true;
        } else if (in_number) {
          out.push_back(static_cast<pid_t>(number));
          number = 0;
          in_number = false;
        }
      }
    }
    ::close(fd);
  }
}

// The CPU time of all threads of a process, to the nanosecond: its `stat` counts in ticks of 10 ms, by which
// a limit would be noticed late.
std::uint64_t own_cpu_us(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec) / 1'000;
}

// Of the root only the time of the children it has waited for.
void add_usage(pid_t pid, bool is_root, TreeSample& sample) {
  static const auto kTickUs = static_cast<std::uint64_t>(1'000'000 / ::sysconf(_SC_CLK_TCK));
  static const auto kPageBytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::array<char, 64> path{};
  std::array<char, 4096> buffer{};
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", pid);
  const std::string_view stat = state_and_rest(path.data(), buffer);
  if (stat.empty() || stat[0] == 'Z' || stat[0] == 'X') return;
  if (!is_root) {
    sample.living.push_back(pid);
    sample.cpu_us += own_cpu_us(pid);
  }
  // Fields after the state, 0-based: 12 cutime, 13 cstime, 16 num_threads, 20 rss. (ppid is 0.)
  std::string_view rest = stat.substr(1);
  for (int field = 0; field <= 20 && !rest.empty(); ++field) {
    const std::size_t begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    rest.remove_prefix(begin);
    const std::size_t end = rest.find(' ');
    std::uint64_t number = 0;
    std::from_chars(rest.data(), rest.data() + std::min(end, rest.size()), number);
    if (field == 12 || field == 13) sample.cpu_us += number * kTickUs;
    if (field == 16 && !is_root) sample.tasks += static_cast<std::uint32_t>(number);
    if (field == 20 && !is_root) sample.resident_bytes += number * kPageBytes;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end);
  }
}

}  // namespace

TreeSample sample_descendants(pid_t root) {
  TreeSample sample;
  std::vector<pid_t> open;
  add_usage(root, true, sample);
  visit_threads(root, true, open, sample.runnable);
  while (!open.empty()) {
    const pid_t pid = open.back();
    open.pop_back();
    add_usage(pid, false, sample);
    visit_threads(pid, false, open, sample.runnable);
  }
  return sample;
}

}  // namespace racecourse
