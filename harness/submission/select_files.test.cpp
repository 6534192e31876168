#include "submission/select_files.hpp"

#include <algorithm>

#include "submission/archive_path.hpp"
#include "submission/intake_fixture.hpp"
#include "submission/near_miss.hpp"

namespace racecourse {

using namespace intake_fixture;

namespace {

// A tree from paths: "x/" is a folder, "x@" a symbolic link, "x|" a FIFO, "x!" an unreadable folder.
std::vector<TreeEntry> tree_of(std::vector<std::string> paths) {
  std::vector<TreeEntry> entries;
  for (std::string& path : paths) {
    EntryType type = EntryType::file;
    const std::string_view marks = "/@|!";
    const std::size_t mark = marks.find(path.back());
    if (mark != std::string_view::npos) {
      type = std::array{EntryType::folder, EntryType::symlink, EntryType::special,
                        EntryType::unreadable_folder}[mark];
      path.pop_back();
    }
    entries.push_back({.path = path, .type = type});
  }
  std::ranges::stable_sort(entries, {}, &TreeEntry::path);
  return entries;
}

std::string chosen(const Selection& selection) {
  std::string out;
  for (const SelectedFile& file : selection.files) {
    // Where it lies is shown only where its name does not say it.
    out += (out.empty() ? "" : " ") + file.name;
    if (file.entry->path != file.name) out += "<" + file.entry->path;
  }
  for (const Finding& finding : selection.findings) out += std::string(to_text(finding.kind)) + " ";
  return out;
}

std::string messages(const Selection& selection) {
  std::string out;
  for (const Finding& finding : selection.findings) out += finding.message + "\n";
  return out;
}

std::string notes(const Selection& selection) {
  std::string out;
  for (const std::string& note : selection.notes) out += note + "\n";
  return out;
}

}  // namespace

TEST_CASE("a lab's folder is found in the order of preference") {
  struct Row {
    const char* what;
    std::vector<std::string> paths;
    std::string counter;
  };
  const std::string file = "race_counter.cpp";
  const std::vector<Row> rows = {
      {"in the lab's folder", {"race_counter/race_counter.cpp"}, file + "<race_counter/" + file},
      {"at the top", {"race_counter.cpp"}, file},
      {"the lab's folder wins over the top",
       {"race_counter.cpp", "race_counter/race_counter.cpp"},
       file + "<race_counter/" + file},
      {"below a wrapper, lab's folder",
       {"alice/race_counter/race_counter.cpp"},
       file + "<alice/race_counter/" + file},
      {"below a wrapper, at its top", {"alice/race_counter.cpp", "README.md"}, file + "<alice/" + file},
      {"below two wrappers", {"a/a/race_counter/race_counter.cpp"}, file + "<a/a/race_counter/" + file},
      {"anywhere, if alone", {"docs/x.md", "src/deep/race_counter.cpp"}, file + "<src/deep/" + file},
      {"not in the wrong case", {"Race_Counter/Race_Counter.cpp"}, "missing_file "},
      {"in two places", {"v1/race_counter.cpp", "v2/race_counter.cpp"}, "unusable_file "},
      {"nothing at all", {}, "missing_file "},
      {"a link", {"race_counter/race_counter.cpp@"}, "unusable_file "},
      {"a FIFO", {"race_counter.cpp|"}, "unusable_file "},
      {"a folder", {"race_counter.cpp/", "race_counter.cpp/x.txt"}, "unusable_file "},
      {"a link for the folder", {"race_counter@"}, "unusable_file "},
      {"a folder that cannot be read", {"race_counter!"}, "unusable_file "},
      {"a duplicate", {"race_counter.cpp", "race_counter.cpp"}, "unusable_file "},
      {"a twin in another case", {"race_counter.cpp", "Race_Counter.cpp"}, "unusable_file "},
  };
  const Labs labs;
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto entries = tree_of(row.paths);
    CHECK(chosen(select_files(entries, labs.one).front()) == row.counter);
  }
}

