#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/parameters.h"

namespace espalier {

/// The contents of a safetensors file: an 8-byte header length, a JSON header, then raw
/// little-endian data (the format of github.com/huggingface/safetensors).
class Safetensors {
 public:
  struct Entry {
    /// "F32", "F64", "I64", "U8", …
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
  };

  /// Reads a whole file. Strict: throws Error (naming the file and what is wrong) for a file that
  /// is cut off, has overlapping, misplaced or missing data, duplicate names, or an unknown dtype.
  static Safetensors read(const std::string& path);
  /// Writes atomically (see write_file_atomically). Entries go out in order of name.
  void write(const std::string& path) const;

  std::map<std::string, Entry, std::less<>> entries;
  std::map<std::string, std::string> metadata;
  /// Where it was read from, for error messages.
  std::string origin;
};

/// Writes every parameter's value under its name, in this build's float type.
void save_parameters(const std::string& path, const Parameters& parameters,
                     const std::map<std::string, std::string>& metadata = {});

/// Fills every parameter from a file. F32 and F64 are accepted. Throws one Error that lists all
/// missing, unexpected and misshapen names, and refuses values that are not finite; the parameters
/// may then be filled in part.
void load_parameters(const std::string& path, Parameters& parameters);

}  // namespace espalier
