#include "build/object_gate.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "build/dump_lines.hpp"
#include "build/source_tokens.hpp"
#include "build/system_calls.hpp"

namespace racecourse {

namespace {

using Type = ObjectSymbol::Type;

// The interfaces of the sanitizers.
bool is_hook(std::string_view symbol) {
  static constexpr auto kPrefixes =
      std::to_array<std::string_view>({"__tsan_", "__sanitizer_", "__asan_", "__ubsan_", "__lsan_", "__msan_",
                                       "__interceptor_", "___interceptor_"});
  // The annotations that libtsan knows, not every function whose name begins so.
  static constexpr auto kAnnotations = std::to_array<std::string_view>({"AnnotateHappens",
                                                                        "AnnotateCondVar",
                                                                        "AnnotateMutexIsNotPHB",
                                                                        "AnnotateMutexIsUsedAsCondVar",
                                                                        "AnnotatePCQ",
                                                                        "AnnotateExpectRace",
                                                                        "AnnotateBenignRace",
                                                                        "AnnotateRWLock",
                                                                        "AnnotateIgnoreReads",
                                                                        "AnnotateIgnoreWrites",
                                                                        "AnnotateIgnoreSync",
                                                                        "AnnotatePublishMemoryRange",
                                                                        "AnnotateUnpublishMemoryRange",
                                                                        "AnnotateFlushExpectedRaces",
                                                                        "AnnotateNoOp",
                                                                        "AnnotateNewMemory",
                                                                        "AnnotateMemoryIs",
                                                                        "AnnotateEnableRaceDetection",
                                                                        "AnnotateFlushState",
                                                                        "AnnotateTraceMemory",
                                                                        "AnnotateThreadName",
                                                                        "WTFAnnotate"});
  const auto begins = [&](std::string_view prefix) { return symbol.starts_with(prefix); };
  return std::ranges::any_of(kPrefixes, begins) || std::ranges::any_of(kAnnotations, begins);
}

// The hooks that compilers call by themselves in instrumented code.
bool is_instrumentation(std::string_view symbol) {
  if (!symbol.starts_with("__tsan_")) return false;
  symbol.remove_prefix(std::string_view("__tsan_").size());
  static constexpr auto kPrefixes = std::to_array<std::string_view>(
      {"read", "write", "unaligned_", "vptr_", "volatile_", "atomic", "func_", "mem"});
  return symbol == "init" ||
         std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return symbol.starts_with(prefix); });
}

bool is_ours(std::string_view symbol) {
  return symbol.starts_with("racecourse_") || symbol.starts_with("_ZN10racecourse") ||
         symbol.starts_with("_ZNK10racecourse");
}

