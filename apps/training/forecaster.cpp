#include "apps/training/forecaster.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include "apps/metrics/quantiles.h"
#include "core/denormals.h"
#include "core/forward.h"
#include "core/tape.h"

namespace espalier {

namespace {

constexpr std::size_t chunk_windows = 256;

/// The rows of one quantile of each window's forecasts, all of `rows` · levels values.
std::vector<double> rows_of_level(const std::vector<double>& all, std::size_t level,
                                  std::size_t levels, std::size_t rows) {
  std::vector<double> values;
  values.reserve(all.size() / levels);
  for (std::size_t begin = level * rows; begin < all.size(); begin += levels * rows) {
    values.insert(values.end(), all.begin() + static_cast<std::ptrdiff_t>(begin),
                  all.begin() + static_cast<std::ptrdiff_t>(begin + rows));
  }
  return values;
}

/// Takes forecasts of all quantiles apart; `rows`: of one quantile of one window.
void take_apart(WindowForecasts& forecasts, const std::vector<double>& levels, std::size_t rows) {
  const std::size_t outputs = levels.size() * rows;
  for (std::size_t begin = 0; begin < forecasts.mean.size(); begin += outputs) {
    keep_order(std::span(forecasts.mean).subspan(begin, outputs), levels.size());
  }
  for (std::size_t k = 0; k < levels.size(); ++k) {
    forecasts.quantiles.push_back(rows_of_level(forecasts.mean, k, levels.size(), rows));
  }
  const std::size_t median = median_of(levels);
  forecasts.mean = forecasts.quantiles[median];
  if (forecasts.samples == 1) return;
  forecasts.deviation = rows_of_level(forecasts.deviation, median, levels.size(), rows);
}

}  // namespace

std::int64_t evaluation_samples(const Regularizers& regularizers) {
  std::int64_t samples = 1;
  for (const auto& regularizer : regularizers) {
    samples = std::max(samples, regularizer->evaluation_samples());
  }
  return samples;
}

void forecast_batch(const Model& model, const Regularizers& regularizers, std::int64_t samples,
                    Tape& tape, const Tensor& x, std::span<const std::size_t> numbers,
                    std::span<double> mean, std::span<double> deviation) {
  std::ranges::fill(mean, 0.0);
  std::ranges::fill(deviation, 0.0);
  const std::size_t outputs = mean.size() / numbers.size();
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    tape.reset();
    Forward pass(tape, regularizers, Forward::Purpose::evaluation,
                 static_cast<std::uint64_t>(sample), numbers);
    const Tensor y = model.forward(pass, tape.constant(x, "x")).value();
    const double count = static_cast<double>(sample + 1);
    for (std::size_t b = 0; b < numbers.size(); ++b) {
      for (std::size_t output = 0; output < outputs; ++output) {
        const std::size_t i = b * outputs + output;
        // Welford's update: exact for one sample, and no difference of large sums for many.
        const double value = static_cast<double>(y.data[output * numbers.size() + b]);
        const double step = value - mean[i];
        mean[i] += step / count;
        if (samples > 1) deviation[i] += step * (value - mean[i]);
      }
    }
  }
  for (double& value : deviation) value = std::sqrt(value / static_cast<double>(samples - 1));
}

void keep_order(std::span<double> forecast, std::size_t levels) {
  const std::size_t rows = forecast.size() / levels;
  for (std::size_t i = rows; i < forecast.size(); ++i) {
    forecast[i] = std::max(forecast[i], forecast[i - rows]);
  }
}

WindowForecasts forecast_windows(const Model& model, const Regularizers& regularizers,
                                 const Windows& windows, std::span<const std::size_t> indices,
                                 int threads) {
  WindowForecasts forecasts{.samples = evaluation_samples(regularizers)};
  const auto outputs = static_cast<std::size_t>(model.shape().outputs());
  forecasts.mean.resize(indices.size() * outputs);
  forecasts.deviation.resize(forecasts.samples > 1 ? forecasts.mean.size() : 0);
  const auto part_of = [](std::vector<double>& values, std::size_t begin, std::size_t count) {
    return values.empty() ? std::span<double>() : std::span(values).subspan(begin, count);
  };
  const auto chunks =
      static_cast<std::ptrdiff_t>((indices.size() + chunk_windows - 1) / chunk_windows);
  const int workers =
      static_cast<int>(std::max<std::ptrdiff_t>(1, std::min<std::ptrdiff_t>(chunks, threads)));
  std::exception_ptr failure;
#pragma omp parallel num_threads(workers) if (workers > 1)
  {
    const FlushDenormals flush;
    Tape tape(Tape::Mode::inference);
    std::vector<real> x, y;
#pragma omp for schedule(static)
    for (std::ptrdiff_t chunk = 0; chunk < chunks; ++chunk) {
      try {
        const std::size_t begin = static_cast<std::size_t>(chunk) * chunk_windows;
        const std::size_t count = std::min(chunk_windows, indices.size() - begin);
        const std::span<const std::size_t> part = indices.subspan(begin, count);
        x.resize(windows.window() * windows.features() * count);
        y.resize(windows.outputs() * count);
        windows.gather(part, x.data(), y.data());
        const Shape shape{static_cast<std::int64_t>(windows.window()),
                          static_cast<std::int64_t>(windows.features()), std::ssize(part)};
        forecast_batch(model, regularizers, forecasts.samples, tape, {x.data(), shape},
                       windows.numbers(part),
                       part_of(forecasts.mean, begin * outputs, count * outputs),
                       part_of(forecasts.deviation, begin * outputs, count * outputs));
      } catch (...) {
#pragma omp critical
        failure = std::current_exception();
      }
    }
  }
  if (failure) std::rethrow_exception(failure);
  const std::vector<double>& levels = model.shape().quantiles;
  if (!levels.empty()) take_apart(forecasts, levels, windows.outputs());
  return forecasts;
}

}  // namespace espalier
