#include "build/build.hpp"

#include <algorithm>
#include <set>

#include "base/files.hpp"
#include "base/text.hpp"
#include "build/compiler_output.hpp"
#include "build/exports.hpp"
#include "build/gate.hpp"
#include "build/recipe.hpp"
#include "launch/launch.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kObjectBytesMax = 64u << 20;
constexpr std::size_t kCompilerOutputBytesMax = 16u << 10;

// One compiler command and what came of it.
struct Command {
  Flavour flavour = Flavour::plain;
  bool links = false;
  // For the gate only; a compilation of the same file reports what is wrong with it.
  bool preprocesses = false;
  std::vector<std::string> arguments;
  std::string shown;  // The file it is about, for messages.
  fs::path out;       // A folder of the command's own, in which it leaves what it makes:
  std::string result;
  std::vector<std::string> dumps;  // There is none where the pass had no function to work on.
  Result<LaunchOutcome> outcome = LaunchOutcome{};
};

bool is_source(std::string_view name) {
  return name.ends_with(".cpp") || name.ends_with(".cc") || name.ends_with(".cxx");
}

std::string object_name(std::string_view source) {
  std::string name(source);
  std::ranges::replace(name, '/', '+');
  return name + ".o";
}

class Build {
 public:
  Build(const LabFiles& files, const Lab& lab, const Toolchain& toolchain, const fs::path& scratch)
      : files_(files),
        lab_(lab),
        toolchain_(toolchain),
        scratch_(scratch),
        source_folder_(source_folder(scratch)),
        exports_(scratch / "exports.map"),
        gate_(plan_gate(files.sources)) {}

  Result<> write_sources(const std::vector<Flavour>& flavours) const {
    for (const SourceFile& source : files_.sources) {
      const fs::path path = source_folder_ / source.name;
      RC_TRY(make_directories(path.parent_path()));
      RC_TRY(write_file_atomically(path, source.content));
    }
    for (const Flavour flavour : flavours) {
      RC_TRY(make_directories(object_folder(scratch_, flavour)));
      RC_TRY(let_all_read(object_folder(scratch_, flavour)));
    }
    RC_TRY(write_file_atomically(exports_, version_script(lab_.exports)));
    // The compiler may run as a user who is nobody else.
    RC_TRY(let_all_read(source_folder_));
    RC_TRY(let_all_read(exports_));
    return toolchain_.launcher.level == SandboxLevel::s2 ? let_all_pass(scratch_) : Result<>{};
  }

  [[nodiscard]] std::vector<Command> compilations(const std::vector<Flavour>& flavours) const {
    std::vector<Command> commands;
    for (const Flavour flavour : flavours) {
      for (const SourceFile& source : files_.sources) {
        if (!is_source(source.name)) continue;
        commands.push_back(compilation(flavour, source.name));
        if (const std::string text = preprocessed(flavour, flavours, source.name); !text.empty())
          commands.push_back(preprocessing(flavour, source.name, text));
      }
    }
    return commands;
  }

  // What the gate judges, once it is compiled.
  [[nodiscard]] std::vector<BuiltSource> built(const std::vector<Flavour>& flavours) const {
    std::vector<BuiltSource> all;
    for (const Flavour flavour : flavours)
      for (const SourceFile& source : files_.sources)
        if (is_source(source.name))
          all.push_back({.name = source.name,
                         .instrumented = flavour == Flavour::tsan,
                         .object = whole(flavour, object_name(source.name)),
                         .preprocessed = whole(flavour, preprocessed(flavour, flavours, source.name)),
                         .dumps = dumps(flavour, source.name)});
    return all;
  }

