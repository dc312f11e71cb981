#include <cmath>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "regularizers/pruning/pruning.h"
#include "regularizers/pruning/regrowth.h"
#include "tests/regularizers/pruning_model.h"

using namespace espalier;
using namespace espalier::test;

namespace {

constexpr std::int64_t batches = 4;

using Positions = std::set<std::size_t>;

/// A model at 0.5 sparsity whose masks then change by exchange alone.
struct Exchanges {
  explicit Exchanges(RegrowthCriterion regrowth, PruningScope scope = PruningScope::global,
                     PruningGrain grain = PruningGrain::element,
                     PruningCriterion criterion = PruningCriterion::magnitude) {
    PruningOptions options;
    options.schedule = {.shape = ScheduleShape::one_shot, .max_sparsity = 0.5, .warmup_epochs = 0};
    options.criterion = criterion;
    options.scope = scope;
    options.grain = grain;
    options.regrowth = {.criterion = regrowth, .decay = RegrowthOptions::Decay::constant};
    options.when = PruningMoment::step;
    pruning.emplace(options, RandomKey(8));
    pruning->attach(model.parameters);
  }

  /// One step with new weights and gradients, all different.
  void step() {
    Parameters& parameters = model.parameters;
    fill_all(parameters, RandomKey(2).derive(static_cast<std::uint64_t>(now.step())),
             fill_unit_uniform);
    parameters.apply_masks();
    std::ranges::fill(model.moment, real{1});
    values.assign(parameters.values().begin(), parameters.values().end());
    grads.assign(parameters.grads().begin(), parameters.grads().end());
    before = pruned();
    pruning->before_step(parameters, now);
    after = pruned();
    if (++now.batch == batches) {
      now.batch = 0;
      ++now.epoch;
    }
  }

  Positions pruned() {
    Positions positions;
    for (std::size_t i = 0; i < model.parameters.masks().size(); ++i) {
      if (model.parameters.masks()[i] == 0) positions.insert(i);
    }
    return positions;
  }
  Positions dropped() const { return minus(after, before); }
  Positions regrown() const { return minus(before, after); }

  static Positions minus(const Positions& a, const Positions& b) {
    Positions result;
    std::ranges::set_difference(a, b, std::inserter(result, result.end()));
    return result;
  }

  PruningModel model;
  std::optional<Pruning> pruning;
  TrainingProgress now{.epochs = 8, .batches_per_epoch = batches};
  std::vector<real> values, grads;
  Positions before, after;
};

/// The `count` positions of `from` that `score` ranks first.
template <typename Score>
Positions first_by(const Positions& from, std::size_t count, Score score) {
  std::vector<std::size_t> sorted(from.begin(), from.end());
  std::ranges::stable_sort(sorted, {}, score);
  return {sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count)};
}

Positions live_weights(Exchanges& run) {
  Positions live;
  for (const Parameter& tensor : run.model.parameters.all()) {
    if (tensor.kind() != ParameterKind::weight) continue;
    for (std::size_t i = tensor.offset(); i < tensor.offset() + tensor.size(); ++i) live.insert(i);
  }
  return Exchanges::minus(live, run.before);
}

}  // namespace

TEST_CASE("the weakest live weights are exchanged for the pruned ones of largest gradient") {
  Exchanges run(RegrowthCriterion::gradient);
  run.step();
  CHECK(run.after.size() == 59);  // half of 119; nothing was pruned before, so nothing regrows
  CHECK(run.regrown().empty());
  for (int update = 0; update < 5; ++update) {
    run.step();
    REQUIRE(run.pruning->mask_update() != nullptr);
    CHECK(run.after.size() == 59);
    CHECK(run.pruning->mask_update()->pruned == 59);
    // ⌊0.3·60⌋
    CHECK(run.dropped() ==
          first_by(live_weights(run), 18, [&](std::size_t i) { return std::abs(run.values[i]); }));
    CHECK(run.regrown() ==
          first_by(run.before, 18, [&](std::size_t i) { return -std::abs(run.grads[i]); }));
  }
}

TEST_CASE("a regrown weight's movement counts from when it grew back") {
  Exchanges run(RegrowthCriterion::gradient, PruningScope::global, PruningGrain::element,
                PruningCriterion::movement);
  std::vector<real> scores(run.model.parameters.values().size());
  bool past_would_matter = false;
  for (int update = 0; update < 8; ++update) {
    run.step();
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] -= run.grads[i] * run.values[i];
    if (update == 0) continue;
    CHECK(run.dropped() ==
          first_by(live_weights(run), 18, [&](std::size_t i) { return scores[i]; }));
    for (const std::size_t i : run.regrown()) {
      past_would_matter = past_would_matter || scores[i] != 0;
      scores[i] = 0;
    }
  }
  CHECK(past_would_matter);
}

