#include "build/build.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <set>

#include "base/files.hpp"
#include "base/text.hpp"
#include "build/exports.hpp"
#include "launch/launch.hpp"

namespace racecourse {

namespace {

// A student's file takes about 0.5 s and 200 MB; these stop template, constexpr, include and macro bombs, and
// leave room for a machine ten times slower. The wall clock only ends what blocks.
Limits compiler_limits() {
  using namespace std::chrono_literals;
  return Limits{.wall = 5min,
                .cpu = 30s,
                .memory_bytes = 2ull << 30,
                .processes = 32,
                .open_files = 256,
                .file_bytes = 64ull << 20,
                .disk_bytes = 256ull << 20,
                .disk_files = 200,
                .output_bytes = 4ull << 20};
}

constexpr std::size_t kObjectBytesMax = 64u << 20;
constexpr std::size_t kCompilerOutputBytesMax = 16u << 10;

// One compiler command and what came of it.
struct Command {
  Flavour flavour = Flavour::plain;
  bool links = false;
  std::vector<std::string> arguments;
  std::string shown;  // The file it is about, for messages.
  fs::path out;       // A folder of the command's own, in which it leaves `result`.
  std::string result;
  Result<LaunchOutcome> outcome = LaunchOutcome{};
};

std::vector<std::string> common_flags() {
  return {"-fPIC",
          "-fvisibility=hidden",
          "-fno-semantic-interposition",
          "-Wall",
          "-Wextra",
          "-fdiagnostics-color=never",
          "-fmax-errors=20",
          "-ftemplate-depth=200"};
}

std::vector<std::string> flags_of(Flavour flavour) {
  // -g1: lines and function names, all that findings show, at a tenth of the cost of -g.
  if (flavour == Flavour::plain) return {"-O2", "-g1"};
  // -O1: at -O2 the compiler removes some races before ThreadSanitizer can see them. -fno-inline: g++ leaves
  // out the hooks of a local object when everything that takes its address has been inlined (a stop flag in
  // an object on the stack whose thread is started by its own constructor, say), and ThreadSanitizer loses
  // the student's frame where std::thread's constructor is inlined.
  return {"-O1", "-fno-inline", "-g1", "-fsanitize=thread", "-Wno-tsan"};
}

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
        exports_(scratch / "exports.map") {}

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
        Command command{.flavour = flavour,
                        .links = false,
                        .arguments = {toolchain_.compiler.native(), "-std=c++20"},
                        .shown = source.name,
                        .out = out_folder(flavour, object_name(source.name)),
                        .result = object_name(source.name)};
        add(command, flags_of(flavour));
        add(command, common_flags());
        add(command,
            {// Nothing of the place of the build gets into the object: tokens of schedules name its content.
             "-ffile-prefix-map=" + source_folder_.native() + "=.",
             "-ffile-prefix-map=" + source_folder_.native() + "/=", "-I" + (lab_.folder / "include").native(),
             "-c", "./" + source.name, "-o", (command.out / command.result).native()});
        commands.push_back(std::move(command));
      }
    }
    return commands;
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
    std::vector<std::function<void()>> tasks;
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
    if (command.links) spec.visible.readable.push_back(object_folder(scratch_, command.flavour));
    spec.visible.writable = {command.out};
    spec.folder = source_folder_;
    spec.command = command.arguments;
    // g++ writes its temporary files to TMPDIR.
    spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
                        "TMPDIR=" + command.out.native()};
    spec.limits = compiler_limits();
    RC_ASSIGN(LaunchOutcome outcome, launch(spec));
    if (outcome.kernel.exit_code == 0 && outcome.kernel.limit_hit == LimitHit::none)
      RC_TRY(take_out(command.out, command.result, object_folder(scratch_, command.flavour) / command.result,
                      kObjectBytesMax));
    return outcome;
  }

  [[nodiscard]] fs::path out_folder(Flavour flavour, const std::string& result) const {
    return scratch_ / (std::string(to_text(flavour)) + "-" + result + ".made");
  }

  static void add(Command& command, const std::vector<std::string>& arguments) {
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  }

  const LabFiles& files_;
  const Lab& lab_;
  const Toolchain& toolchain_;
  const fs::path& scratch_;
  fs::path source_folder_;
  fs::path exports_;
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

