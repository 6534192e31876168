// Goal: what was examined once is found again whole or not at all. Method: every way in which an entry, or
// the store, can be broken between two batches.
#include "grading/store.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "base/files.hpp"
#include "model/sample_grade.hpp"

using namespace racecourse;

namespace {

const std::string kKey(64, 'a');

struct StoreInFolder {
  ScratchDirectory folder = *ScratchDirectory::make(fs::temp_directory_path());
  Store store = *Store::open(folder.path() / "out" / "store");
  [[nodiscard]] fs::path entry() const {
    return folder.path() / "out" / "store" / kKey.substr(0, 2) / (kKey.substr(2) + ".json");
  }
};

}  // namespace

TEST_CASE("what is kept is found, by its key alone") {
  const StoreInFolder in;
  const LabResult result = sample_lab().result;
  CHECK_FALSE(in.store.find(kKey));
  REQUIRE(in.store.keep(kKey, result));
  REQUIRE(in.store.find(kKey));
  CHECK((*in.store.find(kKey) == result));
  CHECK_FALSE(in.store.find(std::string(63, 'a') + "b"));
  // Another batch, later.
  CHECK((*Store::open(in.folder.path() / "out" / "store")->find(kKey) == result));
}

TEST_CASE("an entry that is broken is a miss, and can be kept anew") {
  const StoreInFolder in;
  const LabResult result = sample_lab().result;
  REQUIRE(in.store.keep(kKey, result));
  const std::string whole = *read_file(in.entry());
  for (const std::string& broken : {std::string(), std::string("null"), whole.substr(0, whole.size() / 2),
                                    "[" + whole + "]", std::string(whole.size(), '\0')}) {
    REQUIRE(write_file_atomically(in.entry(), broken));
    CHECK_FALSE(in.store.find(kKey));
    REQUIRE(in.store.keep(kKey, result));
    CHECK((*in.store.find(kKey) == result));
  }
  fs::remove(in.entry());
  fs::create_directory(in.entry());
  CHECK_FALSE(in.store.find(kKey));
  CHECK_FALSE(in.store.keep(kKey, result));
}

TEST_CASE("a store that was removed meanwhile is an error, not a new one") {
  const StoreInFolder in;
  fs::remove_all(in.folder.path() / "out");
  CHECK_FALSE(in.store.find(kKey));
  const Result<> kept = in.store.keep(kKey, LabResult{});
  REQUIRE_FALSE(kept);
  CHECK(kept.error().kind == ErrorKind::environment);
  CHECK_FALSE(fs::exists(in.folder.path() / "out"));
}

TEST_CASE("many threads may keep and find the same entry") {
  const StoreInFolder in;
  const LabResult result = sample_lab().result;
  REQUIRE(in.store.keep(kKey, result));
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) {
        if (!in.store.keep(kKey, result)) ++wrong;
        const auto found = in.store.find(kKey);
        if (!found || !(*found == result)) ++wrong;
      }
    });
  threads.clear();
  CHECK(wrong == 0);
}
