#pragma once

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/csv_rows.h"
#include "tests/cli/workplace.h"
#include "tests/support/text.h"

namespace espalier::test {

/// A workplace in which a model has been trained, into "run".
class TrainedPlace : public Workplace {
 public:
  explicit TrainedPlace(const std::vector<std::string>& more = {}) {
    const Outcome outcome = train(more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    table_ = outcome.out;
  }

  Outcome predict(const std::vector<std::string>& more = {},
                  const std::string& input = "data.csv") const {
    std::vector<std::string> arguments{"predict", "run", "--input", input};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return espalier(arguments);
  }
  /// Their rows, each by the names of its columns.
  std::vector<std::map<std::string, std::string>> forecasts(
      const std::vector<std::string>& more = {}, const std::string& input = "data.csv") const {
    const Outcome outcome = predict(more, input);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return rows_of(outcome.out);
  }

  /// What training printed.
  const std::string& table() const { return table_; }
  nlohmann::json metrics() const {
    return nlohmann::json::parse(read_text(*this / "run/metrics.json"));
  }

 private:
  std::string table_;
};

}  // namespace espalier::test
