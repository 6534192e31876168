// Functions of the C library that touch memory for their caller and that ThreadSanitizer does not intercept.
// Accesses are noted before the call where they are known then.
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include <cstdarg>
#include <cstdio>

#include "library_access.hpp"
#include "next_symbol.hpp"

namespace {

using racecourse::length_of;
using racecourse::LibraryCaller;
using racecourse::looked_at;
using racecourse::next;

// What both have in common and the character after it.
void compares(const LibraryCaller& caller, const wchar_t* a, const wchar_t* b, std::size_t most) {
  std::size_t same = 0;
  while (same < most && a[same] != 0 && a[same] == b[same]) ++same;
  const std::size_t bytes = (same < most ? same + 1 : most) * sizeof *a;
  caller.reads(a, bytes);
  caller.reads(b, bytes);
}

void appends(const LibraryCaller& caller, char* to, const char* from, std::size_t most) {
  const std::size_t old = length_of(to);
  caller.reads(to, old + 1);
  caller.reads_text(from, most);
  caller.writes(to + old, length_of(from, most) + 1);
}

// The token that begins at `text` after what separates it; its end is overwritten unless the text ends there.
void takes_token(const LibraryCaller& caller, char* text, std::size_t skipped, const char* separators) {
  const std::size_t end = skipped + next<"strcspn", std::size_t>(text + skipped, separators);
  caller.reads_text(separators);
  caller.reads(text, end + 1);
  if (text[end] != 0) caller.writes(text + end, 1);
}

// Neighbours in a list of insque().
struct Linked {
  Linked* after;
  Linked* before;
};

}  // namespace

// --- Bytes ---

RACECOURSE_LIBRARY_HOOK(void*, memccpy, (void* to, const void* from, int last, std::size_t size),
                        (to, from, last, size), {
                          const std::size_t copied =
                              looked_at(from, next<"memchr", void*>(from, last, size), size);
                          caller.reads(from, copied);
                          caller.writes(to, copied);
                        })
