#pragma once

/// What a command of espalier ends with.
namespace espalier::exit_codes {

constexpr int success = 0;
/// Also a comparison with trials missing, or a check that found something wrong.
constexpr int run_failed = 1;
/// The command line, the config or what they name.
constexpr int usage_wrong = 2;
/// As a shell reports a process that Ctrl-C ended.
constexpr int interrupted = 130;

}  // namespace espalier::exit_codes
