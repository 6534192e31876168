// Goal: every way to keep code from the instruments is found, and ordinary code is not. Method: tables of
// lines, as the preprocessor leaves them and as they are handed in.
#include "build/text_gate.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/text.hpp"

namespace racecourse {

namespace {

std::vector<Finding> judged(const std::string& line, std::vector<Permission> allowed = {}) {
  const std::string output =
      "# 0 \"./a.cpp\"\n# 1 \"/usr/include/x.h\" 1 3\n__asm__(\"hlt\");\n# 7 \"./a.cpp\" 2\n" + line;
  const std::vector<SourceFile> sources = {{"a.cpp", "asm"}};
  return judge_tokens(own_tokens(output), sources, allowed);
}

bool needs(const std::string& text) {
  const std::vector<SourceFile> sources = {{"a.cpp", text}};
  return needs_preprocessor(sources);
}

bool may_differ(const std::string& text) {
  const std::vector<SourceFile> sources = {{"a.cpp", text}};
  return may_differ_by_flavour(sources);
}

}  // namespace

// Goal: no submission speaks to the terminal of whoever reads its findings. Method: a quoted literal with an
// escape sequence, cut within a character.
TEST_CASE("what a finding quotes can be shown") {
  const std::vector<Finding> findings =
      judged("int f() { return open(\"\x1b[2J/proc/self/mem" + std::string(20, 'x') + "\xc3\xbc\", 2); }");
  REQUIRE(findings.size() == 1);
  CHECK(printable(findings[0].message) == findings[0].message);
}

TEST_CASE("what keeps code from the race detector is found, with its place") {
  for (const char* line : {
           "__attribute__((no_sanitize(\"thread\"))) void f();",
           "__attribute((__no_sanitize_thread__)) void f();",
           "__attribute__((noinline, no_sanitize(\"address\", \"thread\"))) void f();",
           "__attribute__((no_sanitize(\"th\" \"read\"))) void f();",
           "__attribute__((no_sanitize(\"thr\\145ad\"))) void f();",
           "__attribute__((no_sanitize(\"all\"))) void f();",
           "__attribute__((no_sanitize(kWhat))) void f();",
           "[[gnu::no_sanitize_thread]] void f();",
           "[ [ using gnu : no_sanitize_thread ] ] void f();",
           "<:<:gnu::no_sanitize_thread:>:> void f();",
           "[[clang::disable_sanitizer_instrumentation]] void f();",
           "#pragma clang attribute push(__attribute__((no_sanitize(\"thread\"))), apply_to = function)",
           "int f() __attribute__((ifunc(\"g\")));",
           "void f() { asm volatile(\"incl %0\" : \"+m\"(x)); }",
           "void f() { asm(\"\" : \"=r\"(x) : \"0\"(y)); }",
           "asm(\".globl x\");",
           "void f() asm(\"__tsan_acquire\");",
           "int f() { return open(\"/proc/self/mem\", 2); }",
           "auto f() { return mmap(0, 1, 0x1 | 0x2 | 0x4, 2, -1, 0); }",
           "auto f() { return mprotect(p(1, 2), n, 7); }",
#ifdef __x86_64__
           "auto f() { return syscall(59, a, b, c); }",
           "auto f() { return syscall(57); }",
#endif
       }) {
    CAPTURE(line);
    const std::vector<Finding> findings = judged(line);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].kind == FindingKind::tampering);
    CHECK(findings[0].places == std::vector<Place>{{"a.cpp", 7, ""}});
  }
}

TEST_CASE("ordinary code is left alone") {
  for (const char* line : {
           "[[nodiscard]] [[maybe_unused]] int f();",
           "__attribute__((unused, noinline, aligned(64), format(printf, 1, 2))) void f();",
           "__attribute__((no_sanitize(\"undefined\"))) void f();",
           "[[gnu::no_sanitize_address]] void f();",
           "__attribute__((optimize(\"O3\"))) void f();",
           "__attribute__((target_clones(\"avx2\", \"default\"))) void f();",
           "int no_sanitize_thread = 1; int ifunc(int);",
           "const char* s = \"__attribute__((no_sanitize_thread))\"; // asm(\"hlt\")",
           "auto s = R\"(\n# 1 \"/usr/include/x.h\" 1\nasm(\"hlt\"))\";",
           "#pragma GCC optimize(\"O3,unroll-loops\")",
           "#pragma GCC diagnostic ignored \"-Wall\"",
           "void f() { asm volatile(\"pause\"); }",
           "void f() { __asm__ __volatile__(\"rep; nop\" : : : \"memory\"); }",
           "void f() { asm volatile(\"pause\\n\\t\" \"nop\" ::: \"memory\"); }",
           "void f() { asm volatile(\"\" ::: \"memory\"); }",
           "auto f() { return mmap(0, 1, 0x1 | 0x2, 2 | 0x20, -1, 0); }",
           "auto f() { return mmap(0, 4, prot, 4, 4, 4); }",
           "auto f() { return mprotect(p, 4096, 0x0); }",
           "auto f() { return syscall(202, a, 0, 1); }",
           "auto f() { return syscall(186); }",
           "auto f(long n) { return syscall(n, 59); }",
           "a[b[1]] = c[d[e]];",
       }) {
    CAPTURE(line);
    CHECK(judged(line).empty());
  }
}

