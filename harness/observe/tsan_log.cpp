// How it works: a state machine over lines. A report begins with its WARNING or ERROR line and ends with a
// line of equals signs; in it, a heading with two blanks in front opens a stack, lines "#N function file:line
// (module+0xoffset)" are its frames, and an empty line closes it.
#include "observe/tsan_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kTextBytesMax = 300;
constexpr std::size_t kStacksMax = 64;
constexpr std::size_t kFramesMax =
    2048;  // ThreadSanitizer keeps 256 and each may stand for several inlined calls.
constexpr std::string_view kSeparator = "==================";

struct Known {
  std::string_view title;
  TsanProblem problem;
  FindingKind kind;
};

// Every title of ReportTypeString in libsanitizer of g++ 12 and in compiler-rt up to LLVM 20, and what
// becomes of it. A title counts if it begins like this and the word ends there; longer ones first.
constexpr auto kKnown = std::to_array<Known>({
    {"data race on vptr", TsanProblem::vptr_race, FindingKind::data_race},
    {"data race", TsanProblem::race, FindingKind::data_race},
    {"race on", TsanProblem::race,
     FindingKind::data_race},  // "race on external object", "race on a library object".
    {"Swift access race", TsanProblem::race, FindingKind::data_race},
    {"heap-use-after-free", TsanProblem::use_after_free, FindingKind::use_after_free},
    {"lock-order-inversion", TsanProblem::lock_order, FindingKind::potential_deadlock},
    {"thread leak", TsanProblem::thread_leak, FindingKind::thread_leak},
    {"destroy of a locked mutex", TsanProblem::locked_mutex_destroyed, FindingKind::mutex_misuse},
    {"double lock of a mutex", TsanProblem::mutex_locked_twice, FindingKind::mutex_misuse},
    {"use of an invalid mutex", TsanProblem::invalid_mutex, FindingKind::mutex_misuse},
    {"unlock of an unlocked mutex", TsanProblem::unheld_mutex_unlocked, FindingKind::mutex_misuse},
    {"read lock of a write locked mutex", TsanProblem::write_locked_mutex_read_locked,
     FindingKind::mutex_misuse},
    {"read unlock of a write locked mutex", TsanProblem::write_locked_mutex_read_unlocked,
     FindingKind::mutex_misuse},
    {"mutex held in the wrong context", TsanProblem::mutex_held_wrongly, FindingKind::mutex_misuse},
    {"signal-unsafe call inside of a signal", TsanProblem::other, FindingKind::unrecognised_report},
    {"signal handler spoils errno", TsanProblem::other, FindingKind::unrecognised_report},
    // Errors, which end the process. The driver leaves signals alone, so these come only from other set-ups.
    {"SEGV", TsanProblem::crash, FindingKind::crash},
    {"BUS", TsanProblem::crash, FindingKind::crash},
    {"FPE", TsanProblem::crash, FindingKind::crash},
    {"ILL", TsanProblem::crash, FindingKind::crash},
    {"ABRT", TsanProblem::crash, FindingKind::crash},
    {"TRAP", TsanProblem::crash, FindingKind::crash},
    {"stack-overflow", TsanProblem::crash, FindingKind::crash},
    {"nested bug in the same thread", TsanProblem::crash, FindingKind::crash},
});

const Known* known_title(std::string_view title) {
  const auto* found = std::ranges::find_if(kKnown, [&](const Known& known) {
    return title.starts_with(known.title) &&
           (title.size() == known.title.size() || title[known.title.size()] == ' ');
  });
  return found == kKnown.end() ? nullptr : found;
}