TEST_CASE(
    "the other sources and headers of the lab's folder come along, its own header and everything else do "
    "not") {
  const Labs labs;
  const auto entries =
      tree_of({"race_counter/race_counter.cpp", "race_counter/shards.hpp", "race_counter/impl/lock.inl",
               "race_counter/impl/lock.cc", "race_counter/race_counter.hpp", "race_counter/Makefile",
               "race_counter/a.out", "race_counter/old.c", "race_counter/my file.cpp", "race_counter/-o.cpp",
               "race_counter/my dir/x.hpp", "race_counter/x.hpp@", "race_counter/build/CMakeCache.txt",
               "race_counter/build/CMakeFiles/id.cpp", "race_counter/out/CMakeFiles/id.cpp",
               "race_counter/secret!", "other.cpp"});
  const Selection selection = select_files(entries, labs.one).front();
  CHECK(chosen(selection) ==
        "impl/lock.cc<race_counter/impl/lock.cc impl/lock.inl<race_counter/impl/lock.inl "
        "race_counter.cpp<race_counter/race_counter.cpp shards.hpp<race_counter/shards.hpp");
  const std::string said = notes(selection);
  CHECK(mentions(said, "\"race_counter/race_counter.hpp\" is ignored: it is the lab's own header"));
  CHECK(mentions(said, "\"race_counter/old.c\" is ignored"));
  CHECK(mentions(said, "\"race_counter/my file.cpp\" is ignored: it has a name that is not plain"));
  CHECK(mentions(said, "\"race_counter/-o.cpp\" is ignored"));
  CHECK(mentions(said, "The folder \"race_counter/my dir\" is ignored"));
  CHECK(mentions(said, "\"race_counter/x.hpp\" is ignored: it is a symbolic link"));
  CHECK(mentions(said, "\"race_counter/secret\" is ignored: it is a folder that cannot be read"));
  CHECK(selection.notes.size() == 7);  // Nothing is said of Makefile, a.out and build folders.
}

TEST_CASE("folders are searched to a bounded depth, and the notes stay few") {
  const Labs labs;
  std::vector<std::string> paths = {"race_counter.cpp", "a/b/c/d/near.hpp", "a/b/c/d/e/far.hpp"};
  for (int i = 0; i < 100; ++i) paths.push_back("odd " + std::to_string(i) + ".cpp");
  const auto entries = tree_of(paths);
  const Selection selection = select_files(entries, labs.one).front();
  CHECK(chosen(selection) == "a/b/c/d/near.hpp race_counter.cpp");
  CHECK(selection.notes.size() == 21);
  CHECK(selection.notes.back() == "81 more files were ignored.");
}

TEST_CASE("in a folder that several labs share, each takes its own files and the headers") {
  const Labs labs;
  const auto entries =
      tree_of({"race_counter.cpp", "process_pool.cpp", "spinner_thread.cpp", "spinner_coroutine.cpp",
               "common.hpp", "extra.cpp", "process_pool/notes.hpp"});
  const auto selections = select_files(entries, labs.all);
  CHECK(chosen(selections[0]) == "common.hpp race_counter.cpp");
  CHECK(chosen(selections[1]) == "common.hpp process_pool.cpp process_pool/notes.hpp");
  CHECK(chosen(selections[2]) == "common.hpp spinner_coroutine.cpp spinner_thread.cpp");
  CHECK(mentions(notes(selections[0]), "\"extra.cpp\" is ignored: it may belong to another lab"));
}

TEST_CASE("a lab at the top keeps its extra sources when the other labs have folders of their own") {
  const Labs labs;
  const auto entries = tree_of({"race_counter.cpp", "extra.cpp", "process_pool/process_pool.cpp",
                                "process_pool/pipe.cpp", "async_spinner/unfinished.cpp"});
  const auto selections = select_files(entries, labs.all);
  CHECK(chosen(selections[0]) == "extra.cpp race_counter.cpp");
  CHECK(chosen(selections[1]) ==
        "pipe.cpp<process_pool/pipe.cpp process_pool.cpp<process_pool/process_pool.cpp");
  CHECK(chosen(selections[2]) == "missing_file missing_file ");
}

TEST_CASE("of a lab with two files the missing one is named, with where it was looked for") {
  const Labs labs;
  const auto entries = tree_of({"async_spinner/spinner_thread.cpp", "spinner_coroutine.cpp", "notes/x.txt"});
  const Selection selection = select_files(entries, labs.all)[2];
  CHECK(chosen(selection) == "missing_file ");
  CHECK(messages(selection) ==
        "The file spinner_coroutine.cpp is missing in \"async_spinner\". There is \"spinner_coroutine.cpp\": "
        "was that "
        "meant? Name and place must be exact.\n");
}

