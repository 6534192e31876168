// doctest itself, compiled once for all drivers: it takes longer than all the rest of a driver's runtime, and
// needs no instrumentation.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
