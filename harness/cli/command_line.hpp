// Command line: what a command tells of itself and its options. CLI11 understands them, behind this header,
// because it takes longer to compile than all that the commands do.
//
// A Command is a reference to a part of its CommandLine, which must outlive it; the variables that options
// write to must live until parse() has returned. Not thread-safe. Programming errors (an option twice) throw
// in parse's first use.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace racecourse {

// What a command does once the whole line has been understood; the result is the exit code.
using Work = std::function<int()>;

class Command {
 public:
  // An option's names are "-s,--long"; a name without a dash is a positional argument. The value that stands
  // in the variable is shown as the default where it is not empty.
  Command& option(const std::string& names, std::string& value, const std::string& about);
  Command& option(const std::string& names, std::optional<std::uint64_t>& value, const std::string& about);
  // A whole number in [least, most].
  Command& option(const std::string& names, unsigned& value, unsigned least, unsigned most,
                  const std::string& about);
  Command& required(const std::string& name, std::string& value, const std::string& about);
  Command& required(const std::string& name, std::vector<std::string>& values, const std::string& about);
  Command& flag(const std::string& names, bool& value, const std::string& about);
  // A command below this one, which then needs one.
  Command add(const std::string& name, const std::string& about);
  void does(Work work);

 private:
  friend class CommandLine;
  Command(CLI::App& app, Work& chosen) : app_(&app), chosen_(&chosen) {}
  CLI::App* app_;
  Work* chosen_;
};

class CommandLine {
 public:
  CommandLine(const std::string& about, const std::string& name, const std::string& version,
              const std::string& footer);
  ~CommandLine();
  Command add(const std::string& name, const std::string& about);
  // Does what the arguments ask for; the exit code of it, or that of a wrong usage, which has been explained.
  int run(int argc, const char* const* argv);

 private:
  std::unique_ptr<CLI::App> app_;
  Work chosen_;
};

}  // namespace racecourse
