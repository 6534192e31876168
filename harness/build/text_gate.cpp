#include "build/text_gate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "build/system_calls.hpp"

namespace racecourse {

namespace {

bool spells_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

// What can make a token that is not spelled in the text: pasting, joined lines, and their trigraphs and
// digraphs.
bool can_hide_words(std::string_view text) {
  static constexpr auto kWays =
      std::to_array<std::string_view>({"##", "%:", "\\\n", "\\\r", "\\ ", "\\\t", "??"});
  return spells_any(text, kWays);
}

// Calls `visit` with the tokens of each directive of the text, from its '#'.
template <class Visit>
void for_each_directive(std::span<const Token> tokens, Visit visit) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].starts_line || !tokens[i].is("#")) continue;
    std::size_t end = i + 1;
    while (end < tokens.size() && !tokens[end].starts_line) ++end;
    visit(tokens.subspan(i, end - i));
    i = end - 1;
  }
}

bool is_condition(const Token& word) {
  static constexpr auto kConditions =
      std::to_array<std::string_view>({"if", "ifdef", "ifndef", "elif", "elifdef", "elifndef"});
  return std::ranges::any_of(kConditions, [&](std::string_view each) { return word.is(each); });
}

// Names in conditions that are the same for every flavour. Names of the implementation's that are not here,
// and only those begin with an underscore, could tell one from another.
bool is_same_for_all_flavours(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"__cplusplus",     "__GNUC__",        "__GNUC_MINOR__",
                                       "__clang__",       "__clang_major__", "__linux__",
                                       "__linux",         "__unix__",        "__APPLE__",
                                       "_WIN32",          "_WIN64",          "_MSC_VER",
                                       "__x86_64__",      "__i386__",        "__aarch64__",
                                       "__arm__",         "__has_include",   "__has_cpp_attribute",
                                       "__has_attribute", "__has_builtin",   "__GLIBC__",
                                       "_GNU_SOURCE",     "__SSE2__",        "__GLIBCXX__",
                                       "__VA_OPT__",      "__FILE__",        "__MINGW32__",
                                       "__CYGWIN__",      "__VA_ARGS__",     "__LINE__",
                                       "__func__",        "__FUNCTION__",    "__PRETTY_FUNCTION__",
                                       "__COUNTER__",     "__attribute__",   "_Pragma"});
  if (!name.starts_with('_') || name.starts_with("__cpp_") || name.starts_with("_POSIX_")) return true;
  static constexpr auto kGuards =
      std::to_array<std::string_view>({"_H", "_H_", "_H__", "_HPP", "_HPP_", "_HPP__"});
  if (std::ranges::any_of(kGuards, [&](std::string_view end) { return name.ends_with(end); })) return true;
  return std::ranges::find(kNames, name) != kNames.end();
}

Finding tampering(std::string message, Place place) {
  return {.kind = FindingKind::tampering,
          .message = std::move(message),
          .places = {std::move(place)},
          .detail = {},
          .schedule = {}};
}

std::string_view without_underscores(std::string_view name) {
  if (name.size() > 4 && name.starts_with("__") && name.ends_with("__"))
    return name.substr(2, name.size() - 4);
  return name;
}

// The tokens of one source file, judged.
class TextJudge {
 public:
  TextJudge(const OwnTokens& own, bool own_assembly, std::span<const Permission> allowed)
      : own_(own), tokens_(own.tokens), own_assembly_(own_assembly), allowed_(allowed) {}

  std::vector<Finding> findings() {
    for (std::size_t i = 0; i < tokens_.size();) {
      if (tokens_[i].token.starts_line && is(i, "#") && is(i + 1, "pragma")) {
        const std::size_t end = end_of_line(i);
        judge_region(i, end);
        i = end;
      } else {
        judge_at(i++);
      }
    }
    return std::move(findings_);
  }

 private:
  [[nodiscard]] bool is(std::size_t at, std::string_view spelling) const {
    return at < tokens_.size() && tokens_[at].token.is(spelling);
  }
  [[nodiscard]] bool is_kind(std::size_t at, Token::Kind kind) const {
    return at < tokens_.size() && tokens_[at].token.kind == kind;
  }
  [[nodiscard]] bool allows(Permission permission) const {
    return std::ranges::find(allowed_, permission) != allowed_.end();
  }
  void blame(std::size_t at, std::string message) {
    findings_.push_back(tampering(std::move(message), own_.place(tokens_[at])));
  }