// Functions of the C and C++ libraries by which a run is driven and watched. A definition in the submission
// binds to the submission alone, so nothing but a pretence can come of it.
bool stands_in(const ObjectSymbol& symbol) {
  static constexpr auto kFunctions = std::to_array<std::string_view>({"pthread_create",
                                                                      "pthread_join",
                                                                      "pthread_detach",
                                                                      "pthread_exit",
                                                                      "pthread_cancel",
                                                                      "pthread_mutex_init",
                                                                      "pthread_mutex_lock",
                                                                      "pthread_mutex_trylock",
                                                                      "pthread_mutex_timedlock",
                                                                      "pthread_mutex_unlock",
                                                                      "pthread_mutex_destroy",
                                                                      "pthread_cond_wait",
                                                                      "pthread_cond_timedwait",
                                                                      "pthread_cond_clockwait",
                                                                      "pthread_cond_signal",
                                                                      "pthread_cond_broadcast",
                                                                      "pthread_rwlock_rdlock",
                                                                      "pthread_rwlock_wrlock",
                                                                      "pthread_rwlock_unlock",
                                                                      "pthread_once",
                                                                      "pthread_barrier_wait",
                                                                      "sem_wait",
                                                                      "sem_post",
                                                                      "sem_trywait",
                                                                      "sem_timedwait",
                                                                      "sem_init",
                                                                      "clock_gettime",
                                                                      "gettimeofday",
                                                                      "nanosleep",
                                                                      "clock_nanosleep",
                                                                      "usleep",
                                                                      "sleep",
                                                                      "sched_yield",
                                                                      "syscall",
                                                                      "write",
                                                                      "read",
                                                                      "send",
                                                                      "sendto",
                                                                      "sendmsg",
                                                                      "recv",
                                                                      "recvfrom",
                                                                      "recvmsg",
                                                                      "close",
                                                                      "dup",
                                                                      "dup2",
                                                                      "dup3",
                                                                      "exit",
                                                                      "_exit",
                                                                      "_Exit",
                                                                      "quick_exit",
                                                                      "abort",
                                                                      "fork",
                                                                      "dlsym",
                                                                      "atexit",
                                                                      "sigaction",
                                                                      "signal",
                                                                      "raise"});
  static constexpr auto kOfTheStandardLibrary = std::to_array<std::string_view>(
      {"_ZNSt6thread15_M_start_thread", "_ZNSt6thread4joinEv", "_ZNSt6thread6detachEv",
       "_ZNSt6thread20hardware_concurrencyEv", "_ZNSt18condition_variable", "_ZNSt6chrono3_V2"});
  if (symbol.type != Type::function) return false;
  if (std::ranges::find(kFunctions, symbol.name) != kFunctions.end()) return true;
  return symbol.strong && std::ranges::any_of(kOfTheStandardLibrary, [&](std::string_view prefix) {
           return symbol.name.starts_with(prefix);
         });
}

// Where a name is written in the text, or else the function of that name.
Place place_of(const std::string& symbol, const std::string& source, std::span<const SourceFile> sources) {
  const std::string shown = demangled(symbol);
  const std::string_view word = std::string_view(shown).substr(0, shown.find('('));
  const std::size_t colons = word.rfind("::");
  const std::string_view last = colons == std::string_view::npos ? word : word.substr(colons + 2);
  for (const SourceFile& file : sources) {
    if (!file.content.contains(last)) continue;
    for (const Token& token : tokens_of(file.content))
      if (token.kind == Token::Kind::identifier && token.text == last) return {file.name, token.line, {}};
  }
  return {source, 0, printable(shown)};
}

std::string allowance(Permission permission) {
  switch (permission) {
    case Permission::processes:
      return "which makes a process";
    case Permission::programs:
      return "which starts another program";
    case Permission::loader:
      return "which looks into the loaded program";
    case Permission::debugging:
      return "which reaches into the memory of programs";
    case Permission::executable_memory:
    case Permission::assembly:
      break;
  }
  return "which makes code at run time";
}

class ObjectJudge {
 public:
  ObjectJudge(const ObjectFacts& object, bool instrumented, const std::string& source,
              std::span<const SourceFile> sources, std::span<const Permission> allowed)
      : object_(object), instrumented_(instrumented), source_(source), sources_(sources), allowed_(allowed) {}

  std::vector<Finding> findings() {
    for (const ObjectSymbol& symbol : object_.symbols)
      symbol.defined ? judge_definition(symbol) : judge_reference(symbol);
    for (const ObjectSection& section : object_.sections) judge_section(section);
    return std::move(findings_);
  }

 private:
  void blame(const ObjectSymbol& symbol, const std::string& what) {
    findings_.push_back({.kind = FindingKind::tampering,
                         .message = what,
                         .places = {place_of(symbol.name, source_, sources_)},
                         .detail = {},
                         .schedule = {}});
  }

  void judge_reference(const ObjectSymbol& symbol) {
    const std::string name = printable(demangled(symbol.name));
    if (is_hook(symbol.name) && !(instrumented_ && is_instrumentation(symbol.name)))
      return blame(symbol, "Calls " + name + ", a hook of the race detector.");
    if (is_ours(symbol.name)) return blame(symbol, "Reaches for " + name + ", a part of Racecourse.");
    const std::optional<GuardedCall> guarded = guarded_function(symbol.name);
    if (guarded && std::ranges::find(allowed_, guarded->permission) == allowed_.end())
      blame(symbol, "Uses " + name + ", " + allowance(guarded->permission) + ". This lab does not allow it.");
  }

