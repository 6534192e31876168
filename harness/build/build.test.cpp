// Goal: what students really hand in is built, or explained. Method: small sources through the real compiler.
#include "build/build.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "base/files.hpp"
#include "build/exports.hpp"
#include "build/recipe.hpp"

using namespace racecourse;

namespace {

#define INTERFACE                                                                                \
  "#include <memory>\n"                                                                          \
  "namespace demo { struct Counter { virtual ~Counter() = default; virtual int next() = 0; };\n" \
  "[[gnu::visibility(\"default\")]] std::unique_ptr<Counter> make_counter(); }\n"
#define SOLUTION                                                                                         \
  "namespace demo { struct Mine final : Counter { int next() override { return ++n_; } int n_ = 0; };\n" \
  "std::unique_ptr<Counter> make_counter() { return std::make_unique<Mine>(); } }\n"
constexpr const char* kInterface = INTERFACE;
constexpr const char* kSolution = SOLUTION;
constexpr const char* kRight = INTERFACE SOLUTION;

struct Workshop {
  Toolchain toolchain;
  ScratchDirectory scratch;
  Crew crew{2};
  Lab lab;

  static Workshop open() {
    Result<Toolchain> toolchain = find_toolchain("g++", {.program = LAUNCHER});
    REQUIRE(toolchain);
    Result<ScratchDirectory> scratch = ScratchDirectory::make(fs::temp_directory_path());
    REQUIRE(scratch);
    return Workshop(*std::move(toolchain), *std::move(scratch));
  }

  BuildReport build(std::vector<SourceFile> sources) {
    const LabFiles files{.lab = "demo", .sources = std::move(sources)};
    Result<BuildReport> report =
        build_submission(files, lab, {Flavour::plain, Flavour::tsan}, toolchain, scratch.path(), crew);
    REQUIRE(report);
    return *std::move(report);
  }

 private:
  Workshop(Toolchain its_toolchain, ScratchDirectory its_scratch)
      : toolchain(std::move(its_toolchain)), scratch(std::move(its_scratch)) {
    lab.name = "demo";
    lab.exports = {"demo::make_counter()"};
    lab.folder = "/nonexistent";
  }
};

// A lab of its own with a header, precompiled by the same recipe.
void give_header(Workshop& workshop) {
  workshop.lab.folder = workshop.scratch.path() / "lab";
  const fs::path include = workshop.lab.folder / "include";
  REQUIRE(make_directories(include));
  REQUIRE(write_file_atomically(include / "demo.hpp", std::string("#pragma once\n") + kInterface));
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan}) {
    const fs::path header =
        workshop.scratch.path() / "built/demo" / ("headers_" + std::string(to_text(flavour))) / "demo.hpp";
    REQUIRE(make_directories(header.parent_path()));
    REQUIRE(write_file_atomically(header, "#include \"" + (include / "demo.hpp").native() + "\"\n"));
    std::string command = workshop.toolchain.compiler.native();
    for (const std::vector<std::string>& flags : {common_flags(), flags_of(flavour)})
      for (const std::string& flag : flags) command += " " + flag;
    REQUIRE(std::system((command + " -x c++-header " + header.native()).c_str()) == 0);
  }
}

std::vector<std::string> objects_of(const Workshop& workshop) {
  std::vector<std::string> contents;
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan}) {
    const Result<std::string> object =
        read_file(object_folder(workshop.scratch.path(), flavour) / "demo.cpp.o");
    REQUIRE(object);
    contents.push_back(*object);
  }
  return contents;
}

}  // namespace

TEST_CASE("a right file becomes one object a flavour that shows the lab's function and nothing else") {
  Workshop workshop = Workshop::open();
  // Own versions of functions that a driver calls must not leave the object.
  const std::string source =
      std::string(kRight) +
      "#include <cstdlib>\n#include <new>\n"
      "void* operator new(std::size_t n) { return std::malloc(n); }\n"
      "extern \"C\" __attribute__((visibility(\"default\"))) int pthread_yield_of_mine() { return 0; }\n";
  const BuildReport report = workshop.build({{"demo.cpp", source}});
  CHECK(report.findings.empty());
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan}) {
    const auto missing =
        missing_exports(object_folder(workshop.scratch.path(), flavour) / "submission.so",
                        {"demo::make_counter()", "operator new(unsigned long)", "pthread_yield_of_mine"});
    REQUIRE(missing);
    CHECK(*missing == std::set<std::string>{"operator new(unsigned long)", "pthread_yield_of_mine"});
  }
}

