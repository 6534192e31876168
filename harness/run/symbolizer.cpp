// How it works: the line table gives the line of the innermost code; the chain of debug entries around the
// address gives the inlined calls, each with the line it was called from; the outermost function's name comes
// from the symbol table if the debug information (-g1) has no linkage name. Units and functions are found by
// an index of our own: clang writes no .debug_aranges, without which libdwfl finds no unit, and
// dwarf_getscopes leaks memory on damaged entries.
#include "run/symbolizer.hpp"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "run/function_name.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kInlinedMax = 32;
constexpr std::size_t kAnswersMax = 100'000;                 // A hostile log may name any number of offsets.
constexpr std::size_t kLogBytesMax = std::size_t{16} << 20;  // After it, the log is cut at a line.
constexpr int kFrameNumberMax = 100'000;
// Debug entries that we look at in one object, and how deep. Far beyond any real lab; damaged entries can
// form circles.
constexpr long kEntriesMax = 20'000'000;
constexpr std::size_t kDepthMax = 200;

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

// Names come from the student's object and may be any bytes (asm labels, #line); in a log they must not start
// a line.
std::string one_line(std::string_view name) {
  std::string out = printable(name.substr(0, kNameBytesMax));
  std::ranges::replace_if(
      out, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return name.size() > kNameBytesMax ? out + "..." : out;
}

int no_separate_debug_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*, GElf_Word,
                           char**) {
  return -1;
}

constexpr Dwfl_Callbacks kCallbacks = {
    .find_elf = dwfl_build_id_find_elf,  // Never called: objects are reported with their path.
    .find_debuginfo = no_separate_debug_file,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = nullptr,
};

std::string name_of(const char* symbol) {
  if (symbol == nullptr) return {};
  int status = 0;
  const std::unique_ptr<char, Free> name(abi::__cxa_demangle(symbol, nullptr, nullptr, &status));
  return one_line(readable_function(name ? name.get() : symbol));
}

// The name of a function's debug entry, or of the one it is an instance of.
std::string name_of(Dwarf_Die& die, bool linkage_only) {
  Dwarf_Attribute attribute;
  for (const unsigned name : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name})
    if (dwarf_attr_integrate(&die, name, &attribute) != nullptr) return name_of(dwarf_formstring(&attribute));
  return linkage_only ? std::string() : name_of(dwarf_diename(&die));
}

std::optional<Dwarf_Word> number_of(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr(&die, name, &attribute) == nullptr || dwarf_formudata(&attribute, &value) != 0)
    return std::nullopt;
  return value;
}

const char* text_of(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  return dwarf_attr(&die, name, &attribute) == nullptr ? nullptr : dwarf_formstring(&attribute);
}

bool take_folder_off(std::string& path, std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  if (folder.empty() || !path.starts_with(folder) || path.size() == folder.size() ||
      path[folder.size()] != '/')
    return false;
  path.erase(0, folder.size() + 1);
  return true;
}

// A file name of the line table, with what the machine added taken off. libdw puts the compiler's working
// directory in front of names that the compiler was given relative to it.
std::string file_name(const char* path, const char* compile_folder, const std::string& source_root) {
  if (path == nullptr) return {};
  std::string file = path;
  take_folder_off(file, source_root) ||
      take_folder_off(file, compile_folder == nullptr ? "" : compile_folder);
  while (file.starts_with("./")) file.erase(0, 2);
  return one_line(file);
}

}  // namespace

// One opened object.
class Symbolizer::Object {
 public:
  static std::unique_ptr<Object> open(const std::filesystem::path& path) {
    std::unique_ptr<Object> object(new Object);
    object->dwfl_.reset(dwfl_begin(&kCallbacks));
    if (!object->dwfl_) return nullptr;
    object->module_ = dwfl_report_offline(object->dwfl_.get(), path.c_str(), path.c_str(), -1);
    dwfl_report_end(object->dwfl_.get(), nullptr, nullptr);
    if (object->module_ == nullptr || dwfl_module_getelf(object->module_, &object->bias_) == nullptr)
      return nullptr;
    object->index_units();
    return object;
  }

  std::vector<Place> frames(std::uint64_t offset, const std::string& source_root) {
    std::vector<Place> out;
    if (Range* unit = innermost(units_, offset); unit != nullptr)
      out = inlined_frames(unit->die, offset, source_root);
    if (out.empty() || out.back().function.empty()) {
      const std::string symbol = name_of(symbol_at(offset));
      if (out.empty() && !symbol.empty()) out.emplace_back();
      if (!out.empty()) out.back().function = symbol;
    }
    return out;
  }

 private:
  struct End {
    void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
  };
  struct Range {
    Dwarf_Addr begin = 0;
    Dwarf_Addr end = 0;
    Dwarf_Die die{};
  };

  Object() = default;

