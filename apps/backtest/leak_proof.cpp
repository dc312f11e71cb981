#include "apps/backtest/leak_proof.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/backtest/two_futures.h"
#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/giveaway.h"
#include "apps/training/learner.h"

namespace espalier {

namespace {

constexpr std::size_t most_forecasts = 256;
constexpr std::size_t most_origins = 8;

/// `count` of them at most, evenly spread, the last one included.
std::vector<std::size_t> sample(std::span<const std::size_t> items, std::size_t count) {
  std::vector<std::size_t> chosen;
  const std::size_t taken = std::min(count, items.size());
  for (std::size_t i = 1; i <= taken; ++i) chosen.push_back(items[i * items.size() / taken - 1]);
  return chosen;
}

/// Of each row of `raw`, whether some column lacks a value there and has one later.
std::vector<std::uint8_t> rows_in_gaps(const Frame& raw) {
  std::vector<std::uint8_t> gaps(raw.rows(), 0);
  for (const std::vector<double>& column : raw.columns) {
    bool known_later = false;
    for (std::size_t row = raw.rows(); row-- > 0;) {
      if (!std::isnan(column[row])) {
        known_later = true;
      } else if (known_later) {
        gaps[row] = 1;
      }
    }
  }
  return gaps;
}

class Prover {
 public:
  Prover(const Config& config, const Frame& raw, const TaskMaker& make)
      : config_(config),
        raw_(raw),
        make_(make),
        before_(make(config.data, config.protocol, raw)),
        learner_(make_learner(config, before_.frame)),
        window_(before_.windows.window()) {}

  /// The last row that any training window may hold.
  std::size_t last_training_row() const {
    if (config_.protocol == Protocol::honest) return before_.split.train_rows.front() - 1;
    return before_.split.train.back() + window_ + before_.windows.horizon() - 1;
  }

  /// With another future after the row `last`.
  ForecastingTask changed(std::size_t last) const {
    return make_(config_.data, config_.protocol, changed_after(raw_, before_.frame.lines[last]));
  }

  const ForecastingTask& task() const { return before_; }

  std::vector<std::string> changed_scales(std::size_t last) const {
    const ForecastingTask after = changed(last);
    return differing_scales({.raw = raw_, .one = before_, .other = after, .last = last});
  }

  void prove_training(LeakProof& proof) const {
    const std::size_t last = last_training_row();
    const ForecastingTask after = changed(last);
    const TwoFutures futures{.raw = raw_, .one = before_, .other = after, .last = last};
    proof.cutoff = futures.time_of(last);
    std::vector<std::string> leaks = differing_rows(futures, 0);
    for (const std::string& name : differing_scales(futures)) {
      leaks.push_back(fmt::format("the scaler of column {} is fitted to rows after {}",
                                  in_quotes(name), proof.cutoff));
    }
    // What is named by now explains the rest.
    if (leaks.empty()) {
      if (auto leak = differing_training(futures, proof.training_windows)) leaks = {*leak};
    }
    if (leaks.empty()) leaks = forecast(futures, known_windows(last), proof);
    proof.leaks = std::move(leaks);
  }

  /// Up to the first origin where something leaks: at others it is most likely the same.
  void prove_origins(LeakProof& proof) const {
    for (const std::size_t index : origins()) {
      const std::size_t last = index + window_ - 1;
      const ForecastingTask after = changed(last);
      const TwoFutures futures{.raw = raw_, .one = before_, .other = after, .last = last};
      std::vector<std::string> leaks = differing_rows(futures, index);
      if (leaks.empty()) leaks = forecast(futures, {index}, proof);
      if (leaks.empty()) continue;
      proof.leaks = std::move(leaks);
      return;
    }
  }

 private:
  /// The first named where forecasts of `windows` differ; counts them where they don't.
  std::vector<std::string> forecast(const TwoFutures& futures,
                                    const std::vector<std::size_t>& windows,
                                    LeakProof& proof) const {
    if (!same_forecasts(futures, learner_, windows)) {
      return {fmt::format("forecasts from inputs up to {} depend on later rows",
                          futures.time_of(futures.last))};
    }
    proof.forecasts += windows.size();
    return {};
  }

