// Functions of the C library that touch memory for their caller, of those that ThreadSanitizer intercepts;
// ../library_memory.cpp has those that it does not, and hooks_bulk.cpp those that must be quick.
#include <stdlib.h>
#include <time.h>
#include <wchar.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "library_access.hpp"
#include "next_symbol.hpp"

namespace {

using racecourse::length_of;
using racecourse::LibraryCaller;
using racecourse::looked_at;
using racecourse::next;

char lower(char character) {
  return 'A' <= character && character <= 'Z' ? static_cast<char>(character + 32) : character;
}

// What both have in common and the character after it.
void compares(const LibraryCaller& caller, const char* a, const char* b, std::size_t most,
              bool ignores_case) {
  const auto seen = [&](char character) { return ignores_case ? lower(character) : character; };
  std::size_t same = 0;
  while (same < most && a[same] != 0 && seen(a[same]) == seen(b[same])) ++same;
  const std::size_t bytes = same < most ? same + 1 : most;
  caller.reads(a, bytes);
  caller.reads(b, bytes);
}

// What printf and its kin leave in `to`.
void prints(const LibraryCaller& caller, const char* to, int length, std::size_t room) {
  if (length >= 0) caller.writes(to, std::min(static_cast<std::size_t>(length) + 1, room));
}

}  // namespace

// --- Bytes and text ---

RACECOURSE_LIBRARY_HOOK(void*, memchr, (const char* from, int wanted, std::size_t size), (from, wanted, size),
                        caller.reads(from, looked_at(from, next<"memchr", void*>(from, wanted, size), size));)
RACECOURSE_LIBRARY_HOOK(void*, memrchr, (const char* from, int wanted, std::size_t size),
                        (from, wanted, size), caller.reads(from, size);)
RACECOURSE_LIBRARY_HOOK(void*, memmem,
                        (const void* in, std::size_t size, const void* part, std::size_t part_size),
                        (in, size, part, part_size), caller.reads(in, size);
                        caller.reads(part, part_size);)
RACECOURSE_LIBRARY_HOOK(int, bcmp, (const void* a, const void* b, std::size_t size), (a, b, size),
                        caller.reads(a, size);
                        caller.reads(b, size);)