TEST_CASE("a precompiled header changes nothing of the object, wherever it is included") {
  Workshop workshop = Workshop::open();
  give_header(workshop);
  const fs::path precompiled = workshop.scratch.path() / "built";
  const std::vector<std::vector<SourceFile>> submissions = {
      // A second time, by way of another.
      {{"demo.cpp", std::string("#include \"demo.hpp\"\n#include \"more.hpp\"\n") + kSolution},
       {"more.hpp", "#include \"demo.hpp\"\n#include <mutex>\ninline std::mutex unused;\n"}},
      // Not as the first one, where g++ does not take it.
      {{"demo.cpp", std::string("#include <mutex>\n#include \"demo.hpp\"\n") + kSolution}}};
  for (const std::vector<SourceFile>& sources : submissions) {
    workshop.toolchain.precompiled.clear();
    CHECK(workshop.build(sources).findings.empty());
    const std::vector<std::string> without = objects_of(workshop);
    workshop.toolchain.precompiled = precompiled;
    CHECK(workshop.build(sources).findings.empty());
    CHECK(objects_of(workshop) == without);
  }
}

TEST_CASE("a precompiled header is taken in the header's place, and one that is none is not") {
  Workshop workshop = Workshop::open();
  give_header(workshop);
  const std::vector<SourceFile> sources = {{"demo.cpp", std::string("#include \"demo.hpp\"\n") + kSolution}};
  REQUIRE(write_file_atomically(workshop.lab.folder / "include/demo.hpp", "#error read\n"));
  REQUIRE(workshop.build(sources).findings.size() == 1);
  workshop.toolchain.precompiled = workshop.scratch.path() / "built";
  CHECK(workshop.build(sources).findings.empty());

  for (const Flavour flavour : {Flavour::plain, Flavour::tsan})
    REQUIRE(write_file_atomically(workshop.toolchain.precompiled / "demo" /
                                      ("headers_" + std::string(to_text(flavour))) / "demo.hpp.gch",
                                  "no precompiled header"));
  REQUIRE(workshop.build(sources).findings.size() == 1);
  REQUIRE(write_file_atomically(workshop.lab.folder / "include/demo.hpp", kInterface));
  CHECK(workshop.build(sources).findings.empty());
}

TEST_CASE("byte order mark, carriage returns and several files are all right") {
  Workshop workshop = Workshop::open();
  std::string crlf = "\xEF\xBB\xBF#include \"parts/more.hpp\"\n";
  for (const char* c = kRight; *c != 0; ++c) crlf += *c == '\n' ? std::string("\r\n") : std::string(1, *c);
  const BuildReport report =
      workshop.build({{"demo.cpp", crlf},
                      {"extra.cpp", "#include \"parts/more.hpp\"\nint twice(int n) { return 2 * n; }\n"},
                      {"parts/more.hpp", "#pragma once\nint twice(int n);\n"}});
  CHECK(report.findings.empty());
}

TEST_CASE("what does not compile names file and line of the first error, once for both flavours") {
  Workshop workshop = Workshop::open();
  const BuildReport report = workshop.build({{"demo.cpp", "int a;\nint b = nonsense;\n"}});
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].kind == FindingKind::does_not_compile);
  CHECK(report.findings[0].places == std::vector<Place>{{"demo.cpp", 2, ""}});
  CHECK(report.findings[0].message == "demo.cpp does not compile: the first error is in demo.cpp, line 2.");
  CHECK(report.findings[0].detail.find("nonsense") != std::string::npos);
  CHECK(report.findings[0].detail.find(workshop.scratch.path().native()) == std::string::npos);
}

TEST_CASE("a missing function is named, whether nobody defines it or only its declaration is used") {
  Workshop workshop = Workshop::open();
  const BuildReport empty = workshop.build({{"demo.cpp", ""}});
  REQUIRE(empty.findings.size() == 1);
  CHECK(empty.findings[0].kind == FindingKind::missing_function);
  CHECK(empty.findings[0].message.find("demo::make_counter()") != std::string::npos);

  Workshop second = Workshop::open();
  const BuildReport declared = second.build(
      {{"demo.cpp", std::string(kRight) + "int twice(int);\nint four() { return twice(2); }\n"}});
  REQUIRE(declared.findings.size() == 1);
  CHECK(declared.findings[0].kind == FindingKind::missing_function);
  CHECK(declared.findings[0].message.find("twice(int)") != std::string::npos);
}

