#pragma once

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "apps/comparison/analysis.h"
#include "apps/comparison/tables.h"

namespace espalier::test {

using Values = std::vector<double>;
/// [block][arm][trial]
using Errors = std::vector<std::vector<Values>>;

inline const Errors small{{{2.0, 2.2}, {1.8, 1.9}, {2.1, 2.5}},
                          {{10, 11}, {9, 9.5}, {12, 12.5}},
                          {{0.5, 0.7}, {0.5, 0.55}, {0.4, 0.5}}};

/// RMSE turn the order of the arms round; scaled scores are others again.
inline std::vector<Metric> metrics(double mae) {
  return {{"mae", "", "", mae},
          {"rmse", "", "", 20 - mae},
          {"scaled_mae", "", "", mae / 4},
          {"scaled_mse", "", "", 9 * mae * mae}};
}

/// A comparison with made-up results.
struct Made {
  Comparison comparison;
  ComparisonResults results;

  explicit Made(const Errors& errors, std::vector<std::string> arms = {"none", "light", "heavy"},
                std::size_t reference = 0)
      : comparison(make(errors, std::move(arms), reference)), results(comparison) {
    for (std::size_t block = 0; block < errors.size(); ++block) {
      // Persistence is at 1.9, another naive forecast at 1.
      results.references[block].baselines = {
          {"persistence", metrics(1.9)}, {"seasonal_naive", metrics(1)}, {"linear", metrics(0.1)}};
      for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
        for (std::int64_t t = 0; t < comparison.trials; ++t) {
          trial({block, arm, t}) = {
              .metrics = metrics(errors[block][arm][static_cast<std::size_t>(t)]),
              .sparsity = 0.25 * static_cast<double>(t),
              .epochs = {{1, 1, 0, 0.5}, {1, 1, 0, 1.5}}};
        }
      }
    }
  }

  std::optional<TrialResult>& trial(const TrialKey& key) {
    return results.trials[trial_index(comparison, key)];
  }
  Analysis analysis() const { return analyse(comparison, results); }
  std::string sentence() const { return answer(comparison, results, analysis()); }

 private:
  static Comparison make(const Errors& errors, std::vector<std::string> arms,
                         std::size_t reference) {
    Comparison made;
    made.trials = static_cast<std::int64_t>(errors[0][0].size());
    made.seed = 11;
    for (std::size_t block = 0; block < errors.size(); ++block) {
      const std::string name = "b" + std::to_string(block);
      made.blocks.push_back({name, block < 2 ? "one" : "two", "lstm", 7});
    }
    made.arms = std::move(arms);
    made.reference = reference;
    made.configs.resize(errors.size() * made.arms.size());
    for (Config& config : made.configs) config.seed = made.seed;
    return made;
  }
};

/// Every table can be written, and the JSON is valid.
inline void check_tables(const Made& made) {
  const Analysis analysis = made.analysis();
  const auto columns = [](const std::string& csv) {
    std::istringstream lines(csv);
    std::vector<std::ptrdiff_t> counts;
    for (std::string line; std::getline(lines, line);) {
      std::ptrdiff_t cells = 0;
      bool quoted = false;
      for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == ',' && !quoted) ++cells;
      }
      counts.push_back(cells);
    }
    return std::pair(std::ranges::min(counts), std::ranges::max(counts));
  };
  const auto results = columns(results_csv(made.comparison, made.results));
  CHECK(results.first == results.second);
  const auto summary = columns(summary_csv(made.comparison, made.results, analysis));
  CHECK(summary.first == summary.second);
  CHECK(nlohmann::json::accept(tests_json(made.comparison, analysis)));
  const std::string text = comparison_summary(made.comparison, made.results, analysis);
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find("inf") == std::string::npos);
  CHECK(text.ends_with(made.sentence() + "\n"));
}

}  // namespace espalier::test