RACECOURSE_LIBRARY_HOOK(void, bzero, (void* to, std::size_t size), (to, size), caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(char*, strcpy, (char* to, const char* from), (to, from), caller.reads_text(from);
                        caller.writes(to, length_of(from) + 1);)
RACECOURSE_LIBRARY_HOOK(char*, strncpy, (char* to, const char* from, std::size_t size), (to, from, size),
                        caller.reads_text(from, size);
                        caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(int, strcmp, (const char* a, const char* b), (a, b),
                        compares(caller, a, b, ~std::size_t{0}, false);)
RACECOURSE_LIBRARY_HOOK(int, strncmp, (const char* a, const char* b, std::size_t most), (a, b, most),
                        compares(caller, a, b, most, false);)
RACECOURSE_LIBRARY_HOOK(int, strcasecmp, (const char* a, const char* b), (a, b),
                        compares(caller, a, b, ~std::size_t{0}, true);)
RACECOURSE_LIBRARY_HOOK(int, strncasecmp, (const char* a, const char* b, std::size_t most), (a, b, most),
                        compares(caller, a, b, most, true);)
RACECOURSE_LIBRARY_HOOK(std::size_t, strnlen, (const char* text, std::size_t most), (text, most),
                        caller.reads_text(text, most);)
RACECOURSE_LIBRARY_HOOK(char*, strchr, (const char* text, int wanted), (text, wanted),
                        caller.reads(text, looked_at(text, next<"strchr", char*>(text, wanted),
                                                     length_of(text) + 1));)
RACECOURSE_LIBRARY_HOOK(char*, strchrnul, (const char* text, int wanted), (text, wanted),
                        caller.reads(text, looked_at(text, next<"strchrnul", char*>(text, wanted), 0));)
RACECOURSE_LIBRARY_HOOK(char*, strrchr, (const char* text, int wanted), (text, wanted),
                        caller.reads_text(text);)
RACECOURSE_LIBRARY_HOOK(char*, strstr, (const char* text, const char* part), (text, part),
                        caller.reads(text, looked_at(text, next<"strstr", char*>(text, part),
                                                     length_of(text) + 1, length_of(part)));
                        caller.reads_text(part);)
RACECOURSE_LIBRARY_HOOK(std::size_t, strspn, (const char* text, const char* set), (text, set),
                        caller.reads(text, next<"strspn", std::size_t>(text, set) + 1);
                        caller.reads_text(set);)
RACECOURSE_LIBRARY_HOOK(std::size_t, strcspn, (const char* text, const char* set), (text, set),
                        caller.reads(text, next<"strcspn", std::size_t>(text, set) + 1);
                        caller.reads_text(set);)
RACECOURSE_LIBRARY_HOOK(char*, strpbrk, (const char* text, const char* set), (text, set),
                        caller.reads(text, next<"strcspn", std::size_t>(text, set) + 1);
                        caller.reads_text(set);)
RACECOURSE_LIBRARY_HOOK(char*, strdup, (const char* text), (text), caller.reads_text(text);)
RACECOURSE_LIBRARY_HOOK(char*, strndup, (const char* text, std::size_t most), (text, most),
                        caller.reads_text(text, most);)
RACECOURSE_LIBRARY_HOOK(std::size_t, wcslen, (const wchar_t* text), (text), caller.reads_wide_text(text);)
RACECOURSE_LIBRARY_HOOK(wchar_t*, wcscat, (wchar_t * to, const wchar_t* from), (to, from),
                        caller.reads_wide_text(to);
                        caller.reads_wide_text(from);
                        caller.writes(to + length_of(to), (length_of(from) + 1) * sizeof *to);)

// --- Numbers ---

#define RACECOURSE_PARTS_HOOK(type, name, part) \
  RACECOURSE_LIBRARY_HOOK(type, name, (type value, part * to), (value, to), caller.writes(to, sizeof *to);)
RACECOURSE_PARTS_HOOK(float, frexpf, int)
RACECOURSE_PARTS_HOOK(double, frexp, int)
RACECOURSE_PARTS_HOOK(long double, frexpl, int)
RACECOURSE_PARTS_HOOK(float, modff, float)
RACECOURSE_PARTS_HOOK(double, modf, double)
RACECOURSE_PARTS_HOOK(long double, modfl, long double)
RACECOURSE_PARTS_HOOK(float, lgammaf_r, int)
RACECOURSE_PARTS_HOOK(double, lgamma_r, int)
RACECOURSE_LIBRARY_HOOK(double, remquo, (double a, double b, int* to), (a, b, to),
                        caller.writes(to, sizeof *to);)
RACECOURSE_LIBRARY_HOOK(void, sincosf, (float value, float* sine, float* cosine), (value, sine, cosine),
                        caller.writes(sine, sizeof *sine);
                        caller.writes(cosine, sizeof *cosine);)
RACECOURSE_LIBRARY_HOOK(void, sincos, (double value, double* sine, double* cosine), (value, sine, cosine),
                        caller.writes(sine, sizeof *sine);
                        caller.writes(cosine, sizeof *cosine);)
RACECOURSE_LIBRARY_HOOK(int, rand_r, (unsigned* state), (state), caller.writes(state, sizeof *state);)
RACECOURSE_LIBRARY_HOOK(int, random_r, (random_data * data, std::int32_t* drawn), (data, drawn),
                        caller.writes(data, sizeof *data);
                        caller.writes(drawn, sizeof *drawn);)
RACECOURSE_LIBRARY_HOOK(int, drand48_r, (drand48_data * data, double* drawn), (data, drawn),
                        caller.writes(data, sizeof *data);
                        caller.writes(drawn, sizeof *drawn);)
RACECOURSE_LIBRARY_HOOK(int, lrand48_r, (drand48_data * data, long* drawn), (data, drawn),
                        caller.writes(data, sizeof *data);
                        caller.writes(drawn, sizeof *drawn);)

// --- Time ---

RACECOURSE_LIBRARY_HOOK(tm*, gmtime_r, (const time_t* time, tm* to), (time, to),
                        caller.reads(time, sizeof *time);
                        caller.writes(to, sizeof *to);)
RACECOURSE_LIBRARY_HOOK(tm*, localtime_r, (const time_t* time, tm* to), (time, to),
                        caller.reads(time, sizeof *time);
                        caller.writes(to, sizeof *to);)
RACECOURSE_LIBRARY_HOOK(time_t, mktime, (tm * time), (time), caller.writes(time, sizeof *time);)

// --- Text that is printed, read and sorted ---

RACECOURSE_LIBRARY_HOOK_AFTER(int, vsnprintf,
                              (char* to, std::size_t room, const char* format, std::va_list arguments),
                              (to, room, format, arguments), prints(caller, to, result, room);)
RACECOURSE_LIBRARY_HOOK_AFTER(int, vsprintf, (char* to, const char* format, std::va_list arguments),
                              (to, format, arguments), prints(caller, to, result, ~std::size_t{0});)
RACECOURSE_LIBRARY_HOOK_AS(int, snprintf, (char* to, std::size_t room, const char* format, ...), {
  std::va_list arguments;
  va_start(arguments, format);
  const int result = next<"vsnprintf", int>(to, room, format, arguments);
  va_end(arguments);
  prints(caller, to, result, room);
  return result;
})
RACECOURSE_LIBRARY_HOOK_AS(int, sprintf, (char* to, const char* format, ...), {
  std::va_list arguments;
  va_start(arguments, format);
  const int result = next<"vsprintf", int>(to, format, arguments);
  va_end(arguments);
  prints(caller, to, result, ~std::size_t{0});
  return result;
})
// What snprintf() becomes where its room is known, for who asks for that (_FORTIFY_SOURCE).
RACECOURSE_LIBRARY_HOOK_AS(int, __snprintf_chk,
                           (char* to, std::size_t size, int flag, std::size_t room, const char* format, ...),
                           {
                             std::va_list arguments;
                             va_start(arguments, format);
                             const int result =
                                 next<"__vsnprintf_chk", int>(to, size, flag, room, format, arguments);
                             va_end(arguments);
                             prints(caller, to, result, size);
                             return result;
                           })
RACECOURSE_LIBRARY_HOOK(int, fputs, (const char* text, std::FILE* file), (text, file),
                        caller.reads_text(text);)
RACECOURSE_LIBRARY_HOOK(int, puts, (const char* text), (text), caller.reads_text(text);)
RACECOURSE_LIBRARY_HOOK(std::size_t, fwrite,
                        (const void* from, std::size_t size, std::size_t count, std::FILE* file),
                        (from, size, count, file), caller.reads(from, size* count);)
RACECOURSE_LIBRARY_HOOK_AFTER(std::size_t, fread,
                              (void* to, std::size_t size, std::size_t count, std::FILE* file),
                              (to, size, count, file), caller.writes(to, result* size);)
RACECOURSE_LIBRARY_HOOK_AFTER(char*, fgets, (char* to, int size, std::FILE* file), (to, size, file),
                              if (result != nullptr) caller.writes(to, length_of(to) + 1);)
#define RACECOURSE_READ_HOOK(name)                                                                        \
  RACECOURSE_LIBRARY_HOOK_AFTER(ssize_t, name, (int descriptor, void* to, std::size_t size, off_t where), \
                                (descriptor, to, size, where),                                            \
                                if (result > 0) caller.writes(to, static_cast<std::size_t>(result));)
#define RACECOURSE_WRITE_HOOK(name)                                                                         \
  RACECOURSE_LIBRARY_HOOK(ssize_t, name, (int descriptor, const void* from, std::size_t size, off_t where), \
                          (descriptor, from, size, where), caller.reads(from, size);)
RACECOURSE_READ_HOOK(pread)
RACECOURSE_READ_HOOK(pread64)
RACECOURSE_WRITE_HOOK(pwrite)
RACECOURSE_WRITE_HOOK(pwrite64)
// These call back into the world: what they touch is noted before.
RACECOURSE_LIBRARY_HOOK(void, qsort,
                        (void* first, std::size_t count, std::size_t size,
                         int (*compare)(const void*, const void*)),
                        (first, count, size, compare), caller.writes(first, count* size);)
RACECOURSE_LIBRARY_HOOK(void, qsort_r,
                        (void* first, std::size_t count, std::size_t size,
                         int (*compare)(const void*, const void*, void*), void* argument),
                        (first, count, size, compare, argument), caller.writes(first, count* size);)
