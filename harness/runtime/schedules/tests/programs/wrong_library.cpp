// Races inside functions of the C library, which are not instrumented: two threads call the same one, and
// what it does to their memory must be seen. The functions of ../../../library_memory.cpp and
// ../../hooks_library.cpp.
#include <search.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cwchar>

#include "program.hpp"

using namespace racecourse::schedules::programs;

namespace {

// What both threads use; volatile sizes, or the compiler would make stores of the calls.
struct Shared {
  alignas(16) char to[64];
  wchar_t wide[16];
  char* text;
  int whole;
  long number;
  double real;
  float small;
  unsigned seed;
  unsigned short state[3];
  drand48_data drawn;
  random_data random;
  tm date;
  struct Link {
    Link* after;
    Link* before;
  } link;
  std::size_t count;
};
Shared shared;
const volatile std::size_t four = 4;
const char* volatile word = "1234";
const wchar_t* volatile wide_word = L"1234";

// Or the compiler would leave out a call that only looks.
void keep(auto value) { asm volatile("" : : "r"(value)); }

void by_two(void (*call)()) { run_two(call, call); }

// One thread calls, the other one writes what is read there.
void beside_a_write(void (*call)()) {
  run_two(call, [] { shared.to[1] = 'x'; });
}
void beside_a_wide_write(void (*call)()) {
  run_two(call, [] { shared.wide[1] = L'x'; });
}

int with_a_file(void (*use)(std::FILE*)) {
  std::FILE* const file = std::fopen("/dev/null", "w");
  use(file);
  return std::fclose(file);
}

char own_to[64];
wchar_t own_wide[16];

}  // namespace

#define WRITES(name, ...)              \
  WRONG(library_##name, data_race) {   \
    by_two([] { (void)__VA_ARGS__; }); \
  }
#define READS(name, ...)                       \
  WRONG(library_##name, data_race) {           \
    beside_a_write([] { keep(__VA_ARGS__); }); \
  }
#define READS_WIDE(name, ...)                       \
  WRONG(library_##name, data_race) {                \
    beside_a_wide_write([] { keep(__VA_ARGS__); }); \
  }

WRITES(memcpy, std::memcpy(shared.to, word, four))
WRITES(mempcpy, mempcpy(shared.to, word, four))
WRITES(memccpy, memccpy(shared.to, word, '3', four))
WRITES(explicit_bzero, (explicit_bzero(shared.to, four), 0))
WRITES(memfrob, memfrob(shared.to, four))
WRITES(strncat, std::strncat(shared.to, word, four))
WRITES(stpcpy, stpcpy(shared.to, word))
WRITES(stpncpy, stpncpy(shared.to, word, four))
WRITES(strtok_r, strtok_r(own_to, word, &shared.text))
WRITES(strsep, strsep(&(shared.text = own_to), word))
WRITES(gcvt, gcvt(0.5, 3, shared.to))
WRITES(strtol, std::strtol(word, &shared.text, 10))
WRITES(strtoull, std::strtoull(word, &shared.text, 10))
WRITES(strtod, std::strtod(word, &shared.text))
WRITES(wmemcpy, std::wmemcpy(shared.wide, wide_word, four))
WRITES(wmempcpy, wmempcpy(shared.wide, wide_word, four))
WRITES(wmemmove, std::wmemmove(shared.wide, wide_word, four))
WRITES(wmemset, std::wmemset(shared.wide, L'x', four))
WRITES(wcscpy, std::wcscpy(shared.wide, wide_word))
WRITES(wcpcpy, wcpcpy(shared.wide, wide_word))
WRITES(wcsncpy, std::wcsncpy(shared.wide, wide_word, four))
WRITES(wcscat, std::wcscat(shared.wide, wide_word))
WRITES(swprintf, std::swprintf(shared.wide, four, L"%d", 12))
WRITES(mbrtowc, std::mbrtowc(shared.wide, word, four, nullptr))
WRITES(insque, (insque(&shared.link, nullptr), 0))
WRITES(lsearch, lsearch(word, shared.to, &shared.count, 1, [](const void*, const void*) { return 1; }))
WRITES(erand48, erand48(shared.state))
WRITES(nrand48, nrand48(shared.state))
WRITES(jrand48, jrand48(shared.state))
WRITES(erand48_r, erand48_r(shared.state, &shared.drawn, &shared.real))
WRITES(mrand48_r, mrand48_r(&shared.drawn, &shared.number))
WRITES(srand48_r, srand48_r(1, &shared.drawn))
WRITES(drand48_r, drand48_r(&shared.drawn, &shared.real))
WRITES(lrand48_r, lrand48_r(&shared.drawn, &shared.number))
WRITES(rand_r, rand_r(&shared.seed))
WRITES(timegm, timegm(&shared.date))
WRITES(mktime, std::mktime(&shared.date))
WRITES(gmtime_r, gmtime_r(&(const std::time_t&)(0), &shared.date))
WRITES(strftime, std::strftime(shared.to, 20, "%H:%M", &shared.date))
WRITES(memcpy_chk, __builtin___memcpy_chk(shared.to, word, four, sizeof shared.to))
WRITES(mempcpy_chk, __builtin___mempcpy_chk(shared.to, word, four, sizeof shared.to))
WRITES(memmove_chk, __builtin___memmove_chk(shared.to, word, four, sizeof shared.to))
WRITES(memset_chk, __builtin___memset_chk(shared.to, 'x', four, sizeof shared.to))
WRITES(strcpy_chk, __builtin___strcpy_chk(shared.to, word, sizeof shared.to))
WRITES(strncpy_chk, __builtin___strncpy_chk(shared.to, word, four, sizeof shared.to))
WRITES(strcat_chk, __builtin___strcat_chk(shared.to, word, sizeof shared.to))
WRITES(snprintf, std::snprintf(shared.to, sizeof shared.to, "%s", word))
WRITES(sprintf, std::sprintf(shared.to, "%s", word))
WRITES(snprintf_chk,
       __builtin___snprintf_chk(shared.to, four, 1, sizeof shared.to, "%s", const_cast<const char*>(word)))
