#pragma once

/// What a command of espalier ends with.
namespace espalier::exit_codes {

constexpr int success = 0;
/// A file's contents can't be used, a run or trial failed, or a check found something wrong.
constexpr int run_failed = 1;
/// The command line or config, or a file that they name: missing, changed since, not to be written.
constexpr int usage_wrong = 2;
/// As a shell reports a process that Ctrl-C ended.
constexpr int interrupted = 130;

}  // namespace espalier::exit_codes
