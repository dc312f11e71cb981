#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/config/read_config.h"
#include "apps/inspect/run_recorder.h"
#include "apps/training/trainer.h"
#include "tests/apps/small_catalogue.h"

namespace espalier {

namespace {

/// A network as a second pair of eyes finds it, in plain copies.
struct Copy {
  TrainingProgress progress;
  MaskUpdate update;
  std::vector<std::vector<std::uint8_t>> masks;
  std::vector<std::vector<real>> values;
  std::vector<std::vector<real>> grads;
};

/// Copies all weight matrices at each update.
class Copier final : public TrainingObserver {
 public:
  explicit Copier(const Parameters& parameters) : parameters_(parameters) {}

  void on_mask_update(const TrainingProgress& progress, const MaskUpdate& update) override {
    copies.push_back(
        {.progress = progress, .update = update, .masks = {}, .values = {}, .grads = {}});
    for (const Parameter& parameter : parameters_.all()) {
      if (parameter.kind() != ParameterKind::weight) continue;
      copies.back().masks.emplace_back(parameter.mask().begin(), parameter.mask().end());
      const auto values = parameter.value().span();
      const auto grads = parameter.grad().span();
      copies.back().values.emplace_back(values.begin(), values.end());
      copies.back().grads.emplace_back(grads.begin(), grads.end());
    }
  }
  void on_epoch(const EpochRecord& record) override { losses.push_back(record.validation_loss); }

  std::vector<Copy> copies;
  std::vector<double> losses;

 private:
  const Parameters& parameters_;
};

/// What a run leaves.
struct Result {
  std::vector<real> values;
  std::vector<std::uint8_t> masks;
  std::vector<double> losses;
  std::vector<Copy> copies;
  std::vector<Snapshot> snapshots;
  std::vector<MatrixInfo> matrices;
};

/// Six epochs of an LSTM, unless another model is asked for, on waves.
class TinyRun {
 public:
  explicit TinyRun(const std::string& regularizers,
                   const std::string& model = R"({"type": "lstm", "hidden": 5})")
      : config_(parse_config(config_text(regularizers, model), folder_ / "run.json", {},
                             registered_components())),
        task_(load_task(config_.data, config_.protocol)) {}

  Result train(bool recorded, std::size_t capacity = 1000, bool scored = false) const {
    Learner learner = make_learner(config_, task_.frame);
    const Parameters& parameters = learner.model->parameters();
    RunRecorder* recorder = nullptr;
    if (recorded) {
      auto plugin = std::make_unique<RunRecorder>(learner.regularizers, capacity);
      recorder = plugin.get();
      recorder->attach(learner.model->parameters());
      learner.regularizers.push_back(std::move(plugin));
    }
    Trainer trainer(config_, task_, learner, 1);
    Copier copier(parameters);
    TrainingObserver* observers[] = {&copier};
    trainer.run(observers);
    Result result{.values = {parameters.values().begin(), parameters.values().end()},
                  .masks = {parameters.masks().begin(), parameters.masks().end()},
                  .losses = copier.losses,
                  .copies = copier.copies,
                  .snapshots = {},
                  .matrices = {}};
    if (recorder != nullptr) {
      if (scored) recorder->record_scored(trainer.choose_weights());
      result.snapshots = recorder->snapshots();
      result.matrices = recorder->matrices();
    }
    return result;
  }

 private:
  std::string config_text(const std::string& regularizers, const std::string& model) const {
    std::string csv = "y,z\n";
    for (int row = 0; row < 60; ++row) {
      csv += std::to_string(std::sin(row)) + "," + std::to_string(std::cos(row / 3.0)) + "\n";
    }
    folder_.write("rows.csv", csv);
    return R"({"data": {"path": "rows.csv", "target": "y", "window": 5},
      "model": )" +
           model + R"(, "optimizer": {"type": "adam", "lr": 0.01},
      "regularizers": [)" +
           regularizers + R"(], "train": {"epochs": 6, "batch": 4, "patience": null}})";
  }

  testing::ScratchFolder folder_;
  Config config_;
  ForecastingTask task_;
};

const std::string pruning =
    R"({"type": "synaptic_pruning", "max_sparsity": 0.8, "warmup_epochs": 1, "every": 2})";

/// One layer, of two heads. Its attention: in_proj [12, 4] and out_proj [4, 4].
const std::string transformer =
    R"({"type": "patch_transformer", "embed": 4, "heads": 2, "layers": 1, "feed_forward": 6})";
const std::string head_pruning =
    R"({"type": "pruning", "grain": "head", "max_sparsity": 0.5, "warmup_epochs": 1, "every": 2})";

double norm(const std::vector<real>& values) {
  double squares = 0;
  for (const real value : values)
    squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares);
}