WRITES(strcpy, std::strcpy(shared.to, word))
WRITES(strncpy, std::strncpy(shared.to, word, four))
WRITES(bzero, (bzero(shared.to, four), 0))
WRITES(frexp, std::frexp(std::atof(word), &shared.whole))
WRITES(modf, std::modf(std::atof(word), &shared.real))
WRITES(modff, std::modf(static_cast<float>(std::atof(word)), &shared.small))
WRITES(remquo, std::remquo(std::atof(word), 3.0, &shared.whole))
WRITES(qsort, (std::qsort(shared.to, four, 1, [](const void*, const void*) { return 0; }), 0))

READS(memchr, std::memchr(shared.to, 'z', four))
READS(rawmemchr, (shared.to[2] = 'y', rawmemchr(shared.to, 'y')))
READS(strnlen, (shared.to[0] = 'y', strnlen(shared.to, four)))
READS(strncmp, (shared.to[0] = '1', std::strncmp(shared.to, word, four)))
READS(strcasecmp, (shared.to[0] = '1', strcasecmp(shared.to, word)))
READS(strchr, (shared.to[0] = '1', std::strchr(shared.to, 'z')))
READS(strrchr, (shared.to[0] = '1', std::strrchr(shared.to, 'z')))
READS(strstr, (shared.to[0] = '1', std::strstr(shared.to, word)))
READS(strspn, (shared.to[0] = '1', std::strspn(shared.to, word)))
READS(strcspn, (shared.to[0] = '5', std::strcspn(shared.to, word)))
READS(strdup, (shared.to[0] = '1', strdup(shared.to)))
READS(atoi, (shared.to[0] = '1', std::atoi(shared.to)))
READS(strcoll, (shared.to[0] = '1', std::strcoll(shared.to, word)))
READS(fputs, (shared.to[0] = ' ', with_a_file([](std::FILE* file) { std::fputs(shared.to, file); })))
READS(fwrite, with_a_file([](std::FILE* file) { std::fwrite(shared.to, 1, four, file); }))
READS_WIDE(wcslen, (shared.wide[0] = L'1', std::wcslen(shared.wide)))
READS_WIDE(wcscmp, (shared.wide[0] = L'1', std::wcscmp(shared.wide, wide_word)))
READS_WIDE(wmemcmp, std::wmemcmp(shared.wide, own_wide, four))
READS_WIDE(wmemchr, std::wmemchr(shared.wide, L'z', four))

// --- and none where there is none: parts of the same memory that are not touched
CORRECT(library_functions_touch_what_they_say) {
  run_two([] { std::memcpy(shared.to, word, four); }, [] { std::strncpy(shared.to + 4, word, four); });
  run_two([] { (void)std::strtol(word, &shared.text, 10); }, [] { (void)std::strncmp(word, "12", four); });
  std::strcpy(shared.to, "ab cd");
  run_two(
      [] {
        char* rest = nullptr;
        strtok_r(shared.to, " ", &rest);
      },
      [] { shared.to[4] = 'x'; });
  run_two([] { std::snprintf(shared.to, 4, "%s", "abcdefgh"); }, [] { shared.to[4] = 'y'; });
  run_two([] { std::wmemset(shared.wide, L'a', four); }, [] { shared.wide[4] = L'b'; });
  shared.to[0] = 's';
  run_two([] { keep(std::memchr(shared.to, 's', four)); }, [] { shared.to[1] = 'x'; });
}