TEST_CASE("random regrowth takes any pruned weights, others at each update") {
  Exchanges run(RegrowthCriterion::random);
  run.step();
  int by_gradient = 0;
  Positions ever_regrown;
  for (int update = 0; update < 20; ++update) {
    run.step();
    CHECK(run.regrown().size() == 18);
    CHECK(run.after.size() == 59);
    by_gradient += run.regrown() ==
                   first_by(run.before, 18, [&](std::size_t i) { return -std::abs(run.grads[i]); });
    ever_regrown.merge(run.regrown());
  }
  CHECK(by_gradient == 0);
  CHECK(ever_regrown.size() > 110);  // of 119: none is favoured
}

TEST_CASE("exchange touches what it exchanges and nothing else") {
  Exchanges run(RegrowthCriterion::gradient);
  run.step();
  run.step();
  const auto parameters = run.model.parameters.values();
  std::size_t untouched = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (run.dropped().contains(i) || run.regrown().contains(i)) {
      CHECK(parameters[i] == 0);
      CHECK(run.model.moment[i] == 0);
    } else {
      CHECK(parameters[i] == run.values[i]);
      CHECK(run.model.moment[i] == 1);
      ++untouched;
    }
  }
  CHECK(untouched > 80);
  // A regrown weight learns from this very step's gradient on.
  for (const std::size_t i : run.regrown()) CHECK(run.model.parameters.grads()[i] == run.grads[i]);
  for (const std::size_t i : run.dropped()) CHECK(run.model.parameters.grads()[i] == 0);
}

TEST_CASE("with scope layer every layer keeps its count") {
  Exchanges run(RegrowthCriterion::random, PruningScope::layer);
  run.step();
  for (int update = 0; update < 5; ++update) {
    run.step();
    for (const Parameter& tensor : run.model.parameters.all()) {
      if (tensor.kind() != ParameterKind::weight) continue;
      CHECK(pruned_count(tensor) == static_cast<std::int64_t>(tensor.size() / 2));
    }
    CHECK(run.regrown().size() == 7 + 2 + 3 + 2 + 2);  // ⌊0.3·live⌋ of 24, 8, 12, 8, 8
  }
}

TEST_CASE("with grain n_m weights are exchanged within their block") {
  for (const RegrowthCriterion regrowth :
       {RegrowthCriterion::random, RegrowthCriterion::gradient}) {
    Exchanges run(regrowth, PruningScope::global, PruningGrain::n_m);
    run.step();
    for (int update = 0; update < 5; ++update) {
      run.step();
      CHECK(run.regrown().size() >= 10);
      for (const Parameter& tensor : run.model.parameters.all()) {
        if (tensor.kind() != ParameterKind::weight) continue;
        INFO(tensor.name());
        for_each_block(tensor, 4, [](std::int64_t live, std::int64_t length) {
          CHECK(live == (length + 1) / 2);
        });
      }
    }
  }
}

TEST_CASE("the share falls along half a cosine, or not") {
  const RegrowthOptions cosine{.fraction = 0.4};
  const auto at = [&cosine](std::int64_t epoch) {
    return cosine.fraction_at({.epoch = epoch, .epochs = 12, .batches_per_epoch = 5});
  };
  CHECK(at(0) == doctest::Approx(0.4));
  CHECK(at(4) == doctest::Approx(0.3));  // cos 60° = 1/2
  CHECK(at(6) == doctest::Approx(0.2));
  CHECK(at(12) == doctest::Approx(0));
  const RegrowthOptions constant{.fraction = 0.4, .decay = RegrowthOptions::Decay::constant};
  CHECK(constant.fraction_at({.epoch = 11, .epochs = 12}) == 0.4);
}

TEST_CASE("each layer keeps its floor through exchanges over all layers") {
  Parameters parameters;
  Parameter& weak = parameters.add("weak", ParameterKind::weight, {6});
  Parameter& strong = parameters.add("strong", ParameterKind::weight, {20});
  PruningOptions options;
  options.schedule = {.shape = ScheduleShape::one_shot, .max_sparsity = 0.5, .warmup_epochs = 0};
  options.regrowth = {.criterion = RegrowthCriterion::gradient};
  options.when = PruningMoment::step;
  options.live_floor = 3;
  Pruning pruning(options, RandomKey(0));
  pruning.attach(parameters);
  for (std::int64_t batch = 0; batch < 6; ++batch) {
    std::ranges::fill(weak.value().span(), real{0.125});
    std::ranges::fill(strong.value().span(), real{1});
    parameters.apply_masks();
    std::ranges::fill(weak.grad().span(), real{0});
    std::ranges::fill(strong.grad().span(), real{1});
    pruning.before_step(parameters, {.batch = batch, .batches_per_epoch = 6});
    CHECK(pruned_count(weak) == 3);
    CHECK(pruned_count(strong) == 10);
  }
}