RACECOURSE_LIBRARY_HOOK(void*, mempcpy, (void* to, const void* from, std::size_t size), (to, from, size),
                        caller.reads(from, size);
                        caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(void, bcopy, (const void* from, void* to, std::size_t size), (from, to, size),
                        caller.reads(from, size);
                        caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(
    void, swab, (const void* from, void* to, ssize_t size), (from, to, size), if (size > 1) {
      caller.reads(from, static_cast<std::size_t>(size) & ~std::size_t{1});
      caller.writes(to, static_cast<std::size_t>(size) & ~std::size_t{1});
    })
RACECOURSE_LIBRARY_HOOK(void, explicit_bzero, (void* to, std::size_t size), (to, size),
                        caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(void*, memfrob, (void* to, std::size_t size), (to, size), caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(void*, rawmemchr, (const void* from, int wanted), (from, wanted),
                        caller.reads(from, looked_at(from, next<"rawmemchr", void*>(from, wanted), 0));)

// --- Text ---

RACECOURSE_LIBRARY_HOOK(char*, strcat, (char* to, const char* from), (to, from),
                        appends(caller, to, from, length_of(from) + 1);)
RACECOURSE_LIBRARY_HOOK(char*, strncat, (char* to, const char* from, std::size_t most), (to, from, most),
                        appends(caller, to, from, most);)
RACECOURSE_LIBRARY_HOOK(char*, stpcpy, (char* to, const char* from), (to, from), caller.reads_text(from);
                        caller.writes(to, length_of(from) + 1);)
RACECOURSE_LIBRARY_HOOK(char*, stpncpy, (char* to, const char* from, std::size_t size), (to, from, size),
                        caller.reads_text(from, size);
                        caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(int, strverscmp, (const char* a, const char* b), (a, b), caller.reads_text(a);
                        caller.reads_text(b);)
RACECOURSE_LIBRARY_HOOK(int, strcoll, (const char* a, const char* b), (a, b), caller.reads_text(a);
                        caller.reads_text(b);)
RACECOURSE_LIBRARY_HOOK(char*, strtok_r, (char* text, const char* separators, char** rest),
                        (text, separators, rest), {
                          if (text == nullptr) caller.reads(rest, sizeof *rest);
                          char* const from = text != nullptr ? text : *rest;
                          if (from != nullptr)
                            takes_token(caller, from, next<"strspn", std::size_t>(from, separators),
                                        separators);
                          caller.writes(rest, sizeof *rest);
                        })
RACECOURSE_LIBRARY_HOOK(char*, strsep, (char** rest, const char* separators), (rest, separators), {
  caller.reads(rest, sizeof *rest);
  if (*rest != nullptr) {
    takes_token(caller, *rest, 0, separators);
    caller.writes(rest, sizeof *rest);
  }
})
RACECOURSE_LIBRARY_HOOK_AFTER(char*, gcvt, (double value, int digits, char* to), (value, digits, to),
                              caller.writes(to, length_of(to) + 1);)

// Called twice, the first time to see how far it reads.
#define RACECOURSE_NUMBER_HOOK(result, name, parameters, arguments, ...) \
  RACECOURSE_LIBRARY_HOOK(result, name, parameters, arguments, {         \
    char* after = nullptr;                                               \
    (void)next<#name, result>(text, &after __VA_OPT__(, ) __VA_ARGS__);  \
    caller.reads(text, looked_at(text, after, 0));                       \
    caller.writes(end, sizeof *end);                                     \
  })
#define RACECOURSE_INTEGER_HOOK(result, name) \
  RACECOURSE_NUMBER_HOOK(result, name, (const char* text, char** end, int base), (text, end, base), base)
#define RACECOURSE_REAL_HOOK(result, name) \
  RACECOURSE_NUMBER_HOOK(result, name, (const char* text, char** end), (text, end))
RACECOURSE_INTEGER_HOOK(long, strtol)
RACECOURSE_INTEGER_HOOK(long long, strtoll)
RACECOURSE_INTEGER_HOOK(unsigned long, strtoul)
RACECOURSE_INTEGER_HOOK(unsigned long long, strtoull)
// Their names since glibc 2.38.
RACECOURSE_INTEGER_HOOK(long, __isoc23_strtol)
RACECOURSE_INTEGER_HOOK(long long, __isoc23_strtoll)
RACECOURSE_INTEGER_HOOK(unsigned long, __isoc23_strtoul)
RACECOURSE_INTEGER_HOOK(unsigned long long, __isoc23_strtoull)
RACECOURSE_REAL_HOOK(float, strtof)
RACECOURSE_REAL_HOOK(double, strtod)
RACECOURSE_REAL_HOOK(long double, strtold)

// --- Wide characters ---

#define RACECOURSE_WIDE_COPY_HOOK(name)                                                           \
  RACECOURSE_LIBRARY_HOOK(wchar_t*, name, (wchar_t * to, const wchar_t* from, std::size_t count), \
                          (to, from, count), caller.reads(from, count * sizeof *from);            \
                          caller.writes(to, count * sizeof *to);)
RACECOURSE_WIDE_COPY_HOOK(wmemcpy)
RACECOURSE_WIDE_COPY_HOOK(wmempcpy)
RACECOURSE_WIDE_COPY_HOOK(wmemmove)
RACECOURSE_LIBRARY_HOOK(wchar_t*, wmemset, (wchar_t * to, wchar_t value, std::size_t count),
                        (to, value, count), caller.writes(to, count * sizeof *to);)
RACECOURSE_LIBRARY_HOOK(int, wmemcmp, (const wchar_t* a, const wchar_t* b, std::size_t count), (a, b, count),
                        caller.reads(a, count * sizeof *a);
                        caller.reads(b, count * sizeof *b);)
RACECOURSE_LIBRARY_HOOK(wchar_t*, wmemchr, (const wchar_t* from, wchar_t wanted, std::size_t count),
                        (from, wanted, count),
                        caller.reads(from, looked_at(from, next<"wmemchr", wchar_t*>(from, wanted, count),
                                                     count * sizeof *from, sizeof *from));)
#define RACECOURSE_WIDE_TEXT_COPY_HOOK(name)                                               \
  RACECOURSE_LIBRARY_HOOK(wchar_t*, name, (wchar_t * to, const wchar_t* from), (to, from), \
                          caller.reads_wide_text(from);                                    \
                          caller.writes(to, (length_of(from) + 1) * sizeof *to);)
RACECOURSE_WIDE_TEXT_COPY_HOOK(wcscpy)
RACECOURSE_WIDE_TEXT_COPY_HOOK(wcpcpy)
#define RACECOURSE_WIDE_TEXT_FILL_HOOK(name)                                                          \
  RACECOURSE_LIBRARY_HOOK(wchar_t*, name, (wchar_t * to, const wchar_t* from, std::size_t count),     \
                          (to, from, count), {                                                        \
                            const std::size_t length = next<"wcsnlen", std::size_t>(from, count);     \
                            caller.reads(from, (length < count ? length + 1 : count) * sizeof *from); \
                            caller.writes(to, count * sizeof *to);                                    \
                          })
RACECOURSE_WIDE_TEXT_FILL_HOOK(wcsncpy)
RACECOURSE_WIDE_TEXT_FILL_HOOK(wcpncpy)
RACECOURSE_LIBRARY_HOOK(int, wcscmp, (const wchar_t* a, const wchar_t* b), (a, b),
                        compares(caller, a, b, length_of(a) + 1);)
RACECOURSE_LIBRARY_HOOK(int, wcsncmp, (const wchar_t* a, const wchar_t* b, std::size_t most), (a, b, most),
                        compares(caller, a, b, most);)
RACECOURSE_LIBRARY_HOOK(wchar_t*, wcschr, (const wchar_t* text, wchar_t wanted), (text, wanted),
                        caller.reads(text, looked_at(text, next<"wcschr", wchar_t*>(text, wanted),
                                                     (length_of(text) + 1) * sizeof *text, sizeof *text));)
RACECOURSE_LIBRARY_HOOK_AFTER(int, vswprintf,
                              (wchar_t * to, std::size_t size, const wchar_t* format, std::va_list arguments),
                              (to, size, format, arguments),
                              if (result >= 0)
                                  caller.writes(to, (static_cast<std::size_t>(result) + 1) * sizeof *to);)
RACECOURSE_LIBRARY_HOOK_AS(int, swprintf, (wchar_t * to, std::size_t size, const wchar_t* format, ...), {
  std::va_list arguments;
  va_start(arguments, format);
  const int result = next<"vswprintf", int>(to, size, format, arguments);
  va_end(arguments);
  if (result >= 0) caller.writes(to, (static_cast<std::size_t>(result) + 1) * sizeof *to);
  return result;
})
RACECOURSE_LIBRARY_HOOK_AFTER(
    std::size_t, mbrtowc, (wchar_t * to, const char* from, std::size_t size, mbstate_t* state),
    (to, from, size, state), if (from != nullptr && result <= size) {
      caller.reads(from, result == 0 ? 1 : result);
      caller.writes(to, sizeof *to);
      caller.writes(state, sizeof *state);
    })

// --- Tables and lists ---

RACECOURSE_LIBRARY_HOOK(void*, lfind,
                        (const void* key, const void* first, std::size_t* count, std::size_t size,
                         int (*compare)(const void*, const void*)),
                        (key, first, count, size, compare), caller.reads(count, sizeof *count);
                        caller.reads(first, *count* size);)
RACECOURSE_LIBRARY_HOOK_AS(void*, lsearch,
                           (const void* key, void* first, std::size_t* count, std::size_t size,
                            int (*compare)(const void*, const void*)),
                           {
                             const std::size_t old = *count;
                             caller.reads(count, sizeof *count);
                             caller.reads(first, old * size);
                             void* const result = next<"lsearch", void*>(key, first, count, size, compare);
                             if (*count != old) {
                               caller.writes(count, sizeof *count);
                               caller.writes(static_cast<char*>(first) + old * size, size);
                             }
                             return result;
                           })
RACECOURSE_LIBRARY_HOOK(void, insque, (Linked * inserted, Linked* before), (inserted, before), {
  caller.writes(inserted, sizeof *inserted);
  if (before != nullptr) {
    caller.writes(&before->after, sizeof before->after);
    if (before->after != nullptr) caller.writes(&before->after->before, sizeof(Linked*));
  }
})
RACECOURSE_LIBRARY_HOOK(void, remque, (Linked * removed), (removed), {
  caller.reads(removed, sizeof *removed);
  if (removed->after != nullptr) caller.writes(&removed->after->before, sizeof(Linked*));
  if (removed->before != nullptr) caller.writes(&removed->before->after, sizeof(Linked*));
})

// --- Random numbers with a state of the caller's ---

using ShortState = unsigned short[3];
RACECOURSE_LIBRARY_HOOK(double, erand48, (unsigned short* state), (state),
                        caller.writes(state, sizeof(ShortState));)
RACECOURSE_LIBRARY_HOOK(long, nrand48, (unsigned short* state), (state),
                        caller.writes(state, sizeof(ShortState));)
RACECOURSE_LIBRARY_HOOK(long, jrand48, (unsigned short* state), (state),
                        caller.writes(state, sizeof(ShortState));)
#define RACECOURSE_DRAW_HOOK(name, type)                                                       \
  RACECOURSE_LIBRARY_HOOK(int, name, (unsigned short* state, drand48_data* data, type* drawn), \
                          (state, data, drawn), caller.writes(state, sizeof(ShortState));      \
                          caller.reads(data, sizeof *data); caller.writes(drawn, sizeof *drawn);)
RACECOURSE_DRAW_HOOK(erand48_r, double)
RACECOURSE_DRAW_HOOK(nrand48_r, long)
RACECOURSE_DRAW_HOOK(jrand48_r, long)
RACECOURSE_LIBRARY_HOOK(int, mrand48_r, (drand48_data * data, long* drawn), (data, drawn),
                        caller.writes(data, sizeof *data);
                        caller.writes(drawn, sizeof *drawn);)
RACECOURSE_LIBRARY_HOOK(int, srand48_r, (long seed, drand48_data* data), (seed, data),
                        caller.writes(data, sizeof *data);)
RACECOURSE_LIBRARY_HOOK(int, seed48_r, (unsigned short* seed, drand48_data* data), (seed, data),
                        caller.reads(seed, sizeof(ShortState));
                        caller.writes(data, sizeof *data);)
RACECOURSE_LIBRARY_HOOK(int, srandom_r, (unsigned seed, random_data* data), (seed, data),
                        caller.writes(data, sizeof *data);)

// --- Time ---

RACECOURSE_LIBRARY_HOOK(time_t, timegm, (tm * time), (time), caller.writes(time, sizeof *time);)
RACECOURSE_LIBRARY_HOOK_AFTER(std::size_t, strftime,
                              (char* to, std::size_t size, const char* format, const tm* time),
                              (to, size, format, time), caller.reads(time, sizeof *time);
                              if (result > 0) caller.writes(to, result + 1);)

// --- What the compiler makes of a copy whose room it knows, for who asks for that (_FORTIFY_SOURCE) ---

#define RACECOURSE_CHECKED_COPY_HOOK(name)                                                               \
  RACECOURSE_LIBRARY_HOOK(void*, name, (void* to, const void* from, std::size_t size, std::size_t room), \
                          (to, from, size, room), caller.reads(from, size);                              \
                          caller.writes(to, size);)
RACECOURSE_CHECKED_COPY_HOOK(__memcpy_chk)
RACECOURSE_CHECKED_COPY_HOOK(__mempcpy_chk)
RACECOURSE_CHECKED_COPY_HOOK(__memmove_chk)
RACECOURSE_LIBRARY_HOOK(void*, __memset_chk, (void* to, int value, std::size_t size, std::size_t room),
                        (to, value, size, room), caller.writes(to, size);)
RACECOURSE_LIBRARY_HOOK(void, __explicit_bzero_chk, (void* to, std::size_t size, std::size_t room),
                        (to, size, room), caller.writes(to, size);)
#define RACECOURSE_CHECKED_TEXT_COPY_HOOK(name)                                                          \
  RACECOURSE_LIBRARY_HOOK(char*, name, (char* to, const char* from, std::size_t room), (to, from, room), \
                          caller.reads_text(from);                                                       \
                          caller.writes(to, length_of(from) + 1);)
RACECOURSE_CHECKED_TEXT_COPY_HOOK(__strcpy_chk)
RACECOURSE_CHECKED_TEXT_COPY_HOOK(__stpcpy_chk)
#define RACECOURSE_CHECKED_TEXT_FILL_HOOK(name)                                                          \
  RACECOURSE_LIBRARY_HOOK(char*, name, (char* to, const char* from, std::size_t size, std::size_t room), \
                          (to, from, size, room), caller.reads_text(from, size);                         \
                          caller.writes(to, size);)
RACECOURSE_CHECKED_TEXT_FILL_HOOK(__strncpy_chk)
RACECOURSE_CHECKED_TEXT_FILL_HOOK(__stpncpy_chk)
RACECOURSE_LIBRARY_HOOK(char*, __strcat_chk, (char* to, const char* from, std::size_t room), (to, from, room),
                        appends(caller, to, from, length_of(from) + 1);)
RACECOURSE_LIBRARY_HOOK(char*, __strncat_chk,
                        (char* to, const char* from, std::size_t most, std::size_t room),
                        (to, from, most, room), appends(caller, to, from, most);)
#define RACECOURSE_CHECKED_WIDE_COPY_HOOK(name)                                                     \
  RACECOURSE_LIBRARY_HOOK(wchar_t*, name,                                                           \
                          (wchar_t * to, const wchar_t* from, std::size_t count, std::size_t room), \
                          (to, from, count, room), caller.reads(from, count * sizeof *from);        \
                          caller.writes(to, count * sizeof *to);)
RACECOURSE_CHECKED_WIDE_COPY_HOOK(__wmemcpy_chk)
RACECOURSE_CHECKED_WIDE_COPY_HOOK(__wmempcpy_chk)
RACECOURSE_CHECKED_WIDE_COPY_HOOK(__wmemmove_chk)
RACECOURSE_LIBRARY_HOOK(wchar_t*, __wmemset_chk,
                        (wchar_t * to, wchar_t value, std::size_t count, std::size_t room),
                        (to, value, count, room), caller.writes(to, count * sizeof *to);)
RACECOURSE_LIBRARY_HOOK_AFTER(char*, __fgets_chk, (char* to, std::size_t room, int size, std::FILE* file),
                              (to, room, size, file),
                              if (result != nullptr) caller.writes(to, length_of(to) + 1);)
RACECOURSE_LIBRARY_HOOK_AFTER(std::size_t, __fread_chk,
                              (void* to, std::size_t room, std::size_t size, std::size_t count,
                               std::FILE* file),
                              (to, room, size, count, file), caller.writes(to, result* size);)
