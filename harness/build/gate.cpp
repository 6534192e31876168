#include "build/gate.hpp"

#include <algorithm>
#include <map>

#include "base/files.hpp"
#include "build/object_gate.hpp"
#include "build/preprocessed.hpp"
#include "build/text_gate.hpp"
#include "build/unseen_access.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kCompilerFileBytesMax = 64u << 20;  // The compiler's own limit on files.
constexpr std::size_t kPlacesMax = 4;

std::string shown(const std::vector<Place>& places) {
  std::string text;
  for (const Place& place : places) {
    text += (text.empty() ? "" : "; ") + place.file;
    if (place.line > 0) text += ":" + std::to_string(place.line);
    if (!place.function.empty()) text += " (" + place.function + ")";
  }
  return text;
}

class Gate {
 public:
  Gate(const LabFiles& files, const Lab& lab) : files_(files), lab_(lab) {
    keep(judge_raw_text(files.sources));
  }

  Result<> judge(const BuiltSource& source) {
    if (!source.preprocessed.empty()) RC_TRY(judge_text_of(source));
    RC_ASSIGN(const std::string bytes, read_file(source.object, kCompilerFileBytesMax));
    const std::optional<ObjectFacts> object = read_object(bytes);
    if (!object)
      return environment_error("read what the compiler made of " + source.name + ": it is no object file");
    keep(judge_object(*object, source.instrumented, source.name, files_.sources, lab_.may_use));
    if (source.dumps.empty()) return {};
    std::set<std::string, std::less<>> functions;
    for (const fs::path& dump : source.dumps) {
      std::error_code code;
      // There is none where the pass had no function to work on.
      if (!fs::exists(fs::symlink_status(dump, code))) continue;
      RC_ASSIGN(const std::string text, read_file(dump, kCompilerFileBytesMax));
      add_instrumented_functions(text, functions);
      if (std::ranges::find(lab_.may_use, Permission::assembly) == lab_.may_use.end())
        keep(judge_unseen_accesses(text, source.name));
    }
    keep(judge_instrumentation(*object, functions, source.name));
    return {};
  }

  // One finding for each thing that is wrong, with its places.
  std::vector<Finding> findings() {
    std::map<std::string, Finding> by_message;
    for (Finding& finding : findings_) {
      const auto [known, is_new] = by_message.try_emplace(finding.message, finding);
      if (!is_new) std::ranges::move(finding.places, std::back_inserter(known->second.places));
    }
    std::vector<Finding> merged;
    for (auto& [message, finding] : by_message) {
      std::ranges::sort(finding.places);
      const auto same = std::ranges::unique(finding.places);
      finding.places.erase(same.begin(), same.end());
      if (finding.places.size() > kPlacesMax) finding.places.resize(kPlacesMax);
      finding.message += " In " + shown(finding.places) + ".";
      merged.push_back(std::move(finding));
    }
    return merged;
  }

 private:
  void keep(std::vector<Finding> found) { std::ranges::move(found, std::back_inserter(findings_)); }

  Result<> judge_text_of(const BuiltSource& source) {
    RC_ASSIGN(std::string text, read_file(source.preprocessed, kCompilerFileBytesMax));
    const OwnTokens own = own_tokens(text);
    keep(judge_tokens(own, files_.sources, lab_.may_use));
    const auto [other, is_first] = first_text_.try_emplace(source.name, std::move(text));
    if (!is_first) keep(judge_difference(own_tokens(other->second), own));
    return {};
  }

  const LabFiles& files_;
  const Lab& lab_;
  std::map<std::string, std::string> first_text_;  // Of each source, for the flavour that came first.
  std::vector<Finding> findings_;
};

}  // namespace

GatePlan plan_gate(std::span<const SourceFile> sources) {
  const bool compare = may_differ_by_flavour(sources);
  return {.preprocess = compare || needs_preprocessor(sources), .compare = compare};
}

Result<std::vector<Finding>> judge_built(const LabFiles& files, const Lab& lab,
                                         std::span<const BuiltSource> built) {
  Gate gate(files, lab);
  for (const BuiltSource& source : built) RC_TRY(gate.judge(source));
  return gate.findings();
}

}  // namespace racecourse
