#include "apps/bench/bench_case.h"

#include <algorithm>

#include "core/blas.h"
#include "core/forward.h"
#include "core/ops.h"
#include "core/random.h"
#include "models/registry.h"
#include "optim/registry.h"

namespace espalier {

namespace {

/// Holds masks as they are, as a pruner does between two updates.
class FixedMasks final : public Regularizer {
 public:
  void before_step(Parameters& parameters, const TrainingProgress&) override {
    parameters.mask_grads();
  }
  void after_step(Parameters& parameters, const TrainingProgress&) override {
    parameters.apply_masks();
  }
};

void prune_at_random(Parameters& parameters, double share) {
  const RandomKey key = RandomKey(0).derive("masks");
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    std::vector<std::size_t> order(parameter.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = parameter.offset() + i;
    shuffle(key.derive(parameter.name()), order);
    order.resize(static_cast<std::size_t>(share * static_cast<double>(order.size())));
    for (const std::size_t index : order) parameters.prune(index, /*forget_state=*/true);
  }
}

template <typename Entry>
Settings defaults_of(const std::vector<Entry>& registry, const std::string& name) {
  const auto found =
      std::ranges::find(registry, name, [](const Entry& entry) { return entry.info.name; });
  if (found == registry.end()) return {};  // the registry itself says what is wrong
  return Settings::defaults(found->info.settings, Protocol::honest);
}

}  // namespace

std::vector<std::string> trainable_models() {
  const ForecastShape smallest{.own_past = {0}};
  std::vector<std::string> names;
  for (const ModelEntry& entry : model_registry()) {
    const Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
    if (entry.make(settings, smallest)->parameters().count() > 0) names.push_back(entry.info.name);
  }
  return names;
}

BenchCase::BenchCase(const BenchSizes& sizes) : sizes_(sizes) {
  ForecastShape shape{.window = sizes.window, .features = sizes.features};
  shape.own_past = {0};
  model_ = make_model(sizes.model, defaults_of(model_registry(), sizes.model), shape);
  model_->initialise(RandomKey(0));
  Parameters& parameters = model_->parameters();
  Settings settings = defaults_of(optimizer_registry(), "adam");
  settings.set("max_grad_norm", 1.0);
  optimizer_ = make_optimizer("adam", settings, parameters);
  prune_at_random(parameters, sizes.sparsity);
  parameters.skip_pruned_from(sizes.skip_pruned_from);
  if (sizes.sparsity > 0) regularizers_.push_back(std::make_unique<FixedMasks>());

  x_.resize(static_cast<std::size_t>(sizes.window * sizes.features * sizes.batch));
  y_.resize(static_cast<std::size_t>(shape.outputs() * sizes.batch));
  fill_normal(RandomKey(1), x_);
  fill_normal(RandomKey(2), y_);

  train_step();
  for (const Node* node : tape_.nodes()) node->list_weight_products(products_);
  std::size_t largest[3] = {};
  for (const WeightProductSize& product : products_) {
    const double once =
        2.0 * static_cast<double>(product.m) * static_cast<double>(product.k * product.n);
    flops_ += once * static_cast<double>(product.count) * (product.propagates ? 3 : 2);
    const std::int64_t elements[3] = {product.m * product.k, product.k * product.n,
                                      product.m * product.n};
    for (int i = 0; i < 3; ++i) {
      largest[i] = std::max(largest[i], static_cast<std::size_t>(elements[i]));
    }
  }
  for (int i = 0; i < 3; ++i) scratch_[i].assign(largest[i], real{0});
}

void BenchCase::train_step() {
  tape_.reset();
  Forward pass(tape_, regularizers_, Forward::Purpose::training, 0);
  const Var x = tape_.constant({x_.data(), {sizes_.window, sizes_.features, sizes_.batch}}, "x");
  const Var forecast = model_->forward(pass, x);
  const Var loss = mse_loss(forecast, tape_.constant({y_.data(), forecast.shape()}, "y"));
  model_->parameters().zero_grad();
  tape_.backward(loss);
  optimizer_->step(regularizers_, {});
}

void BenchCase::infer() {
  inference_tape_.reset();
  Forward pass(inference_tape_, regularizers_, Forward::Purpose::evaluation, 0);
  model_->forward(pass, inference_tape_.constant(
                            {x_.data(), {sizes_.window, sizes_.features, sizes_.batch}}, "x"));
}

void BenchCase::multiply_only() {
  real* weights = scratch_[0].data();
  real* x = scratch_[1].data();
  real* y = scratch_[2].data();
  for (const auto& [m, k, n, count, propagates] : products_) {
    for (std::int64_t i = 0; i < count; ++i) {
      gemm(Transpose::no, Transpose::no, m, n, k, weights, x, 1, y);
      gemm(Transpose::no, Transpose::yes, m, k, n, y, x, 1, weights);
      if (propagates) gemm(Transpose::yes, Transpose::no, k, n, m, weights, y, 1, x);
    }
  }
}

}  // namespace espalier
