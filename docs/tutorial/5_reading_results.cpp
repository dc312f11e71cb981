// Chapter 5: what to ask of a result before believing it.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "apps/baselines/baselines.h"
#include "apps/baselines/linear.h"
#include "apps/config/read_config.h"
#include "apps/data/leak.h"
#include "apps/metrics/metrics.h"
#include "apps/statistics/holm.h"
#include "apps/statistics/wilcoxon.h"
#include "apps/training/forecasting_task.h"
#include "core/error.h"
#include "core/random.h"

using namespace espalier;

/// The same rows with one more input: in row i the mean of the target's rows i + from to i + to.
Frame with_mean(Frame frame, int from, int to) {
  const std::vector<double> target = frame.target_column(0);
  frame.features.push_back(frame.columns.size());
  frame.names.push_back("mean");
  std::vector<double>& mean = frame.columns.emplace_back(target);
  for (int i = std::max(0, -from); i + to < std::ssize(target); ++i) {
    double sum = 0;
    for (int j = i + from; j <= i + to; ++j) sum += target[static_cast<std::size_t>(j)];
    mean[static_cast<std::size_t>(i)] = sum / (to - from + 1);
  }
  return frame;
}

/// A linear model fitted to the training rows, scored on the test rows.
void print_linear(const char* inputs, const Frame& frame, const WindowSplit& split) {
  const Scaling scaling = fit_scaling(frame, "standard", split.train_rows);
  const LinearForecaster linear(frame, scaling, split.train, /*window=*/14, /*horizon=*/1);
  const double error =
      mean_absolute_error(target_values(frame, split.test, 14, 1), linear.forecast(split.test));
  std::printf("  linear%-42s %.2f", inputs, error);
  try {
    refuse_leaks(frame, 14, 1);
    std::puts("");
  } catch (const Error&) {
    std::puts("  refused as a leak");
  }
}

int main() {
  const Config config = read_config("configs/seattle_weather.json", {}, registered_components());
  const ForecastingTask task = load_task(config.data, config.protocol);
  const Frame& frame = task.frame;
  const WindowSplit& split = task.split;
  const double persistence = mean_absolute_error(target_values(frame, split.test, 14, 1),
                                                 persistence_forecasts(frame, split.test, 14, 1));
  std::puts("Tomorrow's temperature, mean absolute error on the test rows:");
  std::printf("  %-48s %.2f\n", "persistence", persistence);
  print_linear("", frame, split);
  print_linear(", and the mean of the last three days", with_mean(frame, -2, 0), split);
  print_linear(", and the mean of three days around today", with_mean(frame, -1, 1), split);
  print_linear(", and tomorrow's value", with_mean(frame, 1, 1), split);

  // Invented: the first is better on each of three blocks.
  const std::vector<double> one{2.3, 2.4, 2.5}, other{2.4, 2.6, 2.8};
  std::printf("\nBetter on 3 blocks of 3: p = %.2f\n", wilcoxon_signed_rank_test(one, other).p);
  std::puts("The smallest p there can be, by blocks:");
  for (const std::size_t blocks : {3U, 5U, 6U, 12U, 15U}) {
    std::printf("  %2zu blocks %.5f\n", blocks, smallest_attainable_p(blocks));
  }

  std::vector<double> p_values;
  for (std::uint64_t arm = 0; arm < 100; ++arm) {
    std::vector<real> draws(12);
    fill_normal(RandomKey(arm), draws);
    const std::vector<double> errors(draws.begin(), draws.end());
    p_values.push_back(wilcoxon_signed_rank_test(errors, std::vector<double>(12, 0)).p);
  }
  std::printf(
      "\nThe best of 100 arms that differ by chance alone: p = %.3f, with Holm's correction %.2f\n",
      std::ranges::min(p_values), std::ranges::min(holm_adjusted(p_values)));
}
