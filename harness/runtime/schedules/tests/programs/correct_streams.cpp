// Correct programs that use iostreams, whose insides only a hook shows.
#include <iostream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;

CORRECT(streams_of_their_own_and_a_shared_one_under_a_mutex) {
  std::mutex mutex;
  std::ostringstream log;
  const auto work = [&](int number) {
    std::stringstream own;
    own << "thread " << number << ' ' << 1.5 << std::endl;
    std::string word;
    int read = 0;
    own >> word >> read;
    require(word == "thread" && read == number, "a stream gives back what was put in");
    std::cout << std::flush;  // The standard streams may be used by everybody.
    const std::scoped_lock lock(mutex);
    log << read;
    require(!log.str().empty(), "the text is there");
  };
  std::thread other(work, 1);
  work(2);
  other.join();
  require(log.str().size() == 2, "each thread wrote a character");
}
