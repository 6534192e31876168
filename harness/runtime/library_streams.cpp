// The stream functions that libstdc++ exports: what they change in a stream lies in its object code.
//
// A use of a stream counts as a write of its buffer object, a use that only looks as a read; text and buffers belong to
// that object. The standard streams may be used by several threads at once, so theirs does not count.
#include <ext/stdio_sync_filebuf.h>

#include <istream>
#include <sstream>
#include <string>
#include <typeinfo>

#include "library_access.hpp"
#include "next_symbol.hpp"

namespace {

using racecourse::library_access;
using racecourse::next;

template <class C>
void use(const std::basic_streambuf<C>* buffer, bool writes, std::uintptr_t pc) {
  if (buffer == nullptr || typeid(*buffer) == typeid(__gnu_cxx::stdio_sync_filebuf<C>)) return;
  library_access(buffer, sizeof *buffer, writes, pc);
}
// Of a stream, string streams with a buffer of their own among them.
template <class Stream>
  requires requires(const Stream& stream) { stream.rdbuf(); }
void use(const Stream* stream, bool writes, std::uintptr_t pc) {
  use<typename Stream::char_type>(stream->rdbuf(), writes, pc);
}

}  // namespace

// RACECOURSE_STREAM_USE(NAME, RESULT, PARAMETERS, ARGUMENTS): the exported function of that mangled name, which changes the
// stream or buffer `self`. RACECOURSE_STREAM_LOOK(NAME, RESULT, TYPE): one that only looks.
#define RACECOURSE_STREAM_HOOK(id, name, result, parameters, writes, ...)             \
  extern "C" __attribute__((visibility("default"))) result id parameters __asm__(name); \
  __attribute__((used, noinline)) result id parameters {                              \
    use(self, writes, RACECOURSE_CALLER);                                             \
    return next<name, result>(__VA_ARGS__);                                           \
  }
#define RACECOURSE_STREAM_ID_(number) stream_hook_##number
#define RACECOURSE_STREAM_ID(number) RACECOURSE_STREAM_ID_(number)
#define RACECOURSE_STREAM_USE(name, result, parameters, ...) \
  RACECOURSE_STREAM_HOOK(RACECOURSE_STREAM_ID(__COUNTER__), name, result, parameters, true, __VA_ARGS__)
#define RACECOURSE_STREAM_LOOK(name, result, type) \
  RACECOURSE_STREAM_HOOK(RACECOURSE_STREAM_ID(__COUNTER__), name, result, (type * self), false, self)

#define STRING_BUFFER "15basic_stringbufI"
#define STRING_STREAM "18basic_stringstreamI"
#define STRING_OSTREAM "19basic_ostringstreamI"
#define STRING_ISTREAM "19basic_istringstreamI"
#define STRING_OF(type) type L "St11char_traitsI" L "ESaI" L "EE"
#define STRING_CONST(type) "_ZNKSt7__cxx11" STRING_OF(type)
#define STRING_LVALUE(type) "_ZNKRSt7__cxx11" STRING_OF(type)
#define STRING_RVALUE(type) "_ZNOSt7__cxx11" STRING_OF(type)
#define STRING(type) "_ZNSt7__cxx11" STRING_OF(type)
#define BUFFER "_ZNSt15basic_streambufI" L "St11char_traitsI" L "EE"
#define IOS "_ZNSt9basic_iosI" L "St11char_traitsI" L "EE"
// Functions that are no members, of streams of L.
#define STREAM(function, stream) "_ZSt" function "I" L "St11char_traitsI" L "EERSt13basic_" stream "IT_T0_ES6_"
#define STRING_AND_STREAM(function, stream) \
  "_ZSt" function "I" L "St11char_traitsI" L "ESaI" L "EERSt13basic_" stream "IT_T0_ES7_"
#define STRING_TEXT "NSt7__cxx1112basic_stringIS4_S5_T1_EE"
#define INSERT_STRING STRING_AND_STREAM("ls", "ostream") "RK" STRING_TEXT
#define INSERT_PART STREAM("16__ostream_insert", "ostream") "PKS3_l"
#define END_LINE STREAM("4endl", "ostream")
#define END_TEXT STREAM("4ends", "ostream")
#define FLUSH STREAM("5flush", "ostream")
#define EXTRACT_CHARACTER STREAM("rs", "istream") "RS3_"
#define EXTRACT_STRING STRING_AND_STREAM("rs", "istream") "R" STRING_TEXT
#define LINE STRING_AND_STREAM("7getline", "istream") "R" STRING_TEXT
#define LINE_UNTIL STRING_AND_STREAM("7getline", "istream") "R" STRING_TEXT "S4_"

namespace narrow {

using C = char;
using Traits = std::char_traits<C>;
using Out = std::ostream;
using In = std::istream;
using Buffer = std::streambuf;
#define L "c"
#define INT_TYPE "i"
#define OSTREAM "_ZNSo"
#define ISTREAM "_ZNSi"
#define OUT_ITSELF "o"
#define IN_ITSELF "i"
#define SAME_BUFFER "cSt11char_traitsIcE"
#define INSERT_CHARACTER "_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_c"
#define INSERT_TEXT "_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc"
#include "library_streams.inc"
#undef L
#undef INT_TYPE
#undef OSTREAM
#undef ISTREAM
#undef OUT_ITSELF
#undef IN_ITSELF
#undef SAME_BUFFER
#undef INSERT_CHARACTER
#undef INSERT_TEXT

}  // namespace narrow

namespace wide {

using C = wchar_t;
using Traits = std::char_traits<C>;
using Out = std::wostream;
using In = std::wistream;
using Buffer = std::wstreambuf;
#define L "w"
#define INT_TYPE "j"
#define OSTREAM "_ZNSt13basic_ostreamIwSt11char_traitsIwEE"
#define ISTREAM "_ZNSt13basic_istreamIwSt11char_traitsIwEE"
#define OUT_ITSELF "2_"
#define IN_ITSELF "2_"
#define SAME_BUFFER "wS1_"
#define INSERT_CHARACTER STREAM("ls", "ostream") "S3_"
#define INSERT_TEXT STREAM("ls", "ostream") "PKS3_"
#include "library_streams.inc"

}  // namespace wide
