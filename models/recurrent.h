#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "core/ops.h"
#include "core/settings.h"
#include "layers/linear.h"
#include "models/compact_recurrent.h"
#include "models/model.h"

namespace espalier {

/// Stacked recurrent layers (Rnn, Gru or Lstm) whose last hidden state goes through a linear layer:
/// the recurrent forecaster of arXiv 2508.09330. Parameters `name`.* and fc.*.
template <typename Recurrent>
class RecurrentForecaster final : public Model {
 public:
  /// `options` are what Recurrent's constructor takes after the number of layers.
  template <typename... Options>
  RecurrentForecaster(const ForecastShape& shape, const char* name, std::int64_t hidden,
                      std::int64_t layers, Options... options)
      : RecurrentForecaster(shape, name, equal_layers(hidden, layers), options...) {}
  /// Layers of different sizes, at least one.
  template <typename... Options>
  RecurrentForecaster(const ForecastShape& shape, const char* name,
                      const std::vector<RecurrentLayerSize>& sizes, Options... options)
      : Model(shape),
        remake_([=](const std::vector<RecurrentLayerSize>& other) {
          return std::make_unique<RecurrentForecaster>(shape, name, other, options...);
        }),
        recurrent_(parameters_, name, shape.features, sizes, options...),
        fc_(parameters_, "fc", sizes.back().hidden, shape.outputs()) {}

  void initialise(RandomKey key) override {
    recurrent_.initialise(key);
    fc_.initialise(key);
  }

  Var forward(Forward& pass, Var x) const override {
    const Var states = recurrent_.forward(pass, pass.activation(Site::input, x));
    const Var last = select(states, states.shape()[0] - 1);
    return uncrossed(pass, fc_.forward(pass, pass.activation(Site::head, last)));
  }

  LayerSizes layer_sizes() const override { return to_layer_sizes(recurrent_.layers()); }

  std::unique_ptr<Model> compacted() const override {
    // Units that are the same for every input are so for this one.
    Tape tape(Tape::Mode::inference);
    const Regularizers none;
    Forward pass(tape, none, Forward::Purpose::evaluation, 0);
    const Tensor zeros = tape.arena().allocate(Shape{shape_.window, shape_.features, 1});
    std::ranges::fill(zeros.span(), real{0});
    std::vector<Var> states;
    recurrent_.forward(pass, tape.constant(zeros, "x"), &states);
    const RecurrentNetwork network{recurrent_.layers(), fc_};
    std::unique_ptr<RecurrentForecaster> best;
    for (const bool fold : {true, false}) {
      const RecurrentCompaction compaction(network, states, fold);
      auto smaller = remake_(compaction.sizes());
      compaction.fill({smaller->recurrent_.layers(), smaller->fc_});
      const std::size_t least = (best ? *best : *this).parameters().count();
      if (smaller->parameters().count() < least) best = std::move(smaller);
    }
    return best;
  }

 private:
  std::function<std::unique_ptr<RecurrentForecaster>(const std::vector<RecurrentLayerSize>&)>
      remake_;
  Recurrent recurrent_;
  Linear fc_;
};

/// The settings "hidden" and "layers".
std::vector<SettingSpec> recurrent_settings();

}  // namespace espalier
