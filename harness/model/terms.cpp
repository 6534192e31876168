#include "model/terms.hpp"

#include <array>

#include "base/check.hpp"

namespace racecourse {

namespace {

template <class Term>
struct Named {
  Term term;
  std::string_view text;
};

constexpr auto kInstruments = std::to_array<Named<Instrument>>({
    {Instrument::correctness, "correctness"},
    {Instrument::races, "races"},
    {Instrument::schedules, "schedules"},
    {Instrument::speed, "speed"},
    {Instrument::faults, "faults"},
});

constexpr auto kVerdicts = std::to_array<Named<Verdict>>({
    {Verdict::passed, "passed"},
    {Verdict::failed, "failed"},
    {Verdict::inconclusive, "inconclusive"},
    {Verdict::not_run, "not_run"},
});

constexpr auto kVisibilities = std::to_array<Named<Visibility>>({
    {Visibility::public_, "public"},
    {Visibility::after_due, "after_due"},
    {Visibility::hidden, "hidden"},
});

constexpr auto kPermissions = std::to_array<Named<Permission>>({
    {Permission::processes, "processes"},
    {Permission::programs, "programs"},
    {Permission::loader, "loader"},
    {Permission::debugging, "debugging"},
    {Permission::executable_memory, "executable_memory"},
    {Permission::assembly, "assembly"},
});

constexpr auto kFindingKinds = std::to_array<Named<FindingKind>>({
    {FindingKind::missing_file, "missing_file"},
    {FindingKind::unusable_file, "unusable_file"},
    {FindingKind::does_not_compile, "does_not_compile"},
    {FindingKind::missing_function, "missing_function"},
    {FindingKind::compile_limit, "compile_limit"},
    {FindingKind::tampering, "tampering"},
    {FindingKind::data_race, "data_race"},
    {FindingKind::lost_update, "lost_update"},
    {FindingKind::deadlock, "deadlock"},
    {FindingKind::lost_wakeup, "lost_wakeup"},
    {FindingKind::livelock, "livelock"},
    {FindingKind::starvation, "starvation"},
    {FindingKind::potential_deadlock, "potential_deadlock"},
    {FindingKind::mutex_misuse, "mutex_misuse"},
    {FindingKind::use_after_free, "use_after_free"},
    {FindingKind::double_free, "double_free"},
    {FindingKind::not_lock_free, "not_lock_free"},
    {FindingKind::unsupported_call, "unsupported_call"},
    {FindingKind::wrong_outcome, "wrong_outcome"},
    {FindingKind::uncaught_exception, "uncaught_exception"},
    {FindingKind::crash, "crash"},
    {FindingKind::exit_called, "exit_called"},
    {FindingKind::thread_leak, "thread_leak"},
    {FindingKind::process_leak, "process_leak"},
    {FindingKind::zombie, "zombie"},
    {FindingKind::descriptor_leak, "descriptor_leak"},
    {FindingKind::memory_limit, "memory_limit"},
    {FindingKind::process_limit, "process_limit"},
    {FindingKind::file_limit, "file_limit"},
    {FindingKind::disk_limit, "disk_limit"},
    {FindingKind::output_limit, "output_limit"},
    {FindingKind::time_limit_blocked, "time_limit_blocked"},
    {FindingKind::time_limit_spinning, "time_limit_spinning"},
    {FindingKind::too_slow, "too_slow"},
    {FindingKind::unrecognised_report, "unrecognised_report"},
    {FindingKind::not_reproducible, "not_reproducible"},
});

constexpr auto kSandboxLevels = std::to_array<Named<SandboxLevel>>({
    {SandboxLevel::s0, "S0"},
    {SandboxLevel::s1, "S1"},
    {SandboxLevel::s2, "S2"},
    {SandboxLevel::s3, "S3"},
    {SandboxLevel::s4, "S4"},
});

constexpr auto kProbeAnswers = std::to_array<Named<ProbeAnswer>>({
    {ProbeAnswer::held, "held"},
    {ProbeAnswer::escaped, "escaped"},
    {ProbeAnswer::not_applicable, "not_applicable"},
});

template <class Table, class Term>
std::string_view text_in(const Table& table, Term term) {
  for (const auto& row : table)
    if (row.term == term) return row.text;
  check_failed("term is in its table", "every enumerator has a text");
}

template <class Term, class Table>
std::optional<Term> term_in(const Table& table, std::string_view text) {
  for (const auto& row : table)
    if (row.text == text) return row.term;
  return std::nullopt;
}

template <class Term, std::size_t Size>
constexpr std::array<Term, Size> terms_of(const std::array<Named<Term>, Size>& table) {
  std::array<Term, Size> terms{};
  for (std::size_t i = 0; i < Size; ++i) terms[i] = table[i].term;
  return terms;
}

constexpr auto kInstrumentTerms = terms_of(kInstruments);
constexpr auto kVerdictTerms = terms_of(kVerdicts);
constexpr auto kVisibilityTerms = terms_of(kVisibilities);
constexpr auto kPermissionTerms = terms_of(kPermissions);
constexpr auto kFindingKindTerms = terms_of(kFindingKinds);
constexpr auto kSandboxLevelTerms = terms_of(kSandboxLevels);
constexpr auto kProbeAnswerTerms = terms_of(kProbeAnswers);

}  // namespace

std::string_view to_text(Instrument term) { return text_in(kInstruments, term); }
std::string_view to_text(Verdict term) { return text_in(kVerdicts, term); }
std::string_view to_text(Visibility term) { return text_in(kVisibilities, term); }
std::string_view to_text(Permission term) { return text_in(kPermissions, term); }
std::string_view to_text(FindingKind term) { return text_in(kFindingKinds, term); }
std::string_view to_text(SandboxLevel term) { return text_in(kSandboxLevels, term); }
std::string_view to_text(ProbeAnswer term) { return text_in(kProbeAnswers, term); }

std::optional<Instrument> instrument_from(std::string_view text) {
  return term_in<Instrument>(kInstruments, text);
}
std::optional<Verdict> verdict_from(std::string_view text) { return term_in<Verdict>(kVerdicts, text); }
std::optional<Visibility> visibility_from(std::string_view text) {
  return term_in<Visibility>(kVisibilities, text);
}
std::optional<Permission> permission_from(std::string_view text) {
  return term_in<Permission>(kPermissions, text);
}
std::optional<FindingKind> finding_kind_from(std::string_view text) {
  return term_in<FindingKind>(kFindingKinds, text);
}
std::optional<SandboxLevel> sandbox_level_from(std::string_view text) {
  return term_in<SandboxLevel>(kSandboxLevels, text);
}
std::optional<ProbeAnswer> probe_answer_from(std::string_view text) {
  return term_in<ProbeAnswer>(kProbeAnswers, text);
}

std::span<const Instrument> all_instruments() { return kInstrumentTerms; }
std::span<const Verdict> all_verdicts() { return kVerdictTerms; }
std::span<const Visibility> all_visibilities() { return kVisibilityTerms; }
std::span<const Permission> all_permissions() { return kPermissionTerms; }
std::span<const FindingKind> all_finding_kinds() { return kFindingKindTerms; }
std::span<const SandboxLevel> all_sandbox_levels() { return kSandboxLevelTerms; }
std::span<const ProbeAnswer> all_probe_answers() { return kProbeAnswerTerms; }

}  // namespace racecourse
