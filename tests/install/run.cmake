# Installs the build into an empty prefix, then configures, builds and runs a project that knows
# nothing but that prefix; then one in C that forecasts, by CMake and by pkg-config.
#
#   cmake -D BUILD=... -D WORK=... -D GENERATOR=... -D COMPILER=... -D C_COMPILER=... -D FLAGS=...
#         -D LIBDIR=... -D PKG_CONFIG=... -D PREDICT=... -P run.cmake
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

if(PREDICT)
  set(expected "no finished run, or a damaged one: nowhere")
  function(check_predict)
    run_step(${ARGN})
    string(FIND "${output}" "${expected}" found)
    if(NOT found EQUAL 0)
      message(FATAL_ERROR "the C program said: ${output}")
    endif()
  endfunction()
  run_step(
    ${CMAKE_COMMAND} -S "${CMAKE_CURRENT_LIST_DIR}/predict" -B "${WORK}/predict" -G "${GENERATOR}"
    -D CMAKE_PREFIX_PATH=${WORK}/prefix -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_C_COMPILER=${C_COMPILER} -D CMAKE_C_FLAGS=${FLAGS} -D CMAKE_CXX_FLAGS=${FLAGS})
  run_step(${CMAKE_COMMAND} --build "${WORK}/predict")
  check_predict("${WORK}/predict/predict")

  set(ENV{PKG_CONFIG_PATH} "${WORK}/prefix/${LIBDIR}/pkgconfig")
  run_step(${PKG_CONFIG} --cflags --libs espalier)
  separate_arguments(flags UNIX_COMMAND "${output}")
  separate_arguments(sanitizers UNIX_COMMAND "${FLAGS}")
  run_step(${C_COMPILER} ${sanitizers} "${CMAKE_CURRENT_LIST_DIR}/predict/main.c" ${flags} -o
           "${WORK}/by_pkg_config")
  set(ENV{LD_LIBRARY_PATH} "${WORK}/prefix/${LIBDIR}")
  check_predict("${WORK}/by_pkg_config")
endif()

# What was installed mustn't lead back to where it was built.
file(GLOB_RECURSE package_files "${WORK}/prefix/*.cmake" "${WORK}/prefix/*.pc")
foreach(package_file IN LISTS package_files)
  file(READ "${package_file}" text)
  string(FIND "${text}" "${BUILD}" found)
  if(NOT found EQUAL -1)
    message(FATAL_ERROR "${package_file} names the build folder ${BUILD}")
  endif()
endforeach()
