// The options of the sanitizers for the launcher, which needs others than sanitizer_options.cpp has. It reaps
// whatever becomes its child; the process with which LeakSanitizer looks at it from outside is one, and the
// two may wait for each other for ever. What it leaks goes with it, milliseconds after its program.

extern "C" {

const char* __asan_default_options();
const char* __ubsan_default_options();

const char* __asan_default_options() { return "exitcode=86:detect_stack_use_after_return=1:detect_leaks=0"; }

const char* __ubsan_default_options() { return "exitcode=86:print_stacktrace=1"; }
}
