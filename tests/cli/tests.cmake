# Tests of the command line and the C interface: they start programs and look at what these make.
espalier_test(cli LINKS espalier::models fmt::fmt COMPILED_TOGETHER)
target_compile_definitions(
  cli_tests PRIVATE ESPALIER_BINARY="$<TARGET_FILE:espalier>"
                    ESPALIER_C_PROGRAM="$<TARGET_FILE:c_program>")
add_dependencies(cli_tests espalier c_program)
# Instrumented, they would take twice as long to compile.
target_compile_options(cli_tests PRIVATE -fno-sanitize=all)
target_precompile_headers(cli_tests PRIVATE <doctest/doctest.h> <fmt/format.h> <nlohmann/json.hpp>)
# npm's onnxruntime-node, which runs exported models; without it their test says that it is skipped.
# The environment's ESPALIER_NODE_MODULES goes before it.
find_path(ESPALIER_NODE_MODULES onnxruntime-node/package.json
          HINTS ENV NODE_PATH
          PATHS /usr/local/lib/node_modules /usr/lib/node_modules)
set_source_files_properties(
  cli/onnx_runtime_test.cpp
  PROPERTIES COMPILE_DEFINITIONS ESPALIER_NODE_MODULES="${ESPALIER_NODE_MODULES}")
