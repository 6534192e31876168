#include "base/crew.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <string>
#include <thread>

using racecourse::Crew;

TEST_CASE("a crew runs every task exactly once, and nested lists too") {
  // Method: a tree of lists, three levels deep, with more lists than threads, so that threads must help each
  // other.
  for (const unsigned size : {1u, 2u, 5u}) {
    Crew crew(size);
    std::atomic<int> leaves{0};
    std::vector<Crew::Task> top;
    for (int i = 0; i < 7; ++i) {
      top.emplace_back([&] {
        std::vector<Crew::Task> middle;
        for (int j = 0; j < 5; ++j) {
          middle.emplace_back([&] { crew.run_all(std::vector<Crew::Task>(3, [&] { ++leaves; })); });
        }
        crew.run_all(std::move(middle));
      });
    }
    crew.run_all(std::move(top));
    CHECK(leaves == 7 * 5 * 3);
    CHECK(crew.size() == size);
  }
}

TEST_CASE("while a thread waits for the end of its list, another list is begun in its place") {
  // Method: the last task of an inner list ends only when the next outer task has begun. Both threads are
  // taken then: one by that task, one by waiting for it.
  Crew crew(2);
  std::latch both{2};
  std::latch next_begun{1};
  crew.run_all({[&] {
                  crew.run_all({[&] { both.arrive_and_wait(); },
                                [&] {
                                  both.arrive_and_wait();
                                  next_begun.wait();
                                }});
                },
                [&] { next_begun.count_down(); }});
}

TEST_CASE("no more threads begin tasks than the crew has") {
  Crew crew(3);
  std::atomic<int> working{0};
  std::atomic<int> most{0};
  crew.run_all(std::vector<Crew::Task>(200, [&] {
    const int now = ++working;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::yield();
    --working;
  }));
  CHECK(most <= 3);
}

TEST_CASE("two tasks that mostly wait take the place of one that computes") {
  // Method: four that wait must meet, where two threads compute; whoever runs says what it counts.
  Crew crew(2);
  std::latch all{4};
  crew.run_all(std::vector<Crew::Task>(4, {[&] { all.arrive_and_wait(); }, Crew::Load::waits}));
}

TEST_CASE("no more is begun than there is room for, whatever the tasks count") {
  for (const unsigned size : {1u, 2u}) {
    Crew crew(size);
    std::atomic<unsigned> now{0};
    std::atomic<unsigned> most{0};
    const auto counting = [&](Crew::Load load) {
      const unsigned mine = size == 1 ? 2 : static_cast<unsigned>(load);
      const auto work = [&, mine] {
        const unsigned sum = now += mine;
        unsigned seen = most;
        while (seen < sum && !most.compare_exchange_weak(seen, sum)) {
        }
        std::this_thread::yield();
        now -= mine;
      };
      return Crew::Task(work, load);
    };
    std::vector<Crew::Task> tasks;
    for (int i = 0; i < 200; ++i) {
      tasks.push_back(counting(Crew::Load::waits));
      tasks.push_back(counting(Crew::Load::computes));
    }
    crew.run_all(std::move(tasks));
    CHECK(most <= 2 * size);
  }
}

TEST_CASE("a measurement runs while nothing else does, and the rest goes on afterwards") {
  // Method: lists in lists, as in grading, each with tasks of both kinds; everyone who runs says so.
  for (const unsigned size : {1u, 2u, 4u}) {
    Crew crew(size);
    std::atomic<int> running{0};
    std::atomic<int> company{0};  // Measurements that were not alone.
    std::atomic<int> ended{0};
    const auto work = [&] {
      ++running;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      --running;
      ++ended;
    };
    const auto measure = [&] {
      crew.run_alone([&] {
        if (++running != 1) ++company;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        if (running-- != 1) ++company;
        ++ended;
      });
    };
    crew.run_all(std::vector<Crew::Task>(20, [&] {
      crew.run_all({work, measure, work});
      crew.run_all({measure, work, work, measure});
    }));
    CHECK(company == 0);
    CHECK(ended == 20 * 7);
  }
}

TEST_CASE("measurements wait until nothing else can be begun, and then follow each other") {
  // Method: one thread, or two for the moment in which one waits. Each list ends with a measurement; the
  // order in which things happen is told by letters.
  Crew crew(1);
  std::string order;
  const auto task = [&] {
    crew.run_all({[&] { order += 'w'; }, [&] { crew.run_alone([&] { order += 'm'; }); }});
  };
  crew.run_all({task, task});
  CHECK(order == "wwmm");
}

TEST_CASE("an empty list is done at once") {
  Crew crew(2);
  crew.run_all({});
}