std::uint32_t total(const std::array<std::uint32_t, MagnitudeHistogram::bins>& bins) {
  return std::accumulate(bins.begin(), bins.end(), 0U);
}

/// Each cell is the weight itself, to the step of quantisation; empty if so.
std::string wrong_cell(const QuantisedCells& cells, const std::vector<real>& values,
                       const std::vector<std::uint8_t>& mask) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int code = cells.cells[i];
    if ((mask[i] == 0) != (code == -128))
      return "pruned and live are mixed up at " + std::to_string(i);
    if (mask[i] == 0) continue;
    const double error = std::abs(code * cells.scale / 127 - static_cast<double>(values[i]));
    if (error > cells.scale / 254 * 1.001) return "another value at " + std::to_string(i);
  }
  return "";
}

}  // namespace

TEST_CASE("what is recorded of each update is what training did") {
  const Result run = TinyRun(pruning).train(true);
  REQUIRE(run.copies.size() > 10);
  REQUIRE(run.snapshots.size() == run.copies.size() + 1);
  REQUIRE(run.matrices.size() == 3);
  CHECK(run.matrices[0].name == "lstm.weight_ih_l0");
  CHECK(run.matrices[0].blocks == 4);
  CHECK(run.matrices[1].units_of == 0);
  CHECK(run.matrices[2].units_of == 2);
  CHECK(run.snapshots[0].moment == Snapshot::Moment::start);
  CHECK(run.snapshots[0].update.pruned == 0);
  CHECK(run.snapshots[0].update.prunable == 20 * (2 + 5) + 5);
  for (std::size_t u = 0; u < run.copies.size(); ++u) {
    const Snapshot& seen = run.snapshots[u + 1];
    const Copy& copy = run.copies[u];
    CAPTURE(u);
    CHECK(seen.moment == Snapshot::Moment::update);
    CHECK(seen.number == static_cast<std::int64_t>(u));
    CHECK(seen.progress.epoch == copy.progress.epoch);
    CHECK(seen.progress.batch == copy.progress.batch);
    CHECK(seen.update.target_sparsity == copy.update.target_sparsity);
    CHECK(seen.update.threshold == copy.update.threshold);
    CHECK(seen.update.pruned == copy.update.pruned);
    CHECK(seen.update.prunable == copy.update.prunable);
    std::int64_t survivors = 0;
    for (std::size_t m = 0; m < run.matrices.size(); ++m) {
      const MatrixRecord& record = seen.matrices[m];
      CHECK(unpack_mask(record.mask_bits, run.matrices[m].size()) == copy.masks[m]);
      CHECK(wrong_cell(record.values, copy.values[m], copy.masks[m]) == "");
      CHECK(record.weight_norm == doctest::Approx(norm(copy.values[m])).epsilon(1e-12));
      CHECK(record.gradient_norm == doctest::Approx(norm(copy.grads[m])).epsilon(1e-12));
      survivors += record.survivors;
    }
    CHECK(survivors == copy.update.prunable - copy.update.pruned);
  }
}

TEST_CASE("the histogram is parted by the threshold into what stays and what is taken") {
  const Result run = TinyRun(pruning).train(true);
  std::int64_t pruned_before = 0;
  for (std::size_t u = 0; u < run.copies.size(); ++u) {
    CAPTURE(u);
    const MaskUpdate& update = run.copies[u].update;
    const std::size_t threshold = MagnitudeHistogram::bin_of(update.threshold);
    std::int64_t kept = 0, taken = 0;
    for (const MatrixRecord& record : run.snapshots[u + 1].matrices) {
      kept += total(record.histogram.kept);
      taken += total(record.histogram.taken);
      for (std::size_t bin = 0; bin < MagnitudeHistogram::bins; ++bin) {
        if (bin < threshold) CHECK(record.histogram.kept[bin] == 0);
        if (bin > threshold) CHECK(record.histogram.taken[bin] == 0);
      }
    }
    CHECK(taken == update.pruned - pruned_before);
    CHECK(kept == update.prunable - update.pruned);
    pruned_before = update.pruned;
  }
}

