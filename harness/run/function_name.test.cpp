#include "run/function_name.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace racecourse {

TEST_CASE("functions are named as a person would") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"main", "main"},
      {"Counter::increment()", "Counter::increment"},
      {"Counter::value() const", "Counter::value"},
      {"(anonymous namespace)::Counter::add(int)", "Counter::add"},
      {"(anonymous namespace)::run(std::vector<int, std::allocator<int> >&)", "run"},
      {"void parts::store<int>(int&, int)", "parts::store"},
      {"std::enable_if<is_same_v<int, int>, void>::type f<int>(int)", "f"},
      {"Queue<int>::push(int&&) &", "Queue::push"},
      {"Queue<(anonymous namespace)::Item>::~Queue()", "Queue::~Queue"},
      {"operator new(unsigned long)", "operator new"},
      {"operator delete[](void*)", "operator delete[]"},
      {"bool operator==<int>(A<int> const&, A<int> const&)", "operator=="},
      {"bool operator< <int>(A<int> const&, A<int> const&)", "operator<"},
      {"std::ostream& operator<< <int>(std::ostream&, int)", "operator<<"},
      {"A::operator bool() const", "A::operator bool"},
      {"A::operator()(int) const", "A::operator()"},
      {"A<int>::operator->() const", "A::operator->"},
      {"A::operator[](unsigned long)", "A::operator[]"},
      {"A::operator=(A&&)", "A::operator="},
      {"cooperator(int)", "cooperator"},
      {"operator_count()", "operator_count"},
      {"run(int)::{lambda(int)#1}::operator()(int) const", "lambda in run"},
      {"{lambda()#1}::operator()() const", "lambda"},
      {"(anonymous namespace)::{lambda()#2}::_FUN()", "lambda"},
      {"Pool::Pool(int)::$_0::operator()() const", "lambda in Pool::Pool"},
      {"run()::{lambda()#1}::operator()() const::{lambda()#2}::operator()() const", "lambda in run"},
      {"void std::__invoke_impl<void, run()::{lambda()#1}>(std::__invoke_other, run()::{lambda()#1}&&)",
       "std::__invoke_impl"},
      {"std::thread::_State_impl<std::thread::_Invoker<std::tuple<void (*)()> > >::_M_run()",
       "std::thread::_State_impl::_M_run"},
      {"std::function<void (int)>::operator()(int) const", "std::function::operator()"},
      {"std::string to_text[abi:cxx11](int)", "to_text"},
      {"work(int) [clone .part.0]", "work"},
      {"work [clone .cold]", "work"},
      {"decltype(auto) forward<int>(int)", "forward"},
      {"decltype ((f)()) g<int>(int)", "g"},
      {"virtual thunk to A::f()", "A::f"},
      {"f<(1 > 0)>()", "f"},
      {"run()::Local::work()", "run::Local::work"},
      // What is no name, or not a whole one, stays.
      {"", ""},
      {"f<int", "f<int"},
      {"f(int", "f(int"},
      {"()", "()"},
      {"<null>", "<null>"},
  };
  for (const auto& [demangled, readable] : table) {
    CAPTURE(demangled);
    CHECK(readable_function(demangled) == readable);
    CHECK(readable_function(readable) == readable);
  }
}

// Goal: total on any bytes. Method: a seeded loop of pieces that names are made of, in any order.
TEST_CASE("no text breaks the naming of functions") {
  const std::vector<std::string> pieces = {"operator", "<",  ">",  "(",    ")",  "{lambda",
                                           "}",        "$_", "1",  " ",    "::", "decltype",
                                           "[abi:",    "]",  "->", "\xFF", "f",  "~",
                                           "[clone",   "'",  "&",  ",",    "{",  "(anonymous namespace)::"};
  std::mt19937 random(20250105);
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    for (std::size_t count = random() % 12; count > 0; --count) text += pieces[random() % pieces.size()];
    const std::string name = readable_function(text);
    REQUIRE(name.size() <= text.size() + 10);
    REQUIRE(name.empty() == text.empty());
  }
}

}  // namespace racecourse
