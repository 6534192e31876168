// The exit codes of the `racecourse` command. The one documented place.
#pragma once

namespace racecourse {

enum ExitCode : int {
  kExitDone = 0,         // Graded, exported, or everything passed. A grade exists, however bad it is.
  kExitFailed = 1,       // check, verify: something failed.
  kExitUsage = 2,        // A wrong command line or configuration; nothing was graded.
  kExitEnvironment = 3,  // The machine failed: some submission has no grade, and nobody was charged.
  // A failed check of Racecourse itself ends with SIGABRT (134 in a shell).
};

}  // namespace racecourse
