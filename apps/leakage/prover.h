#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/leakage/leak_proof.h"
#include "apps/leakage/two_futures.h"

namespace espalier {

/// Makes the data of a run again and again, each time with another future, and compares. `config`,
/// `raw` and `make` must outlive it.
class Prover {
 public:
  Prover(const Config& config, const Frame& raw, const TaskMaker& make);

  /// Per series: the rows that training may know.
  std::vector<RowRange> training_rows() const;

  const ForecastingTask& task() const { return before_; }

  /// After which rows the future of `known` begins.
  std::string parting(const std::vector<RowRange>& known) const;

  /// Names of the columns whose scales change with the rows that training may not know.
  std::vector<std::string> changed_scales() const;

  /// With another future after the rows that training may know: rows, scales, training windows and
  /// forecasts from inputs up to there. Fills everything in `proof` but what is by design.
  void prove_training(LeakProof& proof) const;

  /// With another future after the inputs of some windows to validate and score: their rows and
  /// forecasts. Adds to `proof`, up to the first origin where something leaks: at others it is most
  /// likely the same.
  void prove_origins(LeakProof& proof) const;

 private:
  /// With another future after the known rows of each series.
  ForecastingTask changed(const std::vector<RowRange>& known) const;

  /// The first named where forecasts of `windows` differ; counts them where they don't.
  std::vector<std::string> forecast(const TwoFutures& futures,
                                    const std::vector<std::size_t>& windows,
                                    LeakProof& proof) const;

  /// A sample of those whose inputs lie in one of the ranges.
  std::vector<std::size_t> known_windows(const std::vector<RowRange>& ranges) const;

  /// Windows to validate and score, and those that end in a gap among them.
  std::vector<std::size_t> origins() const;

  /// Those of `windows` whose last row lacked a value in the file, or isn't in it.
  std::vector<std::size_t> ending_in_gaps(const std::vector<std::size_t>& windows) const;

  const Config& config_;
  const Frame& raw_;
  const TaskMaker& make_;
  ForecastingTask before_;
  Learner learner_;
  std::size_t window_;
};

}  // namespace espalier
