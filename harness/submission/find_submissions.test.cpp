#include "submission/find_submissions.hpp"

#include "submission/intake_fixture.hpp"

namespace racecourse {

using namespace intake_fixture;

namespace {

Result<FoundSubmissions> find(std::vector<fs::path> paths) {
  const Labs labs;
  return find_submissions(paths, labs.all);
}

std::string ids_of(const Result<FoundSubmissions>& found) {
  REQUIRE_MESSAGE(found.has_value(), found.error().message);
  std::string out;
  for (const SubmissionEntry& entry : found->entries) out += (out.empty() ? "" : "|") + entry.id;
  return out;
}

std::string zip() { return ArchiveWriter(Format::zip).file("race_counter.cpp").finish(); }

}  // namespace

TEST_CASE("one submission is found by its folder in each layout, and by an archive of each format") {
  const TempFolder folder;
  folder.write("top/race_counter.cpp");
  folder.write("in_lab/process_pool/process_pool.cpp");
  folder.write("second_file/spinner_coroutine.cpp");
  folder.write("misnamed/race_counter/Race_Counter.cpp");
  folder.write("stray/main.cpp");
  folder.write("almost/Race_Counter.cpp");
  folder.write("almost/build/CMakeFiles/id.cpp");  // Not a class whose one submission is called "build".
  folder.folder("odd/race_counter.cpp");           // A folder in the file's place: the intake names it.
  for (const char* name : {"top", "in_lab", "second_file", "misnamed", "stray", "almost", "odd"}) {
    CAPTURE(name);
    CHECK(ids_of(find({folder / name})) == name);
    CHECK(ids_of(find({(folder / name) / ""})) == name);
    CHECK(ids_of(find({(folder / name) / "."})) == name);
    CHECK(ids_of(find({folder / "top/../" / name})) == name);
  }
  for (const Format format : kFormats) folder.write("archive", ArchiveWriter(format).file("a.cpp").finish());
  CHECK(ids_of(find({folder / "archive"})) == "archive");  // No suffix: told by content.
  folder.write("broken.tar.gz",
               "cut off");  // By its suffix it was meant to be one: the intake tells the student.
  CHECK(ids_of(find({folder / "broken.tar.gz"})) == "broken");
}

TEST_CASE("in a folder of submissions every folder and archive is one, and nothing else") {
  const TempFolder folder;
  folder.write("class/bob/race_counter.cpp");
  folder.folder("class/empty");
  folder.write("class/alice.zip", zip());
  folder.write("class/carol.TAR.GZ", ArchiveWriter(Format::tar_gz).file("a").finish());
  folder.write("class/dave", zip());
  folder.write("class/erin.zip", "broken");
  folder.write("class/frank.rar", "unsupported");
  folder.write("class/notes.txt", "text");
  folder.write("class/main.cpp", "not a lab's");
  folder.write("class/.hidden/race_counter.cpp");
  folder.write("class/__MACOSX/race_counter.cpp");
  folder.write("class/.DS_Store", "x");
  fs::create_directory_symlink("bob", folder / "class/link");
  REQUIRE(::mkfifo((folder / "class/fifo").c_str(), 0644) == 0);
  const auto found = find({folder / "class"});
  CHECK(ids_of(found) == "alice|bob|carol|dave|empty|erin|frank");
  REQUIRE(found->notes.size() == 4);
  CHECK(mentions(found->notes[0], "fifo\": it is a FIFO"));
  CHECK(mentions(found->notes[1], "link\": it is a link"));
  CHECK(mentions(found->notes[2], "main.cpp"));
  CHECK(mentions(found->notes[3], "notes.txt\": it is a file, and no archive"));
}

TEST_CASE(
    "a folder that holds one archive and nothing else stands for it, as learning platforms pack hand-ins") {
  const TempFolder folder;
  folder.write("class/Alice_123_file_/lab.zip", zip());
  folder.write("class/Bob_124_file_/race_counter.cpp");
  folder.write("class/Carol_125_file_/lab.zip", zip());
  folder.write("class/Carol_125_file_/more.zip", zip());
  const auto found = find({folder / "class"});
  CHECK(ids_of(found) == "Alice_123_file_|Bob_124_file_|Carol_125_file_");
  CHECK(found->entries[0].path.filename() == "lab.zip");
  CHECK(found->entries[1].path.filename() == "Bob_124_file_");
  CHECK(found->entries[2].path.filename() == "Carol_125_file_");
}

TEST_CASE("names of any bytes give safe ids, and the paths still lead to the files") {
  const TempFolder folder;
  const std::vector<std::string> names = {"with space", "qu\"ote's", "new\nline", "bad\xFF\xFE",
                                          "-rf",        "--help",    "$(x)",      "Ы"};
  for (const std::string& name : names) folder.write("class/" + name + "/race_counter.cpp");
  const auto found = find({folder / "class"});
  CHECK(ids_of(found) == "$(x)|_-help|_rf|bad_xff_xfe|new_line|qu_ote's|with space|Ы");
  for (const SubmissionEntry& entry : found->entries) {
    CAPTURE(entry.id);
    CHECK(fs::exists(entry.path / "race_counter.cpp"));
    // Also each alone, by its own path.
    CHECK(ids_of(find({entry.path})) == entry.id);
  }
}

TEST_CASE("several paths are joined, and what they share is found once") {
  const TempFolder folder;
  folder.write("class/alice/race_counter.cpp");
  folder.write("class/bob/race_counter.cpp");
  folder.write("other/alice/race_counter.cpp");
  CHECK(ids_of(find({folder / "class", folder / "class/alice", folder / "class/bob/"})) == "alice|bob");
  const auto forward = find({folder / "class", folder / "other"});
  const auto backward = find({folder / "other", folder / "class"});
  CHECK(forward->entries.size() == 3);
  CHECK(ids_of(forward) == ids_of(backward));
  for (std::size_t i = 0; i < 3; ++i) CHECK(forward->entries[i].path == backward->entries[i].path);
}

TEST_CASE("a link on the command line is followed") {
  const Labs labs;
  const TempFolder folder;
  folder.write("real/race_counter.cpp");
  fs::create_directory_symlink("real", folder / "link");
  folder.write("a.zip", zip());
  fs::create_symlink("a.zip", folder / "b.zip");
  for (const char* name : {"link", "link/", "b.zip"}) {
    const auto found = find({folder / name});
    REQUIRE(found.has_value());
    CHECK(take_in(found->entries.at(0), labs.one)->labs[0].findings.empty());
  }
}

TEST_CASE("what is no submission is a usage error that names the path and says what to give") {
  const TempFolder folder;
  folder.folder("empty");
  folder.write("only_hidden/.x/race_counter.cpp");
  folder.write("no_submission/docs/x.txt");
  folder.write("no_submission/readme.md");
  folder.write("plain.txt", "text");
  folder.write("race_counter.cpp");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0644) == 0);
  fs::create_symlink("nowhere", folder / "dangling");
  fs::create_symlink("loop", folder / "loop");
  struct Row {
    std::string name, part;
  };
  const std::vector<Row> rows = {
      {"none", "it does not exist"},
      {"plain.txt/below", "it does not exist"},
      {"empty", "the folder is empty"},
      {"only_hidden", "the folder is empty"},
      {"no_submission", "no submission is in this folder"},
      {"plain.txt", "it is a file, and no archive"},
      {"race_counter.cpp", "it is a file, and no archive"},
      {"fifo", "it is neither a folder nor a regular file"},
      {"dangling", "it does not exist"},
      {"loop", "Too many levels of symbolic links"},
      {std::string(300, 'x'), "File name too long"},
      {"new\nline", "it does not exist"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto found = find({folder / row.name});
    REQUIRE(!found.has_value());
    CHECK(found.error().kind == ErrorKind::usage);
    CAPTURE(found.error().message);
    CHECK(found.error().message.starts_with("find submissions at \""));
    CHECK(mentions(found.error().message, row.part));
    CHECK(mentions(found.error().message,
                   "expected a folder with race_counter/race_counter.cpp or process_pool/"));
    CHECK(!mentions(found.error().message, "\n"));
  }
  CHECK(find({}).error().kind == ErrorKind::usage);
  // One wrong path among right ones is still said.
  folder.write("right/race_counter.cpp");
  CHECK(find({folder / "right", folder / "none"}).error().kind == ErrorKind::usage);
}

TEST_CASE("an unreadable path is a usage error, an unreadable submission in a class is not") {
  const TempFolder folder;
  fs::permissions(folder.path(), fs::perms::all);
  folder.write("class/alice/race_counter.cpp");
  folder.write("class/bob/race_counter.cpp");
  folder.write("file.zip", zip());
  fs::permissions(folder / "class/bob", fs::perms::none);
  fs::permissions(folder / "file.zip", fs::perms::none);
  {
    const WithoutPrivileges nobody;
    CHECK(ids_of(find({folder / "class"})) == "alice|bob");
    for (const char* name : {"class/bob", "file.zip"}) {
      const auto found = find({folder / name});
      REQUIRE(!found.has_value());
      CHECK(found.error().kind == ErrorKind::usage);
      CHECK(mentions(found.error().message, "permission denied"));
    }
  }
  fs::permissions(folder / "class/bob", fs::perms::all);
}

}  // namespace racecourse
