# How submissions are compiled, a list of flags a flavour. One list for the grader (harness/build/recipe.cpp), for the
# references, which submissions are compared with, and for the labs' precompiled headers, which g++ takes only where the flags
# are the same.
# -U_FORTIFY_SOURCE: Ubuntu's g++ defines it, Debian's does not.
set(SUBMISSION_FLAGS -std=c++20 -U_FORTIFY_SOURCE -fPIC -fvisibility=hidden -fno-semantic-interposition -Wall -Wextra
  -fdiagnostics-color=never -fmax-errors=20 -ftemplate-depth=200)
# -g1: lines and function names, all that findings show, at a tenth of the cost of -g.
set(SUBMISSION_FLAGS_plain -O2 -g1)
# -O1: at -O2 the compiler removes some races before ThreadSanitizer can see them. -fno-inline: g++ leaves out the hooks of a
# local object when everything that takes its address has been inlined (a stop flag in an object on the stack whose thread is
# started by its own constructor, say), and ThreadSanitizer loses the student's frame where std::thread's constructor is inlined.
set(SUBMISSION_FLAGS_tsan -O1 -fno-inline -g1 -fsanitize=thread -Wno-tsan)

# submission_flags_header(FILE): the lists as C++, each a macro of string literals with commas between.
function(submission_flags_header file)
  set(text "// Made by cmake/SubmissionFlags.cmake.\n#pragma once\n")
  foreach(list SUBMISSION_FLAGS SUBMISSION_FLAGS_plain SUBMISSION_FLAGS_tsan)
    list(TRANSFORM ${list} REPLACE "(.+)" "\"\\1\"" OUTPUT_VARIABLE literals)
    list(JOIN literals ", " literals)
    string(TOUPPER ${list} macro)
    string(APPEND text "#define ${macro} ${literals}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
endfunction()
