// Every scope with every schedule, grain and criterion, against a second, naive computation that
// knows which group each weight belongs to and sorts all of them.
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "regularizers/pruning/pruning.h"
#include "tests/regularizers/pruning_model.h"

using namespace espalier;
using namespace espalier::test;

namespace {

constexpr std::int64_t epochs = 5;
constexpr std::int64_t batches = 3;

struct NaiveGroup {
  std::vector<std::size_t> weights;
  std::string layer;
  std::string pool;
};

/// Layer and number in it of the group that holds row r, column c, written down weight by weight.
std::pair<std::string, std::int64_t> place(const std::string& tensor, std::int64_t r,
                                           std::int64_t c, PruningGrain grain) {
  if (grain == PruningGrain::head) {
    if (tensor == "in_proj_weight") return {"attention", r % 4 / 2};
    if (tensor == "out_proj.weight") return {"attention", c / 2};
    return {"", 0};
  }
  if (grain == PruningGrain::neuron) {
    if (tensor == "in_proj_weight") return {tensor, r % 4};
    if (tensor == "weight_ih" || tensor == "weight_hh") return {"recurrent", r % 2};
    return {tensor, r};
  }
  return {tensor, r * 100 + c};
}

struct Naive {
  Naive(const Parameters& parameters, const PruningOptions& given, RandomKey key)
      : options(given), ranks(parameters.values().size()), observed(ranks.size()) {
    std::vector<real> drawn(ranks.size());
    fill_uniform(key, 0, 1, drawn);
    std::ranges::copy(drawn, ranks.begin());
    std::map<std::pair<std::string, std::int64_t>, std::size_t> numbers;
    for (const Parameter& tensor : parameters.all()) {
      if (tensor.kind() != ParameterKind::weight) continue;
      for (std::size_t i = 0; i < tensor.size(); ++i) {
        const std::int64_t columns = tensor.shape()[1];
        const auto r = static_cast<std::int64_t>(i) / columns;
        const auto c = static_cast<std::int64_t>(i) % columns;
        const auto name = place(tensor.name(), r, c, options.grain);
        if (name.first.empty()) continue;
        const auto [found, is_new] = numbers.try_emplace(name, groups.size());
        if (is_new) groups.push_back({{}, name.first, pool_of(name.first, r, c)});
        groups[found->second].weights.push_back(tensor.offset() + i);
      }
    }
  }

  std::string pool_of(const std::string& layer, std::int64_t r, std::int64_t c) const {
    if (options.grain == PruningGrain::n_m) {
      return layer + std::to_string(r) + "," + std::to_string(c / options.block.m);
    }
    return options.scope == PruningScope::layer ? layer : "all";
  }

  void observe(const Parameters& parameters, std::span<const real> grads) {
    for (std::size_t i = 0; i < observed.size(); ++i) {
      const double change =
          static_cast<double>(grads[i]) * static_cast<double>(parameters.values()[i]);
      if (options.criterion == PruningCriterion::gradient) {
        observed[i] = options.averaging * observed[i] + (1 - options.averaging) * std::abs(change);
      } else {
        observed[i] -= change;
      }
    }
  }

  double score(const NaiveGroup& group, const Parameters& parameters) const {
    double sum = 0;
    for (const std::size_t i : group.weights) {
      if (options.criterion == PruningCriterion::magnitude) {
        sum += std::abs(static_cast<double>(parameters.values()[i]));
      } else {
        sum += options.criterion == PruningCriterion::random ? ranks[i] : observed[i];
      }
    }
    return sum / static_cast<double>(group.weights.size());
  }

  /// Positions of weights that must be pruned after an update.
  std::vector<bool> update(const Parameters& parameters, double target) const {
    const auto pruned = [&](const NaiveGroup& g) { return parameters.masks()[g.weights[0]] == 0; };
    std::map<std::string, std::vector<std::pair<double, std::size_t>>> by_layer, by_pool;
    std::map<std::string, std::int64_t> size, gone;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      ++size[groups[g].pool];
      gone[groups[g].pool] += pruned(groups[g]);
      if (!pruned(groups[g])) {
        by_layer[groups[g].layer].emplace_back(score(groups[g], parameters), g);
      }
    }
    for (auto& [layer, live] : by_layer) {
      std::ranges::sort(live);
      const bool blocks = options.grain == PruningGrain::n_m;
      const auto kept = blocks ? 0 : std::min(std::ssize(live), std::ptrdiff_t{options.live_floor});
      live.resize(live.size() - static_cast<std::size_t>(kept));
      for (const auto& candidate : live)
        by_pool[groups[candidate.second].pool].push_back(candidate);
    }
    std::vector<bool> result(parameters.masks().size());
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = parameters.masks()[i] == 0;
    for (auto& [pool, candidates] : by_pool) {
      std::ranges::sort(candidates);
      auto k = static_cast<std::int64_t>(target * static_cast<double>(size[pool]) + 1e-9);
      for (const auto& [score, g] : candidates) {
        if (gone[pool] >= k) break;
        ++gone[pool];
        for (const std::size_t i : groups[g].weights) result[i] = true;
      }
    }
    return result;
  }