  /// A sample of those whose inputs end at the row `last` or before.
  std::vector<std::size_t> known_windows(std::size_t last) const {
    const std::size_t count = std::min(before_.windows.count(), last + 2 - window_);
    std::vector<std::size_t> windows(count);
    std::iota(windows.begin(), windows.end(), std::size_t{0});
    return sample(windows, most_forecasts);
  }

  /// Windows to validate and score, and those that end in a gap among them.
  std::vector<std::size_t> origins() const {
    std::vector<std::size_t> candidates = before_.split.validation;
    const std::vector<std::size_t>& test = before_.split.test;
    if (test != candidates) candidates.insert(candidates.end(), test.begin(), test.end());
    std::vector<std::size_t> chosen = sample(candidates, most_origins);
    const std::vector<std::uint8_t> gaps = rows_in_gaps(raw_);
    std::vector<std::size_t> in_gaps;
    std::size_t row = 0;  // of the raw frame
    for (const std::size_t index : candidates) {
      while (raw_.lines[row] < before_.frame.lines[index + window_ - 1]) ++row;
      if (gaps[row] != 0) in_gaps.push_back(index);
    }
    const std::vector<std::size_t> sampled = sample(in_gaps, most_origins);
    chosen.insert(chosen.end(), sampled.begin(), sampled.end());
    return chosen;
  }

  const Config& config_;
  const Frame& raw_;
  const TaskMaker& make_;
  ForecastingTask before_;
  Learner learner_;
  std::size_t window_;
};

/// What the published scripts do, and the protocol with them.
std::vector<std::string> author_leaks(const Prover& prover) {
  std::vector<std::string> leaks;
  const std::size_t last = prover.last_training_row();
  const std::size_t scales = prover.changed_scales(last).size();
  if (scales > 0) {
    leaks.push_back(fmt::format(
        "protocol \"author\" scales by all rows, as the published scripts do: the scales of {} "
        "hold rows after {}, the last one that trains",
        counted(scales, "column"), prover.task().frame.time_texts[last]));
  }
  leaks.push_back(
      "protocol \"author\" stops early by the windows that it scores, as the published scripts do");
  return leaks;
}

}  // namespace

ForecastingTask task_of_raw_rows(const DataConfig& config, Protocol protocol, Frame raw) {
  return make_task(config, protocol, complete_frame(std::move(raw), config));
}

LeakProof prove_no_leak(const Config& config, const Frame& raw, const TaskMaker& make) {
  LeakProof proof;
  Config proved = config;
  if (config.protocol == Protocol::author) {
    proof.by_design = author_leaks(Prover(config, raw, make));
    proved.data.scale = "none";
  }
  const Prover prover(proved, raw, make);
  prover.prove_training(proof);
  if (proof.leaks.empty()) prover.prove_origins(proof);
  const Frame& frame = prover.task().frame;
  for (const Giveaway& giveaway :
       find_giveaways(frame, prover.task().windows.window(), prover.task().windows.horizon())) {
    proof.leaks.push_back(describe(giveaway, frame));
  }
  return proof;
}

std::string leak_text(const LeakProof& proof) {
  std::string text;
  for (const std::string& sentence : proof.by_design) text += "leak by design: " + sentence + "\n";
  for (const std::string& sentence : proof.leaks) text += "leak: " + sentence + "\n";
  if (!proof.leaks.empty()) return text;
  return text + fmt::format(
                    "no {}leak: {} and {} unchanged when all rows after {} (of forecasts: after "
                    "their inputs) are changed\n",
                    proof.by_design.empty() ? "" : "other ",
                    counted(proof.training_windows, "training window"),
                    counted(proof.forecasts, "forecast"), proof.cutoff);
}

}  // namespace espalier