  [[nodiscard]] std::vector<Command> links(const std::vector<Flavour>& flavours) const {
    std::vector<Command> commands;
    for (const Flavour flavour : flavours) {
      const fs::path folder = object_folder(scratch_, flavour);
      Command command{.flavour = flavour,
                      .links = true,
                      .arguments = {toolchain_.compiler.native(), "-shared"},
                      .shown = "submission.so",
                      .out = out_folder(flavour, "submission.so"),
                      .result = "submission.so"};
      if (!toolchain_.linker.empty()) add(command, {"-fuse-ld=" + toolchain_.linker});
      // Its threads gain nothing with so little to link, and hang where the machine gives no more of them.
      if (toolchain_.linker == "mold") add(command, {"-Wl,--no-threads,--no-fork"});
      // Only the lab's own functions leave the object: whatever else a submission defines (operator new,
      // pthread_*, main) binds to itself and cannot stand in for what the driver calls.
      add(command, {"-Wl,--version-script=" + exports_.native(), "-Wl,-soname,submission.so", "-Wl,-z,now",
                    "-pthread"});
      // The hooks of ThreadSanitizer stay undefined: the driver that loads the object brings its runtime.
      // Functions that are declared and never defined show in the plain object.
      if (flavour == Flavour::plain) add(command, {"-Wl,-z,defs"});
      for (const SourceFile& source : files_.sources)
        if (is_source(source.name)) add(command, {(folder / object_name(source.name)).native()});
      add(command, {"-o", (command.out / command.result).native()});
      commands.push_back(std::move(command));
    }
    return commands;
  }

  void execute(std::vector<Command>& commands, Crew& crew) const {
    std::vector<Crew::Task> tasks;
    for (Command& command : commands) {
      tasks.emplace_back([this, &command] { command.outcome = execute(command); });
    }
    crew.run_all(std::move(tasks));
  }

 private:
  // Runs the command in a folder of its own, and takes what it made to where nothing untrusted ever writes.
  [[nodiscard]] Result<LaunchOutcome> execute(const Command& command) const {
    RC_TRY(make_directories(command.out));
    LaunchSpec spec;
    spec.launcher = toolchain_.launcher;
    spec.visible.readable = toolchain_.places;
    spec.visible.readable.insert(spec.visible.readable.end(),
                                 {source_folder_, lab_.folder / "include", exports_});
    const fs::path headers = header_folder(command.flavour);
    if (!headers.empty()) spec.visible.readable.push_back(headers);
    if (command.links) spec.visible.readable.push_back(object_folder(scratch_, command.flavour));
    spec.visible.writable = {command.out};
    spec.folder = source_folder_;
    spec.command = command.arguments;
    // g++ writes its temporary files to TMPDIR.
    spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
                        "TMPDIR=" + command.out.native(),
                        // __DATE__ and __TIME__ are the same in every build.
                        "SOURCE_DATE_EPOCH=0"};
    spec.limits = compiler_limits();
    RC_ASSIGN(LaunchOutcome outcome, launch(spec));
    outcome.output = without_our_places(std::move(outcome.output), (lab_.folder / "include").native(),
                                        (headers / (lab_.name + ".hpp")).native());
    if (outcome.kernel.exit_code != 0 || outcome.kernel.limit_hit != LimitHit::none) return outcome;
    RC_TRY(take(command, command.result));
    std::error_code code;
    for (const std::string& dump : command.dumps)
      if (fs::exists(fs::symlink_status(command.out / dump, code))) RC_TRY(take(command, dump));
    return outcome;
  }

  [[nodiscard]] Result<> take(const Command& command, const std::string& name) const {
    return take_out(command.out, name, object_folder(scratch_, command.flavour) / name, kObjectBytesMax);
  }

  // Where the lab's header lies precompiled; empty where it does not.
  [[nodiscard]] fs::path header_folder(Flavour flavour) const {
    const fs::path folder = toolchain_.precompiled / lab_.name / ("headers_" + std::string(to_text(flavour)));
    std::error_code code;
    return !toolchain_.precompiled.empty() && fs::exists(folder, code) ? folder : fs::path();
  }

  [[nodiscard]] fs::path out_folder(Flavour flavour, const std::string& result) const {
    return scratch_ / (std::string(to_text(flavour)) + "-" + result + ".made");
  }

  static void add(Command& command, const std::vector<std::string>& arguments) {
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  }

  // Everything up to what is to be done with the file.
  [[nodiscard]] Command compiler_command(Flavour flavour, const std::string& source,
                                         const std::string& result) const {
    Command command{.flavour = flavour,
                    .arguments = {toolchain_.compiler.native()},
                    .shown = source,
                    .out = out_folder(flavour, result),
                    .result = result};
    add(command, common_flags());
    add(command, flags_of(flavour));
    add(command,
        {// Nothing of the place of the build gets into the object: tokens of schedules name its content.
         "-ffile-prefix-map=" + source_folder_.native() + "=.",
         "-ffile-prefix-map=" + source_folder_.native() + "/=", "-I" + (lab_.folder / "include").native()});
    return command;
  }

  [[nodiscard]] Command compilation(Flavour flavour, const std::string& source) const {
    const std::string object = object_name(source);
    Command command = compiler_command(flavour, source, object);
    // Found before the header itself.
    if (const fs::path headers = header_folder(flavour); !headers.empty())
      command.arguments.insert(command.arguments.begin() + 1, "-I" + headers.native());
    // g++'s own account of the functions it instrumented, at -O0 and above, for the gate.
    if (reports_instrumentation(flavour))
      for (const std::string_view pass : kInstrumentingPasses) {
        command.dumps.push_back(object + "." + std::string(pass));
        add(command,
            {"-fdump-tree-" + std::string(pass) + "=" + (command.out / command.dumps.back()).native()});
      }
    add(command, {"-c", "./" + source, "-o", (command.out / object).native()});
    return command;
  }

  [[nodiscard]] Command preprocessing(Flavour flavour, const std::string& source,
                                      const std::string& result) const {
    Command command = compiler_command(flavour, source, result);
    command.preprocesses = true;
    add(command, {"-E", "./" + source, "-o", (command.out / result).native()});
    return command;
  }

  // The name of what the preprocessor leaves, where the gate asks for it.
  [[nodiscard]] std::string preprocessed(Flavour flavour, const std::vector<Flavour>& flavours,
                                         const std::string& source) const {
    if (!gate_.preprocess || (!gate_.compare && flavour != flavours.front())) return {};
    return object_name(source) + ".ii";
  }
  // Where a result of a command lies once it is taken out of the command's folder; empty for no name.
  [[nodiscard]] fs::path whole(Flavour flavour, const std::string& name) const {
    return name.empty() ? fs::path() : object_folder(scratch_, flavour) / name;
  }
  [[nodiscard]] bool reports_instrumentation(Flavour flavour) const {
    return flavour == Flavour::tsan && !toolchain_.version.contains("clang");
  }
  [[nodiscard]] std::vector<fs::path> dumps(Flavour flavour, const std::string& source) const {
    std::vector<fs::path> paths;
    if (reports_instrumentation(flavour))
      for (const std::string_view pass : kInstrumentingPasses)
        paths.push_back(whole(flavour, object_name(source) + "." + std::string(pass)));
    return paths;
  }

  const LabFiles& files_;
  const Lab& lab_;
  const Toolchain& toolchain_;
  const fs::path& scratch_;
  fs::path source_folder_;
  fs::path exports_;
  GatePlan gate_;
};

