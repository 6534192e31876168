// Which side of the line the running code is on.
//
// The world is what an execution may change and the next one finds as new: the code of the submission and of
// the scenario, its globals, heap and threads. Everything else is the host: this runtime and the driver. Each
// hook begins by leaving the world and ends by entering it again; a hook called by the host does what the C
// library does.
#pragma once

namespace racecourse::schedules {

// True exactly while code of the world runs in an execution. The one OS thread that explores reads and writes
// it.
extern constinit bool in_world;

// True while the program is being loaded: what static constructors allocate belongs to the world too.
extern constinit bool loading_world;

// For the host's code inside an execution: hooks pass through, memory comes from the C library's heap.
class OutsideWorld {
 public:
  OutsideWorld() : before_(in_world) { in_world = false; }
  OutsideWorld(const OutsideWorld&) = delete;
  OutsideWorld& operator=(const OutsideWorld&) = delete;
  ~OutsideWorld() { in_world = before_; }

 private:
  bool before_;
};

// Ends the process: a broken machine or a bug of ours, never the student's fault.
[[noreturn]] void die(const char* why);

}  // namespace racecourse::schedules
