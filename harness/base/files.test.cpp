#include "base/files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>

namespace racecourse {

namespace {

ScratchDirectory scratch() { return *ScratchDirectory::make(fs::temp_directory_path()); }

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("what is written is read again, and replaces what was there") {
  const auto folder = scratch();
  const fs::path path = folder.path() / "name with \xFF and\nnewline";
  std::string content = "first";
  content += '\0';
  REQUIRE(write_file_atomically(path, content));
  CHECK(*read_file(path) == content);
  const std::string large(3'000'000, 'x');
  REQUIRE(write_file_atomically(path, large));
  CHECK(*read_file(path) == large);
  CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("a failed write leaves the old file and no sibling") {
  const auto folder = scratch();
  // A folder cannot be replaced by a file, which makes the rename fail whoever runs this test.
  const fs::path path = folder.path() / "kept";
  REQUIRE(make_directories(path / "inside"));
  const auto written = write_file_atomically(path, "new");
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == ErrorKind::environment);
  CHECK(written.error().message.starts_with("write " + path.string() + ": "));
  CHECK(entries_in(folder.path()) == 1);
  CHECK_FALSE(write_file_atomically(folder.path() / "nowhere" / "file", "x"));
}

TEST_CASE("what an untrusted program left is taken only if it is a plain file of its own") {
  const auto folder = scratch();
  const auto target = scratch();
  const auto take = [&](const char* name, std::size_t bytes_max = 100) {
    return take_out(folder.path(), name, target.path() / "taken", bytes_max);
  };
  REQUIRE(write_file_atomically(folder.path() / "plain", "12345"));
  REQUIRE(write_file_atomically(folder.path() / "linked", "12345"));
  fs::create_hard_link(folder.path() / "linked", folder.path() / "second name");
  fs::create_symlink("plain", folder.path() / "link");
  fs::create_directory(folder.path() / "folder");
  REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0666) == 0);
  for (const char* name : {"linked", "link", "folder", "fifo", "absent", "../escape", "/etc/passwd"}) {
    CAPTURE(name);
    CHECK_FALSE(take(name));
  }
  CHECK_FALSE(take("plain", 4));
  CHECK(entries_in(target.path()) == 0);
  REQUIRE(take("plain"));
  CHECK(*read_file(target.path() / "taken") == "12345");
  CHECK_FALSE(fs::exists(folder.path() / "plain"));
}

TEST_CASE("reading stops at the limit") {
  const auto folder = scratch();
  const fs::path path = folder.path() / "five";
  REQUIRE(write_file_atomically(path, "12345"));
  CHECK(*read_file(path, 5) == "12345");
  CHECK(read_file(path, 4).error().message == "read " + path.string() + ": it is larger than 4 bytes");
}

TEST_CASE("what is no regular file is refused and never waited for") {
  const auto folder = scratch();
  const fs::path fifo = folder.path() / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(read_file(fifo).error().message == "read " + fifo.string() + ": it is not a regular file");
  CHECK_FALSE(read_file(folder.path()));
  CHECK_FALSE(read_file("/dev/zero"));
  REQUIRE(write_file_atomically(folder.path() / "file", "x"));
  fs::create_symlink("file", folder.path() / "link");
  CHECK_FALSE(read_file(folder.path() / "link"));
  CHECK(read_file(folder.path() / "none\x1b").error().message ==
        "read " + folder.path().string() + "/none\\x1b: No such file or directory");
}

TEST_CASE("a scratch folder goes with its value, whatever is in it") {
  fs::path path;
  {
    auto folder = scratch();
    path = folder.path();
    REQUIRE(make_directories(path / "a/b"));
    REQUIRE(write_file_atomically(path / "a/b/file", "x"));
    const ScratchDirectory moved = std::move(folder);
    CHECK(moved.path() == path);
    CHECK(fs::exists(path));
  }
  CHECK_FALSE(fs::exists(path));
  auto one = scratch();
  const fs::path first = one.path();
  one = scratch();
  CHECK_FALSE(fs::exists(first));
  CHECK(fs::exists(one.path()));
}

TEST_CASE("a scratch folder's path is absolute, wherever it was asked for") {
  const auto folder = scratch();
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  CHECK_FALSE(ScratchDirectory::make("below"));
  CHECK_FALSE(make_directory("below/it"));
  CHECK(make_directory("below"));
  const auto below = ScratchDirectory::make("below");
  fs::current_path(before);
  REQUIRE(below);
  CHECK(below->path().is_absolute());
  CHECK(fs::is_directory(below->path()));
}

TEST_CASE("folders are made with their parents and removed with their content") {
  const auto folder = scratch();
  CHECK(make_directories(folder.path() / "a/b/c"));
  CHECK(make_directories(folder.path() / "a/b/c"));
  CHECK(remove_tree(folder.path() / "a"));
  CHECK(remove_tree(folder.path() / "a"));
  REQUIRE(write_file_atomically(folder.path() / "file", ""));
  CHECK_FALSE(make_directories(folder.path() / "file/below"));
}

}  // namespace racecourse

TEST_CASE("room is found where there is some, and the probe leaves nothing behind") {
  const auto folder = racecourse::ScratchDirectory::make(std::filesystem::temp_directory_path());
  REQUIRE(folder);
  CHECK(racecourse::check_room(folder->path()));
  CHECK(std::filesystem::is_empty(folder->path()));
  CHECK_FALSE(racecourse::check_room(folder->path() / "nowhere"));
}
