#include "submission/select_files.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "submission/near_miss.hpp"

namespace racecourse {

namespace {

// Folders that hold nothing but one folder: packed archives of packed folders.
constexpr std::size_t kWrappersMax = 4;
// Folders below a lab's own: deeper ones are not laid out by hand.
constexpr std::size_t kSourceDepthMax = 4;
// A report stays readable.
constexpr std::size_t kNotesMax = 20;
constexpr std::size_t kCandidatesNamed = 4;

constexpr std::array<std::string_view, 3> kCompiledSuffixes = {".cpp", ".cc", ".cxx"};
constexpr std::array<std::string_view, 7> kIncludedSuffixes = {".hpp", ".h",   ".hxx", ".hh",
                                                               ".inl", ".ipp", ".tpp"};
// Sources by intention, but not by a name that we take: leaving them out may be what breaks the build.
constexpr std::array<std::string_view, 9> kForeignSuffixes = {".c",   ".C",    ".CPP", ".c++", ".H",
                                                              ".HPP", ".cppm", ".ixx", ".mpp"};

bool ends_with_any(std::string_view name, std::span<const std::string_view> suffixes) {
  return std::ranges::any_of(suffixes, [&](std::string_view suffix) { return name.ends_with(suffix); });
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

// Names that mean nothing special to any tool.
bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name[0] != '-' && name[0] != '.' && std::ranges::all_of(name, plain);
}

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

// The part of `path` below `folder`, which holds it.
std::string_view below(std::string_view path, std::string_view folder) {
  return folder.empty() ? path : path.substr(folder.size() + 1);
}

// The entries by the folder they are in, and what every lab asks for.
class Index {
 public:
  Index(std::span<const TreeEntry> entries, std::span<const Lab* const> labs) : entries_(entries) {
    for (const TreeEntry& entry : entries) {
      by_folder_[parent_folder(entry.path)].push_back(&entry);
      // An archive need not list the folders its files are in, so these are taken from the paths.
      if (entry.type == EntryType::folder) add_folder(entry.path);
      add_folder(parent_folder(entry.path));
    }
    for (const Lab* lab : labs) claimed_.insert(claimed_.end(), lab->files.begin(), lab->files.end());
  }

  [[nodiscard]] std::span<const TreeEntry> all() const { return entries_; }

  [[nodiscard]] const std::vector<const TreeEntry*>& in(std::string_view folder) const {
    static const std::vector<const TreeEntry*> kNone;
    const auto found = by_folder_.find(folder);
    return found == by_folder_.end() ? kNone : found->second;
  }

  // The paths of the folders directly in a folder.
  [[nodiscard]] const std::set<std::string_view>& folders_in(std::string_view folder) const {
    static const std::set<std::string_view> kNone;
    const auto found = folders_.find(folder);
    return found == folders_.end() ? kNone : found->second;
  }

  [[nodiscard]] bool holds_any(std::string_view folder, const std::vector<std::string>& names) const {
    return std::ranges::any_of(
        in(folder), [&](const TreeEntry* entry) { return contains(names, base_name(entry->path)); });
  }

  [[nodiscard]] std::string explain(std::string_view wanted) const {
    return explain_missing(entries_, wanted, claimed_);
  }

 private:
  void add_folder(std::string_view path) {
    for (; !path.empty(); path = parent_folder(path))
      if (!folders_[parent_folder(path)].insert(path).second) return;
  }

