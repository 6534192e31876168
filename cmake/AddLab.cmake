# add_lab(NAME): prebuilds what every submission of labs/<NAME> needs, so that grading compiles the student's file alone.
#
# It makes, below build/labs/<NAME>/:
#   driver_plain, driver_tsan   the scenarios, the runtime and doctest, linked against submission.so
#   driver_schedules            the scenarios of driver_tsan with the controlled scheduler in libtsan's place, where
#                               lab.json names the instrument
#   reference_{plain,tsan}/submission.so   the reference; drivers are linked against it only to learn the interface's symbols
#   headers_{plain,tsan}/<NAME>.hpp.gch    the lab's header, precompiled: most of what a submission's file takes to compile
# A submission is a shared object of the same name; the loader finds it through LD_LIBRARY_PATH.

# The reference is compiled as submissions are; scenarios only drive it, and compile faster so.
set(SCENARIO_FLAGS_plain -O1 -g1)
set(SCENARIO_FLAGS_tsan -O1 -g1 -fsanitize=thread)

# driver_runtime_F: what a driver is besides its scenarios.
set(runtime ${PROJECT_SOURCE_DIR}/harness/runtime)
# Neither is instrumented in any driver; the handshake must not be, because it comes before everything else.
add_library(driver_doctest OBJECT EXCLUDE_FROM_ALL ${runtime}/doctest_implementation.cpp ${runtime}/handshake.cpp)
target_compile_features(driver_doctest PRIVATE cxx_std_20)
target_compile_options(driver_doctest PRIVATE ${SCENARIO_FLAGS_plain})
target_link_libraries(driver_doctest PRIVATE doctest::doctest own_warnings)
foreach(flavour plain tsan schedules)
  add_library(driver_runtime_${flavour} STATIC EXCLUDE_FROM_ALL ${runtime}/channel.cpp ${runtime}/crash_stack.cpp
    ${runtime}/driver_main.cpp ${runtime}/probes.cpp ${runtime}/scenario.cpp $<TARGET_OBJECTS:driver_doctest>)
  target_include_directories(driver_runtime_${flavour} PUBLIC ${runtime}/include PRIVATE ${runtime})
  target_compile_features(driver_runtime_${flavour} PUBLIC cxx_std_20)
  target_link_libraries(driver_runtime_${flavour} PUBLIC doctest::doctest Threads::Threads own_warnings)
endforeach()
target_sources(driver_runtime_plain PRIVATE ${runtime}/body_once.cpp ${runtime}/no_sanitizer.cpp ${runtime}/short_reads.cpp
  ${runtime}/next_symbol.cpp)
target_sources(driver_runtime_tsan PRIVATE ${runtime}/body_once.cpp ${runtime}/sanitizer.cpp)
# Hooks on libraries, as in runtime_schedules; what stands between ThreadSanitizer and a library is not instrumented.
set(hooks ${runtime}/library_memory.cpp ${runtime}/library_streams.cpp ${runtime}/next_symbol.cpp ${runtime}/tsan_access.cpp)
target_sources(driver_runtime_tsan PRIVATE ${hooks})
set_source_files_properties(${hooks} PROPERTIES
  COMPILE_OPTIONS "-fno-sanitize=thread;-fno-builtin" SKIP_PRECOMPILE_HEADERS ON)
target_sources(driver_runtime_schedules PRIVATE ${runtime}/schedules_body.cpp ${runtime}/no_sanitizer.cpp)
target_compile_options(driver_runtime_plain PUBLIC ${SCENARIO_FLAGS_plain})
target_compile_options(driver_runtime_tsan PUBLIC ${SCENARIO_FLAGS_tsan})
# The controlled scheduler's side of the line is not instrumented.
target_compile_options(driver_runtime_schedules PRIVATE ${SCENARIO_FLAGS_plain})
target_link_options(driver_runtime_tsan INTERFACE -fsanitize=thread)
target_include_directories(driver_runtime_schedules PRIVATE
  $<TARGET_PROPERTY:runtime_schedules,INTERFACE_INCLUDE_DIRECTORIES>)
# A scenario is thirty lines below ten thousand of headers: precompiled, the scenarios of all labs build three times as fast.
foreach(flavour plain tsan)
  target_precompile_headers(driver_runtime_${flavour} PRIVATE
    <doctest/doctest.h> <algorithm> <array> <atomic> <chrono> <condition_variable> <functional> <memory> <mutex> <optional>
    <stdexcept> <string> <thread> <vector>)
endforeach()

# lab_scenarios(OUT JSON INSTRUMENTS...): the scenarios that have points under one of the instruments.
function(lab_scenarios out json)
  string(JSON count LENGTH "${json}" scenarios)
  math(EXPR last "${count} - 1")
  set(names)
  foreach(i RANGE ${last})
    string(JSON name GET "${json}" scenarios ${i} name)
    string(JSON points GET "${json}" scenarios ${i} points)
    foreach(instrument ${ARGN})
      if(points MATCHES "\"${instrument}\"")
        list(APPEND names ${name})
        break()
      endif()
    endforeach()
  endforeach()
  set(${out} ${names} PARENT_SCOPE)
endfunction()

