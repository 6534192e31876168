// Goal: what an object defines, refers to and leaves out is judged by its names, and an honest one passes.
// Method: facts written by hand, dumps as g++ writes them, and broken bytes. Real objects are in
// build.test.cpp.
#include "build/object_gate.hpp"

#include <doctest/doctest.h>

#include <random>

namespace racecourse {

namespace {

using Type = ObjectSymbol::Type;

ObjectSymbol reference(std::string name) { return {.name = std::move(name)}; }
ObjectSymbol definition(std::string name, bool strong = true, Type type = Type::function) {
  return {.name = std::move(name), .type = type, .defined = true, .strong = strong, .section = 1};
}

std::size_t count(const ObjectSymbol& symbol, bool instrumented = false,
                  std::vector<Permission> allowed = {}) {
  const ObjectFacts object{.symbols = {symbol},
                           .sections = {{}, {".text", true, false}, {".data", false, true}}};
  return judge_object(object, instrumented, "a.cpp", {}, allowed).size();
}

}  // namespace

TEST_CASE("hooks of the detectors are the compiler's, and only in its own object") {
  CHECK(count(reference("__tsan_read8"), true) == 0);
  CHECK(count(reference("__tsan_func_entry"), true) == 0);
  CHECK(count(reference("__tsan_atomic64_fetch_add"), true) == 0);
  CHECK(count(reference("__tsan_unaligned_write4"), true) == 0);
  CHECK(count(reference("__tsan_read8"), false) == 1);
  for (const char* hook :
       {"__tsan_acquire", "__tsan_release", "__tsan_ignore_thread_begin", "__tsan_mutex_pre_lock",
        "__tsan_switch_to_fiber", "__sanitizer_set_death_callback", "AnnotateIgnoreReadsBegin",
        "AnnotateHappensBefore", "__interceptor_pthread_create"}) {
    CAPTURE(hook);
    CHECK(count(reference(hook), true) == 1);
  }
  CHECK(count(definition("__tsan_default_options")) == 1);
  CHECK(count(definition("__tsan_read8"), true) == 1);
  CHECK(count(definition("_Z16AnnotateSomethingv")) == 0);
  CHECK(count(definition("AnnotateSomethingOfMine")) == 0);
}

TEST_CASE("what serves no solution needs the lab's permission") {
  CHECK(count(reference("fork")) == 1);
  CHECK(count(reference("fork"), false, {Permission::processes}) == 0);
  CHECK(count(reference("dlsym"), false, {Permission::processes}) == 1);
  CHECK(count(reference("execve"), false, {Permission::programs}) == 0);
  CHECK(count(reference("ptrace")) == 1);
  for (const char* name :
       {"exit", "_exit", "abort", "kill", "open", "mmap", "setenv", "syscall", "pthread_create", "sem_wait",
        "longjmp", "alarm", "signal", "clock_gettime", "_ZN4mine4forkEv"}) {
    CAPTURE(name);
    CHECK(count(reference(name)) == 0);
  }
}

TEST_CASE("names that stand in for the library's or for ours are found") {
  for (const char* name : {"pthread_create", "clock_gettime", "write", "_exit", "_ZNSt6thread4joinEv",
                           "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE",
                           "_ZN10racecourse4failEv", "racecourse_canary"}) {
    CAPTURE(name);
    CHECK(count(definition(name)) == 1);
  }
  CHECK(count(reference("_ZN10racecourse7channel4sendESt17basic_string_viewIcSt11char_traitsIcEE")) == 1);
  for (const char* name : {"main", "malloc", "_Znwm", "_ZdlPv", "pthread_yield_of_mine",
                           "_ZN4mine14pthread_createEv", "_ZNKSt4hashI3KeyEclERKS0_"}) {
    CAPTURE(name);
    CHECK(count(definition(name)) == 0);
  }
  // What templates make of the library's own classes.
  CHECK(count(definition("_ZNSt6thread11_State_implIxE6_M_runEv", false)) == 0);
}

TEST_CASE("resolvers, bytes among the code, and odd sections") {
  CHECK(count(definition("f", true, Type::indirect_function)) == 1);
  const ObjectFacts clones{
      .symbols = {definition("f", true, Type::indirect_function), definition("f.resolver", false)},
      .sections = {{}, {".text", true, false}}};
  CHECK(judge_object(clones, false, "a.cpp", {}, {}).empty());
  CHECK(count(definition("table", true, Type::object)) == 1);
  ObjectSymbol table = definition("table", true, Type::object);
  table.section = 2;
  CHECK(count(table) == 0);
  const ObjectFacts odd{
      .symbols = {},
      .sections = {{}, {".preinit_array", false, true}, {"code", true, true}, {"mine", true, false}}};
  CHECK(judge_object(odd, false, "a.cpp", {}, {}).size() == 2);
}

TEST_CASE("a finding names the line where the name is spelled, or the function") {
  const ObjectFacts object{.symbols = {reference("dlsym")}, .sections = {}};
  const std::vector<SourceFile> sources = {{"a.cpp", "// dlsym\nint x;\nvoid* p = dlsym(0, \"\");\n"}};
  CHECK(judge_object(object, false, "a.cpp", sources, {})[0].places == std::vector<Place>{{"a.cpp", 3, ""}});
  CHECK(judge_object(object, false, "a.cpp", {}, {})[0].places == std::vector<Place>{{"a.cpp", 0, "dlsym"}});
}

TEST_CASE("a function that g++ did not instrument is found, and other names of one it did are not") {
  std::set<std::string, std::less<>> functions;
  add_instrumented_functions(
      "\n;; Function A::A (_ZN1AC2Ev, funcdef_no=3, decl_uid=1)\n\nA::A() { \";; Function x (evil, "
      "funcdef_no=1\" }\n"
      ";; Function f<int (*)(int)> (_Z1fIPFiiEEvT_, funcdef_no=7, decl_uid=2) (executed once)\n"
      ";; Function broken\n;; Function (, funcdef_no=",
      functions);
  CHECK(functions.contains("_ZN1AC2Ev"));
  CHECK(functions.contains("_Z1fIPFiiEEvT_"));
  CHECK_FALSE(functions.contains("evil"));
  const auto at = [](std::string name, std::uint64_t value) {
    ObjectSymbol symbol = definition(std::move(name));
    symbol.value = value;
    return symbol;
  };
  const ObjectFacts object{
      .symbols = {at("_ZN1AC2Ev", 0), at("_ZN1AC1Ev", 0), at("_Z1fIPFiiEEvT_", 16), at("_Z6hiddenv", 32),
                  at("_ZThn8_N1A1fEv", 48), at("_Z1gv.cold", 64), reference("puts")},
      .sections = {}};
  const auto findings = judge_instrumentation(object, functions, "a.cpp");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].places == std::vector<Place>{{"a.cpp", 0, "hidden()"}});
}

TEST_CASE("broken objects are no objects, and never more than that") {
  CHECK_FALSE(read_object(""));
  CHECK_FALSE(read_object("no object"));
  CHECK_FALSE(read_object(std::string("\x7f") + "ELF"));
  std::mt19937 random(22);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes = std::string("\x7f") + "ELF\x02\x01\x01" + std::string(200, '\0');
    for (int i = 0; i < 20; ++i) bytes[7 + random() % 200] = static_cast<char>(random());
    (void)read_object(bytes);
  }
}

}  // namespace racecourse
