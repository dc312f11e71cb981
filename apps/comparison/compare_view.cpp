#include "apps/comparison/compare_view.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/comparison/analysis.h"
#include "apps/notice.h"
#include "apps/run/terminal.h"
#include "apps/statistics/ranks.h"

namespace espalier {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t bar_width = 24;
constexpr std::size_t most_workers_shown = 8;
constexpr auto redraw_interval = std::chrono::milliseconds(100);

double mean_mae(const Comparison& comparison, const ComparisonResults& results, std::size_t block,
                std::size_t arm) {
  double sum = 0;
  int count = 0;
  for (std::int64_t t = 0; t < comparison.trials; ++t) {
    const auto& trial = results.trials[trial_index(comparison, {block, arm, t})];
    if (!trial || trial->failed()) continue;
    sum += compared_score(results.references[block], trial->metrics, "mae");
    ++count;
  }
  return sum / count;  // NaN without any
}

/// By average rank over the blocks where every arm has a result.
std::string leading_arm(const Comparison& comparison, const ComparisonResults& results) {
  const std::size_t arms = comparison.arms.size();
  std::vector<double> sums(arms, 0);
  std::size_t blocks = 0;
  for (std::size_t block = 0; block < comparison.blocks.size(); ++block) {
    std::vector<double> errors;
    for (std::size_t arm = 0; arm < arms; ++arm) {
      errors.push_back(mean_mae(comparison, results, block, arm));
    }
    if (!std::ranges::all_of(errors, [](double error) { return std::isfinite(error); })) continue;
    const std::vector<double> block_ranks = ranks(errors);
    for (std::size_t arm = 0; arm < arms; ++arm) sums[arm] += block_ranks[arm];
    ++blocks;
  }
  if (blocks == 0) return "";
  const auto best = std::ranges::min_element(sums);
  return fmt::format("leading so far: {} (average rank {:.2f} of {} arms over {} blocks)",
                     comparison.arms[static_cast<std::size_t>(best - sums.begin())],
                     *best / static_cast<double>(blocks), arms, blocks);
}

std::string outcome(const Comparison& comparison, const TrialKey& key,
                    const ComparisonResults& results) {
  const TrialResult& result = *results.trials[trial_index(comparison, key)];
  if (result.failed()) return "failed: " + result.failure;
  return fmt::format("MAE {:.6g} ({:.1f} s)",
                     compared_score(results.references[key.block], result.metrics, "mae"),
                     result.seconds);
}

}  // namespace

CompareView::CompareView(const Comparison& comparison, const std::vector<TrialKey>& pending,
                         const std::vector<double>& seconds, std::size_t done, int threads)
    : comparison_(comparison),
      expected_(comparison.trial_count(), 0),
      total_(comparison.trial_count()),
      done_(done),
      workers_(static_cast<std::size_t>(threads)),
      live_(can_redraw_stderr()) {
  for (std::size_t i = 0; i < pending.size(); ++i) {
    expected_[trial_index(comparison, pending[i])] = seconds[i];
    expected_left_ += seconds[i];
  }
}

CompareView::~CompareView() {
  erase();
}

void CompareView::on_begin(const TrialKey& key, int worker) {
  workers_[static_cast<std::size_t>(worker)] = {
      .trial = trial_name(comparison_, key),
      .epochs = trial_config(comparison_, key).train.epochs,
      .began = Clock::now()};
}

void CompareView::on_epoch(const EpochRecord& record, int worker) {
  workers_[static_cast<std::size_t>(worker)].epoch = record.epoch + 1;
  if (live_ && Clock::now() - drawn_ >= redraw_interval) draw();
}

void CompareView::on_end(const TrialKey& key, int worker, const ComparisonResults& results) {
  Worker& at = workers_[static_cast<std::size_t>(worker)];
  const bool failed = results.trials[trial_index(comparison_, key)]->failed();
  const double expected = expected_[trial_index(comparison_, key)];
  expected_left_ -= expected;
  expected_spent_ += expected;
  spent_ += std::chrono::duration<double>(Clock::now() - at.began).count();
  ++done_;
  if (failed) ++failed_;
  at.trial.clear();
  if (!live_ || failed) {
    erase();
    notice("{:>{}}/{}  {}: {}\n", done_, std::to_string(total_).size(), total_,
           trial_name(comparison_, key), outcome(comparison_, key, results));
  }
  if (!live_ || (!failed && Clock::now() - drawn_ < redraw_interval)) return;
  leading_ = leading_arm(comparison_, results);
  draw();
}

std::string CompareView::progress_line() const {
  const std::size_t filled = bar_width * done_ / std::max<std::size_t>(total_, 1);
  std::string bar;
  for (std::size_t i = 0; i < bar_width; ++i) bar += i < filled ? "█" : "·";
  const double truth = expected_spent_ > 0 ? spent_ / expected_spent_ : 1;
  const double left = expected_left_ * truth / static_cast<double>(workers_.size());
  std::string text = fmt::format("{}  {}/{} trials", bar, done_, total_);
  if (failed_ > 0) text += fmt::format(", {} failed", failed_);
  return text + fmt::format(", about {} left", clock_text(left));
}

std::vector<std::string> CompareView::lines() const {
  std::vector<std::string> lines{progress_line()};
  std::size_t running = 0;
  for (const Worker& worker : workers_) {
    if (worker.trial.empty() || ++running > most_workers_shown) continue;
    lines.push_back(fmt::format("  {}  epoch {}/{}", worker.trial, worker.epoch, worker.epochs));
  }
  if (running > most_workers_shown) {
    lines.push_back(fmt::format("  and {} more", running - most_workers_shown));
  }
  if (!leading_.empty()) lines.push_back("  " + leading_);
  return lines;
}

void CompareView::draw() {
  erase();
  const std::size_t width = terminal_width() - 1;
  std::string text;
  // More lines than a terminal has couldn't be drawn again.
  std::vector<std::string> shown = lines();
  shown.resize(std::min(shown.size(), terminal_height() - 1));
  for (const std::string& line : shown) {
    text += cut_to_width(line, width) + "\n";
    ++drawn_lines_;
  }
  notice("{}", text);
  drawn_ = Clock::now();
}

void CompareView::erase() {
  if (drawn_lines_ == 0) return;
  notice("\033[{}A\033[J", drawn_lines_);
  drawn_lines_ = 0;
}

}  // namespace espalier
