#include "naive_explorer.hpp"

#include <algorithm>
#include <map>

namespace naive {

namespace {

using Clock = std::array<int, 4>;  // By thread; 3 is the body.

void join(Clock& into, const Clock& from) {
  for (std::size_t i = 0; i < into.size(); ++i) into[i] = std::max(into[i], from[i]);
}

struct Access {
  std::size_t thread;
  int when;
  bool writes;
};

struct State {
  std::array<std::size_t, 3> at{};
  std::array<int, 2> atomics{};
  std::array<int, 2> plains{};
  std::array<int, 2> owner{-1, -1};
  std::vector<std::vector<int>> reads;
  std::size_t joined = 0;
  bool join_waits = false;  // The body has come to its next join and had to wait.
  // By family and object, the operations in order: thread and place, readers among themselves sorted by name.
  std::map<std::pair<char, int>, std::vector<std::pair<std::string, bool>>> order;
  std::array<Clock, 4> clocks{};
  std::array<Clock, 2> atomic_clocks{};
  std::array<Clock, 2> mutex_clocks{};
  std::array<std::vector<Access>, 2> accesses;
};

char family(Kind kind) {
  if (kind == Kind::lock || kind == Kind::unlock) return 'm';
  return kind == Kind::read || kind == Kind::write ? 'p' : 'a';
}

class Explorer {
 public:
  Explorer(const Program& program, bool everything_visible, std::set<int> racy)
      : program_(program), everything_visible_(everything_visible), racy_(std::move(racy)) {}

  Result run() {
    State state;
    state.reads.resize(program_.size());
    for (std::size_t thread = 0; thread < program_.size(); ++thread) {
      state.clocks[thread] = state.clocks[3];
      state.clocks[thread][thread] = 1;
      run_private(state, thread);
    }
    run_body(state);
    explore(state);
    return std::move(result_);
  }
  [[nodiscard]] const std::set<int>& found_racy() const { return found_racy_; }

 private:
  bool is_visible(const Step& step) const {
    if (everything_visible_) return true;
    if (step.kind == Kind::unlock) return false;
    if (family(step.kind) == 'p') return racy_.contains(step.object);
    int users = 0;
    for (const Thread& thread : program_)
      users += std::any_of(thread.begin(), thread.end(), [&](const Step& other) {
        return family(other.kind) == family(step.kind) && other.object == step.object;
      });
    return users > 1;
  }
  bool ended(const State& state, std::size_t thread) const {
    return state.at[thread] == program_[thread].size();
  }
  bool can_go_on(const State& state, std::size_t thread) const {
    if (ended(state, thread)) return false;
    const Step& step = program_[thread][state.at[thread]];
    return step.kind != Kind::lock || state.owner[static_cast<std::size_t>(step.object)] == -1;
  }
  // Everything private up to the next operation that is not.
  void run_private(State& state, std::size_t thread) {
    while (!ended(state, thread) && !is_visible(program_[thread][state.at[thread]]) &&
           can_go_on(state, thread))
      step_once(state, thread);
  }
  // The body joins threads that have ended already without anybody noticing.
  void run_body(State& state) {
    while (state.joined < program_.size() && ended(state, state.joined) && !state.join_waits) {
      join(state.clocks[3], state.clocks[state.joined]);
      ++state.joined;
    }
    state.join_waits = state.joined < program_.size();
  }

  void step_once(State& state, std::size_t thread) {
    const Step& step = program_[thread][state.at[thread]];
    const auto object = static_cast<std::size_t>(step.object);
    Clock& me = state.clocks[thread];
    const bool reads = step.kind == Kind::load || step.kind == Kind::read;
    if (step.kind != Kind::unlock)
      note(state, step, std::to_string(thread) + "." + std::to_string(state.at[thread]), reads);
    ++state.at[thread];
    switch (step.kind) {
      case Kind::load:
        state.reads[thread].push_back(state.atomics[object]);
        join(me, state.atomic_clocks[object]);
        break;
      case Kind::store:
        state.atomics[object] = step.operand;
        state.atomic_clocks[object] = me;
        ++me[thread];
        break;
      case Kind::add:
        state.reads[thread].push_back(state.atomics[object]);
        state.atomics[object] += step.operand;
        join(me, state.atomic_clocks[object]);
        join(state.atomic_clocks[object], me);
        ++me[thread];
        break;
      case Kind::lock:
        state.owner[object] = static_cast<int>(thread);
        join(me, state.mutex_clocks[object]);
        break;
      case Kind::unlock:
        state.owner[object] = -1;
        state.mutex_clocks[object] = me;
        ++me[thread];
        break;
      case Kind::read:
        check(state, object, thread, false);
        state.reads[thread].push_back(state.plains[object]);
        break;
      case Kind::write:
        check(state, object, thread, true);
        state.plains[object] = step.operand;
        break;
    }
  }
  void check(State& state, std::size_t object, std::size_t thread, bool writes) {
    for (const Access& earlier : state.accesses[object])
      if (earlier.thread != thread && (earlier.writes || writes) &&
          earlier.when > state.clocks[thread][earlier.thread]) {
        result_.races = true;
        found_racy_.insert(static_cast<int>(object));
      }
    state.accesses[object].push_back({thread, state.clocks[thread][thread], writes});
  }
  // Equal orders of conflicting operations get equal texts: reads next to each other are sorted.
  void note(State& state, const Step& step, const std::string& name, bool reads) {
    auto& list = state.order[{family(step.kind), step.object}];
    auto place = list.end();
    if (reads)
      while (place != list.begin() && std::prev(place)->second && std::prev(place)->first > name) --place;
    list.insert(place, {name, reads});
  }

  void explore(const State& state) {
    bool stuck = true;
    for (std::size_t thread = 0; thread < program_.size(); ++thread) {
      if (!can_go_on(state, thread)) continue;
      stuck = false;
      State after = state;
      step_once(after, thread);
      run_private(after, thread);
      explore(after);
    }
    if (state.join_waits && ended(state, state.joined)) {
      stuck = false;
      State after = state;
      after.join_waits = false;
      run_body(after);
      explore(after);
    }
    if (stuck) finish(state);
  }
  void finish(const State& state) {
    ++result_.interleavings;
    std::string name;
    for (const auto& [object, list] : state.order) {
      name += object.first + std::to_string(object.second) + ":";
      for (const auto& [operation, reads] : list) name += operation + (reads ? "r " : " ");
    }
    result_.classes.insert(name);
    if (state.joined < program_.size()) {
      result_.deadlocks = true;
      return;
    }
    result_.outcomes.insert(outcome_text(state.reads, state.atomics, state.plains));
  }

  const Program& program_;
  bool everything_visible_;
  std::set<int> racy_;
  std::set<int> found_racy_;
  Result result_;
};

}  // namespace

std::string outcome_text(const std::vector<std::vector<int>>& reads, const std::array<int, 2>& atomics,
                         const std::array<int, 2>& plains) {
  std::string text;
  for (const auto& thread : reads) {
    for (const int value : thread) text += std::to_string(value) + ",";
    text += "|";
  }
  for (const int value : {atomics[0], atomics[1], plains[0], plains[1]}) text += std::to_string(value) + ",";
  return text;
}

Result explore(const Program& program) {
  // Which variables race, of all interleavings of all operations; then those that differ to anybody.
  Explorer everything(program, true, {});
  (void)everything.run();
  Explorer visible(program, false, everything.found_racy());
  return visible.run();
}

}  // namespace naive