# lab_files(OUT JSON): the names of the files a submission consists of.
function(lab_files out json)
  string(JSON count LENGTH "${json}" files)
  math(EXPR last "${count} - 1")
  set(names)
  foreach(i RANGE ${last})
    string(JSON name GET "${json}" files ${i})
    list(APPEND names ${name})
  endforeach()
  set(${out} ${names} PARENT_SCOPE)
endfunction()

function(add_lab name)
  set(folder ${PROJECT_SOURCE_DIR}/labs/${name})
  # lab.json names the scenarios and the files; there is no second list to keep in step.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/lab.json)
  file(READ ${folder}/lab.json lab_json)
  # A scenario is built for the instruments that give points for it.
  lab_scenarios(scenarios_plain "${lab_json}" correctness speed)
  lab_scenarios(scenarios_tsan "${lab_json}" races schedules)
  lab_files(lab_REFERENCE "${lab_json}")
  list(TRANSFORM lab_REFERENCE PREPEND ${PROJECT_SOURCE_DIR}/reference/${name}/)
  set(out ${PROJECT_BINARY_DIR}/labs/${name})
  foreach(flavour plain tsan)
    set(reference ${name}_reference_${flavour})
    add_library(${reference} SHARED ${lab_REFERENCE})
    set_target_properties(${reference} PROPERTIES
      OUTPUT_NAME submission PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${out}/reference_${flavour})
    target_include_directories(${reference} PRIVATE ${folder}/include)
    target_compile_features(${reference} PRIVATE cxx_std_20)
    target_link_libraries(${reference} PRIVATE own_warnings Threads::Threads)
    target_compile_options(${reference} PRIVATE ${SUBMISSION_FLAGS} ${SUBMISSION_FLAGS_${flavour}})
    precompile_lab_header(${name} ${flavour})

    set(scenarios ${name}_scenarios_${flavour})
    list(TRANSFORM scenarios_${flavour} REPLACE "(.+)" "${folder}/scenarios/\\1.cpp")
    add_library(${scenarios} OBJECT ${scenarios_${flavour}})
    target_include_directories(${scenarios} PRIVATE ${folder}/include ${folder}/scenarios ${runtime}/include)
    target_compile_features(${scenarios} PRIVATE cxx_std_20)
    target_compile_options(${scenarios} PRIVATE ${SCENARIO_FLAGS_${flavour}})
    target_precompile_headers(${scenarios} REUSE_FROM driver_runtime_${flavour})
    target_link_libraries(${scenarios} PRIVATE own_warnings doctest::doctest Threads::Threads)
    if(RACECOURSE_BUILD_ONCE)
      # They have much in common that the compiler would make anew for each.
      set_target_properties(${scenarios} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    endif()
    add_lab_driver(${name} ${flavour} ${flavour})
  endforeach()
  if(lab_json MATCHES "\"schedules\"")
    add_lab_driver(${name} schedules tsan)
  endif()
endfunction()

# precompile_lab_header(NAME FLAVOUR): for submissions that include the lab's header first, as the skeleton does. g++ takes it
# where compiler and flags are the same ones, else it reads the header itself; the object is the same either way. Other compilers
# have other ways.
function(precompile_lab_header name flavour)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  set(include ${PROJECT_SOURCE_DIR}/labs/${name}/include)
  set(header ${PROJECT_BINARY_DIR}/labs/${name}/headers_${flavour}/${name}.hpp)
  set(precompiled ${header}.gch)
  # For whoever includes it a second time, or not first.
  file(CONFIGURE OUTPUT ${header} CONTENT "#include \"${include}/${name}.hpp\"\n" @ONLY)
  add_custom_command(OUTPUT ${precompiled} DEPFILE ${precompiled}.d
    COMMAND ${CMAKE_CXX_COMPILER} ${SUBMISSION_FLAGS} ${SUBMISSION_FLAGS_${flavour}} -I${include} -x c++-header
            -MD -MT ${precompiled} -MF ${precompiled}.d ${header} -o ${precompiled}
    DEPENDS ${header} VERBATIM
    COMMENT "Precompiling ${name}.hpp (${flavour})")
  add_custom_target(${name}_header_${flavour} DEPENDS ${precompiled})
  add_dependencies(labs ${name}_header_${flavour})
endfunction()

# add_lab_driver(NAME RUNTIME FLAVOUR): the lab's scenarios of that flavour with one of the driver runtimes.
function(add_lab_driver name runtime flavour)
  set(driver ${name}_driver_${runtime})
  add_executable(${driver} $<TARGET_OBJECTS:${name}_scenarios_${flavour}>)
  set_target_properties(${driver} PROPERTIES
    OUTPUT_NAME driver_${runtime} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/labs/${name} SKIP_BUILD_RPATH TRUE
    LINKER_LANGUAGE CXX)
  # The runtime is linked whole: nothing in a scenario refers to the driver's main function.
  target_link_libraries(${driver} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,driver_runtime_${runtime}>"
                                          ${name}_reference_${flavour})
  if(runtime STREQUAL "schedules")
    racecourse_schedules_link(${driver})
  endif()
  add_dependencies(labs ${driver})
endfunction()

add_custom_target(labs ALL)
