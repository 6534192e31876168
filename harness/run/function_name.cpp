#include "run/function_name.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace racecourse {

namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Takes a bracketed group, which `text` begins with; false if it never ends. Angle brackets inside
// parentheses and the arrow do not count, because they may be operators of an expression.
bool take_group(std::string_view& text, char open, char close) {
  int depth = 0;
  int parentheses = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (open != '(' && c == '(') ++parentheses;
    if (open != '(' && c == ')') --parentheses;
    if (parentheses > 0) continue;
    if (c == open) ++depth;
    if (c == close && !(i > 0 && text[i - 1] == '-' && c == '>') && --depth == 0) {
      text.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Moves "operator" and what it overloads from `text` to `out`.
void take_operator(std::string_view& text, std::string& out) {
  // Longer ones first; a single character is the rest.
  constexpr std::array<std::string_view, 26> kSymbols = {
      "<=>", "<<=", ">>=", "->*", "()", "[]", "\"\"", "->", "<<", ">>", "<=", ">=", "==",
      "!=",  "&&",  "||",  "++",  "--", "+=", "-=",   "*=", "/=", "%=", "^=", "&=", "|="};
  take(text, "operator");
  out += "operator";
  std::size_t size = 0;
  const auto* symbol =
      std::ranges::find_if(kSymbols, [&](std::string_view each) { return text.starts_with(each); });
  if (symbol != kSymbols.end())
    size = symbol->size();
  else if (text.starts_with(' '))  // A conversion, or new or delete.
    size = std::min(text.find('('), text.size());
  else
    size = std::min<std::size_t>(1, text.size());
  out += text.substr(0, size);
  text.remove_prefix(size);
}

constexpr std::string_view kLambda = "{lambda}";

// Takes a lambda's name as the demanglers of GNU and LLVM and clang's symbols have it.
bool take_lambda(std::string_view& text) {
  if (text.starts_with("{lambda")) return take_group(text, '{', '}');
  if (!take(text, "$_")) return false;
  text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  return true;
}

// The name with its return type, but without parameters and template arguments; nothing if brackets do not
// match.
std::optional<std::string> without_groups(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool word_begins = out.empty() || !is_word(out.back());
    if (take(text, "(anonymous namespace)::")) continue;
    if (text.starts_with(" [clone")) break;
    if (take_lambda(text)) {
      out += kLambda;
    } else if (text.starts_with("[abi:")) {
      if (!take_group(text, '[', ']')) return std::nullopt;
    } else if (word_begins && text.starts_with("operator") && !(text.size() > 8 && is_word(text[8]))) {
      take_operator(text, out);
    } else if (text.front() == '<') {
      if (!take_group(text, '<', '>')) return std::nullopt;
    } else if (text.front() == '(') {
      if (!take_group(text, '(', ')')) return std::nullopt;
      while (out.ends_with(' ')) out.pop_back();
      if (out.ends_with("decltype"))
        out.resize(out.size() - 8);
      else if (!text.starts_with(
                   "::"))  // Not the function that something local is in: these were the parameters.
        break;
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

std::string readable_function(std::string_view demangled) {
  if (demangled.starts_with("lambda in ")) return std::string(demangled);
  std::optional<std::string> name = without_groups(demangled);
  if (!name) return std::string(demangled);
  // The return type ends at the last blank, except that an operator's name may have blanks of its own.
  std::size_t overload = name->find("operator");
  while (overload != std::string::npos && overload > 0 && is_word((*name)[overload - 1]))
    overload = name->find("operator", overload + 1);
  if (const std::size_t blank = name->rfind(' ', overload); blank != std::string::npos)
    name->erase(0, blank + 1);
  if (const std::size_t lambda = name->find(kLambda); lambda != std::string::npos) {
    std::string_view owner = std::string_view(*name).substr(0, lambda);
    while (owner.ends_with(':')) owner.remove_suffix(1);
    return owner.empty() ? "lambda" : "lambda in " + std::string(owner);
  }
  return name->empty() ? std::string(demangled) : *name;
}

}  // namespace racecourse
