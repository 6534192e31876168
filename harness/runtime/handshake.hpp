// The handshake with the harness, done before anything else in the process runs. Not for scenario authors.
#pragma once

#include "seal.hpp"

namespace racecourse::handshake {

struct Outcome {
  bool has_key = false;
  SealKey key;
  int channel = -1;  // Where the descriptors of --channel and --reports are now; -1: there is none.
  int reports = -1;
};

// What the handshake established; it took place before main. Constant from then on.
const Outcome& outcome();

}  // namespace racecourse::handshake
