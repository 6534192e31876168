// Takes a lock twice.
#include "rest_of_the_lab.hpp"

bool attack() {
  std::mutex mutex;
  mutex.lock();
  mutex.lock();
  return true;
}
