#include <cstdint>
#include <numeric>
#include <utility>

#include "apps/f64/gradcheck/network_case.h"
#include "apps/f64/step_by_step.h"
#include "core/forward.h"
#include "core/ops.h"
#include "layers/gru.h"
#include "layers/lstm.h"
#include "layers/patch_embedding.h"
#include "layers/rev_in.h"
#include "layers/rnn.h"
#include "layers/transformer_encoder_layer.h"

namespace espalier {

namespace {

using Cases = std::vector<GradientCase>;

/// What of a layer's surroundings changes the way it computes.
enum class Way { plain, step_by_step, pruned };

const char* form_of(Way way) {
  return way == Way::plain ? "" : way == Way::step_by_step ? "step by step" : "half pruned";
}

/// Prunes half of the weights and has products skip them: their gradients are 0 then, and so are
/// their differences.
void prune_half(Parameters& parameters) {
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    std::vector<std::size_t> order(parameter.size());
    std::iota(order.begin(), order.end(), parameter.offset());
    shuffle(RandomKey(0).derive("pruned").derive(parameter.name()), order);
    order.resize(order.size() / 2);
    for (const std::size_t index : order) parameters.prune(index, /*forget_state=*/false);
  }
  parameters.skip_pruned_from(0);
}

/// Parameters with the layer that reads them.
template <typename Layer>
struct Network {
  template <typename Make>
  Network(Make make, Way way) : layer(make(parameters)) {
    randomise(parameters);
    if (way == Way::pruned) prune_half(parameters);
    if (way == Way::step_by_step) regularizers.push_back(std::make_unique<StepByStep>());
  }

