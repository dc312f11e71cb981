#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/run/recorder.h"
#include "apps/run/results.h"
#include "apps/training/forecaster.h"
#include "core/atomic_file.h"
#include "core/forward.h"
#include "core/ops.h"
#include "core/random.h"
#include "optim/registry.h"
#include "tests/apps/data_files.h"
#include "tests/apps/small_catalogue.h"

// Whole runs of a model and a regularizer that are registered nowhere.

namespace espalier {

using nlohmann::json;
using testing::ScratchFolder;

namespace {

using Values = std::vector<double>;
using Indices = std::vector<std::size_t>;

/// Repeats the last known row of each target: a model without parameters.
class LastRow final : public Model {
 public:
  explicit LastRow(const ForecastShape& shape) : Model(shape) {}

  void initialise(RandomKey) override {}

  Var forward(Forward& pass, Var x) const override {
    const std::int64_t batch = x.shape()[2];
    const Tensor y = pass.tape().arena().allocate(Shape{shape_.outputs(), batch});
    for (std::int64_t row = 0; row < shape_.outputs(); ++row) {
      const auto target = static_cast<std::size_t>(row % shape_.targets);
      const std::int64_t from =
          ((shape_.window - 1) * shape_.features + shape_.own_past[target]) * batch;
      std::copy_n(x.value().data + from, batch, y.data + row * batch);
    }
    return pass.activation(Site::head, pass.tape().constant(y));
  }
};

/// Adds uniform noise at the head, when scoring too.
class Noise final : public Regularizer {
 public:
  explicit Noise(std::int64_t samples) : samples_(samples) {}

  Var activation(const Forward& pass, Site site, Var x) const override {
    if (site != Site::head) return x;
    const Tensor noise = pass.tape().arena().allocate(x.shape());
    fill_uniform(pass.call_key(RandomKey(5)), -1, 1, noise.span());
    return add(x, pass.tape().constant(noise));
  }
  std::int64_t evaluation_samples() const override { return samples_; }

 private:
  std::int64_t samples_;
};

Config config_for(const std::string& path, std::vector<std::string> targets) {
  Config config;
  config.name = "run";
  config.data = testing::data_config(path, "");
  config.data.targets = std::move(targets);
  config.model.type = "last_row";
  config.optimizer.type = "adam";
  for (const OptimizerEntry& entry : optimizer_registry()) {
    if (entry.info.name != "adam") continue;
    config.optimizer.settings = Settings::defaults(entry.info.settings, Protocol::honest);
  }
  config.train.loss = "mae";
  return config;
}

Learner last_row_learner(const Config& config, const ForecastingTask& task) {
  Learner learner;
  learner.model = std::make_unique<LastRow>(forecast_shape(config.data, task.frame));
  learner.optimizer =
      make_optimizer(config.optimizer.type, config.optimizer.settings, learner.model->parameters());
  return learner;
}

/// 14 training rows in which the deviation of a is 1 and that of b, named with a comma, is 10; then
/// what is to be scored by hand.
const std::string two_targets = [] {
  std::string text = "a,\"b,c\"\n";
  for (int pair = 0; pair < 7; ++pair) text += "0,10\n2,30\n";
  return text + "5,50\n10,100\n12,90\n11,95\n15,95\n15,115\n";
}();

std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

/// Every file below `folder` but the times, by its path.
std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).string();
    if (entry.is_regular_file() && name != "timing.jsonl") {
      files[name] = read_file(entry.path().string());
    }
  }
  return files;
}

/// Asks for a break after so many steps.
class BreakAfter final : public TrainingObserver {
 public:
  explicit BreakAfter(int steps) : left_(steps) {}
  bool should_interrupt() override { return --left_ == 0; }

 private:
  int left_;
};

