#include "apps/backtest/backtest_results.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/data/cell_text.h"
#include "apps/statistics/summary.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

/// Of all folds together.
std::vector<Scores> all_scores(const BacktestResults& results, std::size_t method) {
  std::vector<Scores> scores;
  for (const FoldResult& fold : results.folds) {
    const std::vector<Scores>& part = fold.methods[method].by_cutoff;
    scores.insert(scores.end(), part.begin(), part.end());
  }
  return scores;
}

std::vector<double> values_of(const std::vector<Scores>& scores, double Scores::*score) {
  std::vector<double> values;
  for (const Scores& at : scores) values.push_back(at.*score);
  return values;
}

Json scores_json(const Scores& scores) {
  return {{"mae", scores.mae},
          {"rmse", scores.rmse},
          {"scaled_mae", scores.scaled_mae},
          {"scaled_mse", scores.scaled_mse}};
}

Json spread_json(const std::vector<Scores>& scores, double Scores::*score) {
  const Summary summary = summarise(values_of(scores, score));
  Json json{{"mean", summary.mean}, {"deviation", nullptr}};
  if (summary.standard_deviation) json["deviation"] = *summary.standard_deviation;
  return json;
}

Json method_json(const BacktestResults& results, std::size_t method) {
  const std::vector<Scores> scores = all_scores(results, method);
  Json json = scores_json(pooled(scores));
  json["over_cutoffs"] = {{"mae", spread_json(scores, &Scores::mae)},
                          {"rmse", spread_json(scores, &Scores::rmse)},
                          {"scaled_mae", spread_json(scores, &Scores::scaled_mae)},
                          {"scaled_mse", spread_json(scores, &Scores::scaled_mse)}};
  return json;
}

Json cutoff_json(const FoldResult& fold, std::size_t i) {
  Json json{{"cutoff", fold.cutoffs[i]},
            {"windows", fold.methods.front().by_cutoff[i].windows},
            {"training_windows", fold.training_windows},
            {"sparsity", fold.sparsity},
            {"epochs", fold.epochs},
            {"scored_epoch", fold.scored_epoch},
            {"test", scores_json(fold.methods.front().by_cutoff[i])}};
  for (std::size_t m = 1; m < fold.methods.size(); ++m) {
    json["baselines"][fold.methods[m].name] = scores_json(fold.methods[m].by_cutoff[i]);
  }
  return json;
}

/// One line per method: mean over the cutoffs and deviation of the error that is compared.
std::string table_row(const BacktestResults& results, std::size_t method) {
  const bool several = results.targets.size() > 1;
  const std::vector<Scores> scores = all_scores(results, method);
  const auto compared = several ? &Scores::scaled_mae : &Scores::mae;
  const Summary summary = summarise(values_of(scores, compared));
  const Scores whole = pooled(scores);
  const double reference = summarise(values_of(all_scores(results, 1), compared)).mean;
  std::string text =
      fmt::format("{:<16}{:>14.6g}", results.folds.front().methods[method].name, summary.mean);
  text += summary.standard_deviation ? fmt::format("{:>14.6g}", *summary.standard_deviation)
                                     : fmt::format("{:>14}", "n/a");
  text += fmt::format("{:>14.6g}", several ? whole.scaled_mse : whole.rmse);
  if (method == 1) return text + "\n";
  return text + (reference > 0 ? fmt::format("{:>+15.1f} %\n", 100 * (summary.mean / reference - 1))
                               : fmt::format("{:>17}\n", "n/a  "));
}

/// Of how many series, where a cutoff has several.
std::string of_series(const BacktestResults& results) {
  const auto [fewest, most] =
      std::ranges::minmax(all_scores(results, 0), {}, [](const Scores& at) { return at.windows; });
  if (most.windows == 1) return "";
  if (fewest.windows == most.windows) return fmt::format(" of {} series", most.windows);
  return fmt::format(" of {} to {} series", fewest.windows, most.windows);
}

/// What was trained and forecast.
std::string circumstances(const BacktestResults& results, std::size_t cutoffs) {
  const BacktestSettings& settings = results.settings;
  const std::string how = !settings.refit    ? "trained once, on rows up to the first"
                          : settings.sliding ? "trained anew for each, on as many rows up to it"
                                             : "trained anew for each, on all rows up to it";
  return fmt::format(
      "{} from {} to {}, {} of {}{} forecast from each; {}.\n"
      "± is the standard deviation over the cutoffs{}.\n",
      counted(cutoffs, "cutoff"), results.folds.front().cutoffs.front(),
      results.folds.back().cutoffs.back(),
      counted(static_cast<std::size_t>(results.config.data.horizon), "row"),
      quoted_list(results.targets), of_series(results), how,
      results.targets.size() > 1
          ? "; errors are in standard deviations of the targets in the rows trained on"
          : "");
}

std::string verdict(const BacktestResults& results) {
  const std::vector<Scores> model = all_scores(results, 0);
  const std::vector<Scores> persistence = all_scores(results, 1);
  const auto compared = results.targets.size() > 1 ? &Scores::scaled_mae : &Scores::mae;
  std::size_t lower = 0;
  std::size_t equal = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    if (model[i].*compared < persistence[i].*compared) ++lower;
    if (model[i].*compared == persistence[i].*compared) ++equal;
  }
  std::string text =
      fmt::format("The {}'s mean absolute error is lower than persistence's at {} of them",
                  results.config.model.type, lower);
  if (equal > 0) text += fmt::format(", and the same at {}", equal);
  return text + ".\n";
}

}  // namespace

std::string backtest_csv(const BacktestResults& results) {
  std::string text = results.folds.front().forecasts;
  for (std::size_t i = 1; i < results.folds.size(); ++i) {
    const std::string& part = results.folds[i].forecasts;
    text += part.substr(part.find('\n') + 1);
  }
  return text;
}

Json backtest_json(const BacktestResults& results) {
  const BacktestSettings& settings = results.settings;
  const std::vector<MethodScores>& methods = results.folds.front().methods;
  Json json{{"protocol", protocol_name(results.config.protocol)},
            {"model", results.config.model.type},
            {"targets", results.targets},
            {"origins", settings.origins},
            {"step", settings.step.value_or(results.config.data.horizon)},
            {"horizon", results.config.data.horizon},
            {"refit", settings.refit},
            {"window", settings.sliding ? "sliding" : "expanding"},
            {"test", method_json(results, 0)}};
  for (std::size_t m = 1; m < methods.size(); ++m) {
    json["baselines"][methods[m].name] = method_json(results, m);
  }
  for (const FoldResult& fold : results.folds) {
    for (std::size_t i = 0; i < fold.cutoffs.size(); ++i) {
      json["cutoffs"].push_back(cutoff_json(fold, i));
    }
  }
  return json;
}

std::string backtest_table(const BacktestResults& results) {
  const bool several = results.targets.size() > 1;
  std::string text =
      fmt::format("{:<16}{:>14}{:>14}{:>14}{:>17}\n", "backtest", several ? "scaled MAE" : "MAE",
                  "±", several ? "scaled MSE" : "RMSE", "vs persistence");
  const std::size_t methods = results.folds.front().methods.size();
  for (std::size_t m = 0; m < methods; ++m) text += table_row(results, m);
  return text + "\n" + circumstances(results, all_scores(results, 0).size()) + verdict(results);
}

}  // namespace espalier