// The place of the compiler's first error: "file:line:column: error: ...".
std::vector<Place> first_error(std::string_view output) {
  const std::size_t error = std::min(output.find(": error: "), output.find(": fatal error: "));
  if (error == std::string_view::npos) return {};
  const std::size_t line_begin =
      output.rfind('\n', error) == std::string_view::npos ? 0 : output.rfind('\n', error) + 1;
  const std::string_view head = output.substr(line_begin, error - line_begin);
  const std::size_t colon = head.find(':');
  if (colon == std::string_view::npos) return {};
  std::string file(head.substr(0, colon));
  if (file.starts_with("./")) file.erase(0, 2);
  int line = 0;
  for (const char c : head.substr(colon + 1)) {
    if (c < '0' || c > '9' || line > 100'000'000) break;
    line = line * 10 + (c - '0');
  }
  return {Place{std::move(file), line, {}}};
}

// The symbols a linker calls undefined, as bfd, gold, lld and mold say it.
std::set<std::string> undefined_symbols(std::string_view output) {
  std::set<std::string> symbols;
  for (const auto& [before, after] : {std::pair<std::string_view, char>{"undefined reference to `", '\''},
                                      {"undefined reference to '", '\''},
                                      {"undefined symbol: ", '\n'}}) {
    for (std::size_t at = output.find(before); at != std::string_view::npos;
         at = output.find(before, at + 1)) {
      const std::size_t begin = at + before.size();
      symbols.emplace(trim(output.substr(begin, output.find(after, begin) - begin)));
    }
  }
  return symbols;
}

Finding missing(const std::set<std::string>& functions) {
  std::string list;
  for (const std::string& function : functions) list += (list.empty() ? "" : ", ") + function;
  return Finding{.kind = FindingKind::missing_function,
                 .message = "Declared but never defined: " + list +
                            ". Check the name, the parameters and the namespace.",
                 .places = {},
                 .detail = {}};
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

// The driver says so at the beginning of a line, where an #error of the student's has the name of a file.
bool compiler_was_killed(std::string_view output) {
  const std::size_t at = output.find(": fatal error: Killed signal terminated program ");
  if (at == std::string_view::npos) return false;
  const std::size_t line_begin = output.rfind('\n', at) + 1;
  return output.substr(line_begin, at - line_begin).find(':') == std::string_view::npos;
}

// Collects what the commands said. The plain flavour speaks first; the other flavour's copy of the same error
// is left out.
Result<> collect(const std::vector<Command>& commands, BuildReport& report) {
  for (const Command& command : commands) {
    if (!command.outcome) return std::unexpected(command.outcome.error());
    const LaunchOutcome& outcome = *command.outcome;
    if (command.flavour == commands.front().flavour) report.compiler_output += outcome.output;
    if (outcome.kernel.exit_code == 0 && outcome.kernel.limit_hit == LimitHit::none) continue;
    if (outcome.kernel.limit_hit == LimitHit::none && compiler_was_killed(outcome.output))
      return environment_error("compile " + command.shown +
                               ": somebody killed the compiler; is the machine out of memory?");
    // The processor's time is the compiler's own; that of the clock is also everybody else's.
    if (outcome.kernel.limit_hit == LimitHit::wall_spinning)
      return environment_error("compile " + command.shown +
                               ": the machine is so busy that the compiler got no further in five minutes");
    if (report.findings.empty() || command.flavour == commands.front().flavour)
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

std::string build_recipe() {
  std::string recipe;
  for (const Flavour flavour : {Flavour::plain, Flavour::tsan})
    for (const std::string& flag : flags_of(flavour)) recipe += flag + ' ';
  for (const std::string& flag : common_flags()) recipe += flag + ' ';
  return recipe;
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

Result<> check_compiler(const Lab& lab, const Toolchain& toolchain, const fs::path& scratch, Crew& crew) {
  const fs::path include = lab.folder / "include";
  std::string text;
  std::error_code code;
  for (const fs::directory_entry& header : fs::directory_iterator(include, code))
    text += "#include \"" + header.path().filename().native() + "\"\n";
  if (code) return environment_error("read " + printable(include.native()) + ": " + code.message());
  LabFiles files;
  files.sources.push_back({.name = "only_headers.cpp", .content = text});
  const fs::path folder = scratch / "only_headers";
  const Build build(files, lab, toolchain, folder);
  RC_TRY(build.write_sources({Flavour::plain}));
  std::vector<Command> commands = build.compilations({Flavour::plain});
  build.execute(commands, crew);
  const Command& command = commands.front();
  if (!command.outcome) return std::unexpected(command.outcome.error());
  if (command.outcome->kernel.exit_code == 0) return {};
  return environment_error("compile a file that only includes the headers of " + lab.name +
                           "; the compiler said: " + printable(shorten(command.outcome->output, 1000)));
}

}  // namespace racecourse