  void judge_at(std::size_t at) {
    const Token& token = tokens_[at].token;
    if (token.kind == Token::Kind::literal) return judge_literal(at);
    if (is(at, "[") && is(at + 1, "[")) return judge_region(at, end_of_brackets(at, "[", "]"));
    if (token.kind != Token::Kind::identifier) return;
    if (token.text == "__attribute__" || token.text == "__attribute")
      return judge_region(at, end_of_brackets(at + 1, "(", ")"));
    if (token.text == "asm" || token.text == "__asm" || token.text == "__asm__") return judge_assembly(at);
    if (is(at + 1, "(")) judge_call(at);
  }

  [[nodiscard]] std::size_t end_of_line(std::size_t at) const {
    std::size_t end = at + 1;
    while (end < tokens_.size() && !tokens_[end].token.starts_line) ++end;
    return end;
  }

  // Behind the bracket that closes the one at `at`.
  [[nodiscard]] std::size_t end_of_brackets(std::size_t at, std::string_view open,
                                            std::string_view close) const {
    std::size_t depth = 0;
    for (std::size_t i = at; i < tokens_.size(); ++i) {
      if (is(i, open)) ++depth;
      if (is(i, close) && depth > 0 && --depth == 0) return i + 1;
      if (depth == 0) return i;
    }
    return tokens_.size();
  }

  // The literals of the arguments in parentheses at `at`, joined; nothing if there is anything else in them.
  [[nodiscard]] std::optional<std::string> literal_arguments(std::size_t at) const {
    if (!is(at, "(")) return std::nullopt;
    std::string text;
    for (++at; at < tokens_.size() && !is(at, ")"); ++at) {
      if (is_kind(at, Token::Kind::literal))
        text += tokens_[at].token.text;
      else if (is(at, ","))
        text += ',';
      else
        return std::nullopt;
    }
    if (text.contains('\\')) return std::nullopt;
    return text;
  }

  // An attribute or a pragma: the names in it.
  void judge_region(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (!is_kind(i, Token::Kind::identifier)) continue;
      const std::string_view name = without_underscores(tokens_[i].token.text);
      const std::optional<std::string> arguments = literal_arguments(i + 1);
      const bool no_sanitize = name == "no_sanitize" &&
                               !(arguments && !arguments->contains("thread") && !arguments->contains("all"));
      const bool not_instrumented =
          no_sanitize || name == "no_sanitize_thread" || name == "disable_sanitizer_instrumentation";
      if (not_instrumented)
        blame(i, "Switches the race detector off for a part of the code (" + std::string(name) + ").");
      if (name == "ifunc")
        blame(
            i,
            "Chooses a function while the program is being loaded (ifunc), before anything can be watched.");
    }
  }

  // Instructions that wait and touch nothing, and a barrier for the compiler, are no secret to anybody.
  [[nodiscard]] bool is_harmless_assembly(std::size_t at) const {
    std::string code;
    for (; is_kind(at, Token::Kind::literal); ++at) code += std::string(tokens_[at].token.text) + " ";
    for (; at < tokens_.size() && !is(at, ")"); ++at)
      if (!is(at, ":") && !is(at, "::") && !is(at, ",") && !is_kind(at, Token::Kind::literal)) return false;
    static constexpr auto kHarmless =
        std::to_array<std::string_view>({"pause", "nop", "rep", "yield", "isb"});
    for (const std::string_view separator : {"\\n", "\\t", ";"})
      for (std::size_t found = code.find(separator); found != std::string::npos; found = code.find(separator))
        code.replace(found, separator.size(), " ");
    std::string_view rest = code;
    while (true) {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n"), rest.size()));
      if (rest.empty()) return true;
      const std::string_view word = rest.substr(0, rest.find_first_of(" \t\n"));
      if (std::ranges::find(kHarmless, word) == kHarmless.end()) return false;
      rest.remove_prefix(word.size());
    }
  }

  void judge_assembly(std::size_t at) {
    if (allows(Permission::assembly) || !own_assembly_) return;
    static constexpr auto kQualifiers = std::to_array<std::string_view>(
        {"volatile", "__volatile__", "__volatile", "inline", "__inline__", "__inline", "goto"});
    std::size_t open = at + 1;
    while (open < tokens_.size() &&
           std::ranges::any_of(kQualifiers, [&](std::string_view each) { return is(open, each); }))
      ++open;
    if (!is(open, "(") || is_harmless_assembly(open + 1)) return;
    blame(at, "Inline assembly, which the race detector cannot see into. This lab does not allow it.");
  }

  void judge_literal(std::size_t at) {
    const std::string_view text = tokens_[at].token.text;
    if (allows(Permission::debugging)) return;
    if (text.contains("/proc/self/mem") || text.contains("/proc/thread-self/mem"))
      blame(at, "Opens the program's own memory as a file (" + printable(text.substr(0, 40)) + ").");
  }

  void judge_call(std::size_t at) {
    const std::string_view name = tokens_[at].token.text;
    if (name == "syscall") judge_system_call(at);
    if (name == "mmap" || name == "mmap64" || name == "mprotect" || name == "pkey_mprotect")
      judge_mapping(at);
  }

  [[nodiscard]] std::optional<long> number_at(std::size_t at) const {
    if (!is_kind(at, Token::Kind::number)) return std::nullopt;
    std::string_view text = tokens_[at].token.text;
    const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (is_hexadecimal) text.remove_prefix(2);
    long value = 0;
    const int base = is_hexadecimal ? 16 : text.starts_with('0') ? 8 : 10;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return code == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
  }

  void judge_system_call(std::size_t at) {
    const std::optional<long> number = number_at(at + 2);
    if (!number || (!is(at + 3, ",") && !is(at + 3, ")"))) return;
    const std::optional<GuardedCall> guarded = guarded_system_call(*number);
    if (guarded && !allows(guarded->permission))
      blame(at, "Calls " + std::string(guarded->name) +
                    " directly in the kernel, which this lab does not allow.");
  }

  // The third argument says whether the memory may be executed.
  void judge_mapping(std::size_t at) {
    constexpr long kExecutable = 4;  // PROT_EXEC, which the preprocessor has replaced.
    if (allows(Permission::executable_memory)) return;
    const std::size_t end = end_of_brackets(at + 1, "(", ")");
    int commas = 0;
    int depth = 0;
    for (std::size_t i = at + 1; i < end; ++i) {
      if (is(i, "(")) ++depth;
      if (is(i, ")")) --depth;
      if (depth == 1 && is(i, ",")) ++commas;
      const std::optional<long> number = commas == 2 ? number_at(i) : std::nullopt;
      if (number && (*number & kExecutable) != 0)
        return blame(at,
                     "Asks for memory that can be executed: code made at run time, which no detector sees.");
    }
  }

  const OwnTokens& own_;
  std::span<const OwnToken> tokens_;
  bool own_assembly_;
  std::span<const Permission> allowed_;
  std::vector<Finding> findings_;
};

}  // namespace