  PruningOptions options;
  std::vector<NaiveGroup> groups;
  std::vector<double> ranks, observed;
};

/// New weights and gradients for a step; pruned weights stay 0.
void next_step(Parameters& parameters, std::int64_t step) {
  fill_all(parameters, RandomKey(3).derive(static_cast<std::uint64_t>(step)), fill_quarters);
  parameters.apply_masks();
}

/// Steps at which the masks weren't as the naive computation has them.
std::int64_t wrong_steps(const PruningOptions& options, const PruningOptions& naive_options) {
  PruningModel model;
  Pruning pruning(options, RandomKey(9));
  pruning.attach(model.parameters);
  Naive naive(model.parameters, naive_options, RandomKey(9).derive("scores"));
  std::int64_t wrong = 0;
  for (std::int64_t step = 0; step < epochs * batches; ++step) {
    const TrainingProgress now{.epoch = step / batches,
                               .epochs = epochs,
                               .batch = step % batches,
                               .batches_per_epoch = batches};
    next_step(model.parameters, step);
    naive.observe(model.parameters, model.parameters.grads());
    std::vector<bool> expected = naive.update(model.parameters, options.schedule.target(now));
    pruning.before_step(model.parameters, now);
    std::vector<bool> found(expected.size());
    std::int64_t pruned = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] = model.parameters.masks()[i] == 0;
      pruned += found[i];
    }
    if (const MaskUpdate* update = pruning.mask_update()) CHECK(update->pruned == pruned);
    wrong += found != expected;
    pruning.after_step(model.parameters, now);
  }
  CHECK(pruning.settled({.epoch = epochs - 1, .epochs = epochs}));
  return wrong;
}

PruningOptions options_of(PruningScope scope, ScheduleShape shape, PruningGrain grain,
                          PruningCriterion criterion) {
  const double max = grain == PruningGrain::n_m ? 0.5 : 0.66;
  return {.schedule = {.shape = shape,
                       .min_sparsity = shape == ScheduleShape::one_shot ? 0 : 0.1,
                       .max_sparsity = max,
                       .warmup_epochs = 1,
                       .ramp_epochs = 3,
                       .ramp = PruningSchedule::Ramp::per_step},
          .criterion = criterion,
          .averaging = 0.5,
          .scope = scope,
          .grain = grain,
          .block = {},
          .regrowth = {},
          .when = PruningMoment::step};
}

}  // namespace

TEST_CASE("every combination of choices prunes exactly what sorting everything says") {
  using enum PruningCriterion;
  for (const PruningScope scope : {PruningScope::global, PruningScope::layer}) {
    for (const ScheduleShape shape :
         {ScheduleShape::cubic, ScheduleShape::zhu_gupta, ScheduleShape::linear,
          ScheduleShape::exponential, ScheduleShape::one_shot}) {
      for (const PruningGrain grain :
           {PruningGrain::element, PruningGrain::neuron, PruningGrain::head, PruningGrain::n_m}) {
        for (const PruningCriterion criterion : {magnitude, gradient, movement, random}) {
          CAPTURE(static_cast<int>(scope));
          CAPTURE(static_cast<int>(shape));
          CAPTURE(static_cast<int>(grain));
          CAPTURE(static_cast<int>(criterion));
          const PruningOptions options = options_of(scope, shape, grain, criterion);
          CHECK(wrong_steps(options, options) == 0);
        }
      }
    }
  }
}

TEST_CASE("the naive computation tells scopes, grains and criteria apart") {
  const auto options = options_of(PruningScope::global, ScheduleShape::linear,
                                  PruningGrain::element, PruningCriterion::movement);
  PruningOptions other = options;
  other.scope = PruningScope::layer;
  CHECK(wrong_steps(options, other) > 0);
  other = options;
  other.grain = PruningGrain::neuron;
  CHECK(wrong_steps(options, other) > 0);
  for (const PruningCriterion criterion :
       {PruningCriterion::magnitude, PruningCriterion::gradient, PruningCriterion::random}) {
    other = options;
    other.criterion = criterion;
    CHECK(wrong_steps(options, other) > 0);
  }
}
