// Goal: what a compiler said is understood, also where a student had a hand in it. Method: texts of g++, true
// and forged.
#include "build/compiler_output.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace racecourse;

namespace {

const std::string kKilled =
    "g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n";

}  // namespace

TEST_CASE("a compiler that somebody killed") {
  CHECK(compiler_was_killed(kKilled));
  CHECK(compiler_was_killed("a.cpp:1:2: warning: unused variable 'x'\n" + kKilled));
  CHECK_FALSE(compiler_was_killed(""));
  CHECK_FALSE(compiler_was_killed("a.cpp:1:2: error: x\n"));
}

TEST_CASE("a student cannot say that somebody killed the compiler") {
  CHECK_FALSE(compiler_was_killed("a.cpp:1:2: error: #error " + kKilled));
  // A file's name, given by #line, with newlines in it; in an error, and in a warning beside one of the
  // assembler.
  CHECK_FALSE(compiler_was_killed("\n" + kKilled + ":1:2: error: #error x\n"));
  CHECK_FALSE(
      compiler_was_killed("\n" + kKilled + ":1:2: warning: x\n/tmp/a.s:1: Error: no such instruction\n"));
}

TEST_CASE("the place of the first error") {
  REQUIRE(first_error("In file included from a.cpp:1:\n./b.hpp:3:4: error: x\n").size() == 1);
  CHECK(first_error("./b.hpp:3:4: error: x\n")[0].file == "b.hpp");
  CHECK(first_error("./b.hpp:3:4: error: x\n")[0].line == 3);
  // Of a file that includes itself by __FILE__.
  CHECK(first_error("./././a.cpp:1:10: error: #include nested depth 200\n")[0].file == "a.cpp");
  CHECK(first_error("nothing\n").empty());
}

TEST_CASE("an error in somebody else's header is where the submission asked for it") {
  const std::string error =
      "/usr/include/c++/12/bits/unique_ptr.h:1065:30: error: invalid new-expression of abstract class type\n"
      " 1065 |     { return unique_ptr<_Tp>(new _Tp(std::forward<_Args>(__args)...)); }\n";
  const std::string note = "./a.cpp:4:8: note:   because the following virtual functions are pure\n";
  const std::string later = "./a.cpp:9:9: error: y\n";
  const std::string unrelated = "./a.cpp:1:1: warning: unused variable\n";
  const auto line_of = [](const std::string& output) {
    const std::vector<Place> places = first_error(output);
    REQUIRE(places.size() == 1);
    return places[0].file + " " + std::to_string(places[0].line);
  };
  CHECK(line_of(unrelated + "./a.cpp:5:72:   required from here\n" + error + note + later) == "a.cpp 5");
  CHECK(line_of(unrelated + error + note + later) == "a.cpp 4");
  CHECK(line_of(unrelated + error + later) == "/usr/include/c++/12/bits/unique_ptr.h 1065");
  CHECK(line_of("./a.cpp:5:72:   required from here\n./b.hpp:3:4: error: x\n" + note) == "b.hpp 3");
}

TEST_CASE("where the lab lies does not show, nor that its header is precompiled") {
  const auto cleaned = [](const std::string& output) {
    return without_our_places(output, "/kit/labs/demo/include",
                              "/kit/build/labs/demo/headers_plain/demo.hpp");
  };
  const std::string includer = "/kit/build/labs/demo/headers_plain/demo.hpp:1";
  CHECK(cleaned("/kit/labs/demo/include/demo.hpp:25:16: note: here\n") == "demo.hpp:25:16: note: here\n");
  CHECK(cleaned("In file included from /usr/include/c++/12/memory:76,\n"
                "                 from /kit/labs/demo/include/demo.hpp:14,\n"
                "                 from " +
                includer + ":\n/usr/x.h: In instantiation\n") ==
        "In file included from /usr/include/c++/12/memory:76,\n"
        "                 from demo.hpp:14:\n/usr/x.h: In instantiation\n");
  CHECK(cleaned("In file included from /kit/labs/demo/include/demo.hpp:14,\n"
                "                 from " +
                includer + ",\n                 from ./demo.cpp:1:\n") ==
        "In file included from demo.hpp:14,\n                 from ./demo.cpp:1:\n");
  CHECK(cleaned("In file included from " + includer + ",\n                 from ./demo.cpp:1:\n") ==
        "In file included from ./demo.cpp:1:\n");
  CHECK(cleaned("In file included from " + includer + ":\n./demo.cpp:3:4: error: x\n") ==
        "./demo.cpp:3:4: error: x\n");
}

TEST_CASE("no name makes a message endless") {
  const std::string endless(100'000, 'f');
  CHECK(missing({endless}).message.size() < 400);
  CHECK(first_error(endless + ":1:2: error: x\n")[0].file.size() < 300);
  // Of two bytes a letter: none is cut in the middle.
  std::string letters;
  for (int i = 0; i < 1000; ++i) letters += "\u0444";
  CHECK(first_error("x" + letters + ":1:2: error: x\n")[0].file.ends_with("\u0444..."));

  std::set<std::string> many;
  for (int i = 0; i < 50; ++i) many.insert("function_" + std::to_string(i));
  CHECK(missing(many).message.find(" and 40 more. Check") != std::string::npos);
  CHECK(missing({"a()", "b()"}).message.find("defined: a(), b(). Check") != std::string::npos);
}
