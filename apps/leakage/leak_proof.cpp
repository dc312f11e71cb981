#include "apps/leakage/leak_proof.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/giveaway.h"
#include "apps/leakage/prover.h"
#include "apps/training/learner.h"

namespace espalier {

namespace {

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

/// In the longest series, each by itself; one sentence for each column.
std::vector<std::string> giveaways(const ForecastingTask& task) {
  constexpr std::size_t most_series = 8;
  const Frame& frame = task.frame;
  std::vector<Series> all = frame.all_series();
  std::ranges::stable_sort(all, std::greater<>(), &Series::known_rows);
  all.resize(std::min(all.size(), most_series));
  std::map<std::pair<std::size_t, std::size_t>, std::string> found;
  for (const Series& series : all) {
    const Frame part = row_range(frame, series.begin, series.end);
    for (const Giveaway& giveaway :
         find_giveaways(part, task.windows.window(), task.windows.horizon())) {
      found.emplace(
          std::pair(giveaway.feature, giveaway.target),
          describe(giveaway, part) +
              (series.id.empty() ? "" : " (seen in series " + in_quotes(series.id) + ")"));
    }
  }
  std::vector<std::string> sentences;
  for (const auto& [columns, sentence] : found) sentences.push_back(sentence);
  return sentences;
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
  const std::vector<std::string> named = giveaways(prover.task());
  proof.leaks.insert(proof.leaks.end(), named.begin(), named.end());
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
