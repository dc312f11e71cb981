#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include <doctest/doctest.h>

#include "apps/config/config.h"
#include "core/error.h"

namespace espalier::testing {

/// A file that lives as long as the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) {
    std::string name = (std::filesystem::temp_directory_path() / "espalier_XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A file that the repository carries.
inline std::string own_data(std::string_view name) {
  return std::string(ESPALIER_SOURCE_DIR) + "/data/" + std::string(name);
}

/// A data set that stands beside the repository; where it does not, says that the test is skipped.
inline std::optional<std::string> neighbouring_data(std::string_view name) {
  std::string path = std::string(ESPALIER_SOURCE_DIR) + "/../shared/data/" + std::string(name);
  if (std::filesystem::exists(path)) return path;
  MESSAGE("skipped: there is no ", path);
  return std::nullopt;
}

/// The message of the Error that `action` throws; empty if it throws none.
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// A message that must hold `part` and fill one line.
inline void check_says(const std::string& message, std::string_view part) {
  INFO("message: ", message);
  INFO("expected in it: ", part);
  CHECK(message.find(part) != std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
}

/// The defaults of the honest protocol.
inline DataConfig data_config(const std::string& path, const std::string& target) {
  DataConfig config;
  config.path = path;
  config.targets = {target};
  config.split = {0.7, 0.1, 0.2};
  config.scale = "standard";
  config.missing = "error";
  config.missing_markers = {"", "NA", "N/A", "NaN", "nan", "null"};
  return config;
}

}  // namespace espalier::testing
