// Starvation: what the finding of that name means. For whoever reads one, or changes engine_fairness.cpp.
//
// A thread starves if it waits for ever while others get on, under a fair schedule. Fair means strongly fair:
// whoever can go on again and again does go on again and again, so that nothing but the program keeps it out;
// a lock that is merely passed from hand to hand by whoever comes first starves nobody here. An execution is
// fair once it has taken Options::steps_max steps. From then on there are two ways to see starvation:
//
// - Bypass (Dijkstra's "individual starvation"; bounded bypass in Attiya and Welch, Distributed Computing,
//   ch. 4, and Herlihy and Shavit, The Art of Multiprocessor Programming, ch. 2): while one thread waits for
//   a lock or a semaphore, others get it more than Options::bypasses_max times. Fairness alone accounts for
//   at most kPatience + 1 of them a thread, which are added to the limit: a thread that could have it is
//   chosen after that many choices that fell on others.
// - Where the waiting is the program's own (a condition variable, a loop on an atomic): as many steps later
//   the execution still goes on; the thread has changed nothing that others can see in all that time, while
//   others got what it last sought, or changed what it keeps looking at, at least kPassedOver times, and have
//   themselves changed something as often. Without such a thread the same execution is a livelock.
//
// So a program all of whose executions end within the limit, and one in which each thread gets in sooner or
// later, gives no finding.
#pragma once

#include <cstdint>

namespace racecourse::schedules {

// For each thread that can go on. Chosen so that the random fair schedule, in which a thread waits for 8 such
// choices on average, is hardly ever interfered with (e^-8 of its waits).
inline constexpr std::uint32_t kPatience = 64;
// Chosen so that it fits several times into the fair half of the smallest budget in use (5,000 steps).
inline constexpr std::uint32_t kPassedOver = 100;

}  // namespace racecourse::schedules