/// Goes on with the run in `folder` or begins it, up to its end or `steps` further steps.
RunResults run_in(const std::string& folder, const Config& config, const ForecastingTask& task,
                  Learner& learner, int threads = 1, int steps = 0) {
  Trainer trainer(config, task, learner, threads);
  const RunDirectory directory(folder, RunDirectory::Mode::resume, "{}\n");
  Recorder recorder(directory, learner, trainer);
  BreakAfter breaker(steps);
  if (trainer.run(std::vector<TrainingObserver*>{&recorder, &breaker}) ==
      Trainer::Outcome::interrupted) {
    recorder.checkpoint();
    return {};
  }
  RunResults results = score_run(config, task, learner, trainer, trainer.choose_weights(), threads);
  write_results(directory, config, task, learner, results);
  return results;
}

}  // namespace

TEST_CASE("run: a model without parameters is scored as it is, two targets worked by hand") {
  const ScratchFolder folder;
  Config config = config_for(folder.write("data.csv", two_targets), {"b,c", "a"});
  config.data.window = 2;
  const ForecastingTask task = load_task(config.data, Protocol::honest);
  Learner learner = last_row_learner(config, task);
  const RunResults results = run_in(folder / "run", config, task, learner);

  // Errors of a: 2, −1, 4, 0; of b: −10, 5, 0, 20.
  const json metrics = json::parse(read_file(folder / "run/metrics.json"));
  const json& targets = metrics["targets"];
  const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-6); };
  CHECK(targets["a"]["mae"].get<double>() == near(1.75));
  CHECK(targets["a"]["rmse"].get<double>() == near(std::sqrt(5.25)));
  CHECK(targets["b,c"]["mae"].get<double>() == near(8.75));
  CHECK(targets["b,c"]["rmse"].get<double>() == near(std::sqrt(131.25)));
  CHECK(targets["b,c"]["baselines"]["persistence"]["mae"] == 8.75);
  for (const json& pooled : {metrics["test"], metrics["baselines"]["persistence"]}) {
    CHECK(pooled["mae"].get<double>() == near(5.25));
    CHECK(pooled["rmse"].get<double>() == near(std::sqrt(68.25)));
    CHECK(pooled["scaled_mae"].get<double>() == near(1.3125));
    CHECK(pooled["scaled_mse"].get<double>() == near(3.28125));
  }
  CHECK(metrics["scored_forecasts"] == 8);
  CHECK_FALSE(metrics.contains("interval"));
  const auto rows = rows_of(read_file(folder / "run/forecasts.csv"));
  REQUIRE(rows.size() == 9);
  CHECK(rows[1] == std::vector<std::string>{"17", "16", "1", "\"b", "c\"", "90", rows[1][6], "100",
                                            rows[1][8]});
  CHECK(rows[2] ==
        std::vector<std::string>{"17", "16", "1", "a", "12", rows[2][5], "10", rows[2][7]});

  // One epoch; its losses are those of the forecasts, and nothing is 0 / 0.
  CHECK(metrics["epochs"] == 1);
  CHECK(metrics["sparsity"] == 0);
  const std::string log = read_file(folder / "run/metrics.jsonl");
  const json epoch = json::parse(log);
  CHECK(epoch["sparsity"] == 0);
  // In deviations: every training row differs from the one before by 2, the rows to validate by 3
  // and 5 (a), 2 and 5 (b).
  CHECK(epoch["train_loss"].get<double>() == near(2));
  CHECK(epoch["validation_loss"].get<double>() == near(15.0 / 4));
  const std::string table = results_table(config, results);
  CHECK(table.find("The last_row has nothing to train.") != std::string::npos);
  CHECK(table.find("nan") == std::string::npos);
  CHECK(table.find("scaled MAE    scaled MSE") != std::string::npos);
  CHECK(table.find("1.3125       3.28125") != std::string::npos);
  CHECK(table.find("8 forecasts of \"b,c\", \"a\" scored, each in standard deviations") !=
        std::string::npos);

  // What is finished is only told again, from empty files of weights.
  const auto before = files_in(folder / "run");
  Learner again = last_row_learner(config, task);
  run_in(folder / "run", config, task, again);
  CHECK(files_in(folder / "run") == before);
}