std::string short_text(std::string_view text) {
  std::string out = printable(text.substr(0, kTextBytesMax));
  std::ranges::replace(out, '\t', ' ');
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number at the end of `text`, which is taken off together with the colon before it.
std::optional<int> take_number_behind_colon(std::string_view& text) {
  std::size_t begin = text.size();
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  int number = 0;
  const char* end = text.data() + text.size();
  if (begin < 2 || text[begin - 1] != ':') return std::nullopt;
  if (const auto read = std::from_chars(text.data() + begin, end, number);
      read.ec != std::errc() || read.ptr != end)
    return std::nullopt;
  text = text.substr(0, begin - 1);
  return number;
}

// "file:line", "file:line:column", "file" or "<null>".
void read_location(std::string_view text, TsanFrame& frame) {
  if (text == "<null>") return;
  if (const auto last = take_number_behind_colon(text)) {
    frame.line = *last;
    if (const auto before = take_number_behind_colon(text)) frame.line = *before;
  }
  frame.file = short_text(text);
}

// "#0 function file:line (module+0xoffset) (BuildId: digits)", with blanks around. A function may have blanks
// in it, so the line is read from its end.
std::optional<std::pair<std::size_t, TsanFrame>> parse_frame(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return std::nullopt;
  std::size_t number = 0;
  const auto read = std::from_chars(line.data() + 1, line.data() + line.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(read.ptr - line.data()));
  if (!line.starts_with(' ')) return std::nullopt;

  TsanFrame frame;
  if (const std::size_t id = line.rfind(" (BuildId: "); id != std::string_view::npos)
    line = trim(line.substr(0, id));
  if (const std::size_t open = line.rfind(" ("); open != std::string_view::npos && line.ends_with(')')) {
    const std::string_view origin = line.substr(open + 2, line.size() - open - 3);
    if (const std::size_t plus = origin.rfind("+0x"); plus != std::string_view::npos) {
      std::string_view module = origin.substr(0, plus);
      if (const std::size_t slash = module.rfind('/'); slash != std::string_view::npos)
        module.remove_prefix(slash + 1);
      frame.module = short_text(module);
      line = line.substr(0, open);
    }
  }
  line = trim(line);
  const std::size_t blank = line.rfind(' ');
  const std::string_view function = line.substr(0, blank);
  if (function != "<null>") frame.function = short_text(function);
  if (blank != std::string_view::npos) read_location(line.substr(blank + 1), frame);
  return std::pair(number, std::move(frame));
}

// "thread T12" gives 12, "main thread" gives 0.
int thread_number(std::string_view text) {
  if (text.starts_with("main thread")) return 0;
  constexpr std::string_view kThread = "thread T";
  int number = -1;
  if (text.starts_with(kThread))
    (void)std::from_chars(text.data() + kThread.size(), text.data() + text.size(), number);
  return number;
}

// The stack that a heading (without the blanks before it) announces.
TsanStack announced(std::string_view heading) {
  using Role = TsanStack::Role;
  TsanStack stack;
  const auto begins = [&](auto... words) { return (heading.starts_with(words) || ...); };
  const auto says = [&](std::string_view words) { return heading.find(words) != std::string_view::npos; };
  if (begins("Write of", "Read of", "Atomic write of", "Atomic read of", "Previous write of",
             "Previous read of", "Previous atomic write of", "Previous atomic read of", "Modifying access of",
             "Read-only access of", "Previous modifying access of", "Previous read-only access of")) {
    stack.role = Role::access;
    if (const std::size_t by = heading.rfind(" by "); by != std::string_view::npos)
      stack.thread = thread_number(heading.substr(by + 4));
  } else if (begins("Thread T") && says(" created by ")) {
    stack.role = Role::creation;
    const std::string_view number = heading.substr(8);
    (void)std::from_chars(number.data(), number.data() + number.size(), stack.thread);
  } else if (begins("Mutex ") && says(" acquired here while holding mutex ")) {
    stack.role = Role::acquisition;
  } else if (begins("Mutex ") && says(" previously acquired by the same thread here")) {
    stack.role = Role::held;
  } else if (begins("and:", "Signal ")) {
    stack.role = Role::subject;
  }
  return stack;
}

class Reader {
 public:
  void read(std::string_view line) {
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line == kSeparator)
      read_separator();
    else if (!read_beginning(line) && open_)
      read_line_of_report(line);
    if (line != kSeparator) after_separator_ = false;
  }

  TsanLog finish(bool cut_in_a_line) && {
    if (open_ && ends_the_process_) close();
    log_.truncated = log_.truncated || open_ || after_separator_ || cut_in_a_line;
    return std::move(log_);
  }

 private:
  void read_separator() {
    if (open_) {
      close();
    } else {
      after_separator_ = true;
    }
  }

  // Takes the line if a report or a complaint begins with it.
  bool read_beginning(std::string_view line) {
    constexpr std::string_view kWarning = "WARNING: ThreadSanitizer: ";
    constexpr std::string_view kError = "ERROR: ThreadSanitizer: ";
    constexpr std::string_view kIgnores = "finished with ignores enabled";
    if (const std::size_t at = line.find(kWarning); at != std::string_view::npos) {
      std::string_view title = line.substr(at + kWarning.size());
      const std::size_t id = title.rfind(" (pid=");
      // Without the process id it is a notice ("memory layout is incompatible ..."), or a damaged report.
      if (id == std::string_view::npos && known_title(title) == nullptr && !after_separator_) return true;
      begin(title.substr(0, id), false);
      return true;
    }
    if (const std::size_t at = line.find(kError); at != std::string_view::npos) {
      begin(line.substr(at + kError.size()), true);
      return true;
    }
    if (line.starts_with("ThreadSanitizer: ") && line.find(kIgnores) != std::string_view::npos) {
      begin("thread finished with ignores enabled", true);
      return true;
    }
    const auto says = [&](std::string_view words) { return line.find(words) != std::string_view::npos; };
    if (!says("ThreadSanitizer")) return false;
    if (!says("FATAL: ThreadSanitizer") && !says(" CHECK failed: ") && !line.ends_with("Dying."))
      return false;
    if (log_.failure.empty()) log_.failure = short_text(trim(line));
    return true;
  }

  void begin(std::string_view title, bool ends_the_process) {
    if (open_ && ends_the_process_) close();
    if (open_) log_.truncated = true;  // The one before never ended.
    open_ = true;
    ends_the_process_ = ends_the_process;
    in_stack_ = false;
    report_ = {};
    report_.title = short_text(trim(title));
    if (const Known* known = known_title(title)) {
      report_.problem = known->problem;
      report_.kind = known->kind;
    }
  }

  void close() {
    open_ = false;
    if (log_.reports.size() == kTsanReportsMax) {
      log_.truncated = true;
      return;
    }
    log_.reports.push_back(std::move(report_));
  }

  void read_line_of_report(std::string_view line) {
    const std::string_view words = trim(line);
    if (words.empty()) {
      in_stack_ = false;
    } else if (auto frame = parse_frame(line)) {
      // A frame 0 with frames above it belongs to a stack whose heading is damaged or unknown.
      if (!in_stack_ || (frame->first == 0 && !report_.stacks.back().frames.empty())) {
        const bool first = report_.stacks.empty();
        open_stack(
            {.role = first ? TsanStack::Role::subject : TsanStack::Role::other, .thread = -1, .frames = {}});
      }
      std::vector<TsanFrame>& frames = report_.stacks.back().frames;
      if (frames.size() < kFramesMax) frames.push_back(std::move(frame->second));
    } else if (words.starts_with("SUMMARY: ThreadSanitizer") || words.ends_with("==ABORTING")) {
      if (ends_the_process_) close();
    } else if (line.starts_with("  ") && !line.starts_with("    ") && words.ends_with(':')) {
      open_stack(announced(words));
    }
  }

  void open_stack(TsanStack stack) {
    // Over the limit the last stack goes on, so that its frames are at least bounded.
    if (report_.stacks.size() < kStacksMax) report_.stacks.push_back(std::move(stack));
    in_stack_ = true;
  }

  TsanLog log_;
  TsanReport report_;
  bool open_ = false;              // Between a report's first line and its last.
  bool ends_the_process_ = false;  // The open report is an error: the process ends in the middle of it.
  bool in_stack_ = false;          // report_.stacks.back() takes frames.
  bool after_separator_ = false;
};

}  // namespace

TsanLog parse_tsan_log(std::string_view log) {
  Reader reader;
  while (!log.empty()) {
    const std::size_t newline = log.find('\n');
    if (newline == std::string_view::npos) break;
    reader.read(log.substr(0, newline));
    log.remove_prefix(newline + 1);
  }
  // What is left has no end of line: it was cut, and might mean anything.
  return std::move(reader).finish(!log.empty());
}

}  // namespace racecourse