TEST_CASE("training comes out the same to the bit with a recorder attached") {
  for (const std::string& regularizers :
       {std::string(), pruning,
        R"({"type": "dropout", "rate": 0.3, "sites": ["head"]}, )" + pruning}) {
    CAPTURE(regularizers);
    const TinyRun tiny(regularizers);
    const Result alone = tiny.train(false);
    const Result watched = tiny.train(true);
    CHECK(watched.values == alone.values);
    CHECK(watched.masks == alone.masks);
    CHECK(watched.losses == alone.losses);
    CHECK(alone.snapshots.empty());
    CHECK_FALSE(watched.snapshots.empty());
  }
}

TEST_CASE("of many updates some are kept; a run without any has its epochs") {
  const TinyRun tiny(pruning);
  const Result all = tiny.train(true);
  const Result some = tiny.train(true, 6);
  REQUIRE(some.snapshots.size() <= 7);
  REQUIRE(some.snapshots.size() >= 4);
  CHECK(some.snapshots[1].number == 0);
  CHECK(some.snapshots.back().number == std::ssize(all.copies) - 1);
  for (std::size_t i = 1; i < some.snapshots.size(); ++i) {
    const Snapshot& full = all.snapshots[static_cast<std::size_t>(some.snapshots[i].number) + 1];
    CHECK(some.snapshots[i].matrices[1].mask_bits == full.matrices[1].mask_bits);
  }
  const Result dense = TinyRun("").train(true);
  REQUIRE(dense.snapshots.size() == 1 + 6);
  for (std::size_t epoch = 0; epoch < 6; ++epoch) {
    CHECK(dense.snapshots[epoch + 1].moment == Snapshot::Moment::epoch_end);
    CHECK(dense.snapshots[epoch + 1].progress.epoch == static_cast<std::int64_t>(epoch));
  }
  const std::vector<std::uint8_t> live(100, 1);
  CHECK(wrong_cell(dense.snapshots.back().matrices[1].values,
                   {dense.values.begin() + 48, dense.values.begin() + 148}, live) == "");
}

TEST_CASE("the start and the scored weights are counted among what the updates count") {
  const Result heads = TinyRun(head_pruning, transformer).train(true, 1000, true);
  REQUIRE(heads.copies.size() > 2);
  CHECK(heads.copies.back().update.prunable == 12 * 4 + 4 * 4);
  CHECK(heads.snapshots.front().update.pruned == 0);
  CHECK(heads.snapshots.front().update.prunable == 64);
  const Snapshot& scored = heads.snapshots.back();
  CHECK(scored.moment == Snapshot::Moment::scored);
  CHECK_FALSE(scored.of_all_matrices);
  CHECK(scored.update.pruned == 32);
  CHECK(scored.update.prunable == 64);

  // Neurons are those of every matrix; one in each is kept.
  const Result neurons =
      TinyRun(R"({"type": "pruning", "grain": "neuron", "max_sparsity": 0.6, "warmup_epochs": 1})")
          .train(true, 1000, true);
  CHECK(neurons.snapshots.front().update.prunable == 20 * (2 + 5) + 5);
  CHECK(neurons.snapshots.back().update.prunable == 20 * (2 + 5) + 5);
  CHECK(neurons.snapshots.back().update.pruned == neurons.copies.back().update.pruned);
}

TEST_CASE("where two pruners count among different weights, the rest is of all matrices") {
  const std::string elements =
      R"({"type": "pruning", "grain": "element", "max_sparsity": 0.3, "warmup_epochs": 1})";
  const Result run = TinyRun(head_pruning + ", " + elements, transformer).train(true, 1000, true);
  std::int64_t zeros = 0, all = 0;
  for (const auto& mask : run.copies.back().masks) {
    zeros += std::ranges::count(mask, 0);
    all += std::ssize(mask);
  }
  CHECK(all > 64);
  for (const Snapshot* snapshot : {&run.snapshots.front(), &run.snapshots.back()}) {
    CHECK(snapshot->of_all_matrices);
    CHECK(snapshot->update.prunable == all);
  }
  CHECK(run.snapshots.front().update.pruned == 0);
  CHECK(run.snapshots.back().update.pruned == zeros);
  for (std::size_t i = 1; i + 1 < run.snapshots.size(); ++i) {
    CHECK_FALSE(run.snapshots[i].of_all_matrices);
  }
}

}  // namespace espalier
