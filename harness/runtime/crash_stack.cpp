// Where the student's code was when the process died of a signal or called exit().
//
// The handlers send an event with offsets into the submission's object and then let the signal do its default
// work: the kernel's word on how the process ended stays the verdict, the event only adds the place.
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "channel.hpp"
#include "driver.hpp"

namespace racecourse::driver {

namespace {

constexpr int kFramesMax = 48;
constexpr std::array<int, 5> kDeadlySignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

struct Range {
  std::uintptr_t base = 0;
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};
Range g_submission;
bool g_over = false;
alignas(16) std::array<char, 64 << 10> g_signal_stack;

int find_submission(dl_phdr_info* info, std::size_t, void*) {
  const char* name = std::strrchr(info->dlpi_name, '/');
  if (std::strcmp(name != nullptr ? name + 1 : info->dlpi_name, "submission.so") != 0) return 0;
  g_submission.base = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    g_submission.begin = info->dlpi_addr + segment.p_vaddr;
    g_submission.end = g_submission.begin + segment.p_memsz;
  }
  return 1;
}

// Formats by hand into a fixed buffer: no allocation, because the heap may be what is broken.
class FixedText {
 public:
  void add(const char* text) {
    while (*text != 0 && size_ < buffer_.size()) buffer_[size_++] = *text++;
  }
  void add(std::uintptr_t number) {
    std::array<char, 24> digits{};
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count > 0 && size_ < buffer_.size()) buffer_[size_++] = digits[--count];
  }
  [[nodiscard]] std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, 2048> buffer_{};
  std::size_t size_ = 0;
};

void send_stack(const char* event) {
  std::array<void*, kFramesMax> frames{};
  const int count = ::backtrace(frames.data(), kFramesMax);
  FixedText text;
  text.add("{\"event\":\"");
  text.add(event);
  text.add("\",\"addresses\":[");
  bool first = true;
  for (int i = 0; i < count; ++i) {
    const auto address = reinterpret_cast<std::uintptr_t>(frames[static_cast<std::size_t>(i)]);
    if (address < g_submission.begin || address >= g_submission.end) continue;
    if (!first) text.add(",");
    first = false;
    // One less: a return address belongs to the line after the call.
    text.add(address - g_submission.base - 1);
  }
  text.add("]}");
  channel::send(text.view());
}

void on_deadly_signal(int signal) {
  if (channel::is_own_process()) send_stack("crash_stack");
  // SA_RESETHAND has restored the default action; raising again makes the kernel report the true signal.
  ::raise(signal);
}

void on_exit_called() {
  if (!g_over && channel::is_own_process()) send_stack("exit_seen");
}

}  // namespace

void watch_for_crashes() {
  ::dl_iterate_phdr(find_submission, nullptr);
  std::array<void*, 1> warm_up{};
  ::backtrace(warm_up.data(), 1);  // Loads libgcc_s now; the first call allocates.
  stack_t stack{};
  stack.ss_sp = g_signal_stack.data();
  stack.ss_size = g_signal_stack.size();
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = on_deadly_signal;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
  for (const int signal : kDeadlySignals) ::sigaction(signal, &action, nullptr);
  std::atexit(on_exit_called);
}

void scenario_is_over() { g_over = true; }

}  // namespace racecourse::driver