  std::span<const TreeEntry> entries_;
  std::map<std::string_view, std::vector<const TreeEntry*>> by_folder_;
  std::map<std::string_view, std::set<std::string_view>> folders_;
  std::vector<std::string> claimed_;
};

// The root, the one folder in it, the one folder in that, …
std::vector<std::string> wrappers_of(const Index& index) {
  std::vector<std::string> wrappers = {""};
  while (wrappers.size() <= kWrappersMax) {
    const auto& folders = index.folders_in(wrappers.back());
    if (folders.size() != 1) break;
    wrappers.emplace_back(*folders.begin());
  }
  return wrappers;
}

struct Location {
  std::optional<std::string> folder;
  std::vector<Finding> findings;  // Why there is none.
};

Finding finding(FindingKind kind, std::string message) {
  return {.kind = kind, .message = std::move(message), .places = {}, .detail = {}};
}
Finding unusable(std::string message) { return finding(FindingKind::unusable_file, std::move(message)); }
Finding missing(std::string message) { return finding(FindingKind::missing_file, std::move(message)); }

// Something else stands where the lab's folder should be, so what is in it cannot be known.
std::optional<Finding> find_blocked_folder(const Index& index, const std::vector<std::string>& wrappers,
                                           const Lab& lab) {
  for (const std::string& wrapper : wrappers) {
    for (const TreeEntry* entry : index.in(wrapper)) {
      if (base_name(entry->path) != lab.name || entry->type == EntryType::folder ||
          entry->type == EntryType::file)
        continue;
      return unusable(in_quotes(entry->path) + ", where the lab's folder should be, " +
                      std::string(trouble_of(entry->type)) + ".");
    }
  }
  return std::nullopt;
}

Location locate_anywhere(const Index& index, const std::vector<std::string>& wrappers, const Lab& lab) {
  // Folder → how many of the required files it holds.
  std::map<std::string, std::size_t> held;
  for (const TreeEntry& entry : index.all())
    if (entry.type != EntryType::folder && contains(lab.files, base_name(entry.path)))
      ++held[std::string(parent_folder(entry.path))];
  // A folder that holds more of them than every other is meant.
  std::vector<std::string> best;
  std::size_t most = 0;
  for (const auto& [folder, count] : held) {
    if (count > most) best.clear();
    most = std::max(most, count);
    if (count == most) best.push_back(folder);
  }
  if (best.size() == 1) return {.folder = best.front(), .findings = {}};
  Location location;
  if (best.empty()) {
    if (auto blocked = find_blocked_folder(index, wrappers, lab)) {
      location.findings.push_back(*std::move(blocked));
      return location;
    }
    for (const std::string& file : lab.files)
      location.findings.push_back(missing("The file " + file + " is missing: it was looked for as " +
                                          lab.name + "/" + file + ", as " + file +
                                          " and in every other folder." + index.explain(file)));
    return location;
  }
  std::string candidates;
  for (std::size_t i = 0; i < std::min(best.size(), kCandidatesNamed); ++i)
    candidates += (i == 0 ? "" : ", ") + in_quotes(best[i]);
  if (best.size() > kCandidatesNamed)
    candidates += " and " + std::to_string(best.size() - kCandidatesNamed) + " more";
  location.findings.push_back(unusable(
      "Several folders hold " + lab.files.front() + " (" + candidates + "), and none of them is " + lab.name +
      "/: which one is meant cannot be told. Hand in one, in a folder named " + lab.name + "."));
  return location;
}

Location locate(const Index& index, const std::vector<std::string>& wrappers, const Lab& lab) {
  for (const std::string& wrapper : wrappers) {
    for (const std::string& folder : {join_path(wrapper, lab.name), wrapper})
      if (index.holds_any(folder, lab.files)) return {.folder = folder, .findings = {}};
  }
  return locate_anywhere(index, wrappers, lab);
}

// What of a folder is not the lab's.
struct Borders {
  bool shared = false;                               // Another lab's required files are in the same folder.
  std::vector<std::string> other_files;              // Other labs' required files.
  std::set<std::string, std::less<>> other_folders;  // Paths of other labs' folders.
};

// Chooses from the lab's folder.
class Choice {
 public:
  Choice(const Index& index, const Lab& lab, std::string folder, Borders borders)
      : index_(index), lab_(lab), folder_(std::move(folder)), borders_(std::move(borders)) {}

  Selection choose() {
    for (const std::string& file : lab_.files) choose_required(file);
    choose_others(folder_, 0);
    refuse_duplicates();
    if (!selection_.findings.empty()) selection_.files.clear();
    if (selection_.notes.size() > kNotesMax) {
      const std::size_t more = selection_.notes.size() - kNotesMax;
      selection_.notes.resize(kNotesMax);
      selection_.notes.push_back(std::to_string(more) + " more files were ignored.");
    }
    return std::move(selection_);
  }

 private:
  void choose_required(const std::string& file) {
    std::vector<const TreeEntry*> exact;
    std::vector<const TreeEntry*> other_case;
    for (const TreeEntry* entry : index_.in(folder_)) {
      const std::string_view name = base_name(entry->path);
      if (name == file)
        exact.push_back(entry);
      else if (to_lower(name) == to_lower(file))
        other_case.push_back(entry);
    }
    if (exact.empty()) {
      const std::string where = folder_.empty() ? "at the top of the submission" : "in " + in_quotes(folder_);
      selection_.findings.push_back(
          missing("The file " + file + " is missing " + where + "." + index_.explain(file)));
    } else if (exact.size() > 1) {
      selection_.findings.push_back(
          unusable("The file " + in_quotes(exact[0]->path) +
                   " is in the archive more than once: which one is meant cannot be told."));
    } else if (!other_case.empty()) {
      selection_.findings.push_back(unusable("Both " + in_quotes(exact[0]->path) + " and " +
                                             in_quotes(other_case[0]->path) +
                                             " are there: which one is meant cannot be told."));
    } else if (exact[0]->type != EntryType::file) {
      selection_.findings.push_back(unusable("The file " + in_quotes(exact[0]->path) + " " +
                                             std::string(trouble_of(exact[0]->type)) + "."));
    } else {
      selection_.files.push_back({.entry = exact[0], .name = file, .required = true});
    }
  }

  void choose_others(std::string_view folder, std::size_t depth) {
    for (const TreeEntry* entry : index_.in(folder))
      if (entry->type != EntryType::folder) choose_other(*entry);
    for (const std::string_view path : index_.folders_in(folder)) {
      if (borders_.other_folders.contains(path) || is_build_folder(path)) continue;
      if (!is_plain_name(base_name(path)) || depth == kSourceDepthMax)
        note_folder(path, depth == kSourceDepthMax ? "is nested too deep" : "has a name that is not plain");
      else
        choose_others(path, depth + 1);
    }
  }

