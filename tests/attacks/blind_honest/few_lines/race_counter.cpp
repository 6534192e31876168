#include "race_counter.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>
namespace race_counter{namespace{
class C:public Counter{mutable std::mutex m;std::int64_t n=0;public:void increment()override{std::lock_guard g(m);++n;}std::int64_t value()const override{std::lock_guard g(m);return n;}};
        class B
:public
    BoundedCounter
{ mutable std::mutex m ; std::int64_t n = 0 , l ; bool go ( int d ) { std::lock_guard g ( m ) ; if ( n + d < 0 || n + d > l ) return false ; n += d ; return true ; }
public : explicit B ( std::int64_t x ) : l ( x ) { }

                                                  bool try_increment ( ) override { return go ( 1 ) ; }
  bool
    try_decrement
      (
        )
          override
            {
              return go(-1);
            }
std::int64_t value()const override{std::lock_guard g(m);return n;}};
class D:public Document{mutable std::mutex m;Snapshot s;public:explicit D(std::string t):s{std::move(t),1}{}Snapshot read()const override{std::lock_guard g(m);return s;}bool try_save(std::uint64_t b,const std::string&t)override{std::lock_guard g(m);return b==s.version?(s.text=t,++s.version,true):false;}std::uint64_t edit(const std::function<std::string(const std::string&)>&f)override{for(;;){auto b=read();if(try_save(b.version,f(b.text)))return b.version+1;}}};}
std::unique_ptr<Counter>make_counter(){return std::make_unique<C>();}std::unique_ptr<BoundedCounter>make_bounded_counter(std::int64_t l){if(l<0)throw std::invalid_argument("l");return std::make_unique<B>(l);}std::unique_ptr<Document>make_document(std::string t){return std::make_unique<D>(std::move(t));}
void run_on_threads(std::size_t t,std::size_t n,const std::function<void(std::size_t)>&f){if(!t)throw std::invalid_argument("t");std::vector<std::exception_ptr>e(n);std::atomic<std::size_t>k{0};{std::vector<std::jthread>w;for(std::size_t i=0;i<std::min(t,n);++i)w.emplace_back([&]{for(std::size_t j;(j=k++)<n;)try{f(j);}catch(...){e[j]=std::current_exception();}});}for(auto&x:e)if(x)std::rethrow_exception(x);}}
