#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

/// What a run ran on and with, for meta.json.
struct Provenance {
  std::string data_path;
  std::string data_sha256;
  std::int64_t rows = 0;
  std::uint64_t seed = 0;
  int threads = 1;
  /// What reading the data left out, filled or assumed.
  std::vector<std::string> notes;
};

/// SHA-256 of a text's bytes, in hexadecimal.
std::string sha256_of(const std::string& content);

/// SHA-256 of a file's bytes, in hexadecimal.
std::string sha256_of_file(const std::string& path);

/// As /proc/cpuinfo calls the processor.
std::string cpu_name();

/// JSON text: version, compiler, CPU, kernels, BLAS, threads, seed, data.
std::string provenance_json(const Provenance& provenance);

/// The data hash that a meta.json names; empty if it names none.
std::string recorded_sha256(const std::string& meta_json);

}  // namespace espalier