  void choose_other(const TreeEntry& entry) {
    if (entry.type == EntryType::unreadable_folder) return note(entry, trouble_of(entry.type));
    const std::string_view name = base_name(entry.path);
    const bool compiled = ends_with_any(name, kCompiledSuffixes);
    if (parent_folder(entry.path) == folder_ && contains(lab_.files, name)) return;  // By choose_required.
    if (contains(borders_.other_files, name)) return;
    if (ends_with_any(name, kForeignSuffixes)) return note(entry, "has an ending that is not taken");
    if (!has_source_suffix(name)) return;
    if (contains(lab_.headers, name))
      return note(entry, "is the lab's own header, and the lab's copy is used");
    if (!is_plain_name(name))
      return note(entry, "has a name that is not plain (letters, digits, '.', '_', '-')");
    if (entry.type != EntryType::file) return note(entry, trouble_of(entry.type));
    if (borders_.shared && compiled)
      return note(entry,
                  "may belong to another lab: put it with the lab's files into a folder named " + lab_.name);
    selection_.files.push_back(
        {.entry = &entry, .name = std::string(below(entry.path, folder_)), .required = false});
  }

  // What CMake leaves behind holds sources of its own, with a main function.
  [[nodiscard]] bool is_build_folder(std::string_view path) const {
    static const std::vector<std::string> kCache = {"CMakeCache.txt"};
    return base_name(path) == "CMakeFiles" || index_.holds_any(path, kCache);
  }

  void note(const TreeEntry& entry, std::string_view why) {
    selection_.notes.push_back(in_quotes(entry.path) + " is ignored: it " + std::string(why) + ".");
  }

  void note_folder(std::string_view path, std::string_view why) {
    const auto is_source = [&](const TreeEntry& entry) {
      return is_below(entry.path, path) && has_source_suffix(base_name(entry.path));
    };
    if (std::ranges::any_of(index_.all(), is_source))
      selection_.notes.push_back("The folder " + in_quotes(path) + " is ignored: it " + std::string(why) +
                                 ".");
  }

  void refuse_duplicates() {
    std::ranges::sort(selection_.files, {}, &SelectedFile::name);
    const auto same = std::ranges::adjacent_find(selection_.files, {}, &SelectedFile::name);
    if (same != selection_.files.end())
      selection_.findings.push_back(
          unusable("The file " + in_quotes(same->entry->path) +
                   " is in the archive more than once: which one is meant cannot be told."));
  }

  const Index& index_;
  const Lab& lab_;
  std::string folder_;
  Borders borders_;
  Selection selection_;
};

Borders borders_of(std::size_t own, std::span<const Lab* const> labs,
                   const std::vector<Location>& locations) {
  Borders borders;
  const std::string& folder = *locations[own].folder;
  for (std::size_t i = 0; i < labs.size(); ++i) {
    if (i == own) continue;
    borders.other_folders.insert(join_path(folder, labs[i]->name));
    if (locations[i].folder == folder) borders.shared = true;
    if (locations[i].folder && *locations[i].folder != folder)
      borders.other_folders.insert(*locations[i].folder);
    // In a lab's own folder a file of another lab's name is just a file.
    if (base_name(folder) == labs[own]->name && locations[i].folder != folder) continue;
    for (const std::string& file : labs[i]->files)
      if (!contains(labs[own]->files, file)) borders.other_files.push_back(file);
  }
  return borders;
}

}  // namespace

std::vector<Selection> select_files(std::span<const TreeEntry> entries, std::span<const Lab* const> labs) {
  const Index index(entries, labs);
  const std::vector<std::string> wrappers = wrappers_of(index);
  std::vector<Location> locations;
  for (const Lab* lab : labs) locations.push_back(locate(index, wrappers, *lab));
  std::vector<Selection> selections;
  for (std::size_t i = 0; i < labs.size(); ++i) {
    if (locations[i].folder)
      selections.push_back(
          Choice(index, *labs[i], *locations[i].folder, borders_of(i, labs, locations)).choose());
    else
      selections.push_back({.files = {}, .findings = std::move(locations[i].findings), .notes = {}});
  }
  return selections;
}

Selection select_whole(std::span<const TreeEntry> entries, const Lab& lab) {
  return Choice(Index(entries, {}), lab, "", {}).choose();
}

bool may_be_selected(std::string_view path, std::span<const Lab* const> labs) {
  const std::string_view name = base_name(path);
  return has_source_suffix(name) ||
         std::ranges::any_of(labs, [&](const Lab* lab) { return contains(lab->files, name); });
}

bool has_source_suffix(std::string_view name) {
  return ends_with_any(name, kCompiledSuffixes) || ends_with_any(name, kIncludedSuffixes);
}

}  // namespace racecourse