TEST_CASE("a folder that holds more of a lab's files than others is meant") {
  const Labs labs;
  const auto entries = tree_of({"a/spinner_thread.cpp", "a/spinner_coroutine.cpp", "b/spinner_thread.cpp"});
  CHECK(chosen(select_files(entries, labs.all)[2]) ==
        "spinner_coroutine.cpp<a/spinner_coroutine.cpp spinner_thread.cpp<a/spinner_thread.cpp");
}

TEST_CASE("the message about a missing file names what was probably meant") {
  struct Row {
    std::string path, part;
  };
  const std::vector<Row> rows = {
      {"Race_Counter.cpp", "There is \"Race_Counter.cpp\": was that meant?"},
      {"race_counter/race_counter.cpp.txt", "There is \"race_counter/race_counter.cpp.txt\""},
      {"race_counter (1).cpp", "There is \"race_counter (1).cpp\""},
      {"race-counter.cpp", "There is \"race-counter.cpp\""},
      {"race_conter.cpp", "There is \"race_conter.cpp\""},
      {"smith_123_race_counter.cpp", "There is \"smith_123_race_counter.cpp\""},
      {"race_counter.c", "There is \"race_counter.c\""},
      {"race_counter", "There is \"race_counter\""},
      {"solution.zip", "There is \"solution.zip\", an archive within the submission"},
      {"locked!", "The folder \"locked\" cannot be read."},
  };
  const Labs labs;
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const auto entries = tree_of({row.path, "README.md"});
    const std::string message = messages(select_files(entries, labs.one).front());
    CHECK(mentions(message,
                   "The file race_counter.cpp is missing: it was looked for as "
                   "race_counter/race_counter.cpp, as race_counter.cpp and in every other folder."));
    CHECK(mentions(message, row.part));
  }
  CHECK(mentions(messages(select_files({}, labs.one).front()), "Nothing was handed in"));
}

TEST_CASE("what is obviously something else is no near miss") {
  for (const char* name :
       {"README.md", "race_counter.hpp", "race_counter.o", "main.cpp", "Makefile", "x", "counter.cpp"}) {
    CAPTURE(name);
    CHECK(!is_near_miss(name, "race_counter.cpp"));
  }
  // Another lab's file is what it is called.
  const std::vector<std::string> claimed = {"spinner_thread.cpp", "spinner_threads.cpp"};
  const auto entries = tree_of({"spinner_thread.cpp"});
  CHECK(explain_missing(entries, "spinner_threads.cpp", claimed).empty());
}

TEST_CASE("the paths in an archive are cleaned or refused") {
  struct Row {
    std::string name, clean, trouble;
  };
  std::string deep;
  for (int i = 0; i < 33; ++i) deep += "d/";
  const std::vector<Row> rows = {
      {"a/b.cpp", "a/b.cpp", ""},
      {"./a//./b.cpp", "a/b.cpp", ""},
      {"a/", "a", ""},
      {"./", "", ""},
      {"", "", ""},
      {"a..b/..c", "a..b/..c", ""},
      {"../x", "", "leads out"},
      {"a/../x", "", "leads out"},
      {"a/..", "", "leads out"},
      {"..\\x", "", "leads out"},
      {"/etc/passwd", "", "absolute"},
      {"\\x", "", "absolute"},
      {"C:\\x", "", "absolute"},
      {"c:/x", "", "absolute"},
      {deep, "", "nested more than 32"},
      {std::string(4097, 'x'), "", "more than 4096 bytes"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const ArchivePath path = clean_archive_path(row.name);
    if (row.trouble.empty()) CHECK(path.clean == row.clean);
    CHECK(path.trouble.empty() == row.trouble.empty());
    CHECK(mentions(path.trouble, row.trouble));
  }
  CHECK(clean_archive_path("__MACOSX/a/._b.cpp").ignored);
  CHECK(clean_archive_path("a/.git/config").ignored);
  CHECK(!clean_archive_path("a/git/config").ignored);
}

TEST_CASE("nothing may lie below what is no folder") {
  CHECK(find_entry_below_file(tree_of({"a/", "a/b", "c"})).empty());
  CHECK(mentions(find_entry_below_file(tree_of({"a@", "a/b/c.cpp"})), "\"a/b/c.cpp\" lies below \"a\""));
  CHECK(mentions(find_entry_below_file(tree_of({"a", "a/b"})), "which is not a folder"));
}

TEST_CASE("a name in a message is on one line, printable and of bounded length") {
  CHECK(in_quotes("a\nb\tc\xFF") == "\"a\\nb\\tc\\xff\"");
  CHECK(in_quotes(std::string(5000, 'a')).size() < 200);
}

}  // namespace racecourse