TEST_CASE("run: scaled scores have their unit whatever the scaling of the inputs") {
  const ScratchFolder folder;
  Config config = config_for(folder.write("data.csv", two_targets), {"b,c"});
  config.data.window = 2;
  config.data.scale = "none";
  const ForecastingTask task = load_task(config.data, Protocol::honest);
  CHECK(task.scaling.only().targets[0].deviation == 1);
  Learner learner = last_row_learner(config, task);
  const RunResults results = run_in(folder / "run", config, task, learner);
  const json metrics = json::parse(read_file(folder / "run/metrics.json"));
  CHECK(metrics["test"]["mae"] == 8.75);
  CHECK(metrics["test"]["scaled_mae"].get<double>() == doctest::Approx(0.875));
  CHECK(metrics["test"]["scaled_mse"].get<double>() == doctest::Approx(1.3125));
  // One target: no list of targets, and the table shows the units of the file.
  CHECK_FALSE(metrics.contains("targets"));
  CHECK(results_table(config, results).find("           MAE          RMSE") != std::string::npos);
}

TEST_CASE("run: the spread of random forecasts is that of the samples, on any threads") {
  const ScratchFolder folder;
  Config config = config_for(testing::own_data("seattle-weather.csv"), {"temp_max", "wind"});
  config.data.time = {"date"};
  config.data.window = 4;
  config.data.horizon = 3;
  const ForecastingTask task = load_task(config.data, Protocol::honest);
  const Learner learner = last_row_learner(config, task);
  Regularizers noise;
  noise.push_back(std::make_unique<Noise>(5));
  const auto forecast = [&](int threads) {
    return forecast_windows(*learner.model, noise, task.windows, task.split.train, threads);
  };
  const WindowForecasts found = forecast(1);
  CHECK(found.samples == 5);
  CHECK(found.mean == forecast(3).mean);
  CHECK(found.deviation == forecast(3).deviation);

  // The same in chunks of 256 windows, each sample with a pass number of its own; mean first, then
  // deviation.
  constexpr std::size_t chunk = 256;
  const Indices& windows = task.split.train;
  REQUIRE(windows.size() > 3 * chunk);
  REQUIRE(found.mean.size() == windows.size() * 6);
  for (std::size_t begin = 0; begin < windows.size(); begin += chunk) {
    const auto part = std::span(windows).subspan(begin, std::min(chunk, windows.size() - begin));
    std::vector<Values> samples;
    for (std::size_t sample = 0; sample < 5; ++sample) {
      Tape tape(Tape::Mode::inference);
      const Tensor x = tape.arena().allocate(
          Shape{4, static_cast<std::int64_t>(task.windows.features()), std::ssize(part)});
      const Tensor y = tape.arena().allocate(Shape{6, std::ssize(part)});
      task.windows.gather(part, x.data, y.data);
      Forward pass(tape, noise, Forward::Purpose::evaluation, sample);
      const Tensor out = learner.model->forward(pass, tape.constant(x)).value();
      samples.emplace_back(out.span().begin(), out.span().end());
    }
    double worst = 0;
    for (std::size_t i = 0; i < 6 * part.size(); ++i) {
      double mean = 0;
      for (const Values& sample : samples) mean += sample[i] / 5;
      double squares = 0;
      for (const Values& sample : samples) squares += (sample[i] - mean) * (sample[i] - mean);
      const std::size_t at = (begin + i % part.size()) * 6 + i / part.size();
      worst = std::max({worst, std::abs(found.mean[at] - mean),
                        std::abs(found.deviation[at] - std::sqrt(squares / 4))});
    }
    CHECK(worst < 1e-12);
  }
  noise.front() = std::make_unique<Noise>(1);
  CHECK(forecast(1).deviation.empty());
}

