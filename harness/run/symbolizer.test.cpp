#include "run/symbolizer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "run/function_name.hpp"

namespace racecourse {

namespace {

const std::string kSources = std::string(TESTDATA_DIR) + "/symbolizer/";

std::string content(const fs::path& path) {
  Result<std::string> text = read_file(path);
  REQUIRE_MESSAGE(text.has_value(), path);
  return *text;
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string in_quotes(const fs::path& path) { return '"' + path.native() + '"'; }

bool shell(const std::string& command) { return std::system(command.c_str()) == 0; }

// The line that bears "// MARK name".
int line_of(const std::string& file, const std::string& name) {
  const std::string text = content(kSources + file);
  const std::size_t at = text.find("// MARK " + name + '\n');
  REQUIRE_MESSAGE(at != std::string::npos, name);
  return static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
}

// The test's submission.so and driver_tsan, built as real ones are, by one compiler.
struct Built {
  fs::path folder;
  std::string compiler;

  [[nodiscard]] Symbolizer symbolizer() const {
    return Symbolizer({{"submission.so", folder / "submission.so"}, {"driver_tsan", folder / "driver_tsan"}});
  }
  // What ThreadSanitizer writes about a run.
  [[nodiscard]] std::string log(bool symbolised) const {
    const std::string in = "cd " + in_quotes(folder) + " && ";
    // Without random addresses, because old versions of ThreadSanitizer cannot have too random ones.
    const std::string run =
        "LD_LIBRARY_PATH=. TSAN_OPTIONS=exitcode=0:symbolize=" + std::string(symbolised ? "1" : "0");
    REQUIRE(shell(in + run + " setarch -R ./driver_tsan 2> log || " + run + " ./driver_tsan 2> log"));
    return content(folder / "log");
  }
};

std::optional<Built> build(const fs::path& folder, const std::string& compiler) {
  if (!shell("command -v " + compiler + " > /dev/null")) return std::nullopt;
  const std::string start =
      "cd " + in_quotes(folder) + " && " + compiler + " -std=c++20 -O1 -g1 -fsanitize=thread ";
  REQUIRE(shell(start + "-fPIC -shared -fvisibility=hidden -Wl,-soname,submission.so -ffile-prefix-map=" +
                in_quotes(kSources) + "= " + in_quotes(kSources + "submission.cpp") + " -o submission.so"));
  REQUIRE(shell(start + in_quotes(kSources + "driver.cpp") + " submission.so -o driver_tsan"));
  return Built{folder, compiler};
}

struct Frame {
  std::string function;
  std::string file;  // Without folders.
  int line = 0;
};

// "    #3 function folder/file:line:column (object+0xoffset) ..." of one of our two objects: its frame and
// "object+0xoffset".
std::optional<std::pair<std::string, Frame>> read_frame(const std::string& line) {
  const std::size_t open = std::min(line.rfind(" (submission.so+0x"), line.rfind(" (driver_tsan+0x"));
  const std::size_t number = line.find_first_not_of(' ');
  if (open == std::string::npos || line[number] != '#') return std::nullopt;
  const std::string origin = line.substr(open + 2, line.find(')', open) - open - 2);
  const std::size_t function = line.find(' ', number) + 1;
  const std::size_t location = line.rfind(' ', open - 1) + 1;
  std::string file = line.substr(location, open - location);
  const std::size_t colon = file.find(':');
  if (colon == std::string::npos) return std::nullopt;  // "<null>".
  const int line_number = std::stoi(file.substr(colon + 1));
  file.resize(colon);
  file.erase(0, file.rfind('/') + 1);
  const std::string name = line.substr(function, location - 1 - function);
  return std::pair(origin, Frame{readable_function(name), file, line_number});
}

// The frames of our two objects in a symbolised log: by object and offset, innermost first.
std::map<std::string, std::vector<Frame>> frames_in(const std::string& log) {
  std::map<std::string, std::vector<Frame>> out;
  std::string last;
  bool known = false;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const auto frame = read_frame(line);
    const std::string key = frame ? frame->first : std::string();
    if (frame && key != last) known = out.contains(key);
    if (frame && !known) out[key].push_back(frame->second);
    last = key;
  }
  return out;
}

// Whether two symbolisers mean one function: for inlined functions some know no class, and no unnamed
// function's owner.
bool same_function(const std::string& ours, const std::string& theirs) {
  return ours == theirs || ours.ends_with("::" + theirs) || theirs.ends_with("::" + ours) ||
         (theirs.ends_with("operator()") && ours.starts_with("lambda"));
}

std::vector<Place> stack_with(const std::map<std::string, std::vector<Frame>>& frames,
                              const std::string& file, int line) {
  std::vector<Place> out;
  for (const auto& [key, chain] : frames) {
    if (chain.front().file != file || chain.front().line != line) continue;
    for (const Frame& frame : chain) out.push_back({frame.file, frame.line, frame.function});
    break;
  }
  return out;
}

const std::array<std::string, 2> kCompilers = {"g++", "clang++"};

// Built once: each compiler takes a second or so.
std::vector<Built>& all_built() {
  static Result<ScratchDirectory> scratch = ScratchDirectory::make(fs::temp_directory_path());
  static std::vector<Built> built = [] {
    REQUIRE(scratch.has_value());
    std::vector<Built> out;
    for (const std::string& compiler : kCompilers) {
      const fs::path folder = scratch->path() / compiler;
      REQUIRE(make_directories(folder).has_value());
      if (const auto one = build(folder, compiler))
        out.push_back(*one);
      else
        MESSAGE("skipped: ", compiler, " is not installed");
    }
    return out;
  }();
  return built;
}

}  // namespace

// Goal: a log that is symbolised by us says the same as one that ThreadSanitizer symbolised itself. Method:
// run the same program both ways; for each address that is in both logs, compare the functions, files and
// lines of all frames, inlined ones included.
TEST_CASE("logs read as if ThreadSanitizer had symbolised them") {
  for (const Built& built : all_built()) {
    CAPTURE(built.compiler);
    const auto ours = frames_in(built.symbolizer().symbolize_tsan_log(built.log(false)));
    const auto theirs = frames_in(built.log(true));
    if (theirs.empty()) {
      MESSAGE("skipped: ThreadSanitizer of ", built.compiler, " finds no symboliser");
      continue;
    }
    int compared = 0;
    for (const auto& [address, chain] : ours) {
      CAPTURE(address);
      const auto other = theirs.find(address);
      if (other == theirs.end()) continue;
      REQUIRE(chain.size() == other->second.size());
      for (std::size_t i = 0; i < chain.size(); ++i) {
        CHECK(chain[i].file == other->second[i].file);
        CHECK(chain[i].line == other->second[i].line);
        CHECK_MESSAGE(same_function(chain[i].function, other->second[i].function), chain[i].function,
                      " is not ", other->second[i].function);
        ++compared;
      }
    }
    CHECK(compared >= 8);
  }
}

// Goal: the frames a student sees have the right line and name, through inlining. Method: look for the marked
// lines.
TEST_CASE("frames have the lines and names of the source") {
  for (const Built& built : all_built()) {
    CAPTURE(built.compiler);
    const auto frames = frames_in(built.symbolizer().symbolize_tsan_log(built.log(false)));
    // clang's -g1 has no linkage names, so that an inlined function has no class.
    const bool clang = built.compiler == "clang++";
    CHECK(stack_with(frames, "parts.hpp", line_of("parts.hpp", "store")) ==
          std::vector<Place>{{"parts.hpp", line_of("parts.hpp", "store"), clang ? "store" : "parts::store"},
                             {"parts.hpp", line_of("parts.hpp", "add"), clang ? "add" : "parts::Tally::add"},
                             {"submission.cpp", line_of("submission.cpp", "work"), "Worker::work"}});
    CHECK(stack_with(frames, "submission.cpp", line_of("submission.cpp", "write_plain")) ==
          std::vector<Place>{{"submission.cpp", line_of("submission.cpp", "write_plain"), "write_plain"}});
    CHECK(stack_with(frames, "submission.cpp", line_of("submission.cpp", "unnamed")) ==
          std::vector<Place>{{"submission.cpp", line_of("submission.cpp", "unnamed"), "lambda in run"}});
    // The callers: the address is the call's, not that of what comes after it.
    CHECK(stack_with(frames, "submission.cpp", line_of("submission.cpp", "run")).size() == 1);
    CHECK(stack_with(frames, "driver.cpp", line_of("driver.cpp", "repeat")).size() >= 1);
    CHECK(stack_with(frames, "driver.cpp", line_of("driver.cpp", "main")).size() == 1);
  }
}

TEST_CASE("symbolised lines are numbered through, and all others stay") {
  const Built& built = all_built().at(0);
  const std::string raw = built.log(false);
  const std::string log = built.symbolizer().symbolize_tsan_log(raw);
  int expected = 0;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const bool frame = line.starts_with("    #");
    if (frame) {
      CHECK(line.starts_with("    #" + std::to_string(expected) + ' '));
      CHECK(line.find("<null> (submission.so") == std::string::npos);
    } else {
      CHECK(raw.find(line + '\n') != std::string::npos);
    }
    expected = frame ? expected + 1 : 0;
  }
  CHECK(log.find("parts::Tally::add parts.hpp:") != std::string::npos);
}

