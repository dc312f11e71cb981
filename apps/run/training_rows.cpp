#include "apps/run/training_rows.h"

#include <cmath>
#include <span>

#include <nlohmann/json.hpp>

#include "apps/metrics/error_metrics.h"

namespace espalier {

namespace {

/// From the beginning of each series, up to the last row that a training window forecasts.
std::vector<std::size_t> rows_by_series(const ForecastingTask& task) {
  const std::vector<Series> all = task.frame.all_series();
  std::vector<std::size_t> rows(all.size(), 0);
  const std::vector<std::size_t>& train = task.split.train;
  const std::vector<std::size_t> places = series_of_windows(task.frame, train);
  for (std::size_t w = 0; w < train.size(); ++w) {
    rows[places[w]] =
        train[w] - all[places[w]].begin + task.windows.window() + task.windows.horizon();
  }
  return rows;
}

/// The mean over all series' steps; nothing where no series has a season to compare with.
std::optional<double> pooled_naive_error(const Frame& frame, std::size_t target,
                                         const std::vector<std::size_t>& rows, std::size_t season) {
  const std::vector<Series> all = frame.all_series();
  if (all.size() == 1) {
    return naive_error(std::span(frame.target_column(target)).first(rows.front()), season);
  }
  double sum = 0;
  std::size_t steps = 0;
  for (std::size_t s = 0; s < all.size(); ++s) {
    const auto values = std::span(frame.target_column(target)).subspan(all[s].begin, rows[s]);
    for (std::size_t row = season; row < values.size(); ++row) {
      sum += std::abs(values[row] - values[row - season]);
      ++steps;
    }
  }
  if (steps == 0 || sum == 0) return std::nullopt;
  return sum / static_cast<double>(steps);
}

}  // namespace

TrainingRows training_rows(const DataConfig& config, const ForecastingTask& task) {
  const std::vector<std::size_t> rows = rows_by_series(task);
  const std::vector<Series> all = task.frame.all_series();
  TrainingRows training;
  if (config.season) training.season = static_cast<std::size_t>(*config.season);
  for (std::size_t s = 0; s < all.size(); ++s) {
    training.rows += rows[s];
    if (rows[s] == 0) continue;
    const std::string& first = task.frame.time_texts[all[s].begin];
    const std::string& last = task.frame.time_texts[all[s].begin + rows[s] - 1];
    if (training.first.empty() || first < training.first) training.first = first;
    if (training.last < last) training.last = last;
  }
  for (std::size_t k = 0; k < task.frame.targets.size(); ++k) {
    training.naive_errors.push_back(pooled_naive_error(task.frame, k, rows, training.season));
  }
  return training;
}

nlohmann::ordered_json training_rows_json(const TrainingRows& training,
                                          const std::vector<std::string>& targets) {
  nlohmann::ordered_json errors = nlohmann::ordered_json::object();
  for (std::size_t k = 0; k < targets.size(); ++k) {
    errors[targets[k]] = nullptr;
    if (training.naive_errors[k]) errors[targets[k]] = *training.naive_errors[k];
  }
  return {{"rows", training.rows},
          {"first", training.first},
          {"last", training.last},
          {"season", training.season},
          {"naive_mae", errors}};
}

std::optional<TrainingRows> recorded_training_rows(const std::string& metrics_json,
                                                   const std::vector<std::string>& targets) {
  try {
    const nlohmann::json there = nlohmann::json::parse(metrics_json).at("training");
    TrainingRows training{.rows = there.at("rows").get<std::size_t>(),
                          .first = there.at("first").get<std::string>(),
                          .last = there.at("last").get<std::string>(),
                          .season = there.at("season").get<std::size_t>()};
    for (const std::string& target : targets) {
      const nlohmann::json& error = there.at("naive_mae").at(target);
      training.naive_errors.push_back(error.is_null() ? std::nullopt
                                                      : std::optional(error.get<double>()));
    }
    return training;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace espalier