TEST_CASE("run: intervals in forecasts.csv, and their coverage and width recomputed from it") {
  for (const bool several : {false, true}) {
    CAPTURE(several);
    const ScratchFolder folder;
    Config config = config_for(testing::own_data("seattle-weather.csv"), {"temp_max"});
    if (several) config.data.targets = {"wind", "temp_max"};
    config.data.time = {"date"};
    config.data.window = 4;
    config.data.horizon = 2;
    const ForecastingTask task = load_task(config.data, Protocol::honest);
    Learner learner = last_row_learner(config, task);
    learner.regularizers.push_back(std::make_unique<Noise>(7));
    const RunResults results = run_in(folder / "run", config, task, learner);
    const auto rows = rows_of(read_file(folder / "run/forecasts.csv"));
    CHECK(rows[0] == std::vector<std::string>{"ds", "cutoff", "step", "target", "y", "y_hat", "std",
                                              "lo-90", "hi-90", "persistence", "linear"});
    std::size_t inside = 0;
    std::map<std::string, double> widths;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      const auto number = [&](std::size_t column) { return std::stod(rows[r][column]); };
      CHECK(rows[r][3] == config.data.targets[(r - 1) % config.data.targets.size()]);
      CHECK(number(7) == doctest::Approx(number(5) - 1.6449 * number(6)));
      CHECK(number(8) == doctest::Approx(number(5) + 1.6449 * number(6)));
      if (number(7) <= number(4) && number(4) <= number(8)) ++inside;
      widths[rows[r][3]] += number(8) - number(7);
    }
    const double count = static_cast<double>(rows.size() - 1);
    const json interval = json::parse(read_file(folder / "run/metrics.json"))["interval"];
    CHECK(interval["level"] == 0.9);
    CHECK(interval["samples"] == 7);
    CHECK(interval["coverage"] == static_cast<double>(inside) / count);
    CHECK(inside > 0);
    CHECK(inside < rows.size() - 1);
    for (const auto& [target, sum] : widths) {
      const json& width = several ? interval["mean_width"][target] : interval["mean_width"];
      CHECK(width.get<double>() ==
            doctest::Approx(sum * static_cast<double>(widths.size()) / count));
    }
    // Uniform noise on (−1, 1) has deviation 1/√3 in scaled units.
    const double expected = 2 * 1.6449 / std::sqrt(3.0) *
                            task.scaling.only().targets.back().deviation * count /
                            static_cast<double>(widths.size());
    CHECK(widths["temp_max"] == doctest::Approx(expected).epsilon(0.1));
    CHECK(results_table(config, results)
              .find(fmt::format("The 90 % intervals of 7 random forecasts hold {:.1f} % of the "
                                "scored values.",
                                100 * static_cast<double>(inside) / count)) != std::string::npos);
  }
}

TEST_CASE("run: two targets and random forecasts, broken off and resumed: the same bytes") {
  const ScratchFolder folder;
  Config config = config_for(testing::own_data("seattle-weather.csv"), {"temp_max", "wind"});
  config.data.time = {"date"};
  config.data.rows = 300;
  config.data.window = 4;
  config.data.horizon = 2;
  config.model.type = "lstm";
  config.model.settings.set("hidden", std::int64_t{4});
  config.model.settings.set("layers", std::int64_t{1});
  config.train.epochs = 3;
  config.train.batch = 32;
  const ForecastingTask task = load_task(config.data, Protocol::honest);
  const auto learner_of = [&](std::int64_t samples) {
    Learner learner = make_learner(config, task.frame);
    learner.regularizers.push_back(std::make_unique<Noise>(samples));
    return learner;
  };
  Learner whole = learner_of(3);
  run_in(folder / "whole", config, task, whole);
  Learner begun = learner_of(3);
  run_in(folder / "broken", config, task, begun, 1, 9);
  CHECK_FALSE(std::filesystem::exists(folder / "broken/metrics.json"));
  Learner resumed = learner_of(3);
  run_in(folder / "broken", config, task, resumed, 3);
  CHECK(files_in(folder / "whole") == files_in(folder / "broken"));
  Learner other = learner_of(4);
  run_in(folder / "other", config, task, other);
  CHECK(files_in(folder / "whole") != files_in(folder / "other"));
  const json model = json::parse(read_file(folder / "whole/model/config.json"));
  REQUIRE(model["target"].size() == 2);
  CHECK(model["target"][1]["column"] == "wind");
  CHECK(model["target"][1]["deviation"] == task.scaling.only().targets[1].deviation);
}

}  // namespace espalier