TEST_CASE("lines that are no frames of known objects stay as they are, whatever they are") {
  Symbolizer symbolizer = all_built().at(0).symbolizer();
  for (const std::string log :
       {"", "\n", "text", "    #0 <null> <null> (libc.so.6+0x27249)\n",
        "    #0 f a.cpp:1 (submission.so+0x1358)\n", "    #0 <null> <null> (submission.so+0x)\n",
        "    #0 <null> <null> (submission.so+0x1ffffffffffffffff)\n",
        "    #-1 <null> <null> (submission.so+0x1)\n", "    #99999999999 <null> <null> (submission.so+0x1)\n",
        "    #0 <null> <null> (submission.so+0x1358", "    #0 <null> <null> submission.so+0x1358)\n",
        "    #0 <null> <null> (submission.so+0xfffffffffff)\n", "    #x <null> <null> (submission.so+0x1)\n",
        "    #0 <null> <null> (submission.so+0x1 358)\n", "    # <null> <null> (submission.so+0x1)\n"})
    CHECK(symbolizer.symbolize_tsan_log(log) == log);
}

TEST_CASE("a module is known by its file name") {
  const Built& built = all_built().at(0);
  std::string raw = built.log(false);
  Symbolizer symbolizer = built.symbolizer();
  const std::string expected = symbolizer.symbolize_tsan_log(raw);
  for (std::size_t at = 0; (at = raw.find("(submission.so", at)) != std::string::npos; at += 20)
    raw.replace(at, 1, "(/some folder/");
  std::string log = symbolizer.symbolize_tsan_log(raw);
  for (std::size_t at = 0; (at = log.find("(/some folder/", at)) != std::string::npos;)
    log.replace(at, 14, "(");
  CHECK(log == expected);
}

