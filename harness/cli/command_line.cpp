#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <exception>

#include "cli/exit_codes.hpp"

namespace racecourse {

Command& Command::option(const std::string& names, std::string& value, const std::string& about) {
  CLI::Option* const option = app_->add_option(names, value, about);
  if (!value.empty()) option->capture_default_str();
  return *this;
}

Command& Command::option(const std::string& names, std::optional<std::uint64_t>& value,
                         const std::string& about) {
  app_->add_option(names, value, about);
  return *this;
}

Command& Command::option(const std::string& names, unsigned& value, unsigned least, unsigned most,
                         const std::string& about) {
  app_->add_option(names, value, about)->check(CLI::Range(least, most));
  return *this;
}

Command& Command::required(const std::string& name, std::string& value, const std::string& about) {
  app_->add_option(name, value, about)->required();
  return *this;
}

Command& Command::required(const std::string& name, std::vector<std::string>& values,
                           const std::string& about) {
  app_->add_option(name, values, about)->required();
  return *this;
}

Command& Command::flag(const std::string& names, bool& value, const std::string& about) {
  app_->add_flag(names, value, about);
  return *this;
}

Command Command::add(const std::string& name, const std::string& about) {
  app_->require_subcommand(1);
  return {*app_->add_subcommand(name, about), *chosen_};
}

void Command::does(Work work) {
  app_->callback([chosen = chosen_, work = std::move(work)] { *chosen = work; });
}

CommandLine::CommandLine(const std::string& about, const std::string& name, const std::string& version,
                         const std::string& footer)
    : app_(std::make_unique<CLI::App>(about, name)) {
  app_->require_subcommand(1);
  app_->set_version_flag("--version", version);
  app_->footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::add(const std::string& name, const std::string& about) {
  return {*app_->add_subcommand(name, about), chosen_};
}

int CommandLine::run(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? kExitDone : kExitUsage;
  }
  return chosen_();
}

}  // namespace racecourse
