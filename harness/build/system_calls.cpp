#include "build/system_calls.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <utility>

namespace racecourse {

namespace {

constexpr auto kFunctions = std::to_array<std::pair<std::string_view, Permission>>({
    {"fork", Permission::processes},
    {"vfork", Permission::processes},
    {"_Fork", Permission::processes},
    {"__fork", Permission::processes},
    {"__libc_fork", Permission::processes},
    {"forkpty", Permission::processes},
    {"daemon", Permission::processes},
    {"clone", Permission::processes},
    {"__clone", Permission::processes},
    {"__clone2", Permission::processes},
    {"execl", Permission::programs},
    {"execle", Permission::programs},
    {"execlp", Permission::programs},
    {"execv", Permission::programs},
    {"execve", Permission::programs},
    {"execvp", Permission::programs},
    {"execvpe", Permission::programs},
    {"execveat", Permission::programs},
    {"fexecve", Permission::programs},
    {"posix_spawn", Permission::programs},
    {"posix_spawnp", Permission::programs},
    {"system", Permission::programs},
    {"popen", Permission::programs},
    {"_IO_popen", Permission::programs},
    {"wordexp", Permission::programs},
    {"dlopen", Permission::loader},
    {"dlmopen", Permission::loader},
    {"dlsym", Permission::loader},
    {"dlvsym", Permission::loader},
    {"dladdr", Permission::loader},
    {"dladdr1", Permission::loader},
    {"dlinfo", Permission::loader},
    {"dl_iterate_phdr", Permission::loader},
    {"_dl_find_object", Permission::loader},
    {"_r_debug", Permission::loader},
    {"_dl_sym", Permission::loader},
    {"__libc_dlsym", Permission::loader},
    {"__libc_dlopen_mode", Permission::loader},
    {"ptrace", Permission::debugging},
    {"process_vm_readv", Permission::debugging},
    {"process_vm_writev", Permission::debugging},
    {"pidfd_getfd", Permission::debugging},
});

constexpr auto kCalls = std::to_array<std::pair<long, GuardedCall>>({
#ifdef SYS_fork
    {SYS_fork, {"fork", Permission::processes}},
    {SYS_vfork, {"vfork", Permission::processes}},
#endif
    {SYS_clone, {"clone", Permission::processes}},
    {SYS_clone3, {"clone3", Permission::processes}},
    {SYS_execve, {"execve", Permission::programs}},
    {SYS_execveat, {"execveat", Permission::programs}},
    {SYS_ptrace, {"ptrace", Permission::debugging}},
    {SYS_process_vm_readv, {"process_vm_readv", Permission::debugging}},
    {SYS_process_vm_writev, {"process_vm_writev", Permission::debugging}},
    {SYS_pidfd_getfd, {"pidfd_getfd", Permission::debugging}},
    {SYS_mprotect, {"mprotect", Permission::executable_memory}},
    {SYS_pkey_mprotect, {"pkey_mprotect", Permission::executable_memory}},
});

}  // namespace

std::optional<GuardedCall> guarded_function(std::string_view symbol) {
  const auto found = std::ranges::find(kFunctions, symbol, &decltype(kFunctions)::value_type::first);
  if (found == kFunctions.end()) return std::nullopt;
  return GuardedCall{found->first, found->second};
}

std::optional<GuardedCall> guarded_system_call(long number) {
  const auto found = std::ranges::find(kCalls, number, &decltype(kCalls)::value_type::first);
  if (found == kCalls.end()) return std::nullopt;
  return found->second;
}

}  // namespace racecourse
