// One Grade with something in every member, for tests of its JSON. For tests only.
#pragma once

#include <limits>
#include <string>

#include "model/grade.hpp"
#include "model/time_text.hpp"

namespace racecourse {

inline ScoredItem sample_race() {
  ScoredItem item;
  item.result.scenario = "keeps_order";
  item.result.instrument = Instrument::races;
  item.result.verdict = Verdict::failed;
  item.result.findings = {
      {FindingKind::data_race,
       "Two threads use the same memory, one of them to write, and nothing orders them.",
       {{"queue.cpp", 17, "queue::Ring::push(int)"}, {"queue.cpp", 0, "queue::Ring::pop()"}},
       "write of 8 bytes\n\tread of 8 bytes"}};
  item.result.evidence = {2, 2, false};
  item.result.timings = {
      std::chrono::microseconds(123'456), std::chrono::microseconds(234'000), 40'000'001, {}, 0, 0};
  item.title = "What goes in first comes out first.";
  item.hint = "Which lock protects the head?";
  item.visibility = Visibility::after_due;
  item.max_points = Points::of_hundredths(325);
  item.reason = "It failed, so it earns none of its points.";
  item.replay = "racecourse replay queue keeps_order --instrument races --seed 42";
  return item;
}

inline ScoredItem sample_speed() {
  ScoredItem item;
  item.result.scenario = "is_fast";
  item.result.instrument = Instrument::speed;
  item.result.verdict = Verdict::inconclusive;
  item.result.evidence = {9, 9, false};
  item.result.timings = {
      std::chrono::microseconds(1'000'000),   std::chrono::microseconds(999'999), 4'096, 1.55, 1.1,
      std::numeric_limits<double>::infinity()};
  item.title = "A million items in little time.";
  item.visibility = Visibility::hidden;
  item.points = item.max_points = Points::of_hundredths(150);
  item.reason = "What could not be decided costs nothing.";
  return item;
}

inline ScoredItem sample_pass() {
  ScoredItem item = sample_race();
  item.result.instrument = Instrument::correctness;
  item.result.verdict = Verdict::passed;
  item.result.findings.clear();
  item.visibility = Visibility::public_;
  item.points = item.max_points = Points::of_hundredths(200);
  item.reason = "It passed.";
  item.hint.clear();
  item.replay.clear();
  return item;
}

inline LabGrade sample_lab() {
  LabGrade lab;
  lab.result.lab = "queue";
  lab.result.lab_sha256 = std::string(64, 'a');
  lab.result.files_sha256 = std::string(64, 'b');
  lab.result.notes = {"ignored: a.out (not a file of this lab)"};
  lab.result.compiler_output = "queue.cpp:3:1: warning: \"unused\" переменная [-Wunused]\n";
  lab.result.build_wall = std::chrono::microseconds(1'500'001);
  lab.title = "A bounded queue";
  lab.verdict = Verdict::failed;
  lab.points = Points::of_hundredths(350);
  lab.max_points = Points::of_hundredths(675);
  lab.items = {sample_pass(), sample_race(), sample_speed()};
  return lab;
}

inline LabGrade sample_broken_lab() {
  LabGrade lab;
  lab.result.lab = "counter";
  lab.result.lab_sha256 = std::string(64, 'c');
  lab.result.files_sha256 = std::string(64, 'd');
  lab.result.is_skeleton = true;
  lab.result.findings = {{FindingKind::does_not_compile,
                          "counter.cpp does not compile.",
                          {{"counter.cpp", 2, ""}},
                          "counter.cpp:2:1: error: expected ';'"}};
  lab.title = "A counter";
  lab.verdict = Verdict::failed;
  lab.max_points = Points::of_hundredths(100);
  ScoredItem item;
  item.result.scenario = "adds";
  item.title = "Sums are right.";
  item.max_points = Points::of_hundredths(100);
  item.reason = "Nothing was run, because the build failed.";
  lab.items = {item};
  return lab;
}

inline Grade sample_grade() {
  Grade grade;
  grade.submission_id = "иванова_1";
  grade.submission_sha256 = std::string(64, 'e');
  grade.course = "Concurrency 101";
  grade.seed = std::numeric_limits<std::uint64_t>::max();
  grade.verdict = Verdict::failed;
  grade.points = Points::of_hundredths(306);
  grade.max_points = Points::of_hundredths(775);
  grade.late = Lateness{*time_from("2025-03-02T20:59:01Z"), 2, 1'250, Points::of_hundredths(44)};
  grade.labs = {sample_lab(), sample_broken_lab()};
  grade.environment = {"0.1.0", "g++ 12.2.0", "Linux 6.1", 2, {}};
  grade.environment.sandbox = {.level = SandboxLevel::s1,
                               .note = "user namespaces are switched off",
                               .weak_accepted = true,
                               .probes = {{"read_hidden", ProbeAnswer::held},
                                          {"see_hidden", ProbeAnswer::escaped},
                                          {"connect_tcp", ProbeAnswer::not_applicable}},
                               .limits = {{"memory", "polling every 5 ms"}}};
  return grade;
}

}  // namespace racecourse
