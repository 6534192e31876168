// The options of the sanitizers, built into what they examine. An environment variable would reach the
// programs that tests start, among them such with a ThreadSanitizer of their own.
//
// A report ends the program with a code that no test expects. A leak at exit is a report too.

extern "C" {

const char* __asan_default_options();
const char* __ubsan_default_options();
const char* __tsan_default_options();
const char* __tsan_default_suppressions();

const char* __asan_default_options() { return "exitcode=86:detect_stack_use_after_return=1"; }

const char* __ubsan_default_options() { return "exitcode=86:print_stacktrace=1"; }

const char* __tsan_default_options() { return "exitcode=86:second_deadlock_stack=1"; }

// What ThreadSanitizer says without being right; each line needs a proof.
//
// libarchive asks for the local time. glibc then frees and copies the name of the time zone under a lock of
// its own (tzset_lock in time/tzset.c), which ThreadSanitizer does not see; malloc and free it does see.
const char* __tsan_default_suppressions() { return "race:^tzset_internal$\n"; }
}