// Goal: offsets that the crash handler sends become the student's own places. Method: the offsets of a real
// log's frames.
TEST_CASE("a stack of offsets becomes the student's own places") {
  for (const Built& built : all_built()) {
    CAPTURE(built.compiler);
    Symbolizer symbolizer = built.symbolizer();
    const int work = line_of("submission.cpp", "work");
    std::vector<std::uint64_t> offsets;
    for (const auto& [key, chain] : frames_in(symbolizer.symbolize_tsan_log(built.log(false))))
      if (key.starts_with("submission.so") && chain.back().line == work)
        offsets.push_back(std::stoull(key.substr(key.find("0x")), nullptr, 16));
    REQUIRE_FALSE(offsets.empty());
    offsets.resize(1);
    offsets.push_back(0xFFFFFFFFFFFFFFFFu);  // Known to nobody.
    const std::vector<Place> places = symbolizer.places(offsets);
    REQUIRE(places.size() == 3);
    CHECK(places[2] == Place{"submission.cpp", work, "Worker::work"});
    CHECK(symbolizer.places({}).empty());
  }
}

TEST_CASE("a source root is taken off") {
  const Built& built = all_built().at(0);
  const std::string raw = built.log(false);
  const std::string named_fully = built.symbolizer().symbolize_tsan_log(raw);
  CHECK(named_fully.find(kSources + "driver.cpp:") != std::string::npos);
  Symbolizer with_root({{"driver_tsan", built.folder / "driver_tsan"}}, kSources);
  const std::string log = with_root.symbolize_tsan_log(raw);
  CHECK(log.find(kSources) == std::string::npos);
  CHECK(log.find(" repeat driver.cpp:") != std::string::npos);
}

TEST_CASE("what is missing or no object gives no places") {
  const Built& built = all_built().at(0);
  const fs::path text = built.folder / "text.so";
  write(text, "no ELF");
  Symbolizer symbolizer(
      {{"submission.so", built.folder / "nothing.so"}, {"text.so", text}, {"folder", built.folder}});
  CHECK(symbolizer.frames("submission.so", 0x1358).empty());
  CHECK(symbolizer.frames("text.so", 0x1358).empty());
  CHECK(symbolizer.frames("folder", 0x1358).empty());
  CHECK(symbolizer.frames("unheard_of.so", 0x1358).empty());
  const std::vector<std::uint64_t> offsets = {0x1358};
  CHECK(symbolizer.places(offsets).empty());
}

TEST_CASE("without debug information there are still names") {
  const Built& built = all_built().at(0);
  const fs::path bare = built.folder / "bare.so";
  REQUIRE(
      shell("objcopy --strip-debug " + in_quotes(built.folder / "submission.so") + ' ' + in_quotes(bare)));
  Symbolizer symbolizer({{"submission.so", bare}});
  const std::string log = symbolizer.symbolize_tsan_log(built.log(false));
  CHECK(log.find(" Worker::work <null> (submission.so+0x") != std::string::npos);
}

// Goal: an object that a student's toolchain tricks have damaged cannot take the harness down. Method: a
// seeded loop over damaged copies of a real object.
TEST_CASE("damaged objects never break the symboliser") {
  const Built& built = all_built().at(0);
  const std::string good = content(built.folder / "submission.so");
  const std::string raw = built.log(false);
  const fs::path bad = built.folder / "bad.so";
  std::mt19937 random(20250104);
  for (int round = 0; round < 150; ++round) {
    std::string object = good;
    for (std::size_t edits = 1 + random() % 200; edits > 0; --edits)
      object[random() % object.size()] = static_cast<char>(random() % 256);
    if (round % 10 == 0) object.resize(random() % object.size());
    // A header that is right lets the damage behind it be read.
    if (round % 2 == 0 && object.size() > 64) object.replace(0, 64, good.substr(0, 64));
    write(bad, object);
    Symbolizer symbolizer({{"submission.so", bad}});
    REQUIRE_FALSE(symbolizer.symbolize_tsan_log(raw).empty());
  }
}

}  // namespace racecourse
