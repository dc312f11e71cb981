# Installs the build into an empty prefix, then configures, builds and runs a project that knows
# nothing but that prefix.
#
#   cmake -D BUILD=... -D WORK=... -D GENERATOR=... -D COMPILER=... -D FLAGS=... -P run.cmake
function(run_step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
run_step(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${WORK}/prefix")
run_step(
  ${CMAKE_COMMAND} -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${WORK}/build" -G "${GENERATOR}"
  -D CMAKE_PREFIX_PATH=${WORK}/prefix -D CMAKE_CXX_COMPILER=${COMPILER}
  -D CMAKE_CXX_FLAGS=${FLAGS})
run_step(${CMAKE_COMMAND} --build "${WORK}/build")
run_step("${WORK}/build/consumer")
if(NOT output STREQUAL "y = 2.000x + 1.000\n")
  message(FATAL_ERROR "the consumer learnt another line: ${output}")
endif()

# With the binary come its manual and its completion, where man and the shells look.
if(EXISTS "${WORK}/prefix/bin/espalier")
  foreach(made_file man/man1/espalier.1 bash-completion/completions/espalier
                    zsh/site-functions/_espalier fish/vendor_completions.d/espalier.fish)
    file(READ "${WORK}/prefix/share/${made_file}" text)
    string(FIND "${text}" "predict" found)
    if(found EQUAL -1)
      message(FATAL_ERROR "share/${made_file} doesn't know `espalier predict`")
    endif()
  endforeach()
endif()

# What was installed mustn't lead back to where it was built.
file(GLOB_RECURSE package_files "${WORK}/prefix/*.cmake")
foreach(package_file IN LISTS package_files)
  file(READ "${package_file}" text)
  string(FIND "${text}" "${BUILD}" found)
  if(NOT found EQUAL -1)
    message(FATAL_ERROR "${package_file} names the build folder ${BUILD}")
  endif()
endforeach()
