// What the kernel says of one thread of this process.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace scenarios {

// Whether the thread sleeps, waiting for something. False while it runs or could run, and once it has ended.
inline bool is_asleep(long thread) {
  const std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
  if (!file) return false;
  std::string line(256, '\0');
  line.resize(std::fread(line.data(), 1, line.size(), file.get()));
  // The name in parentheses may hold anything, so the state is looked for after the last one.
  const std::size_t close = line.rfind(')');
  return close != std::string::npos && close + 2 < line.size() && line[close + 2] == 'S';
}

}  // namespace scenarios
