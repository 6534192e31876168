# add_lab(NAME): prebuilds what every submission of labs/<NAME> needs, so that grading compiles the student's file alone.
#
# For each flavour F (plain, tsan) it makes, below build/labs/<NAME>/:
#   driver_F                the scenarios, the runtime and doctest, linked against submission.so
#   reference_F/submission.so   the reference; the driver is linked against it only to learn the interface's symbols
# A submission is a shared object of the same name; the loader finds it through LD_LIBRARY_PATH.

set(SCENARIO_FLAGS_plain -O2 -g1)
set(SCENARIO_FLAGS_tsan -O1 -g1 -fsanitize=thread)

foreach(flavour plain tsan)
  add_library(runtime_${flavour} STATIC EXCLUDE_FROM_ALL
    ${PROJECT_SOURCE_DIR}/harness/runtime/channel.cpp
    ${PROJECT_SOURCE_DIR}/harness/runtime/crash_stack.cpp
    ${PROJECT_SOURCE_DIR}/harness/runtime/driver_main.cpp
    ${PROJECT_SOURCE_DIR}/harness/runtime/probes.cpp
    ${PROJECT_SOURCE_DIR}/harness/runtime/scenario.cpp)
  target_include_directories(runtime_${flavour} PUBLIC ${PROJECT_SOURCE_DIR}/harness/runtime/include
                                                PRIVATE ${PROJECT_SOURCE_DIR}/harness/runtime)
  target_compile_features(runtime_${flavour} PUBLIC cxx_std_20)
  target_compile_options(runtime_${flavour} PUBLIC ${SCENARIO_FLAGS_${flavour}})
  target_link_libraries(runtime_${flavour} PUBLIC doctest::doctest Threads::Threads own_warnings)
endforeach()
# A scenario is thirty lines below ten thousand of headers: precompiled, the scenarios of all labs build three times as fast.
foreach(flavour plain tsan)
  target_precompile_headers(runtime_${flavour} PRIVATE
    <doctest/doctest.h> <algorithm> <array> <atomic> <chrono> <condition_variable> <functional> <memory> <mutex> <optional>
    <stdexcept> <string> <thread> <vector>)
endforeach()
# It defines doctest's implementation, so it must include doctest itself.
set_source_files_properties(${PROJECT_SOURCE_DIR}/harness/runtime/driver_main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
target_sources(runtime_tsan PRIVATE ${PROJECT_SOURCE_DIR}/harness/runtime/sanitizer.cpp)
target_compile_definitions(runtime_tsan PUBLIC RACECOURSE_TSAN)
target_link_options(runtime_tsan INTERFACE -fsanitize=thread)

# lab_json_names(OUT JSON KEY [MEMBER]): the strings of the array JSON[KEY], or those of a member of its objects.
function(lab_json_names out json key)
  string(JSON count LENGTH "${json}" ${key})
  math(EXPR last "${count} - 1")
  set(names)
  foreach(i RANGE ${last})
    string(JSON value GET "${json}" ${key} ${i} ${ARGN})
    list(APPEND names ${value})
  endforeach()
  set(${out} ${names} PARENT_SCOPE)
endfunction()

function(add_lab name)
  set(folder ${PROJECT_SOURCE_DIR}/labs/${name})
  # lab.json names the scenarios and the files; there is no second list to keep in step.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/lab.json)
  file(READ ${folder}/lab.json lab_json)
  lab_json_names(lab_SCENARIOS "${lab_json}" scenarios name)
  list(TRANSFORM lab_SCENARIOS REPLACE "(.+)" "${folder}/scenarios/\\1.cpp")
  lab_json_names(lab_REFERENCE "${lab_json}" files)
  list(TRANSFORM lab_REFERENCE PREPEND ${PROJECT_SOURCE_DIR}/reference/${name}/)
  foreach(flavour plain tsan)
    set(out ${PROJECT_BINARY_DIR}/labs/${name})
    set(reference ${name}_reference_${flavour})
    add_library(${reference} SHARED ${lab_REFERENCE})
    set_target_properties(${reference} PROPERTIES
      OUTPUT_NAME submission PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${out}/reference_${flavour}
      CXX_VISIBILITY_PRESET hidden)
    target_include_directories(${reference} PRIVATE ${folder}/include)
    target_compile_features(${reference} PRIVATE cxx_std_20)
    target_compile_options(${reference} PRIVATE ${SCENARIO_FLAGS_${flavour}})
    target_link_libraries(${reference} PRIVATE own_warnings Threads::Threads)

    set(driver ${name}_driver_${flavour})
    add_executable(${driver} ${lab_SCENARIOS})
    set_target_properties(${driver} PROPERTIES
      OUTPUT_NAME driver_${flavour} RUNTIME_OUTPUT_DIRECTORY ${out} SKIP_BUILD_RPATH TRUE)
    target_include_directories(${driver} PRIVATE ${folder}/include ${folder}/scenarios)
    target_precompile_headers(${driver} REUSE_FROM runtime_${flavour})
    # The runtime is linked whole: nothing in a scenario refers to the driver's main function.
    target_link_libraries(${driver} PRIVATE own_warnings "$<LINK_LIBRARY:WHOLE_ARCHIVE,runtime_${flavour}>" ${reference})
    add_dependencies(labs ${driver})
  endforeach()
endfunction()

add_custom_target(labs ALL)