  void index_units() {
    Dwarf_Addr bias = 0;
    for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module_, unit, &bias)) != nullptr;) {
      add_ranges(units_, *unit);
      index_functions(*unit, 0);
    }
  }

  // Functions can stand anywhere: in namespaces, and local ones in the functions around them.
  void index_functions(Dwarf_Die& parent, std::size_t depth) {
    Dwarf_Die die;
    if (depth == kDepthMax || dwarf_child(&parent, &die) != 0) return;
    do {
      if (dwarf_tag(&die) == DW_TAG_subprogram) add_ranges(functions_, die);
      index_functions(die, depth + 1);
    } while (next_sibling(die));
  }

  void add_ranges(std::vector<Range>& ranges, Dwarf_Die& die) {
    Range range;
    range.die = die;
    Dwarf_Addr base = 0;
    for (std::ptrdiff_t at = 0;
         --entries_left_ > 0 && (at = dwarf_ranges(&die, at, &base, &range.begin, &range.end)) > 0;)
      ranges.push_back(range);
  }

  // The smallest range around the address.
  static Range* innermost(std::vector<Range>& ranges, Dwarf_Addr address) {
    Range* best = nullptr;
    for (Range& range : ranges)
      if (range.begin <= address && address < range.end &&
          (best == nullptr || range.end - range.begin < best->end - best->begin))
        best = &range;
    return best;
  }

  const char* symbol_at(std::uint64_t offset) {
    GElf_Off distance = 0;
    GElf_Sym symbol{};
    const char* name =
        dwfl_module_addrinfo(module_, offset + bias_, &distance, &symbol, nullptr, nullptr, nullptr);
    // libdwfl answers with the nearest symbol before the address even if that is another function's.
    return symbol.st_size != 0 && distance >= symbol.st_size ? nullptr : name;
  }

  std::vector<Place> inlined_frames(Dwarf_Die& unit, Dwarf_Addr address, const std::string& source_root) {
    const char* folder = text_of(unit, DW_AT_comp_dir);
    Place here;
    if (Dwarf_Line* line = dwarf_getsrc_die(&unit, address); line != nullptr) {
      here.file = file_name(dwarf_linesrc(line, nullptr, nullptr), folder, source_root);
      if (dwarf_lineno(line, &here.line) != 0 || here.line < 0) here.line = 0;
    }
    Dwarf_Files* files = nullptr;
    std::size_t file_count = 0;
    (void)dwarf_getsrcfiles(&unit, &files, &file_count);

    std::vector<Place> out;
    for (Dwarf_Die& scope : scopes_of(address)) {
      const int tag = dwarf_tag(&scope);
      if (tag == DW_TAG_subprogram || (tag == DW_TAG_inlined_subroutine && out.size() == kInlinedMax)) {
        here.function = name_of(scope, true);
        out.push_back(here);
        return out;
      }
      if (tag != DW_TAG_inlined_subroutine) continue;
      here.function = name_of(scope, false);
      out.push_back(std::exchange(here, {}));
      if (const auto file = number_of(scope, DW_AT_call_file); file && *file < file_count)
        here.file = file_name(dwarf_filesrc(files, *file, nullptr, nullptr), folder, source_root);
      if (const auto line = number_of(scope, DW_AT_call_line); line && *line < 100'000'000)
        here.line = static_cast<int>(*line);
    }
    // No function around it: code that a compiler or assembler made without describing it.
    if (!here.file.empty()) out.push_back(here);
    return out;
  }

  // The debug entries around the address, innermost first, up to the function that is no inlined one.
  std::vector<Dwarf_Die> scopes_of(Dwarf_Addr address) {
    const Range* function = innermost(functions_, address);
    if (function == nullptr) return {};
    std::vector<Dwarf_Die> scopes = {function->die};
    while (scopes.size() < kDepthMax) {
      Dwarf_Die inner;
      bool found = dwarf_child(&scopes.back(), &inner) == 0;
      while (found && !(is_part(inner) && dwarf_haspc(&inner, address) > 0)) found = next_sibling(inner);
      if (!found) break;
      scopes.push_back(inner);
    }
    std::ranges::reverse(scopes);
    return scopes;
  }

  static bool is_part(Dwarf_Die& die) {
    const int tag = dwarf_tag(&die);
    return tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block || tag == DW_TAG_try_block ||
           tag == DW_TAG_catch_block;
  }

  bool next_sibling(Dwarf_Die& die) { return --entries_left_ > 0 && dwarf_siblingof(&die, &die) == 0; }

  std::unique_ptr<Dwfl, End> dwfl_;
  Dwfl_Module* module_ = nullptr;
  Dwarf_Addr bias_ = 0;
  std::vector<Range> units_;
  std::vector<Range> functions_;
  long entries_left_ = kEntriesMax;
};

