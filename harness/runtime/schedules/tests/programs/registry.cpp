#include "program.hpp"

namespace racecourse::schedules::programs {

namespace {
constinit Program* last = nullptr;
void (*report_failed_check)(const char*) = nullptr;
void (*begin_operation)() = nullptr;
void (*end_operation)() = nullptr;
}  // namespace

Program::Program(const char* program_name, void (*program_body)(), const char* expected_kind,
                 const char* also_kind)
    : name(program_name), body(program_body), expected(expected_kind), also(also_kind), next(last) {
  last = this;
}

Program* all_programs() { return last; }

void on_failed_check(void (*report)(const char* sentence)) { report_failed_check = report; }
void on_lock_free_operations(void (*begin)(), void (*end)()) {
  begin_operation = begin;
  end_operation = end;
}
LockFreeOperation::LockFreeOperation() { begin_operation(); }
LockFreeOperation::~LockFreeOperation() { end_operation(); }
void require(bool holds, const char* sentence) {
  if (!holds) report_failed_check(sentence);
}

}  // namespace racecourse::schedules::programs
