#include "model/lab_json.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "model/decoding_cases.hpp"
#include "model/lab_folder.hpp"

namespace racecourse {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

json good_lab() { return json::parse(decoding_cases("lab_cases.json").good.front().text); }

std::string message_of(const Result<Lab>& lab) { return lab ? "no error" : lab.error().message; }

}  // namespace

// Goal: every rule of lab.json has an input that breaks only it. Method: the table, whose rows the schema
// must refuse too.
TEST_CASE("bad lab.json are refused with pointer and expectation, good ones are read") {
  const LabFolder folder;
  const DecodingCases cases = decoding_cases("lab_cases.json");
  for (const DecodingCase& each : cases.good) {
    CAPTURE(each.about);
    CHECK(message_of(folder.read(each.text)) == "no error");
  }
  for (const DecodingCase& each : cases.bad) {
    CAPTURE(each.about);
    const auto lab = folder.read(each.text);
    CHECK(message_of(lab) == "read " + folder.json_path() + ": " + each.error);
    if (!lab) CHECK(lab.error().kind == ErrorKind::usage);
  }
}

TEST_CASE("every value of lab.json arrives in its place") {
  const LabFolder folder;
  const auto lab = folder.read(good_lab().dump());
  REQUIRE(lab);
  CHECK(lab->name == "queue");
  CHECK(lab->title == "A bounded queue");
  CHECK(lab->files == std::vector<std::string>{"queue.cpp"});
  CHECK(lab->exports == std::vector<std::string>{"queue::make_queue(unsigned long)"});
  CHECK(lab->headers == std::vector<std::string>{"queue.hpp"});
  CHECK(lab->wall_total == milliseconds(60'000));
  CHECK(lab->skeleton_points.text() == "0.5");
  CHECK(lab->template_folder == folder.root() / "student_template/queue");
  REQUIRE(lab->scenarios.size() == 2);
  const Scenario& keeps_order = lab->scenarios[0];
  CHECK(keeps_order.name == "keeps_order");
  CHECK(keeps_order.title == "What goes in first comes out first.");
  CHECK(keeps_order.hint == "Look at pop().");
  CHECK(keeps_order.visibility == Visibility::after_due);
  CHECK(keeps_order.values_vary);
  CHECK(keeps_order.cores_min == 2);
  REQUIRE(keeps_order.instruments.size() == 2);
  CHECK(keeps_order.instruments[0].instrument == Instrument::correctness);
  CHECK(keeps_order.instruments[0].points.text() == "2");
  CHECK(keeps_order.instruments[0].runs == 3);
  CHECK(keeps_order.instruments[1].instrument == Instrument::races);
  CHECK(keeps_order.instruments[1].points.text() == "3.25");
  CHECK(keeps_order.instruments[1].runs == kRacesRunsDefault);
  const Scenario& is_fast = lab->scenarios[1];
  CHECK(is_fast.visibility == Visibility::public_);
  REQUIRE(is_fast.instruments.size() == 1);
  CHECK(is_fast.instruments[0].instrument == Instrument::speed);
  CHECK(is_fast.instruments[0].ratio_max == 1.6);
}

TEST_CASE("what schedules are to do arrives in its place, and reaches the hash") {
  const LabFolder folder;
  json document = good_lab();
  json& scenario = document["scenarios"][0];
  scenario["points"]["schedules"] = 2;
  const auto plain = folder.read(document.dump());
  REQUIRE(plain);
  const auto plan_of = [](const Lab& lab) {
    for (const InstrumentPlan& plan : lab.scenarios[0].instruments)
      if (plan.instrument == Instrument::schedules) return plan.schedules;
    FAIL("no plan");
    return SchedulePlan{};
  };
  CHECK(plan_of(*plain) == SchedulePlan{});
  scenario["memory_model"] = "c++20";
  scenario["schedules"] = {{"executions", 7},        {"steps", 300},          {"preemptions", 4},
                           {"early_timeouts", 1},    {"spurious_wakeups", 2}, {"weak_failures", 3},
                           {"creation_failures", 5}, {"stopped_threads", 6}};
  const auto full = folder.read(document.dump());
  REQUIRE(full);
  CHECK(plan_of(*full) == SchedulePlan{.executions = 7,
                                       .steps = 300,
                                       .preemptions = 4,
                                       .weak_memory = true,
                                       .early_timeouts = 1,
                                       .spurious_wakeups = 2,
                                       .weak_failures = 3,
                                       .creation_failures = 5,
                                       .stopped_threads = 6});
  CHECK(full->sha256 != plain->sha256);
}

TEST_CASE("a scenario's limits stand on the lab's, and those on the defaults") {
  const LabFolder folder;
  const auto lab = folder.read(good_lab().dump());
  REQUIRE(lab);
  const Limits& own = lab->scenarios[0].limits;
  CHECK(own.wall == milliseconds(1'000));
  CHECK(own.cpu == milliseconds(4'000));
  CHECK(own.memory_bytes == 64u << 20);
  CHECK(own.processes == Limits{}.processes);
  Limits of_lab;
  of_lab.wall = milliseconds(5'000);
  of_lab.cpu = milliseconds(4'000);
  CHECK(lab->scenarios[1].limits == of_lab);
}

// Goal: the hash changes with all that can change a result and with nothing else, because stored results hang
// on it.
TEST_CASE("the lab's hash covers what reaches a run, and no titles, hints, points or visibility") {
  const LabFolder folder;
  const auto hash_of = [&](const json& document) {
    const auto lab = folder.read(document.dump());
    REQUIRE_MESSAGE(lab, message_of(lab));
    return lab->sha256;
  };
  const auto with = [](const char* pointer, const json& value) {
    json document = good_lab();
    document[json::json_pointer(pointer)] = value;
    return document;
  };
  const std::string before = hash_of(good_lab());
  CHECK(before.size() == 64);

  SUBCASE("the same again") { CHECK(hash_of(good_lab()) == before); }
  SUBCASE("what a student reads or gets") {
    CHECK(hash_of(with("/title", "Another")) == before);
    CHECK(hash_of(with("/skeleton_points", 0)) == before);
    CHECK(hash_of(with("/scenarios/0/title", "Another")) == before);
    CHECK(hash_of(with("/scenarios/0/hint", "Another")) == before);
    CHECK(hash_of(with("/scenarios/0/visibility", "hidden")) == before);
    CHECK(hash_of(with("/scenarios/0/points/races", 1)) == before);
    CHECK(hash_of(with("/$schema", "elsewhere")) == before);
  }
  SUBCASE("a default written out") {
    CHECK(hash_of(with("/scenarios/0/runs/races", kRacesRunsDefault)) == before);
  }
  SUBCASE("settings that reach a run") {
    folder.put("reference/queue/ring.cpp", "");
    const std::string with_ring = hash_of(good_lab());
    CHECK(hash_of(with("/files/-", "ring.cpp")) != with_ring);
    CHECK(hash_of(with("/exports/-", "queue::other()")) != with_ring);
    for (const char* pointer :
         {"/wall_total_ms", "/limits/cpu_ms", "/scenarios/0/limits/wall_ms", "/scenarios/0/limits/memory_mb",
          "/scenarios/0/limits/processes", "/scenarios/0/limits/open_files", "/scenarios/0/limits/file_mb",
          "/scenarios/0/limits/output_kb", "/scenarios/0/cores_min", "/scenarios/0/runs/correctness",
          "/scenarios/1/ratio_max"}) {
      CAPTURE(pointer);
      CHECK(hash_of(with(pointer, 20)) != with_ring);
    }
    CHECK(hash_of(with("/scenarios/0/values_vary", false)) != with_ring);
    CHECK(hash_of(with("/scenarios/1/points/correctness", 1)) != with_ring);
    json one_less = good_lab();
    one_less["scenarios"].erase(1);
    CHECK(hash_of(one_less) != with_ring);
  }
  SUBCASE("files") {
    std::string last = before;
    for (const char* name :
         {"labs/queue/include/queue.hpp", "labs/queue/include/more/extra.hpp",
          "labs/queue/scenarios/keeps_order.cpp", "labs/queue/scenarios/shared.hpp",
          "labs/queue/scenarios/new.hpp", "reference/queue/queue.cpp", "reference/queue/new.hpp"}) {
      CAPTURE(name);
      folder.put(name, "// changed\n");
      const std::string after = hash_of(good_lab());
      CHECK(after != last);
      last = after;
    }
    folder.put("student_template/queue/queue.cpp", "// changed\n");
    folder.put("labs/queue/README.md", "changed\n");
    folder.put("labs/queue/specimens/wrong/x/queue.cpp", "// changed\n");
    CHECK(hash_of(good_lab()) == last);
  }
}

TEST_CASE("a lab that lacks a folder or a file says which") {
  const LabFolder folder;
  const fs::path lab_folder = folder.root() / "labs/queue";
  const std::string shown = lab_folder.string();
  CHECK(message_of(folder.read()) == "read " + folder.json_path() + ": No such file or directory");
  CHECK(message_of(read_lab("/nowhere/queue", "/nowhere", "/nowhere")) ==
        "read the lab /nowhere/queue: No such file or directory");
  folder.put("labs/queue/lab.json", good_lab().dump());

  SUBCASE("no include folder") {
    REQUIRE(remove_tree(lab_folder / "include"));
    const auto lab = folder.read();
    CHECK(message_of(lab) == "read the folder " + shown + "/include: No such file or directory");
    CHECK(lab.error().kind == ErrorKind::usage);
  }
  SUBCASE("no header") {
    REQUIRE(remove_tree(lab_folder / "include/queue.hpp"));
    CHECK(message_of(folder.read()) == "read the folder " + shown + "/include: it holds no header");
  }
  SUBCASE("no reference folder") {
    REQUIRE(remove_tree(folder.root() / "reference"));
    CHECK(message_of(folder.read()) ==
          "read " + folder.json_path() +
              ": /files/0: expected a file that the reference solution has too, got "
              "\"queue.cpp\"");
  }
  SUBCASE("lab.json is a folder") {
    REQUIRE(remove_tree(lab_folder / "lab.json"));
    REQUIRE(make_directories(lab_folder / "lab.json"));
    const auto lab = folder.read();
    CHECK(message_of(lab) == "read " + folder.json_path() + ": it is not a regular file");
    CHECK(lab.error().kind == ErrorKind::usage);
  }
  SUBCASE("a link among what is hashed") {
    fs::create_symlink("/etc", lab_folder / "scenarios/linked");
    CHECK_FALSE(folder.read());
  }
  SUBCASE("a trailing slash and a relative step change nothing") {
    const auto lab = read_lab(lab_folder / "", folder.root() / "reference/queue", "");
    CHECK(message_of(lab) == "no error");
    CHECK(message_of(read_lab(lab_folder / "include" / "..", folder.root() / "reference/queue", "")) ==
          "no error");
  }
}

}  // namespace racecourse
