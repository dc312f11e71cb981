#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/support/text.h"

namespace espalier::test {

using Texts = std::vector<std::string>;

/// Two windows, two arms, two trials; a trial takes some milliseconds.
inline nlohmann::json small_comparison() {
  return {{"name", "small"},
          {"trials", 2},
          {"data",
           {{"path", std::string(ESPALIER_SOURCE_DIR) + "/data/seattle-weather.csv"},
            {"time", "date"},
            {"target", "temp_max"},
            {"rows", 100}}},
          {"model", {{"type", "lstm"}, {"hidden", 3}}},
          {"grid", {{"data.window", {3, 5}}}},
          {"arms",
           {{"none", nlohmann::json::array()}, {"light", {{{"type", "dropout"}, {"rate", 0.2}}}}}},
          {"train", {{"epochs", 2}, {"batch", 16}}}};
}

/// A folder with a comparison's config, in which espalier runs.
class Place {
 public:
  Place() { write_text(folder_ / "config.json", small_comparison().dump(2)); }

  std::string operator/(const std::string& name) const { return folder_ / name; }
  std::string folder() const { return folder_.path().string(); }
  Outcome espalier(const Texts& arguments, Surroundings around = {}) const {
    around.folder = folder();
    return run(arguments, around);
  }
  /// On one thread where `more` says nothing of threads: other tests may run beside these.
  static Texts command(const std::string& out, const Texts& more) {
    Texts arguments{"compare", "config.json", "--quiet", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (std::ranges::find(more, "--threads") == more.end()) {
      arguments.insert(arguments.end(), {"--threads", "1"});
    }
    return arguments;
  }
  Outcome compare(const std::string& out, const Texts& more = {}, Surroundings around = {}) const {
    return espalier(command(out, more), std::move(around));
  }
  nlohmann::json parsed(const std::string& name) const {
    return nlohmann::json::parse(read_text(*this / name));
  }

  /// results.csv of a comparison without its last two columns, which hold times.
  std::string results(const std::string& out) const {
    std::istringstream lines(read_text(*this / (out + "/results.csv")));
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      text += line.substr(0, line.rfind(',', line.rfind(',') - 1)) + "\n";
    }
    return text;
  }

  /// Bytes and time of writing of each trial's result.
  std::map<std::string, std::pair<std::string, std::filesystem::file_time_type>> trials(
      const std::string& out) const {
    std::map<std::string, std::pair<std::string, std::filesystem::file_time_type>> found;
    const std::string from = *this / (out + "/trials");
    if (!std::filesystem::exists(from)) return found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(from)) {
      if (entry.path().filename() != "result.json") continue;
      found[std::filesystem::relative(entry.path().parent_path(), from).string()] = {
          read_text(entry.path().string()), entry.last_write_time()};
    }
    return found;
  }

  /// Trials whose result is there, counted while others may come.
  std::size_t finished(const std::string& out) const {
    std::size_t count = 0;
    for (const char* block : {"seattle-weather-lstm-3", "seattle-weather-lstm-5"}) {
      for (const char* trial : {"none/0", "none/1", "light/0", "light/1"}) {
        if (exists(*this / (out + "/trials/" + block + "/" + trial + "/result.json"))) ++count;
      }
    }
    return count;
  }

 private:
  TemporaryFolder folder_;
};

/// The rows that name an arm or baseline.
inline std::string rows_of(const std::string& csv, const std::string& method) {
  std::istringstream lines(csv);
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("," + method + ",") != std::string::npos) rows += line + "\n";
  }
  return rows;
}

/// Every file below a folder, with what it holds.
inline std::map<std::string, std::string> contents(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[std::filesystem::relative(entry.path(), folder).string()] =
          read_text(entry.path().string());
    }
  }
  return files;
}

}  // namespace espalier::test
