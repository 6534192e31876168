#include "launch/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
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

void append_children(pid_t pid, std::vector<pid_t>& out) {
  std::array<char, 64> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/task", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir(path.data()), ::closedir);
  if (!tasks) return;
  while (const dirent* entry = ::readdir(tasks.get())) {
    if (entry->d_name[0] == '.') continue;
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

// Of the root only the time of the children it has waited for.
void add_usage(pid_t pid, bool is_root, TreeSample& sample) {
  static const auto kTickUs = static_cast<std::uint64_t>(1'000'000 / ::sysconf(_SC_CLK_TCK));
  static const auto kPageBytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::array<char, 64> path{};
  std::array<char, 4096> buffer{};
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", pid);
  const std::string_view stat = read_small(path.data(), buffer);
  // The command name in parentheses may hold anything, so the fields are counted after the last parenthesis.
  const std::size_t close = stat.rfind(')');
  if (close == std::string_view::npos || close + 2 >= stat.size()) return;
  if (stat[close + 2] == 'Z' || stat[close + 2] == 'X') return;
  if (!is_root) sample.living.push_back(pid);
  // Fields after the state, 0-based: 10 utime, 11 stime, 12 cutime, 13 cstime, 16 num_threads, 20 rss. (ppid
  // is 0.)
  std::string_view rest = stat.substr(close + 3);
  for (int field = 0; field <= 20 && !rest.empty(); ++field) {
    const std::size_t begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    rest.remove_prefix(begin);
    const std::size_t end = rest.find(' ');
    std::uint64_t number = 0;
    std::from_chars(rest.data(), rest.data() + std::min(end, rest.size()), number);
    if (field >= (is_root ? 12 : 10) && field <= 13) sample.cpu_us += number * kTickUs;
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
  append_children(root, open);
  while (!open.empty()) {
    const pid_t pid = open.back();
    open.pop_back();
    add_usage(pid, false, sample);
    append_children(pid, open);
  }
  return sample;
}

}  // namespace racecourse