TEST_CASE("a bomb ends at the compiler's limit") {
  Workshop workshop = Workshop::open();
  const BuildReport report = workshop.build({{"demo.cpp", "#include \"/dev/zero\"\n"}});
  REQUIRE(report.findings.size() == 1);
  // g++ itself may refuse before the limit is reached; either way it is the student's, and said so.
  CHECK((report.findings[0].kind == FindingKind::compile_limit ||
         report.findings[0].kind == FindingKind::does_not_compile));
}

TEST_CASE("a compiler that is not there is an error of the machine that says what to do") {
  const Result<Toolchain> toolchain = find_toolchain("no-such-compiler", {.program = LAUNCHER});
  REQUIRE_FALSE(toolchain);
  CHECK(toolchain.error().kind == ErrorKind::environment);
  CHECK(toolchain.error().message.find("install") != std::string::npos);
}

TEST_CASE("the same files give the same objects, wherever they are built") {
  Workshop one = Workshop::open();
  Workshop other = Workshop::open();
  REQUIRE(one.build({{"race.cpp", kRight}}).findings.empty());
  REQUIRE(other.build({{"race.cpp", kRight}}).findings.empty());
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan}) {
    const Result<std::string> first = read_file(object_folder(one.scratch.path(), flavour) / "submission.so");
    const Result<std::string> second =
        read_file(object_folder(other.scratch.path(), flavour) / "submission.so");
    REQUIRE((first && second));
    CHECK((*first == *second));
  }
}

TEST_CASE("what only hides from the instruments is found in the text and in the objects") {
  Workshop workshop = Workshop::open();
  const std::string hidden =
      "\nint shown, kept;\n__attribute__((no_sanitize(\"thread\"))) void hide() { ++kept; }\n";
  const BuildReport report = workshop.build({{"demo.cpp", std::string(kRight) + hidden}});
  REQUIRE(report.findings.size() == 2);
  for (const Finding& finding : report.findings) {
    CHECK(finding.kind == FindingKind::tampering);
    CHECK(finding.message.find("demo.cpp") != std::string::npos);
  }
  CHECK(report.findings[0].places == std::vector<Place>{{"demo.cpp", 0, "hide()"}});
  CHECK(report.findings[1].places == std::vector<Place>{{"demo.cpp", 8, ""}});
}

TEST_CASE("the objects show hooks, guarded functions and resolvers, and a lab may allow some") {
  const char* const sources[] = {
      "extern \"C\" const char* __tsan_default_options() { return \"\"; }\n",
      "extern \"C\" void __tsan_acquire(void*) __attribute__((weak));\nvoid f(void* p) { if (__tsan_acquire) "
      "__tsan_acquire(p); }\n",
      "#include <unistd.h>\nint f() { return fork(); }\n",
      "namespace racecourse { void fail() {} }\n",
      "__attribute__((section(\".text#\"))) extern const char code[] = {1, 2};\n",
  };
  for (const char* source : sources) {
    CAPTURE(std::string(source));
    Workshop workshop = Workshop::open();
    const BuildReport report = workshop.build({{"demo.cpp", std::string(kRight) + source}});
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].kind == FindingKind::tampering);
  }
  Workshop workshop = Workshop::open();
  workshop.lab.may_use = {Permission::processes};
  CHECK(workshop.build({{"demo.cpp", std::string(kRight) + sources[2]}}).findings.empty());
}

TEST_CASE("thunks, aliases, clones and thread-local objects are instrumented like all else") {
  Workshop workshop = Workshop::open();
  const BuildReport report = workshop.build(
      {{"demo.cpp",
        std::string(kRight) +
            "#include <string>\n"
            "struct A { virtual ~A() {} virtual int f() { return 1; } };\n"
            "struct B { virtual ~B() {} virtual int g() { return 2; } };\n"
            "struct C : A, virtual B { int f() override; int g() override; std::string s; };\n"
            "int C::f() { return 3; }\nint C::g() { return s.size() > 1 ? throw 1 : 4; }\n"
            "thread_local std::string local = \"x\";\nstd::string& get() { return local; }\n"
            "static std::string at_start = std::to_string(7);\n"
            "extern \"C\" { int one(int x) { return x; } int two(int) __attribute__((alias(\"one\"))); }\n"
            "__attribute__((optimize(\"O0\"))) int slow(int* p) { return *p; }\n"
            "__attribute__((target_clones(\"avx2\", \"default\"))) int sum(int* p) { return p[0] + p[1]; "
            "}\n"}});
  for (const Finding& finding : report.findings) CHECK(finding.message == "");
}
