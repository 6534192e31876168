// grading.json, lab.json and grade.json: an error names the file, or the value is one that can be written and
// read again.
#include "fuzzing.hpp"
#include "model/course_json.hpp"
#include "model/grade_json.hpp"
#include "model/lab_json.hpp"

namespace {

using namespace racecourse;

// A scenario that has points under each of the instruments.
Scenario scenario_of(const std::string& name, std::initializer_list<Instrument> instruments) {
  Scenario scenario;
  scenario.name = name;
  for (const Instrument instrument : instruments) {
    scenario.instruments.emplace_back().instrument = instrument;
    scenario.instruments.back().points = Points::of_hundredths(200);
  }
  return scenario;
}

// The labs of which the seeds speak.
Result<Lab> lab_called(const std::string& name) {
  Lab lab;
  lab.name = name;
  lab.scenarios = {scenario_of("keeps_order", {Instrument::correctness, Instrument::races}),
                   scenario_of("is_fast", {Instrument::speed})};
  return lab;
}

void read_as_course(std::string_view text) {
  const Result<Course> course =
      parse_course(text, "grading.json", {.names = {"counter", "queue"}, .read = lab_called});
  FUZZ_CHECK(course || course.error().message.find("grading.json") != std::string::npos);
}

void read_as_grade(std::string_view text) {
  const Result<Grade> grade = parse_grade(text, "grade.json");
  FUZZ_CHECK(grade || grade.error().message.find("grade.json") != std::string::npos);
  if (!grade) return;
  const Result<Grade> again = parse_grade(grade_text(*grade), "grade.json");
  FUZZ_CHECK(again && grade_text(*again) == grade_text(*grade));
}

void read_as_lab(std::string_view text) {
  static const bool has_the_files = [] {
    fuzz::write_file("queue/include/queue.hpp", "");
    fuzz::write_file("queue/scenarios/keeps_order.cpp", "");
    fuzz::write_file("queue/scenarios/is_fast.cpp", "");
    fuzz::write_file("reference/queue.cpp", "");
    return true;
  }();
  FUZZ_CHECK(has_the_files);
  const std::filesystem::path folder = fuzz::write_file("queue/lab.json", text).parent_path();
  const Result<Lab> lab = read_lab(folder, fuzz::own_folder() / "reference", folder);
  FUZZ_CHECK(lab || !lab.error().message.empty());
}

}  // namespace

// The first byte chooses the kind of file.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = fuzz::text_of(bytes + 1, size - 1);
  switch (bytes[0] % 3) {
    case 0:
      read_as_course(text);
      break;
    case 1:
      read_as_grade(text);
      break;
    default:
      read_as_lab(text);
  }
  return 0;
}