std::string_view limit_words(LimitHit limit) {
  switch (limit) {
    case LimitHit::wall_blocked:
    case LimitHit::wall_spinning:
    case LimitHit::cpu:
      return "time";
    case LimitHit::memory:
      return "memory";
    case LimitHit::processes:
      return "processes";
    case LimitHit::disk:
      return "disk";
    case LimitHit::output:
      return "output";
    case LimitHit::none:
      break;
  }
  return "file size";
}

// The finding of one failed command.
Finding failure_of(const Command& command, const LaunchOutcome& outcome) {
  const std::string output = printable(shorten(outcome.output, kCompilerOutputBytesMax));
  if (outcome.kernel.limit_hit != LimitHit::none ||
      outcome.output.find("File size limit exceeded") != std::string::npos)
    return Finding{.kind = FindingKind::compile_limit,
                   .message = "The compiler reached its " +
                              std::string(limit_words(outcome.kernel.limit_hit)) + " limit on " +
                              command.shown + ".",
                   .places = {},
                   .detail = {}};
  if (command.links) {
    const std::set<std::string> symbols = undefined_symbols(output);
    if (!symbols.empty()) return missing(symbols);
    return Finding{.kind = FindingKind::does_not_compile,
                   .message = "The files compile, but do not link into one program.",
                   .places = {},
                   .detail = output};
  }
  Finding finding{
      .kind = FindingKind::does_not_compile, .message = {}, .places = first_error(output), .detail = output};
  finding.message = command.shown + " does not compile.";
  if (!finding.places.empty())
    finding.message = command.shown + " does not compile: the first error is in " + finding.places[0].file +
                      ", line " + std::to_string(finding.places[0].line) + ".";
  return finding;
}

