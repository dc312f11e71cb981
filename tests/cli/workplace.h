#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/cli/command.h"
#include "tests/cli/small_run.h"

namespace espalier::test {

/// A folder with the small run's config and data, in which espalier runs.
class Workplace {
 public:
  Workplace() {
    write_text(folder_ / "config.json", small_config);
    write_text(folder_ / "data.csv", small_csv());
  }

  std::string operator/(const std::string& name) const { return folder_ / name; }
  std::string folder() const { return folder_.path().string(); }

  Outcome espalier(const std::vector<std::string>& arguments, Surroundings around = {}) const {
    around.folder = folder();
    return run(arguments, around);
  }
  /// Into the directory "run".
  Outcome train(const std::vector<std::string>& more = {}, Surroundings around = {}) const {
    std::vector<std::string> arguments{"train", "config.json", "--out", "run", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return espalier(arguments, std::move(around));
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace espalier::test