  void judge_definition(const ObjectSymbol& symbol) {
    const std::string name = printable(demangled(symbol.name));
    if (is_hook(symbol.name)) return blame(symbol, "Defines " + name + ", a hook of the race detector.");
    if (is_ours(symbol.name)) return blame(symbol, "Defines " + name + ", a part of Racecourse.");
    if (stands_in(symbol))
      return blame(symbol, "Defines " + name + ", a function of the library by which programs are watched.");
    // A function with versions for several processors (target_clones) has a resolver that the compiler wrote.
    if (symbol.type == Type::indirect_function && !defines(symbol.name + ".resolver"))
      return blame(symbol, "Chooses " + name + " while the program is being loaded (ifunc).");
    if (symbol.type == Type::object && symbol.section < object_.sections.size() &&
        object_.sections[symbol.section].executable)
      blame(symbol, "Puts the bytes of " + name + " where code belongs.");
  }

  void judge_section(const ObjectSection& section) {
    if (section.name.starts_with(".preinit_array") || (section.executable && section.writable))
      findings_.push_back(
          {.kind = FindingKind::tampering,
           .message = "Has a section " + printable(section.name) + ", which no compiler makes by itself.",
           .places = {{source_, 0, {}}},
           .detail = {},
           .schedule = {}});
  }

  [[nodiscard]] bool defines(const std::string& name) const {
    return std::ranges::any_of(
        object_.symbols, [&](const ObjectSymbol& symbol) { return symbol.defined && symbol.name == name; });
  }

  const ObjectFacts& object_;
  bool instrumented_;
  const std::string& source_;
  std::span<const SourceFile> sources_;
  std::span<const Permission> allowed_;
  std::vector<Finding> findings_;
};

// Thunks only adjust `this` and jump; parts that are split off later (.cold) belong to a function that has
// its own entry.
bool has_no_body(std::string_view name) {
  static constexpr auto kThunks = std::to_array<std::string_view>({"_ZTh", "_ZTv", "_ZTc"});
  return name.contains(".cold") ||
         std::ranges::any_of(kThunks, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace

std::vector<Finding> judge_object(const ObjectFacts& object, bool instrumented, const std::string& source,
                                  std::span<const SourceFile> sources, std::span<const Permission> allowed) {
  return ObjectJudge(object, instrumented, source, sources, allowed).findings();
}

void add_instrumented_functions(std::string_view dump, std::set<std::string, std::less<>>& functions) {
  for_each_line(dump, [&](std::string_view line) {
    if (const std::string_view symbol = function_in(line); !symbol.empty()) functions.emplace(symbol);
  });
}

std::vector<Finding> judge_instrumentation(const ObjectFacts& object,
                                           const std::set<std::string, std::less<>>& functions,
                                           const std::string& source) {
  // One function may have several names: the constructors of a class, aliases.
  std::map<std::pair<std::size_t, std::uint64_t>, bool> instrumented;
  const auto counts = [](const ObjectSymbol& symbol) {
    return symbol.defined && symbol.type == Type::function;
  };
  for (const ObjectSymbol& symbol : object.symbols)
    if (counts(symbol))
      instrumented[{symbol.section, symbol.value}] |=
          functions.contains(symbol.name) || has_no_body(symbol.name);
  std::vector<Finding> findings;
  for (const ObjectSymbol& symbol : object.symbols) {
    if (!counts(symbol)) continue;
    bool& known = instrumented[{symbol.section, symbol.value}];
    if (!std::exchange(known, true))
      findings.push_back(
          {.kind = FindingKind::tampering,
           .message =
               "A function was kept from the race detector: the compiler was told not to instrument it.",
           .places = {{source, 0, printable(demangled(symbol.name))}},
           .detail = {},
           .schedule = {}});
  }
  return findings;
}

}  // namespace racecourse
