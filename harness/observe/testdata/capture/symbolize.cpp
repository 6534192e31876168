// Standard input, a log of ThreadSanitizer with symbolize=0, to standard output, with source places.
//
//   symbolize FOLDER      FOLDER has the submission.so and the driver_tsan of the log
#include <iostream>
#include <iterator>
#include <string>

#include "run/symbolizer.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  racecourse::Symbolizer symbolizer(
      {{"submission.so", folder / "submission.so"}, {"driver_tsan", folder / "driver_tsan"}});
  const std::string log(std::istreambuf_iterator<char>(std::cin), {});
  std::cout << symbolizer.symbolize_tsan_log(log);
}
