// take_in: reads one submission, wholly and once.
//
// After it, nothing the student could still change is read again. What is wrong with a submission is a
// finding on the labs it concerns; a submission that cannot be used at all has one on every lab. May be
// called from many threads.
#pragma once

#include <span>

#include "base/error.hpp"
#include "model/lab.hpp"
#include "model/submission.hpp"
#include "submission/find_submissions.hpp"

namespace racecourse {

// `labs` are all labs of the course, also when fewer are to be graded: whose a file is can depend on the
// others. The result does not depend on whether the submission came as a folder or packed. LabFiles::sha256
// covers names and contents, or the findings where these keep the lab from being built. Errors (environment):
// the submission vanished, or the machine failed to read it.
[[nodiscard]] Result<Submission> take_in(const SubmissionEntry& entry, std::span<const Lab* const> labs);

}  // namespace racecourse
