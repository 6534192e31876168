#include "grading/kit.hpp"

#include <sched.h>

#include <algorithm>

#include "base/files.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace racecourse {

fs::path Kit::driver(const std::string& lab, Flavour flavour) const {
  return built / "labs" / lab / ("driver_" + std::string(to_text(flavour)));
}

fs::path Kit::reference_object_folder(const std::string& lab, Flavour flavour) const {
  return built / "labs" / lab / ("reference_" + std::string(to_text(flavour)));
}

Result<std::string> Kit::driver_identity(const std::string& lab) const {
  Sha256 identity;
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan}) {
    RC_ASSIGN(const std::string content, read_file(driver(lab, flavour)));
    identity.field(content);
  }
  return identity.hex();
}

int core_count() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return ::sched_getaffinity(0, sizeof cores, &cores) == 0 ? std::max(1, CPU_COUNT(&cores)) : 1;
}

Result<Kit> find_kit() {
  std::error_code code;
  const fs::path program = fs::read_symlink("/proc/self/exe", code);
  if (code) return environment_error("find out where this program is (is /proc mounted?): " + code.message());
  Kit kit;
  kit.built = program.parent_path();
  // The build writes the place of its sources beside the program.
  RC_ASSIGN(const std::string root, read_file(kit.built / "source_root.txt"));
  kit.root = std::string(trim(root));
  if (!fs::is_directory(kit.root / "labs", code))
    return environment_error(
        "find the labs: " + printable((kit.root / "labs").native()) +
        " is not a folder; was the source tree moved after the build? Build again with ./racecourse");
  return kit;
}

}  // namespace racecourse
