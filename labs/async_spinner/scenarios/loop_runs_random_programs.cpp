// Random programs of tasks that yield, sleep, join, cancel, spawn, fail and survive, on a clock that wakes
// late. What they do is compared with what they do on the reference's loop.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

enum class Step { yield, sleep, join, cancel, spawn, fail };

struct Instruction {
  Step step = Step::yield;
  std::int64_t number = 0;  // Milliseconds or the number of a task.
};

struct Script {
  std::vector<Instruction> instructions;
  bool survives = false;  // Goes on after Cancelled.
};

struct Program {
  std::vector<Script> scripts;
  std::vector<TaskId> ids;  // Of the scripts that were spawned, in the order of the scripts.
};

// Everything is drawn before anything runs, so that the inputs do not depend on the submission.
Program random_program() {
  auto& inputs = racecourse::inputs();
  Program program;
  for (std::int64_t task = 0, count = inputs.between(5, 9); task < count; ++task) {
    Script& script = program.scripts.emplace_back();
    script.survives = inputs.coin();
    for (std::int64_t length = inputs.between(2, 7); length > 0; --length) {
      const std::int64_t kind = inputs.between(0, 19);
      if (kind < 5)
        script.instructions.push_back({Step::yield, 0});
      else if (kind < 12)
        script.instructions.push_back({Step::sleep, 5 * inputs.between(1, 6)});
      else if (kind < 15)
        script.instructions.push_back({Step::join, inputs.between(0, count - 1)});
      else if (kind < 18)
        script.instructions.push_back({Step::cancel, inputs.between(0, count - 1)});
      else if (kind < 19)
        script.instructions.push_back({Step::spawn, 0});
      else
        script.instructions.push_back({Step::fail, inputs.between(1, 1000)});
    }
  }
  return program;
}

Task<void> play(EventLoop& loop, Diary& diary, Program& program, std::size_t number);

void spawn_next(EventLoop& loop, Diary& diary, Program& program) {
  if (program.ids.size() < program.scripts.size())
    program.ids.push_back(loop.spawn(play(loop, diary, program, program.ids.size())));
}

// Waits as the instruction says, inside a task of its own that the script's coroutine awaits.
Task<std::string_view> wait(EventLoop& loop, Program& program, Instruction instruction) {
  if (instruction.step == Step::yield) co_await loop.yield();
  if (instruction.step == Step::sleep) co_await loop.sleep(std::chrono::milliseconds(instruction.number));
  if (instruction.step == Step::join && static_cast<std::size_t>(instruction.number) < program.ids.size())
    co_return name_of(co_await loop.join(program.ids[static_cast<std::size_t>(instruction.number)]));
  co_return "ok";
}

Task<void> play(EventLoop& loop, Diary& diary, Program& program, std::size_t number) {
  const std::string name(1, static_cast<char>('a' + number));
  const Script script = program.scripts[number];
  for (const Instruction& instruction : script.instructions) {
    if (instruction.step == Step::fail) throw Boom(static_cast<int>(instruction.number));
    if (instruction.step == Step::spawn) spawn_next(loop, diary, program);
    if (instruction.step == Step::cancel && static_cast<std::size_t>(instruction.number) < program.ids.size())
      diary.note(loop.cancel(program.ids[static_cast<std::size_t>(instruction.number)]) ? "hit" : "missed");
    try {
      diary.note_at(name + ":" + std::string(co_await wait(loop, program, instruction)));
    } catch (const Cancelled&) {
      diary.note_at(name + ":cancelled");
      if (!script.survives) throw;
    }
  }
  diary.note_at(name + ":end");
}

}  // namespace

RACECOURSE_SCENARIO(loop_runs_random_programs) {
  for (int round = 0; round < 15; ++round) {
    VirtualClock clock;
    clock.lateness = std::chrono::milliseconds(racecourse::inputs().between(0, 12));
    Diary diary(clock);
    Program program = random_program();
    const auto loop = async_spinner::make_loop(clock);
    const std::size_t at_start = program.scripts.size() - 2;
    for (std::size_t task = 0; task < at_start; ++task) spawn_next(*loop, diary, program);
    diary.note("run:" + run_outcome(*loop));
    racecourse::observe("program_" + std::to_string(round), diary.text());
  }
}
