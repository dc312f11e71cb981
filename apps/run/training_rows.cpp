#include "apps/run/training_rows.h"

#include <span>

#include <nlohmann/json.hpp>

#include "apps/evaluation/error_metrics.h"

namespace espalier {

TrainingRows training_rows(const DataConfig& config, const ForecastingTask& task) {
  TrainingRows training{.rows = task.split.train.back() + task.windows.window() +
                                task.windows.horizon()};
  training.first = task.frame.time_texts.front();
  training.last = task.frame.time_texts[training.rows - 1];
  if (config.season) training.season = static_cast<std::size_t>(*config.season);
  for (std::size_t k = 0; k < task.frame.targets.size(); ++k) {
    const std::span<const double> values = task.frame.target_column(k);
    training.naive_errors.push_back(naive_error(values.first(training.rows), training.season));
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
