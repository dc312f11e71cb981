#include "apps/conformal/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <span>

#include <fmt/format.h>

#include "apps/conformal/scaled_truths.h"
#include "apps/data/cell_text.h"
#include "apps/training/forecaster.h"
#include "apps/usage_error.h"
#include "core/error.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

constexpr const char* tensor_name = "residuals";

}  // namespace

std::vector<double> Calibration::of_output(std::size_t output) const {
  std::vector<double> values;
  values.reserve(windows);
  for (std::size_t i = output; i < residuals.size(); i += outputs()) {
    values.push_back(static_cast<double>(residuals[i]));
  }
  return values;
}

Calibration thinned_calibration(std::vector<float> residuals, std::size_t horizon,
                                std::size_t targets) {
  Calibration calibration{.horizon = horizon, .targets = targets};
  const std::size_t outputs = calibration.outputs();
  const std::size_t there = residuals.size() / outputs;
  calibration.windows = std::min(there, most_calibration_windows);
  if (calibration.windows == there) {
    calibration.residuals = std::move(residuals);
    return calibration;
  }
  for (std::size_t i = 1; i <= calibration.windows; ++i) {
    const std::size_t window = i * there / calibration.windows - 1;
    const auto begin = residuals.begin() + static_cast<std::ptrdiff_t>(window * outputs);
    calibration.residuals.insert(calibration.residuals.end(), begin,
                                 begin + static_cast<std::ptrdiff_t>(outputs));
  }
  return calibration;
}

std::optional<Calibration> calibrate(const ForecastingTask& task, const Learner& learner,
                                     Protocol protocol, int threads) {
  if (protocol == Protocol::author) return std::nullopt;
  const std::vector<std::size_t>& windows = task.split.validation;
  const WindowForecasts forecasts =
      forecast_windows(*learner.model, learner.regularizers, task.windows, windows, threads);
  const std::vector<double> truths = scaled_targets(task.frame, task.scaling, windows,
                                                    task.windows.window(), task.windows.horizon());
  std::vector<float> residuals;
  residuals.reserve(truths.size());
  for (std::size_t i = 0; i < truths.size(); ++i) {
    residuals.push_back(static_cast<float>(truths[i] - forecasts.mean[i]));
  }
  return thinned_calibration(std::move(residuals), task.windows.horizon(), task.windows.targets());
}

std::string calibration_path(const std::string& run) {
  return run + "/model/calibration.safetensors";
}

void save_calibration(const std::string& path, const Calibration& calibration) {
  Safetensors file;
  const auto bytes = std::as_bytes(std::span(calibration.residuals));
  file.entries[tensor_name] = {.dtype = "F32",
                               .shape = {static_cast<std::int64_t>(calibration.windows),
                                         static_cast<std::int64_t>(calibration.horizon),
                                         static_cast<std::int64_t>(calibration.targets)},
                               .bytes = {bytes.begin(), bytes.end()}};
  file.write(path);
}

Calibration load_calibration(const std::string& run, std::size_t horizon, std::size_t targets) {
  const std::string path = calibration_path(run);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    throw UsageError(fmt::format(
        "the run in {} has no residuals to make intervals from (there is no {}): train it again "
        "under \"protocol\": \"honest\", the other leaves none",
        run, path));
  }
  const Safetensors file = Safetensors::read(path);
  const auto entry = file.entries.find(tensor_name);
  Calibration calibration{.horizon = horizon, .targets = targets};
  if (entry != file.entries.end() && entry->second.shape.size() == 3) {
    calibration.windows = static_cast<std::size_t>(entry->second.shape[0]);
  }
  const std::vector<std::int64_t> expected{static_cast<std::int64_t>(calibration.windows),
                                           static_cast<std::int64_t>(horizon),
                                           static_cast<std::int64_t>(targets)};
  if (calibration.windows == 0 || entry->second.shape != expected || entry->second.dtype != "F32") {
    throw Error(fmt::format(
        "{} doesn't fit model/config.json beside it: expected a tensor \"{}\" of 32-bit floats "
        "for some windows, {} and {}: train the run again",
        path, tensor_name, counted(horizon, "step"), counted(targets, "target")));
  }
  calibration.residuals.resize(calibration.windows * calibration.outputs());
  std::memcpy(calibration.residuals.data(), entry->second.bytes.data(), entry->second.bytes.size());
  if (!std::ranges::all_of(calibration.residuals, [](float r) { return std::isfinite(r); })) {
    throw Error(fmt::format("{} holds a value that isn't finite: train the run again", path));
  }
  return calibration;
}

}  // namespace espalier