TEST_CASE("a lab may allow assembly, processes and the rest") {
  CHECK(judged("asm(\"hlt\");", {Permission::assembly}).empty());
#ifdef __x86_64__
  CHECK(judged("int f() { return syscall(57); }", {Permission::processes}).empty());
#endif
  CHECK(judged("auto f() { return mprotect(p, n, 7); }", {Permission::executable_memory}).empty());
  CHECK(judged("asm(\"hlt\");", {Permission::loader}).size() == 1);
}

TEST_CASE("assembly that comes with a macro of the system is not the student's") {
  const std::vector<SourceFile> sources = {{"a.cpp", "FD_ZERO(&set);"}};
  CHECK(judge_tokens(own_tokens("# 1 \"./a.cpp\"\n__asm__(\"cld; rep; stosq\");"), sources, {}).empty());
}

TEST_CASE("only files that spell something, or could, need the preprocessor") {
  CHECK_FALSE(
      needs("#include <vector>\n[[nodiscard]] int f(); // the critical section, an alias\n#pragma once\n"));
  for (const char* text :
       {"no_sanitize", "a##b", "%:%:", "x\\\ny", "x\\ \ny", "x?\?/", "asm", "syscall(1)"}) {
    CAPTURE(text);
    CHECK(needs(text));
  }
}

TEST_CASE("only conditions on names that tell flavours apart need a comparison") {
  for (const char* text :
       {"#ifdef __SANITIZE_THREAD__\n#endif", "#if defined(__has_feature)\n#endif",
        "#ifndef __NO_INLINE__\n#endif", "#if 0\n#elif _GLIBCXX_TSAN\n#endif",
        "#define C __SANITIZE_THREAD__\n#if C\n#endif",
        "#define J(a, b) a##b\n#if J(__SANI, TIZE_THREAD__)\n#endif",
        "#if 1\n#ifdef __SANI\\\nTIZE_THREAD__\n#endif\n#endif", "%:ifdef __SANITIZE_THREAD__\n%:endif"}) {
    CAPTURE(text);
    CHECK(may_differ(text));
  }
  for (const char* text :
       {"#ifndef A_HPP\n#define A_HPP\n#endif", "#ifndef _A_HPP_\n#endif",
        "#if __cplusplus >= 202002L\n#endif", "#ifdef NDEBUG\n#endif",
        "#if defined(__cpp_lib_jthread) && defined __linux__\n#endif", "// #ifdef __SANITIZE_THREAD__",
        "if (__SANITIZE_THREAD__) {}",
        "#ifdef NDEBUG\n#define LOG(...) print(__FILE__, __LINE__, __VA_ARGS__)\n#endif"}) {
    CAPTURE(text);
    CHECK_FALSE(may_differ(text));
  }
}

TEST_CASE("a difference between the flavours is found at its first token") {
  const OwnTokens plain = own_tokens("# 1 \"./a.cpp\"\nint a;\nint b;\n");
  CHECK(judge_difference(plain, plain).empty());
  const auto changed = judge_difference(plain, own_tokens("# 1 \"./a.cpp\"\nint a;\nlong b;\n"));
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].places == std::vector<Place>{{"a.cpp", 2, ""}});
  CHECK(judge_difference(plain, own_tokens("# 1 \"./a.cpp\"\nint a;\n")).size() == 1);
  CHECK(judge_difference(own_tokens(""), plain).size() == 1);
}

TEST_CASE("line markers with flags are no student's, #line is") {
  const auto count = [](const char* text) {
    const std::vector<SourceFile> sources = {{"a.cpp", text}};
    return judge_raw_text(sources).size();
  };
  CHECK(count("int a;\n# 1 \"/usr/include/x.h\" 1 3\n") == 1);
  CHECK(count("%: 1 \"/usr/include/x.h\" 2\n") == 1);
  CHECK(count("#line 1 \"x.y\"\n# 7 \"x.y\"\n") == 0);
  CHECK(count("auto s = R\"(\n# 1 \"x\" 1\n)\";\n/*\n# 1 \"x\" 1\n*/") == 0);
}

}  // namespace racecourse
