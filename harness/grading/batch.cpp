#include "grading/batch.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

#include "base/files.hpp"
#include "base/text.hpp"
#include "grading/grade_one.hpp"
#include "model/grade_json.hpp"
#include "report/feedback.hpp"

namespace racecourse {

namespace {

// Our own folder below the output folder: the lock, the store and the scratch space.
fs::path private_folder(const fs::path& out) { return out / ".racecourse"; }

class Batch {
 public:
  Batch(const Course& course, const Examiner& examiner, const BatchOptions& options, std::size_t total)
      : course_(course), examiner_(examiner), options_(options), total_(total) {}

  ClassRow grade(const SubmissionEntry& entry) {
    Result<ClassRow> row = attempt(entry);
    // A machine's fault is often over a moment later (out of processes, out of memory), and nobody is charged
    // for it.
    if (!row && row.error().kind == ErrorKind::environment) row = attempt(entry);
    if (!row) {
      ClassRow ungraded;
      ungraded.id = entry.id;
      ungraded.error = "failed to " + row.error().message;
      row = std::move(ungraded);
    }
    const std::scoped_lock lock(mutex_);
    options_.on_graded(++done_, total_, *row);
    return *std::move(row);
  }

 private:
  Result<ClassRow> attempt(const SubmissionEntry& entry) const {
    const auto time = options_.submitted_at.find(entry.id);
    RC_ASSIGN(const Grade grade,
              grade_one(entry, course_, examiner_,
                        time == options_.submitted_at.end() ? std::nullopt : std::optional(time->second),
                        Audience::instructor));
    const fs::path folder = options_.out / grade.submission_id;
    // Fails if somebody removed the output folder meanwhile.
    RC_TRY(make_directory(folder));
    RC_TRY(write_file_atomically(folder / "feedback.txt",
                                 feedback(grade, {.colours = false, .only_public = true})));
    // Last, because a grade.json says that all of the submission's files are there.
    RC_TRY(write_file_atomically(folder / "grade.json", grade_text(grade)));
    return row_of(grade);
  }

  const Course& course_;
  const Examiner& examiner_;
  const BatchOptions& options_;
  std::size_t total_;
  std::mutex mutex_;
  std::size_t done_ = 0;
};

}  // namespace

Result<OutputLock> OutputLock::take(const fs::path& out) {
  const fs::path folder = private_folder(out);
  RC_TRY(make_directories(folder));
  const fs::path path = folder / "lock";
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file) return system_error("open " + printable(path.native()), errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock " + printable(path.native()), errno);
    return usage_error(
        "grade into " + printable(out.native()) +
        ": another racecourse is grading into it; wait until it is done, or choose another --out");
  }
  return OutputLock(std::move(file));
}

Result<ClassSummary> grade_batch(const std::vector<SubmissionEntry>& entries, const Course& course,
                                 const Kit& kit, const Toolchain& toolchain, const BatchOptions& options) {
  RC_ASSIGN(const OutputLock lock, OutputLock::take(options.out));
  const fs::path scratch = private_folder(options.out) / "scratch";
  // What a killed batch left behind; nobody else can be using it, since we hold the lock.
  RC_TRY(remove_tree(scratch));
  RC_TRY(make_directories(scratch));
  RC_ASSIGN(const Store store, Store::open(private_folder(options.out) / "store"));
  ReferenceRuns references(kit, course.seed);
  Crew crew(options.jobs);
  RC_ASSIGN(const Examiner examiner, make_examiner(course, kit, toolchain, store, references, crew, scratch));
  Batch batch(course, examiner, options, entries.size());
  ClassSummary summary{.course = course.name, .seed = course.seed, .labs = {}, .rows = {}};
  for (const CourseLab& lab : course.labs) summary.labs.push_back(lab.lab.name);
  summary.rows.resize(entries.size());
  std::vector<Crew::Task> tasks;
  for (std::size_t i = 0; i < entries.size(); ++i)
    tasks.emplace_back([&, i] { summary.rows[i] = batch.grade(entries[i]); });
  crew.run_all(std::move(tasks));
  RC_TRY(write_file_atomically(options.out / "grades.csv", class_csv(summary)));
  RC_TRY(write_file_atomically(options.out / "summary.json", class_json(summary)));
  RC_TRY(remove_tree(scratch));
  return summary;
}

}  // namespace racecourse
