// The switch is in assembly because no compiler may keep anything alive in a register across it. With
// FSGSBASE (Ivy Bridge, Zen 2 and Linux 5.9 or later) writing the thread pointer takes a few cycles; without,
// a system call.
#include "context_switch.hpp"

#include <sys/auxv.h>

extern "C" {
void racecourse_switch_by_instruction(void** save, void* load, std::uintptr_t thread_pointer);
void racecourse_switch_by_system_call(void** save, void* load, std::uintptr_t thread_pointer);
}

asm(R"(
.text
.p2align 4
.type racecourse_switch_by_instruction,@function
.globl racecourse_switch_by_instruction
.hidden racecourse_switch_by_instruction
racecourse_switch_by_instruction:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  wrfsbase %rdx
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size racecourse_switch_by_instruction, .-racecourse_switch_by_instruction

.p2align 4
.type racecourse_switch_by_system_call,@function
.globl racecourse_switch_by_system_call
.hidden racecourse_switch_by_system_call
racecourse_switch_by_system_call:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  movl $158, %eax        # arch_prctl
  movl $0x1002, %edi     # ARCH_SET_FS
  movq %rdx, %rsi
  syscall
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size racecourse_switch_by_system_call, .-racecourse_switch_by_system_call
)");

namespace racecourse::schedules {

namespace {

constexpr unsigned long kFsgsbase = 2;  // HWCAP2_FSGSBASE of <asm/hwcap2.h>.

using SwitchContext = void (*)(void**, void*, std::uintptr_t);
SwitchContext choose_switch() {
  return (::getauxval(AT_HWCAP2) & kFsgsbase) != 0 ? racecourse_switch_by_instruction
                                                   : racecourse_switch_by_system_call;
}

}  // namespace

void switch_context(void** save, void* load, std::uintptr_t thread_pointer) {
  static const SwitchContext chosen = choose_switch();
  chosen(save, load, thread_pointer);
}

void* fresh_context(std::uintptr_t stack_high, void (*entry)()) {
  // Six saved registers, the address to return to, and a 0 where the entry's caller would be, which ends a
  // backtrace. On entry to a function the stack pointer is 8 below a multiple of 16, as it is here once
  // `entry` is popped.
  auto* top = reinterpret_cast<std::uintptr_t*>(stack_high & ~std::uintptr_t{15});
  *--top = 0;
  *--top = reinterpret_cast<std::uintptr_t>(entry);
  for (int i = 0; i < 6; ++i) *--top = 0;
  return top;
}

std::uintptr_t current_thread_pointer() {
  std::uintptr_t pointer = 0;
  asm("movq %%fs:0, %0" : "=r"(pointer));  // The TCB's first word is its own address.
  return pointer;
}

}  // namespace racecourse::schedules
