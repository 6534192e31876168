#include "grading/kit.hpp"

#include <sched.h>

#include <algorithm>
#include <cstdlib>

#include "base/files.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace racecourse {

fs::path Kit::driver(const std::string& lab, Instrument instrument) const {
  const std::string_view runtime =
      instrument == Instrument::schedules ? "schedules" : to_text(flavour_of(instrument));
  return built / "labs" / lab / ("driver_" + std::string(runtime));
}

fs::path Kit::reference_object_folder(const std::string& lab, Flavour flavour) const {
  return built / "labs" / lab / ("reference_" + std::string(to_text(flavour)));
}

Result<std::string> Kit::driver_identity(const std::string& lab) const {
  Sha256 identity;
  for (const Instrument instrument : {Instrument::correctness, Instrument::races, Instrument::schedules}) {
    const fs::path path = driver(lab, instrument);
    std::error_code code;
    // Only labs that use the instrument have that driver.
    if (instrument == Instrument::schedules && !fs::exists(path, code)) continue;
    RC_ASSIGN(const std::string content, read_file(path));
    identity.field(content);
  }
  return identity.hex();
}

std::vector<fs::path> hidden_places(const Kit& kit) {
  std::vector<fs::path> places = {kit.root / "reference", kit.cache()};
  std::error_code code;
  for (fs::directory_iterator it(kit.root / "labs", code), end; !code && it != end; it.increment(code))
    if (it->is_directory(code))
      places.insert(places.end(), {it->path() / "scenarios", it->path() / "specimens"});
  // Where the kit lies below the home folder, a submission has to know that there is such a folder.
  const char* const home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/' && home[1] != '\0' && !kit.built.native().starts_with(home))
    places.emplace_back(home);
  return places;
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
