// Kit: where the parts of an installed or freshly built Racecourse lie. A value; share it freely.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "build/build.hpp"
#include "model/lab.hpp"
#include "model/sandbox.hpp"

namespace racecourse {

struct Kit {
  std::filesystem::path root;   // Holds labs/, reference/, student_template/, grading.json.
  std::filesystem::path built;  // Holds labs/<lab>/driver_<flavour>, racecourse-launch and the cache.

  Sandbox sandbox;  // How untrusted programs are confined; open_session finds out what the machine can hold.

  [[nodiscard]] Launcher launcher() const { return {built / "racecourse-launch", sandbox.level}; }
  [[nodiscard]] std::filesystem::path probe() const { return built / "racecourse-probe"; }
  [[nodiscard]] std::filesystem::path driver(const std::string& lab, Instrument instrument) const;
  [[nodiscard]] std::filesystem::path reference_object_folder(const std::string& lab, Flavour flavour) const;
  // Changes whenever a driver of the lab does: scenarios, runtime, compiler or flags. Errors (environment):
  // not built.
  [[nodiscard]] Result<std::string> driver_identity(const std::string& lab) const;
  // What is derived from the reference and may be derived again.
  [[nodiscard]] std::filesystem::path cache() const { return built / "cache"; }
};

// What a submission must not see of the kit and of whoever grades: sources of scenarios, the reference, what
// is derived from it, the home folder.
[[nodiscard]] std::vector<std::filesystem::path> hidden_places(const Kit& kit);

// The cores this process may use; at least 1.
[[nodiscard]] int core_count();

// The kit that the running program belongs to. Errors (environment): its parts are not where the build put
// them.
[[nodiscard]] Result<Kit> find_kit();

}  // namespace racecourse
