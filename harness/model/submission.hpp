// Submission: what a student handed in, after the intake. A value; the files below never change afterwards.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/finding.hpp"

namespace racecourse {

// One file for the compiler. The content is held by value: nothing the student could still change is read
// later.
struct SourceFile {
  std::string name;  // Relative to the lab's folder, '/' between parts, plain characters only.
  std::string content;
};

// One lab's part of a submission.
struct LabFiles {
  std::string lab;
  std::vector<SourceFile> sources;  // Sorted by name. Empty where `findings` says why.
  std::vector<Finding> findings;    // missing_file, unusable_file.
  std::vector<std::string> notes;   // For the report: ignored files and the like.
  bool is_skeleton = false;         // Byte for byte the lab's skeleton.
  std::string sha256;               // Of the sources' names and contents, or of the findings in their place.
};

struct Submission {
  std::string id;  // Printable, unique in its class, usable as a folder name.
  std::filesystem::path origin;
  std::vector<LabFiles> labs;  // In the order of the course's labs.
  std::string sha256;          // Of all labs' files.
};

}  // namespace racecourse
