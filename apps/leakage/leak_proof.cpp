#include "apps/leakage/leak_proof.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/giveaway.h"
#include "apps/leakage/two_futures.h"
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

class Prover {
 public:
  Prover(const Config& config, const Frame& raw, const TaskMaker& make)
      : config_(config),
        raw_(raw),
        make_(make),
        before_(make(config.data, config.protocol, raw)),
        learner_(make_learner(config, before_.frame)),
        window_(before_.windows.window()) {}

  /// Per series: the rows that training may know.
  std::vector<RowRange> training_rows() const {
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

  const ForecastingTask& task() const { return before_; }

  /// After which rows the future of `known` begins.
  std::string parting(const std::vector<RowRange>& known) const {
    return known.size() == 1 ? before_.frame.time_texts[known.front().end - 1]
                             : "the last training row of each series";
  }

  std::vector<std::string> changed_scales() const {
    const ForecastingTask after = changed(training_rows());
    return differing_scales(
        {.raw = raw_, .original = before_, .altered = after, .shared = {}, .parting = ""});
  }

  void prove_training(LeakProof& proof) const {
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

  /// Up to the first origin where something leaks: at others it is most likely the same.
  void prove_origins(LeakProof& proof) const {
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

 private:
  /// With another future after the known rows of each series.
  ForecastingTask changed(const std::vector<RowRange>& known) const {
    const std::vector<Series> all = before_.frame.all_series();
    std::map<std::string, std::size_t> last_lines;
    for (std::size_t s = 0; s < all.size(); ++s) {
      const bool any = known[s].end > known[s].begin;
      last_lines[all[s].id] = any ? before_.frame.lines[known[s].end - 1] : 0;
    }
    return make_(config_.data, config_.protocol, changed_after(raw_, last_lines));
  }

  /// The first named where forecasts of `windows` differ; counts them where they don't.
  std::vector<std::string> forecast(const TwoFutures& futures,
                                    const std::vector<std::size_t>& windows,
                                    LeakProof& proof) const {
    if (!same_forecasts(futures, learner_, windows)) {
      return {fmt::format("forecasts from inputs up to {} depend on later rows", futures.parting)};
    }
    proof.forecasts += windows.size();
    return {};
  }

  /// A sample of those whose inputs lie in one of the ranges.
  std::vector<std::size_t> known_windows(const std::vector<RowRange>& ranges) const {
    std::vector<std::size_t> windows;
    for (const RowRange& range : ranges) {
      for (std::size_t index = range.begin; index + window_ <= range.end; ++index) {
        if (before_.windows.contains(index)) windows.push_back(index);
      }
    }
    return sample(windows, most_forecasts);
  }

  /// Windows to validate and score, and those that end in a gap among them.
  std::vector<std::size_t> origins() const {
    std::vector<std::size_t> candidates = before_.split.validation;
    const std::vector<std::size_t>& test = before_.split.test;
    if (test != candidates) candidates.insert(candidates.end(), test.begin(), test.end());
    std::vector<std::size_t> chosen = sample(candidates, most_origins);
    const std::vector<std::size_t> sampled = sample(ending_in_gaps(candidates), most_origins);
    chosen.insert(chosen.end(), sampled.begin(), sampled.end());
    return chosen;
  }

  std::vector<std::size_t> ending_in_gaps(const std::vector<std::size_t>& windows) const {
    const std::vector<std::uint8_t> gaps = rows_in_gaps(raw_);
    std::map<std::string, Series> raw_series;
    for (const Series& series : raw_.all_series()) raw_series[series.id] = series;
    const std::vector<Series> all = before_.frame.all_series();
    const std::vector<std::size_t> places = series_of_windows(before_.frame, windows);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const std::size_t line = before_.frame.lines[windows[i] + window_ - 1];
      const auto row = row_on_line(raw_, raw_series.at(all[places[i]].id), line);
      if (row && gaps[*row] != 0) found.push_back(windows[i]);
    }
    return found;
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
  const std::vector<RowRange> known = prover.training_rows();
  const std::size_t scales = prover.changed_scales().size();
  if (scales > 0) {
    leaks.push_back(fmt::format(
        "protocol \"author\" scales by all rows, as the published scripts do: the scales of {} "
        "hold rows after {}{}",
        counted(scales, "column"), prover.parting(known),
        known.size() == 1 ? ", the last one that trains" : ""));
  }
  leaks.push_back(
      "protocol \"author\" stops early by the windows that it scores, as the published scripts do");
  return leaks;
}

/// Several series are shared out each by its own rows, so that one may train on times at which
/// another is scored.
std::vector<std::string> overlapping_times(const Prover& prover) {
  const ForecastingTask& task = prover.task();
  const Frame& frame = task.frame;
  if (frame.all_series().size() == 1 || frame.times.empty() || task.split.test.empty()) return {};
  std::vector<std::size_t> trained,
      scored;  // the last row of each series, the first of each window
  for (const RowRange& range : prover.training_rows()) {
    if (range.begin < range.end) trained.push_back(range.end - 1);
  }
  for (const std::size_t window : task.split.test) {
    scored.push_back(window + task.windows.window());
  }
  const auto time = [&frame](std::size_t row) { return frame.times[row]; };
  const std::size_t last = *std::ranges::max_element(trained, {}, time);
  const std::size_t first = *std::ranges::min_element(scored, {}, time);
  if (frame.times[last] < frame.times[first]) return {};
  return {fmt::format(
      "each series is shared out by its own rows: {} trains up to {}, {} is scored from {} on, so "
      "what moves both is known by then; espalier backtest cuts all of them at one time",
      in_quotes(series_of_row(frame, last).id), frame.time_texts[last],
      in_quotes(series_of_row(frame, first).id), frame.time_texts[first])};
}

/// A single series to look for giveaways in: the longest.
Frame longest_series(const Frame& frame) {
  const std::vector<Series> all = frame.all_series();
  const Series longest = *std::ranges::max_element(all, {}, &Series::known_rows);
  return row_range(frame, longest.begin, longest.end);
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
  if (config.protocol == Protocol::honest) proof.cautions = overlapping_times(prover);
  prover.prove_training(proof);
  if (proof.leaks.empty()) prover.prove_origins(proof);
  const Frame frame = longest_series(prover.task().frame);
  for (const Giveaway& giveaway :
       find_giveaways(frame, prover.task().windows.window(), prover.task().windows.horizon())) {
    proof.leaks.push_back(describe(giveaway, frame));
  }
  return proof;
}

std::string leak_text(const LeakProof& proof) {
  std::string text;
  for (const std::string& sentence : proof.cautions) text += "note: " + sentence + "\n";
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