// Collects what the commands said. The plain flavour speaks first; the other flavour's copy of the same error
// is left out.
Result<> collect(const std::vector<Command>& commands, BuildReport& report) {
  for (const Command& command : commands) {
    if (!command.outcome) return std::unexpected(command.outcome.error());
    const LaunchOutcome& outcome = *command.outcome;
    if (command.flavour == commands.front().flavour && !command.preprocesses)
      report.compiler_output += outcome.output;
    if (outcome.kernel.exit_code == 0 && outcome.kernel.limit_hit == LimitHit::none) continue;
    if (outcome.kernel.limit_hit == LimitHit::none && compiler_was_killed(outcome.output))
      return environment_error("compile " + command.shown +
                               ": somebody killed the compiler; is the machine out of memory?");
    // The processor's time is the compiler's own; that of the clock is also everybody else's.
    if (outcome.kernel.limit_hit == LimitHit::wall_spinning)
      return environment_error("compile " + command.shown +
                               ": the machine is so busy that the compiler got no further in five minutes");
    if (report.findings.empty() || (command.flavour == commands.front().flavour && !command.preprocesses))
      report.findings.push_back(failure_of(command, outcome));
  }
  return {};
}

}  // namespace

std::string_view to_text(Flavour flavour) { return flavour == Flavour::plain ? "plain" : "tsan"; }

Flavour flavour_of(Instrument instrument) {
  return instrument == Instrument::races || instrument == Instrument::schedules ? Flavour::tsan
                                                                                : Flavour::plain;
}

fs::path source_folder(const fs::path& scratch) { return scratch / "src"; }

fs::path object_folder(const fs::path& scratch, Flavour flavour) { return scratch / to_text(flavour); }

Result<BuildReport> build_submission(const LabFiles& files, const Lab& lab,
                                     const std::vector<Flavour>& flavours, const Toolchain& toolchain,
                                     const fs::path& scratch, Crew& crew) {
  const auto start = std::chrono::steady_clock::now();
  BuildReport report;
  const Build build(files, lab, toolchain, scratch);
  RC_TRY(build.write_sources(flavours));
  std::vector<Command> compilations = build.compilations(flavours);
  build.execute(compilations, crew);
  RC_TRY(collect(compilations, report));
  if (report.findings.empty()) {
    RC_ASSIGN(report.findings, judge_built(files, lab, build.built(flavours)));
  }
  if (report.findings.empty()) {
    std::vector<Command> links = build.links(flavours);
    build.execute(links, crew);
    RC_TRY(collect(links, report));
  }
  if (report.findings.empty()) {
    RC_ASSIGN(const std::set<std::string> absent,
              missing_exports(object_folder(scratch, flavours.front()) / "submission.so", lab.exports));
    if (!absent.empty()) report.findings.push_back(missing(absent));
  }
  report.compiler_output = printable(shorten(report.compiler_output, kCompilerOutputBytesMax));
  report.wall =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  return report;
}

Result<> check_compiler(const Lab& lab, const std::vector<Flavour>& flavours, const Toolchain& toolchain,
                        const fs::path& scratch, Crew& crew) {
  const fs::path include = lab.folder / "include";
  std::string text;
  for (const std::string& header : lab.headers) text += "#include \"" + header + "\"\n";
  LabFiles files;
  files.sources.push_back({.name = "only_headers.cpp", .content = text});
  const fs::path folder = scratch / "only_headers";
  const Build build(files, lab, toolchain, folder);
  RC_TRY(build.write_sources(flavours));
  for (std::vector<Command> commands : {build.compilations(flavours), build.links(flavours)}) {
    build.execute(commands, crew);
    for (const Command& command : commands) {
      if (!command.outcome) return std::unexpected(command.outcome.error());
      if (command.outcome->kernel.exit_code == 0) continue;
      return environment_error(std::string(command.links ? "link" : "compile") +
                               " a file that only includes the headers of " + lab.name +
                               "; the compiler said: " + printable(shorten(command.outcome->output, 1000)));
    }
  }
  return {};
}

}  // namespace racecourse
