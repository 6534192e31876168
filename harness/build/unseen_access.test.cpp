#include "build/unseen_access.hpp"

#include <doctest/doctest.h>

using namespace racecourse;

namespace {

std::string dump_of(const std::string& statement) {
  return "\n;; Function Counter::add (_ZN7Counter3addEv, funcdef_no=7, decl_uid=1, cgraph_uid=2, "
         "symbol_order=3)\n\n"
         "void Counter::add (struct Counter * const this)\n{\n  <bb 2> :\n  " +
         statement + "\n  return;\n}\n";
}

}  // namespace

TEST_CASE("an intrinsic that accesses memory by itself is named with its function") {
  const auto findings =
      judge_unseen_accesses(dump_of("__builtin_ia32_movnti64 (&this_1->value, _3);"), "a.cpp");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].kind == FindingKind::tampering);
  CHECK(findings[0].message.find("__builtin_ia32_movnti64") != std::string::npos);
  CHECK(findings[0].places == std::vector<Place>{{"a.cpp", 0, "Counter::add()"}});
  CHECK(judge_unseen_accesses(dump_of("_4 = __builtin_ia32_gathersiv4si (_1, p_2, _3, _5, 4);"), "a.cpp")
            .size() == 1);
}

TEST_CASE("intrinsics that compute or only order accesses are nobody's business") {
  for (const char* statement :
       {"__builtin_ia32_pause ();", "__builtin_ia32_mfence ();", "_1 = __builtin_ia32_rdtsc ();",
        "_4 = __builtin_ia32_paddd128 (_2, _3);", "_4 = __builtin_ia32_crc32di (_2, _3);", "x = 1;"})
    CHECK(judge_unseen_accesses(dump_of(statement), "a.cpp").empty());
}