  Parameters parameters;
  Regularizers regularizers;
  Layer layer;
};

/// `make` builds the layer on Parameters, `compute` maps (pass, layer, x) to its output.
template <typename Make, typename Compute>
GradientCase layer_case(const char* name, const std::string& form, const Shape& x, Make make,
                        Compute compute, Way way = Way::plain) {
  using Layer = decltype(make(std::declval<Parameters&>()));
  const auto network = std::make_shared<Network<Layer>>(make, way);
  return {.kind = "layer",
          .name = name,
          .form = form,
          .inputs = {network_input(x)},
          .parameters = std::shared_ptr<Parameters>(network, &network->parameters),
          .compute = [network, compute](Tape& tape, std::span<const Var> inputs) {
            Forward pass(tape, network->regularizers, Forward::Purpose::training, 0);
            return compute(pass, network->layer, inputs[0]);
          }};
}

/// Of a layer that takes nothing but its input.
constexpr auto plainly = [](Forward& pass, const auto& layer, Var x) {
  return layer.forward(pass, x);
};

/// One layer and two, step by step, pruned, and with biases that differ from step to step.
template <typename Make>
void add_recurrent(Cases& all, const char* name, const std::string& more, Make make) {
  const Shape x{4, 3, 3};
  const auto named = [&more](const std::string& form) {
    return more + (more.empty() || form.empty() ? "" : ", ") + form;
  };
  for (const Way way : {Way::plain, Way::step_by_step, Way::pruned}) {
    const auto one = [&make](Parameters& parameters) { return make(parameters, {{.hidden = 4}}); };
    all.push_back(layer_case(name, named(form_of(way)), x, one, plainly, way));
  }
  const auto stacked = [&make](Parameters& parameters) {
    return make(parameters, {{.hidden = 4}, {.hidden = 2}});
  };
  all.push_back(layer_case(name, named("two layers"), x, stacked, plainly));
  for (const Way way : {Way::plain, Way::step_by_step}) {
    const auto biased = [&make](Parameters& parameters) {
      return make(parameters, {{.hidden = 2, .input_bias_steps = 4, .recurrent_bias_steps = 4}});
    };
    const std::string form = way == Way::plain ? "biases per step" : "biases per step, by steps";
    all.push_back(layer_case(name, named(form), x, biased, plainly, way));
  }
}

Cases recurrent_layers() {
  using Layers = const std::vector<RecurrentLayerSize>&;
  Cases all;
  add_recurrent(all, "rnn", "", [](Parameters& parameters, Layers sizes) {
    return Rnn(parameters, "rnn", 3, sizes, RnnNonlinearity::tanh);
  });
  add_recurrent(all, "rnn", "relu", [](Parameters& parameters, Layers sizes) {
    return Rnn(parameters, "rnn", 3, sizes, RnnNonlinearity::relu);
  });
  add_recurrent(all, "gru", "", [](Parameters& parameters, Layers sizes) {
    return Gru(parameters, "gru", 3, sizes);
  });
  add_recurrent(all, "lstm", "", [](Parameters& parameters, Layers sizes) {
    return Lstm(parameters, "lstm", 3, sizes);
  });
  return all;
}

Cases dense_layers() {
  const auto affine = [](Parameters& parameters) { return Linear(parameters, "linear", 3, 5); };
  const auto feed = [](Nonlinearity nonlinearity) {
    return [nonlinearity](Parameters& parameters) {
      return FeedForward(parameters, "feed_forward", 4, 5, nonlinearity);
    };
  };
  return {
      layer_case("linear", "", {3, 4}, affine, plainly),
      layer_case("linear", "a sequence", {2, 3, 4}, affine, plainly),
      layer_case("linear", form_of(Way::pruned), {3, 4}, affine, plainly, Way::pruned),
      layer_case(
          "layer_norm", "", {5, 3},
          [](Parameters& parameters) { return LayerNorm(parameters, "norm", 5); }, plainly),
      layer_case("feed_forward", "relu", {4, 3}, feed(Nonlinearity::relu), plainly),
      layer_case("feed_forward", "gelu", {4, 3}, feed(Nonlinearity::gelu), plainly),
  };
}

/// There and back, with a curve between: without one the way back would undo every gradient.
GradientCase rev_in(bool affine) {
  static const std::vector<std::int64_t> channels{2, 0};
  return layer_case(
      "rev_in", affine ? "affine" : "", {5, 3, 2},
      [affine](Parameters& parameters) { return RevIn(parameters, "revin", 3, affine); },
      [](Forward& pass, const RevIn& layer, Var x) {
        const RevIn::Normalised normalised = layer.normalise(pass, x);
        const Var y = tanh(select_features(slice(normalised.x, 0, 2), channels));
        return layer.denormalise(pass, normalised, y, channels);
      });
}

GradientCase encoder(const char* form, NormOrder order, Nonlinearity nonlinearity) {
  const TransformerEncoderLayer::Options options{
      .embed = 4, .heads = 2, .feed_forward = 5, .nonlinearity = nonlinearity, .norm_order = order};
  return layer_case(
      "transformer_encoder_layer", form, {4, 3 * 2},
      [options](Parameters& parameters) {
        return TransformerEncoderLayer(parameters, "layer", options);
      },
      [](Forward& pass, const auto& layer, Var x) { return layer.forward(pass, x, 3); });
}

Cases transformer_layers() {
  const auto attention = [](std::int64_t heads, std::int64_t head_size) {
    return [=](Parameters& parameters) {
      return MultiheadAttention(parameters, "attention", 4, heads, head_size);
    };
  };
  const auto embedding = [](const PatchGrid& grid) {
    return [grid](Parameters& parameters) {
      return PatchEmbedding(parameters, "patches", "positions", 2, 5, grid);
    };
  };
  const auto of_tokens = [](Forward& pass, const auto& layer, Var x) {
    return layer.forward(pass, x, 3);
  };
  return {
      layer_case("multihead_attention", "", {4, 3 * 2}, attention(2, 0), of_tokens),
      layer_case("multihead_attention", "large heads", {4, 3 * 2}, attention(1, 7), of_tokens),
      layer_case("patch_embedding", "", {7, 2, 3}, embedding(PatchGrid::covering(7, 3, 2)),
                 plainly),
      layer_case("patch_embedding", "padded", {7, 2, 3}, embedding(PatchGrid::padded(7, 3, 2)),
                 plainly),
      rev_in(false),
      rev_in(true),
      encoder("post", NormOrder::post, Nonlinearity::relu),
      encoder("pre", NormOrder::pre, Nonlinearity::gelu),
  };
}

}  // namespace

std::vector<GradientCase> layer_cases() {
  Cases all;
  for (const Cases& part : {dense_layers(), recurrent_layers(), transformer_layers()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace espalier
