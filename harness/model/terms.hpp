// Terms: the closed sets of words that stand in configurations and grades.
//
// The text of an enumerator is its JSON text: one table each way (terms.cpp). Everything here is a value.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace racecourse {

// A way of running scenarios.
enum class Instrument { correctness, races, schedules, speed, faults };

// What one instrument says of one scenario. `inconclusive` never costs points; `not_run` says why in a
// finding.
enum class Verdict { passed, failed, inconclusive, not_run };

// When a student may see a scenario's result.
enum class Visibility { public_, after_due, hidden };

// How strictly untrusted programs are confined, from nothing but limits up; launch/launcher.cpp says what
// each level is.
enum class SandboxLevel { s0, s1, s2, s3, s4 };

// What one attempt to break out of the sandbox came to.
enum class ProbeAnswer { held, escaped, not_applicable };

// What a lab's solutions may use that no lab's need by themselves: "may_use" in lab.json.
enum class Permission {
  processes,          // fork() and its relatives.
  programs,           // exec, posix_spawn, system, popen.
  loader,             // dlopen, dlsym, and a look at what is loaded.
  debugging,          // ptrace and the memory of processes.
  executable_memory,  // mmap or mprotect with PROT_EXEC.
  assembly,           // Inline assembly beyond a pause instruction or a compiler barrier.
};

// One established fact about a submission. The order here is the order in reports: causes before
// consequences.
enum class FindingKind {
  // From the intake and the build.
  missing_file,
  unusable_file,
  does_not_compile,
  missing_function,
  compile_limit,
  tampering,
  // From controlled schedules and race detection.
  data_race,
  lost_update,
  deadlock,
  lost_wakeup,
  livelock,
  starvation,
  potential_deadlock,
  mutex_misuse,
  use_after_free,
  double_free,
  not_lock_free,
  unsupported_call,
  // From a run.
  wrong_outcome,
  uncaught_exception,
  crash,
  exit_called,
  thread_leak,
  process_leak,
  zombie,
  descriptor_leak,
  memory_limit,
  process_limit,
  file_limit,
  disk_limit,
  output_limit,
  time_limit_blocked,
  time_limit_spinning,
  too_slow,
  unrecognised_report,
  not_reproducible,
};

[[nodiscard]] std::string_view to_text(Instrument term);
[[nodiscard]] std::string_view to_text(Verdict term);
[[nodiscard]] std::string_view to_text(Visibility term);
[[nodiscard]] std::string_view to_text(Permission term);
[[nodiscard]] std::string_view to_text(FindingKind term);
[[nodiscard]] std::string_view to_text(SandboxLevel term);
[[nodiscard]] std::string_view to_text(ProbeAnswer term);

[[nodiscard]] std::optional<Instrument> instrument_from(std::string_view text);
[[nodiscard]] std::optional<Verdict> verdict_from(std::string_view text);
[[nodiscard]] std::optional<Visibility> visibility_from(std::string_view text);
[[nodiscard]] std::optional<Permission> permission_from(std::string_view text);
[[nodiscard]] std::optional<FindingKind> finding_kind_from(std::string_view text);
[[nodiscard]] std::optional<SandboxLevel> sandbox_level_from(std::string_view text);
[[nodiscard]] std::optional<ProbeAnswer> probe_answer_from(std::string_view text);

// Every term of a set, in order: for messages that say what was expected, and for tests.
[[nodiscard]] std::span<const Instrument> all_instruments();
[[nodiscard]] std::span<const Verdict> all_verdicts();
[[nodiscard]] std::span<const Visibility> all_visibilities();
[[nodiscard]] std::span<const Permission> all_permissions();
[[nodiscard]] std::span<const FindingKind> all_finding_kinds();
[[nodiscard]] std::span<const SandboxLevel> all_sandbox_levels();
[[nodiscard]] std::span<const ProbeAnswer> all_probe_answers();

}  // namespace racecourse
