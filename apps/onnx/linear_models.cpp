#include <algorithm>

#include "apps/onnx/families.h"

namespace espalier {

namespace {

using Value = GraphBuilder::Value;

/// Each target's own past as a row: [batch, window, features] → [batch, targets, window].
Value own_pasts(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  return graph.transpose(graph.gather(x, trained.shape.own_past, 2), {0, 2, 1});
}

/// [batch, targets, horizon] → [batch, horizon, targets].
Value as_forecasts(GraphBuilder& graph, const Value& y) {
  return graph.transpose(y, {0, 2, 1});
}

/// The mean of the `kernel` rows around each of `window`, the ends repeated beyond themselves:
/// along the last axis of series [batch, targets, window].
Value moving_average(GraphBuilder& graph, const Value& series, std::int64_t window,
                     std::int64_t kernel) {
  GraphBuilder::Integers rows;
  for (std::int64_t row = -(kernel / 2); row < window + kernel / 2; ++row) {
    rows.push_back(std::clamp<std::int64_t>(row, 0, window - 1));
  }
  return graph.node("AveragePool", {graph.gather(series, rows, 2)},
                    {{"kernel_shape", GraphBuilder::Integers{kernel}}});
}

}  // namespace

Value add_linear(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  const ForecastShape& shape = trained.shape;
  if (trained.settings.boolean("channel_independent")) {
    return as_forecasts(graph, graph.linear(own_pasts(graph, trained, x), "linear"));
  }
  const Value flat = graph.reshape(x, {-1, shape.window * shape.features});
  return graph.reshape(graph.linear(flat, "linear"), {-1, shape.rows_per_target(), shape.targets});
}

Value add_nlinear(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  const Value series = own_pasts(graph, trained, x);
  const Value last = graph.gather(series, {trained.shape.window - 1}, 2);
  const Value rest = graph.linear(graph.node("Sub", {series, last}), "linear");
  return as_forecasts(graph, graph.node("Add", {rest, last}));
}

Value add_dlinear(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  const Value series = own_pasts(graph, trained, x);
  const Value trend =
      moving_average(graph, series, trained.shape.window, trained.settings.integer("kernel"));
  const Value seasonal = graph.node("Sub", {series, trend});
  return as_forecasts(graph, graph.node("Add", {graph.linear(seasonal, "linear_seasonal"),
                                                graph.linear(trend, "linear_trend")}));
}

}  // namespace espalier
