#include "submission/take_in.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "base/fd.hpp"
#include "submission/folder_tree.hpp"
#include "submission/intake_fixture.hpp"
#include "submission/tree.hpp"

namespace racecourse {

using namespace intake_fixture;

namespace {

std::string archive_with(const TempFolder& folder, std::string_view name, const std::string& bytes) {
  folder.write(name, bytes);
  return (folder / name).native();
}

void make_socket(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.native().size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

}  // namespace

TEST_CASE("a folder and its archives give the same submission, byte for byte") {
  const Labs labs;
  const TempFolder folder;
  const std::string odd_bytes =
      std::string("\xEF\xBB\xBFint x;\r\n\xFF\xFE\0 end", 19);  // BOM, CRLF, not UTF-8, NUL.
  folder.write("s/race_counter/race_counter.cpp", odd_bytes);
  folder.write("s/race_counter/deep/shard.hpp", "#pragma once\r\n");
  folder.write("s/process_pool.cpp", "");
  const Submission plain = take(folder / "s", labs.all);
  REQUIRE(plain.labs.size() == 3);
  CHECK(names_of(plain.labs[0]) == std::vector<std::string>{"deep/shard.hpp", "race_counter.cpp"});
  CHECK(plain.labs[0].sources[1].content == odd_bytes);
  CHECK(names_of(plain.labs[1]) == std::vector<std::string>{"process_pool.cpp"});
  CHECK(plain.labs[1].findings.empty());  // An empty file: what it lacks, the build says.
  CHECK(plain.labs[2].findings.size() == 2);
  for (const Format format : kFormats) {
    CAPTURE(static_cast<int>(format));
    const std::string archive = archive_with(folder, "a",
                                             ArchiveWriter(format)
                                                 .file("top/process_pool.cpp", "")
                                                 .file("top/race_counter/race_counter.cpp", odd_bytes)
                                                 .file("top/race_counter/deep/shard.hpp", "#pragma once\r\n")
                                                 .finish());
    const Submission packed = take(archive, labs.all);
    CHECK(packed.sha256 == plain.sha256);
    CHECK(packed.labs[0].sources[1].content == odd_bytes);
  }
}

TEST_CASE("what stands in the place of a required file is named, and nothing blocks") {
  struct Row {
    const char* what;
    void (*make)(const fs::path&);
    std::string part;
  };
  const std::vector<Row> rows = {
      {"a folder", [](const fs::path& path) { fs::create_directories(path); }, "is a folder, not a file"},
      {"a link out", [](const fs::path& path) { fs::create_symlink("/etc/passwd", path); },
       "is a symbolic link"},
      {"a link within", [](const fs::path& path) { fs::create_symlink("other.cpp", path); },
       "is a symbolic link"},
      {"a link to itself", [](const fs::path& path) { fs::create_symlink(path, path); },
       "is a symbolic link"},
      {"a FIFO", [](const fs::path& path) { REQUIRE(::mkfifo(path.c_str(), 0644) == 0); }, "is a FIFO"},
      {"a socket", [](const fs::path& path) { make_socket(path); }, "is a FIFO, a device or a socket"},
      {"100 MB",
       [](const fs::path& path) {
         std::ofstream{path};
         fs::resize_file(path, 100'000'000);  // Sparse: it takes no room.
       },
       "is larger than 1 MiB, the limit for a source file"},
      {"unreadable",
       [](const fs::path& path) {
         std::ofstream{path};
         fs::permissions(path, fs::perms::none);
       },
       "cannot be read (permission denied)"},
  };
  const Labs labs;
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const TempFolder folder;
    fs::permissions(folder.path(), fs::perms::all);
    folder.write("s/race_counter/other.cpp");
    row.make(folder / "s/race_counter/race_counter.cpp");
    const WithoutPrivileges nobody;
    const LabFiles files = take(folder / "s", labs.one).labs[0];
    CHECK(files.sources.empty());
    CHECK(files.findings.size() == 1);
    CHECK(mentions(findings_of(files),
                   "unusable_file: The file \"race_counter/race_counter.cpp\" " + row.part));
  }
}

TEST_CASE("the same kinds of things beside the required file are left out with a note") {
  const Labs labs;
  const TempFolder folder;
  folder.write("s/race_counter.cpp");
  folder.write("s/big.hpp", std::string(kFileBytesMax + 1, ' '));
  fs::create_symlink("/etc/passwd", folder / "s/link.hpp");
  REQUIRE(::mkfifo((folder / "s/fifo.cpp").c_str(), 0644) == 0);
  folder.folder("s/folder.cpp");
  folder.write("s/utf16.hpp", std::string("\xFF\xFEi\0n\0t\0", 8));
  fs::create_hard_link(folder / "s/race_counter.cpp",
                       folder / "s/hard.hpp");  // In a folder: a file like any other.
  const LabFiles files = take(folder / "s", labs.one).labs[0];
  CHECK(files.findings.empty());
  CHECK(names_of(files) == std::vector<std::string>{"hard.hpp", "race_counter.cpp", "utf16.hpp"});
  CHECK(mentions(notes_of(files), "\"big.hpp\" is ignored: it is larger than 1 MiB"));
  CHECK(mentions(notes_of(files), "\"link.hpp\" is ignored: it is a symbolic link"));
  CHECK(mentions(notes_of(files), "\"fifo.cpp\" is ignored: it is a FIFO"));
  CHECK(mentions(notes_of(files), "\"utf16.hpp\" is encoded in UTF-16"));
  CHECK(files.notes.size() == 4);
}

TEST_CASE("a lab has a bounded number of files and bytes") {
  const Labs labs;
  const TempFolder folder;
  folder.write("many/race_counter.cpp");
  for (std::size_t i = 1; i < kLabFilesMax; ++i) folder.write("many/h" + std::to_string(i) + ".hpp");
  CHECK(take(folder / "many", labs.one).labs[0].sources.size() == kLabFilesMax);
  folder.write("many/one_more.hpp");
  const LabFiles many = take(folder / "many", labs.one).labs[0];
  CHECK(findings_of(many) == "unusable_file: The lab has 65 source files; at most 64 are taken.\n");
  CHECK(many.sources.empty());

  folder.write("large/race_counter.cpp", "");
  for (int i = 0; i < 4; ++i)
    folder.write("large/h" + std::to_string(i) + ".hpp", std::string(kFileBytesMax, ' '));
  CHECK(take(folder / "large", labs.one).labs[0].findings.empty());
  folder.write("large/race_counter.cpp", " ");
  CHECK(mentions(findings_of(take(folder / "large", labs.one).labs[0]), "larger than 4 MiB together"));
}

TEST_CASE("a folder too large or too deep is refused for every lab") {
  const Labs labs;
  const TempFolder folder;
  std::string deep = "deep";
  for (int i = 0; i < 40; ++i) deep += "/d";
  folder.write("deep/race_counter.cpp");
  folder.folder(deep);
  const Submission too_deep = take(folder / "deep", labs.all);
  for (const LabFiles& files : too_deep.labs)
    CHECK(findings_of(files) ==
          "unusable_file: The submission cannot be used: its folders are nested more than 32 "
          "deep: hand in only the sources.\n");
  // Entries that are left out count too: they cost time like any other. A smaller limit spares the disk.
  for (int i = 0; i < 20; ++i) folder.write("wide/" + std::string(i % 2 == 0 ? "." : "") + std::to_string(i));
  CHECK(read_folder(folder / "wide", 20)->refusal.empty());
  const auto too_wide = read_folder(folder / "wide", 19);
  CHECK(too_wide->refusal == "it holds more than 19 files and folders: hand in only the sources");
  CHECK(too_wide->entries.empty());
}

TEST_CASE("names of any bytes do not disturb, and are shown printably") {
  const Labs labs;
  const TempFolder folder;
  const std::string base = "s \"quoted\" \n\xFF/";
  folder.write(base + "race_counter/race_counter.cpp");
  folder.write(base + "race_counter/-include.cpp");
  folder.write(base + "race_counter/@file.hpp");
  folder.write(base + "race_counter/$(touch x).hpp");
  folder.write(base + "race_counter/new\nline.hpp");
  folder.write(base + "race_counter/bad\xFF.hpp");
  const LabFiles files = take(folder.path() / base.substr(0, base.size() - 1), labs.one).labs[0];
  CHECK(names_of(files) == std::vector<std::string>{"race_counter.cpp"});
  CHECK(files.notes.size() == 5);
  CHECK(mentions(notes_of(files),
                 "\"race_counter/new\\nline.hpp\" is ignored: it has a name that is not plain"));
  CHECK(mentions(notes_of(files), "\"race_counter/bad\\xff.hpp\""));
}

TEST_CASE("a refused archive is a finding on every lab; a bad entry in a lab's place is that lab's") {
  const Labs labs;
  const TempFolder folder;
  const std::string slip = archive_with(
      folder, "slip.zip", ArchiveWriter(Format::zip).file("race_counter.cpp").file("../x").finish());
  const Submission refused_one = take(slip, labs.all);
  for (const LabFiles& files : refused_one.labs)
    CHECK(mentions(findings_of(files),
                   "The submission cannot be used: its entry \"../x\" leads out of the archive"));
  CHECK(!fs::exists(folder.path().parent_path() / "x"));

  const std::string links = archive_with(folder, "links.tar",
                                         ArchiveWriter(Format::tar)
                                             .symlink("race_counter.cpp", "/etc/passwd")
                                             .file("process_pool.cpp", "1")
                                             .hard_link("spinner_thread.cpp", "process_pool.cpp")
                                             .file("spinner_coroutine.cpp", "2")
                                             .finish());
  const Submission linked = take(links, labs.all);
  CHECK(mentions(findings_of(linked.labs[0]), "\"race_counter.cpp\" is a symbolic link"));
  CHECK(linked.labs[1].findings.empty());
  CHECK(mentions(findings_of(linked.labs[2]), "\"spinner_thread.cpp\" is a link to another entry"));

  const std::string twins = archive_with(folder, "twins.zip",
                                         ArchiveWriter(Format::zip)
                                             .file("race_counter.cpp", "1")
                                             .file("race_counter.cpp", "2")
                                             .file("process_pool.cpp", "1")
                                             .file("Process_Pool.cpp", "2")
                                             .finish());
  const Submission twice = take(twins, labs.all);
  CHECK(mentions(findings_of(twice.labs[0]), "is in the archive more than once"));
  CHECK(mentions(findings_of(twice.labs[1]), "Both \"process_pool.cpp\" and \"Process_Pool.cpp\" are there"));

  const std::string nested =
      archive_with(folder, "nested.zip",
                   ArchiveWriter(Format::zip)
                       .file("lab.zip", ArchiveWriter(Format::zip).file("race_counter.cpp").finish())
                       .finish());
  CHECK(
      mentions(findings_of(take(nested, labs.one).labs[0]), "\"lab.zip\", an archive within the submission"));
}

TEST_CASE("the untouched skeleton is recognised, and nothing else is") {
  Labs labs;
  const TempFolder folder;
  folder.write("template/race_counter.cpp", "// Write here.\n");
  folder.write("template/race_counter.hpp", "the lab's own");
  folder.write("template/Makefile", "all:\n");
  labs.counter.template_folder = folder / "template";
  folder.write("s/race_counter/race_counter.cpp", "// Write here.\n");
  CHECK(take(folder / "s", labs.one).labs[0].is_skeleton);
  folder.write("s/race_counter/extra.hpp", "");
  CHECK(!take(folder / "s", labs.one).labs[0].is_skeleton);
  fs::remove(folder / "s/race_counter/extra.hpp");
  folder.write("s/race_counter/race_counter.cpp", "// Write here.\r\n");
  CHECK(!take(folder / "s", labs.one).labs[0].is_skeleton);
  folder.folder("none");
  CHECK(!take(folder / "none", labs.one).labs[0].is_skeleton);
}

TEST_CASE("hashes follow the contents, the names and the findings, and nothing else") {
  const Labs labs;
  const TempFolder folder;
  folder.write("a/race_counter.cpp", "1");
  folder.write("b/race_counter/race_counter.cpp", "1");
  folder.write("b/README.md", "not a source");
  const Submission a = take(folder / "a", labs.all);
  const Submission b = take(folder / "b", labs.all);
  CHECK(a.labs[0].sha256 == b.labs[0].sha256);
  CHECK(a.sha256 == b.sha256);
  folder.write("a/x.hpp", "");
  CHECK(take(folder / "a", labs.all).labs[0].sha256 != a.labs[0].sha256);
  CHECK(take(folder / "a", labs.all).labs[1].sha256 == a.labs[1].sha256);
  folder.write("b/race_counter/race_counter.cpp", "2");
  CHECK(take(folder / "b", labs.all).sha256 != b.sha256);
  // Two ways of handing in nothing usable are told apart: their grades say different things.
  folder.folder("c/race_counter.cpp");
  folder.folder("d");
  CHECK(take(folder / "c", labs.one).sha256 != take(folder / "d", labs.one).sha256);
}

TEST_CASE("a submission that is not there, or is a link, is an error and charges nobody") {
  const Labs labs;
  const TempFolder folder;
  folder.write("s/race_counter.cpp");
  fs::create_directory_symlink("s", folder / "link");
  for (const char* name : {"none", "link"}) {
    const auto taken = take_in({.id = "x", .path = folder / name}, labs.one);
    REQUIRE(!taken.has_value());
    CHECK(taken.error().kind == ErrorKind::environment);
    CHECK(mentions(taken.error().message, name));
  }
}

TEST_CASE("what was listed as a file is checked again when it is read") {
  // Method: the entry is replaced between the two steps, once by each kind of thing.
  const TempFolder folder;
  folder.write("outside/a.cpp", "secret");
  const auto load_after = [&](auto replace) {
    fs::remove_all(folder / "s");
    folder.write("s/lab/a.cpp", "mine");
    Result<Tree> tree = read_folder(folder / "s");
    REQUIRE(tree.has_value());
    REQUIRE(tree->entries.size() == 2);
    replace();
    const Result<FileContent> content = tree->load(tree->entries[1]);
    REQUIRE(content.has_value());
    return content->bytes + content->trouble;
  };
  const fs::path file = folder / "s/lab/a.cpp";
  const std::string replaced = "was replaced while it was being read";
  CHECK(load_after([] {}) == "mine");
  CHECK(load_after([&] { fs::remove(file); }) == replaced);
  CHECK(load_after([&] {
          fs::remove(file);
          fs::create_symlink(folder / "outside/a.cpp", file);
        }) == replaced);
  CHECK(load_after([&] {
          fs::remove_all(file.parent_path());
          fs::create_directory_symlink(folder / "outside", file.parent_path());
        }) == replaced);
  CHECK(load_after([&] {
          fs::remove(file);
          REQUIRE(::mkfifo(file.c_str(), 0644) == 0);
        }) == replaced);
  CHECK(load_after([&] {
          fs::remove(file);
          make_socket(file);
        }) == replaced);
  CHECK(load_after([&] {
          fs::remove(file);
          fs::create_directory(file);
        }) == replaced);
}

TEST_CASE("a file that is replaced while it is read never leads out of the submission") {
  // Goal: no check-then-use gap. Method: another thread keeps swapping the file and its folder against links
  // to a secret outside, while the submission is taken in again and again; whatever the timing, the secret
  // never comes in.
  const Labs labs;
  const TempFolder folder;
  folder.write("outside/race_counter.cpp", "secret");
  folder.write("s/race_counter/race_counter.cpp", "mine");
  fs::create_symlink(folder / "outside/race_counter.cpp", folder / "link");
  fs::create_directory_symlink(folder / "outside", folder / "folder_link");
  const auto swap = [&](const char* a, const char* b) {
    (void)::renameat2(AT_FDCWD, (folder / a).c_str(), AT_FDCWD, (folder / b).c_str(), RENAME_EXCHANGE);
  };
  std::atomic<bool> stop{false};
  std::thread attacker([&] {
    while (!stop) {
      swap("link", "s/race_counter/race_counter.cpp");
      swap("link", "s/race_counter/race_counter.cpp");
      swap("folder_link", "s/race_counter");
      swap("folder_link", "s/race_counter");
    }
  });
  int secrets = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto taken = take_in({.id = "s", .path = folder / "s"}, labs.one);
    if (!taken) continue;
    for (const SourceFile& source : taken->labs[0].sources) secrets += source.content != "mine";
  }
  stop = true;
  attacker.join();
  CHECK(secrets == 0);
}

}  // namespace racecourse
