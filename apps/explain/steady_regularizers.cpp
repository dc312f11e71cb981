#include "apps/explain/steady_regularizers.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "core/forward.h"
#include "core/tape.h"

namespace espalier {

namespace {

/// Of one window.
std::vector<real> forecast(const Model& model, const Regularizers& regularizers,
                           const std::vector<real>& inputs, const Shape& shape,
                           std::uint64_t number) {
  Tape tape(Tape::Mode::inference);
  const Tensor x = tape.arena().allocate(shape);
  std::ranges::copy(inputs, x.data);
  Forward pass(tape, regularizers, Forward::Purpose::evaluation, number);
  const Tensor y = model.forward(pass, tape.constant(x, "x")).value();
  return {y.span().begin(), y.span().end()};
}

}  // namespace

SteadyRegularizers steady_regularizers(Regularizers all, const Model& model, const Windows& windows,
                                       std::size_t index) {
  std::vector<real> inputs(windows.window() * windows.features());
  std::vector<real> truth(windows.outputs());
  windows.gather(std::span(&index, 1), inputs.data(), truth.data());
  const Shape shape{static_cast<std::int64_t>(windows.window()),
                    static_cast<std::int64_t>(windows.features()), 1};
  // One that asks for several passes is random. One that asks for a single pass may be, too; that
  // so many give the same forecast by chance is next to impossible.
  constexpr std::uint64_t passes = 32;
  SteadyRegularizers steady;
  for (std::size_t position = 0; position < all.size(); ++position) {
    Regularizers alone;
    alone.push_back(std::move(all[position]));
    bool random = alone[0]->evaluation_samples() > 1;
    const std::vector<real> first = forecast(model, alone, inputs, shape, 0);
    for (std::uint64_t number = 1; number < passes && !random; ++number) {
      random = forecast(model, alone, inputs, shape, number) != first;
    }
    if (random) continue;
    steady.regularizers.push_back(std::move(alone[0]));
    steady.positions.push_back(position);
  }
  return steady;
}

}  // namespace espalier
