#include "apps/leakage/prover.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
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
    for (const Series& series : raw.all_series()) {
      bool known_later = false;
      for (std::size_t row = series.end; row-- > series.begin;) {
        if (!std::isnan(column[row])) {
          known_later = true;
        } else if (known_later) {
          gaps[row] = 1;
        }
      }
    }
  }
  return gaps;
}

}  // namespace

Prover::Prover(const Config& config, const Frame& raw, const TaskMaker& make)
    : config_(config),
      raw_(raw),
      make_(make),
      before_(make(config.data, config.protocol, raw)),
      learner_(make_learner(config, before_.frame)),
      window_(before_.windows.window()) {}

std::vector<RowRange> Prover::training_rows() const {
  const std::vector<Series> all = before_.frame.all_series();
  std::vector<RowRange> ranges;
  for (std::size_t s = 0; s < all.size(); ++s) {
    ranges.push_back({all[s].begin, all[s].begin + before_.split.train_rows[s]});
  }
  if (config_.protocol == Protocol::honest) return ranges;
  const std::vector<std::size_t>& train = before_.split.train;
  const std::vector<std::size_t> places = series_of_windows(before_.frame, train);
  for (std::size_t s = 0; s < all.size(); ++s) ranges[s].end = ranges[s].begin;
  for (std::size_t i = 0; i < train.size(); ++i) {
    ranges[places[i]].end = train[i] + window_ + before_.windows.horizon();
  }
  return ranges;
}

std::string Prover::parting(const std::vector<RowRange>& known) const {
  return known.size() == 1 ? before_.frame.time_texts[known.front().end - 1]
                           : "the last training row of each series";
}

std::vector<std::string> Prover::changed_scales() const {
  const ForecastingTask after = changed(training_rows());
  return differing_scales(
      {.raw = raw_, .original = before_, .altered = after, .shared = {}, .parting = ""});
}

void Prover::prove_training(LeakProof& proof) const {
  const std::vector<RowRange> known = training_rows();
  const ForecastingTask after = changed(known);
  TwoFutures futures{.raw = raw_,
                     .original = before_,
                     .altered = after,
                     .shared = known,
                     .parting = parting(known)};
  std::erase_if(futures.shared, [](const RowRange& range) { return range.begin == range.end; });
  proof.cutoff = futures.parting;
  std::vector<std::string> leaks = differing_rows(futures);
  for (const std::string& name : differing_scales(futures)) {
    leaks.push_back(fmt::format("the scaler of column {} is fitted to rows after {}",
                                in_quotes(name), proof.cutoff));
  }
  // What is named by now explains the rest.
  if (leaks.empty()) {
    if (auto leak = differing_training(futures, proof.training_windows)) leaks = {*leak};
  }
  if (leaks.empty()) leaks = forecast(futures, known_windows(known), proof);
  proof.leaks = std::move(leaks);
}

void Prover::prove_origins(LeakProof& proof) const {
  for (const std::size_t index : origins()) {
    // Of other series training knows some rows that are later.
    std::vector<RowRange> known = training_rows();
    known[series_of_windows(before_.frame, std::span(&index, 1)).front()].end = index + window_;
    const ForecastingTask after = changed(known);
    TwoFutures futures{.raw = raw_,
                       .original = before_,
                       .altered = after,
                       .shared = {{index, index + window_}},
                       .parting = ""};
    futures.parting = futures.time_of(index + window_ - 1);
    std::vector<std::string> leaks = differing_rows(futures);
    if (leaks.empty()) leaks = forecast(futures, {index}, proof);
    if (leaks.empty()) continue;
    proof.leaks = std::move(leaks);
    return;
  }
}

ForecastingTask Prover::changed(const std::vector<RowRange>& known) const {
  const std::vector<Series> all = before_.frame.all_series();
  std::map<std::string, std::size_t> last_lines;
  for (std::size_t s = 0; s < all.size(); ++s) {
    const bool any = known[s].end > known[s].begin;
    last_lines[all[s].id] = any ? before_.frame.lines[known[s].end - 1] : 0;
  }
  return make_(config_.data, config_.protocol, changed_after(raw_, last_lines));
}

std::vector<std::string> Prover::forecast(const TwoFutures& futures,
                                          const std::vector<std::size_t>& windows,
                                          LeakProof& proof) const {
  if (!same_forecasts(futures, learner_, windows)) {
    return {fmt::format("forecasts from inputs up to {} depend on later rows", futures.parting)};
  }
  proof.forecasts += windows.size();
  return {};
}

std::vector<std::size_t> Prover::known_windows(const std::vector<RowRange>& ranges) const {
  std::vector<std::size_t> windows;
  for (const RowRange& range : ranges) {
    for (std::size_t index = range.begin; index + window_ <= range.end; ++index) {
      if (before_.windows.contains(index)) windows.push_back(index);
    }
  }
  return sample(windows, most_forecasts);
}

std::vector<std::size_t> Prover::origins() const {
  std::vector<std::size_t> candidates = before_.split.validation;
  const std::vector<std::size_t>& test = before_.split.test;
  if (test != candidates) candidates.insert(candidates.end(), test.begin(), test.end());
  std::vector<std::size_t> chosen = sample(candidates, most_origins);
  const std::vector<std::size_t> sampled = sample(ending_in_gaps(candidates), most_origins);
  chosen.insert(chosen.end(), sampled.begin(), sampled.end());
  return chosen;
}

std::vector<std::size_t> Prover::ending_in_gaps(const std::vector<std::size_t>& windows) const {
  const std::vector<std::uint8_t> gaps = rows_in_gaps(raw_);
  std::map<std::string, Series> raw_series;
  for (const Series& series : raw_.all_series()) raw_series[series.id] = series;
  const std::vector<Series> all = before_.frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(before_.frame, windows);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::size_t last = windows[i] + window_ - 1;
    const auto row = row_on_line(raw_, raw_series.at(all[places[i]].id), before_.frame.lines[last]);
    const bool in_gap = is_inserted(before_.frame, last) || (row && gaps[*row] != 0);
    if (in_gap) found.push_back(windows[i]);
  }
  return found;
}

}  // namespace espalier
