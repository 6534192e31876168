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

# C++23 for std::expected.
add_library(own_language INTERFACE)
target_link_libraries(own_language INTERFACE own_warnings)
target_compile_features(own_language INTERFACE cxx_std_23)
target_include_directories(own_language INTERFACE ${PROJECT_SOURCE_DIR}/harness)
target_compile_options(own_language INTERFACE -fstack-protector-strong
  # In KB. g++ collects garbage less often: an eighth of the time for a fifth more of memory.
  $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=262144>)

# What stands between the harness and student code, and starts where no library is visible.
add_library(own_static_program INTERFACE)
target_link_libraries(own_static_program INTERFACE own_language)
target_link_options(own_static_program INTERFACE -static)

# The harness: what a sanitizer examines, and with AddressSanitizer the launcher. Student code may inherit none.
add_library(own_harness INTERFACE)
target_link_libraries(own_harness INTERFACE own_language)
set(RACECOURSE_SANITIZE "" CACHE STRING "Sanitizers for the harness: address,undefined or thread (tests/sanitized.sh)")
set(RACECOURSE_LABS "" CACHE PATH "Take the labs' drivers from this folder instead of building them")
if(RACECOURSE_SANITIZE)
  target_compile_options(own_harness INTERFACE
    -fsanitize=${RACECOURSE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(own_harness INTERFACE -fsanitize=${RACECOURSE_SANITIZE} LINKER:--undefined=__asan_default_options)
  add_library(sanitizer_options STATIC ${PROJECT_SOURCE_DIR}/tests/sanitizer_options.cpp)
  target_link_libraries(own_harness INTERFACE sanitizer_options)
  if(RACECOURSE_SANITIZE MATCHES "address")
    target_compile_options(own_harness INTERFACE
      # Calls instead of code for each access, and nothing twice that the address sanitizer notices by itself: compiles in
      # little more than half the time.
      --param=asan-instrumentation-with-call-threshold=0 -fno-sanitize=null,object-size,vptr
      # Guides the fuzzers of tests/fuzz, which count the calls; everything else takes the empty function.
      -fsanitize-coverage=trace-pc)
    file(WRITE ${PROJECT_BINARY_DIR}/uncounted_edges.cpp "extern \"C\" void __sanitizer_cov_trace_pc() {}\n")
    add_library(uncounted_edges STATIC ${PROJECT_BINARY_DIR}/uncounted_edges.cpp)
    target_link_libraries(own_harness INTERFACE uncounted_edges)
  endif()
  # Sanitizers double the cost of every template, and most files have the same ones. Nobody edits and rebuilds here.
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)
else()
  # Two cores have something to do even where a folder has a dozen files.
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 7)
endif()

# Most of the harness's build time went into these.
if(RACECOURSE_BUILD_ONCE)
  file(WRITE ${PROJECT_BINARY_DIR}/harness_headers.cpp "")
  add_library(harness_headers OBJECT ${PROJECT_BINARY_DIR}/harness_headers.cpp)
  target_link_libraries(harness_headers PRIVATE own_harness nlohmann_json::nlohmann_json)
  target_precompile_headers(harness_headers PRIVATE <algorithm> <chrono> <expected> <filesystem> <functional> <map> <mutex>
    <optional> <string> <thread> <vector> <nlohmann/json.hpp>)
endif()

# compile_together(TARGET): a part of the harness, with its headers precompiled and its files a few at a time.
function(compile_together target)
  if(RACECOURSE_BUILD_ONCE)
    target_precompile_headers(${target} REUSE_FROM harness_headers)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  endif()
endfunction()

# The main function of every program of unit tests.
if(RACECOURSE_TESTS)
  add_library(unit_main OBJECT ${PROJECT_SOURCE_DIR}/tests/unit_main.cpp)
  target_link_libraries(unit_main PUBLIC own_harness doctest::doctest)
endif()

# add_stage(NAME SOURCES... TESTS... LINKS...): the static library of one folder of harness/, and its unit tests.
# The links are the one-way rule: a stage sees only what it links.
function(add_stage name)
  cmake_parse_arguments(PARSE_ARGV 1 stage "" "" "SOURCES;TESTS;LINKS;PRIVATE_LINKS")
  add_library(stage_${name} STATIC ${stage_SOURCES})
  target_link_libraries(stage_${name} PUBLIC own_harness ${stage_LINKS} PRIVATE ${stage_PRIVATE_LINKS})
  compile_together(stage_${name})
  if(RACECOURSE_TESTS AND stage_TESTS)
    add_executable(${name}_test ${stage_TESTS})
    target_link_libraries(${name}_test PRIVATE stage_${name} unit_main ${stage_PRIVATE_LINKS})
    target_compile_definitions(${name}_test PRIVATE
      TESTDATA_DIR="${CMAKE_CURRENT_SOURCE_DIR}/testdata" SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # A sanitizer's code for the tests themselves takes longer to optimise than to run.
    if(RACECOURSE_SANITIZE)
      target_compile_options(${name}_test PRIVATE -O0)
    endif()
    add_test(NAME unit.${name} COMMAND ${name}_test)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()