struct Symbolizer::Known {
  std::filesystem::path path;
  bool tried = false;
  std::unique_ptr<Object> object{};  // Null until tried, and if the object is unusable.
  std::unordered_map<std::uint64_t, std::vector<Place>> answers{};
};

Symbolizer::Symbolizer(std::map<std::string, std::filesystem::path> modules, std::string source_root)
    : source_root_(std::move(source_root)) {
  for (auto& [name, path] : modules) modules_[name].path = std::move(path);
}
Symbolizer::Symbolizer(Symbolizer&&) noexcept = default;
Symbolizer& Symbolizer::operator=(Symbolizer&&) noexcept = default;
Symbolizer::~Symbolizer() = default;

std::vector<Place> Symbolizer::frames(const std::string& module, std::uint64_t offset) {
  const auto found = modules_.find(module);
  if (found == modules_.end()) return {};
  Known& known = found->second;
  if (!std::exchange(known.tried, true)) known.object = Object::open(known.path);
  if (!known.object) return {};
  if (const auto answer = known.answers.find(offset); answer != known.answers.end()) return answer->second;
  std::vector<Place> places = known.object->frames(offset, source_root_);
  if (known.answers.size() < kAnswersMax) known.answers.emplace(offset, places);
  return places;
}

std::vector<Place> Symbolizer::places(std::span<const std::uint64_t> offsets) {
  std::vector<Place> all;
  for (const std::uint64_t offset : offsets)
    std::ranges::move(frames(std::string(kSubmissionModule), offset), std::back_inserter(all));
  std::vector<Place> own;
  std::ranges::copy_if(all, std::back_inserter(own),
                       [](const Place& place) { return !place.file.empty() && place.file.front() != '/'; });
  return own.empty() ? all : own;
}

namespace {

struct RawFrame {
  int number = 0;
  std::string module;
  std::uint64_t offset = 0;
  std::string_view origin;  // "(submission.so+0x1358) (BuildId: ...)"
};

// "    #0 <null> <null> (submission.so+0x1358)"
std::optional<RawFrame> parse_raw_frame(std::string_view line) {
  constexpr std::string_view kUnknown = " <null> <null> (";
  if (!line.starts_with("    #")) return std::nullopt;
  const std::size_t unknown = line.find(kUnknown);
  if (unknown == std::string_view::npos) return std::nullopt;
  RawFrame frame;
  const char* end = line.data() + unknown;
  if (const auto number = std::from_chars(line.data() + 5, end, frame.number);
      number.ptr != end || number.ec != std::errc())
    return std::nullopt;
  if (frame.number < 0 || frame.number > kFrameNumberMax) return std::nullopt;
  frame.origin = trim(line.substr(unknown + kUnknown.size() - 1));
  const std::size_t close = frame.origin.find(')');
  const std::size_t plus = frame.origin.rfind("+0x", close);
  if (close == std::string_view::npos || plus == std::string_view::npos) return std::nullopt;
  const char* digits_end = frame.origin.data() + close;
  const auto offset = std::from_chars(frame.origin.data() + plus + 3, digits_end, frame.offset, 16);
  if (offset.ptr != digits_end || offset.ec != std::errc()) return std::nullopt;
  std::string_view module = frame.origin.substr(1, plus - 1);
  if (const std::size_t slash = module.rfind('/'); slash != std::string_view::npos)
    module.remove_prefix(slash + 1);
  frame.module = module;
  return frame;
}

std::string frame_line(int number, const Place& place, std::string_view origin) {
  std::string line =
      "    #" + std::to_string(number) + ' ' + (place.function.empty() ? "<null>" : place.function) + ' ';
  line += place.file.empty() ? "<null>" : place.file + ':' + std::to_string(place.line);
  return line + ' ' + std::string(origin) + '\n';
}

}  // namespace

std::string Symbolizer::symbolize_tsan_log(std::string_view log) {
  std::string out;
  int extra = 0;  // Lines that inlined calls have added to the current stack.
  while (!log.empty() && out.size() < kLogBytesMax) {
    const std::size_t newline = log.find('\n');
    const std::string_view line = log.substr(0, newline);
    const std::string_view whole = log.substr(0, newline == std::string_view::npos ? newline : newline + 1);
    log.remove_prefix(whole.size());
    // A line without its end may be cut anywhere, so even its offset is not to be believed.
    const auto frame = newline == std::string_view::npos ? std::nullopt : parse_raw_frame(line);
    if (!frame) {
      out += whole;
      continue;
    }
    if (frame->number == 0) extra = 0;
    std::vector<Place> places = frames(frame->module, frame->offset);
    if (places.empty()) places.emplace_back();
    for (std::size_t i = 0; i < places.size(); ++i)
      out += frame_line(frame->number + extra + static_cast<int>(i), places[i], frame->origin);
    extra += static_cast<int>(places.size()) - 1;
  }
  return out;
}

}  // namespace racecourse
