# Options of our own code, as interface targets; nothing here reaches student code or a library we borrow.

option(RACECOURSE_WERROR "Treat warnings as errors (for developers and CI, never for users)" OFF)

add_library(own_warnings INTERFACE)
target_compile_options(own_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wextra-semi
  # Designated initializers leave out what keeps its default; g++ 12 warns about that, later ones do not.
  -Wno-missing-field-initializers $<$<BOOL:${RACECOURSE_WERROR}>:-Werror>)

# Precompiled headers hide a forgotten #include, and files compiled together take longer after a change; the preset `strict`
# builds without.
option(RACECOURSE_BUILD_ONCE "Precompile headers and compile files together: the first build takes half the time" ON)

# The harness: C++23 for std::expected.
add_library(own_harness INTERFACE)
target_link_libraries(own_harness INTERFACE own_warnings)
target_compile_features(own_harness INTERFACE cxx_std_23)
target_include_directories(own_harness INTERFACE ${PROJECT_SOURCE_DIR}/harness)
target_compile_options(own_harness INTERFACE -fstack-protector-strong)

# Most of the harness's build time went into these.
if(RACECOURSE_BUILD_ONCE)
  file(WRITE ${PROJECT_BINARY_DIR}/harness_headers.cpp "")
  add_library(harness_headers OBJECT ${PROJECT_BINARY_DIR}/harness_headers.cpp)
  target_link_libraries(harness_headers PRIVATE own_harness nlohmann_json::nlohmann_json)
  target_precompile_headers(harness_headers PRIVATE <algorithm> <chrono> <expected> <filesystem> <functional> <map> <mutex>
    <optional> <string> <thread> <vector> <nlohmann/json.hpp>)
endif()

# add_stage(NAME SOURCES... TESTS... LINKS...): the static library of one folder of harness/, and its unit tests.
# The links are the one-way rule: a stage sees only what it links.
function(add_stage name)
  cmake_parse_arguments(PARSE_ARGV 1 stage "" "" "SOURCES;TESTS;LINKS;PRIVATE_LINKS")
  add_library(stage_${name} STATIC ${stage_SOURCES})
  target_link_libraries(stage_${name} PUBLIC own_harness ${stage_LINKS} PRIVATE ${stage_PRIVATE_LINKS})
  if(RACECOURSE_BUILD_ONCE)
    target_precompile_headers(stage_${name} REUSE_FROM harness_headers)
  endif()
  if(RACECOURSE_TESTS AND stage_TESTS)
    add_executable(${name}_test ${stage_TESTS} ${PROJECT_SOURCE_DIR}/tests/unit_main.cpp)
    target_link_libraries(${name}_test PRIVATE stage_${name} doctest::doctest ${stage_PRIVATE_LINKS})
    target_compile_definitions(${name}_test PRIVATE
      TESTDATA_DIR="${CMAKE_CURRENT_SOURCE_DIR}/testdata" SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME unit.${name} COMMAND ${name}_test)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()
