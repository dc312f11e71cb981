#include "models/patch_transformer.h"

#include <numeric>

#include "core/ops.h"

namespace espalier {

namespace {

using Options = PatchTransformer::Options;

PatchGrid grid_of(const ForecastShape& shape, const Options& options) {
  return options.padding == PatchTransformer::Padding::stride
             ? PatchGrid::padded(shape.window, options.patch, options.stride)
             : PatchGrid::covering(shape.window, options.patch, options.stride);
}

/// Channels in one patch.
std::int64_t mixed_channels(const ForecastShape& shape, const Options& options) {
  return options.channel_independent ? 1 : shape.features;
}

std::int64_t head_inputs(const ForecastShape& shape, const Options& options) {
  const bool flatten = options.pooling == PatchTransformer::Pooling::flatten;
  return options.layer.embed * (flatten ? grid_of(shape, options).count : 1);
}

std::int64_t head_outputs(const ForecastShape& shape, const Options& options) {
  return options.channel_independent ? shape.rows_per_target() : shape.outputs();
}

}  // namespace

PatchTransformer::PatchTransformer(const ForecastShape& shape, const Options& options)
    : Model(shape),
      options_(options),
      patch_embedding_(parameters_, "patch_embedding", "positions", mixed_channels(shape, options),
                       options.layer.embed, grid_of(shape, options)),
      head_(parameters_, "head", head_inputs(shape, options), head_outputs(shape, options)) {
  for (std::int64_t k = 0; k < options.layers; ++k) {
    layers_.emplace_back(parameters_, "encoder.layers." + std::to_string(k), layer_options(k));
  }
  if (options.final_norm) norm_.emplace(parameters_, "norm", options.layer.embed);
  if (options.channel_independent || options.revin) {
    shape_.own_past = shape.required_own_past(options.name);
  }
  channels_ = shape_.own_past;
  // A channel-independent network sees the targets' own channels only, in their order.
  if (options.channel_independent) std::iota(channels_.begin(), channels_.end(), std::int64_t{0});
  if (options.revin) {
    const std::int64_t channels = options.channel_independent ? shape.targets : shape.features;
    revin_.emplace(parameters_, "revin", channels, options.revin_affine);
  }
}

TransformerEncoderLayer::Options PatchTransformer::layer_options(std::int64_t k) const {
  TransformerEncoderLayer::Options layer = options_.layer;
  if (options_.widths.empty()) return layer;
  const Options::Width& width = options_.widths[static_cast<std::size_t>(k)];
  if (layer.head_size == 0) layer.head_size = layer.embed / layer.heads;
  layer.heads = width.heads;
  layer.feed_forward = width.feed_forward;
  return layer;
}

void PatchTransformer::initialise(RandomKey key) {
  patch_embedding_.initialise(key, options_.positions);
  for (TransformerEncoderLayer& layer : layers_) layer.initialise(key);
  if (norm_) norm_->initialise();
  if (revin_) revin_->initialise();
  head_.initialise(key);
}

Var PatchTransformer::encode(Forward& pass, Var x) const {
  Var tokens = patch_embedding_.forward(pass, x);
  const std::int64_t count = patch_embedding_.tokens();
  for (const TransformerEncoderLayer& layer : layers_) {
    tokens = layer.forward(pass, pass.activation(Site::hidden, tokens), count);
  }
  tokens = pass.activation(Site::head, tokens);
  if (norm_) tokens = norm_->forward(pass, tokens);
  if (options_.pooling == Pooling::mean) return mean_tokens(tokens, count);
  return reshape(tokens, {options_.layer.embed * count, x.shape()[2]});
}

Var PatchTransformer::forward(Forward& pass, Var x) const {
  const std::int64_t batch = x.shape()[2];
  x = pass.activation(Site::input, x);
  if (options_.channel_independent) x = select_features(x, shape_.own_past);
  RevIn::Normalised normalised{};
  if (revin_) {
    normalised = revin_->normalise(pass, x);
    x = normalised.x;
  }
  // Every channel of every window becomes a sample of its own.
  if (options_.channel_independent) x = reshape(x, {shape_.window, 1, shape_.targets * batch});
  Var y = head_.forward(pass, encode(pass, x));
  if (revin_) {
    y = reshape(y, {shape_.rows_per_target(), shape_.targets, batch});
    y = revin_->denormalise(pass, normalised, y, channels_);
  }
  return uncrossed(pass, reshape(y, {shape_.outputs(), batch}));
}

}  // namespace espalier