bool needs_preprocessor(std::span<const SourceFile> sources) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"sanitize", "asm", "ifunc", "syscall", "mprotect", "mmap", "self/mem"});
  return std::ranges::any_of(sources, [](const SourceFile& source) {
    return can_hide_words(source.content) || spells_any(source.content, kWords);
  });
}

bool may_differ_by_flavour(std::span<const SourceFile> sources) {
  bool has_condition = false;
  bool has_odd_name = false;
  for (const SourceFile& source : sources) {
    for_each_directive(tokens_of(source.content), [&](std::span<const Token> line) {
      if (line.size() < 3) return;
      const bool is_if = is_condition(line[1]);
      has_condition |= is_if;
      // A condition may ask by a macro of the student's own.
      if (!is_if && !line[1].is("define")) return;
      for (const Token& token : line.subspan(2))
        has_odd_name |= token.kind == Token::Kind::identifier && !is_same_for_all_flavours(token.text);
    });
  }
  return has_condition && has_odd_name;
}

std::vector<Finding> judge_raw_text(std::span<const SourceFile> sources) {
  std::vector<Finding> findings;
  for (const SourceFile& source : sources) {
    for_each_directive(tokens_of(source.content), [&](std::span<const Token> line) {
      // `# 12 "file" 1`; #line has no flags, and nobody writes the other form.
      if (line.size() < 4 || line[1].kind != Token::Kind::number || line[2].kind != Token::Kind::literal)
        return;
      findings.push_back(
          tampering("Pretends that the following lines belong to another file (a line marker with flags).",
                    {source.name, line[0].line, {}}));
    });
  }
  return findings;
}

std::vector<Finding> judge_tokens(const OwnTokens& own, std::span<const SourceFile> sources,
                                  std::span<const Permission> allowed) {
  static constexpr auto kAssembly = std::to_array<std::string_view>({"asm"});
  const bool own_assembly = std::ranges::any_of(sources, [](const SourceFile& source) {
    return spells_any(source.content, kAssembly) || can_hide_words(source.content);
  });
  return TextJudge(own, own_assembly, allowed).findings();
}

std::vector<Finding> judge_difference(const OwnTokens& plain, const OwnTokens& instrumented) {
  const auto same = [](const OwnToken& one, const OwnToken& other) {
    return one.token.kind == other.token.kind && one.token.text == other.token.text;
  };
  const auto [first, second] = std::ranges::mismatch(plain.tokens, instrumented.tokens, same);
  if (first == plain.tokens.end() && second == instrumented.tokens.end()) return {};
  const Place place = second != instrumented.tokens.end() ? instrumented.place(*second) : plain.place(*first);
  return {tampering("The code is another one when it is built for the race detector.", place)};
}

}  // namespace racecourse
