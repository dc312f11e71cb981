#include "apps/onnx/families.h"

namespace espalier {

namespace {

using Value = GraphBuilder::Value;

/// For each step of the horizon a row of the last `season`.
Value repeat_season(GraphBuilder& graph, const TrainedModel& trained, const Value& x,
                    std::int64_t season) {
  GraphBuilder::Integers rows;
  for (std::int64_t step = 0; step < trained.shape.horizon; ++step) {
    rows.push_back(trained.shape.window - season + step % season);
  }
  return graph.gather(graph.gather(x, trained.shape.own_past, 2), rows, 1);
}

}  // namespace

Value add_persistence(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  return repeat_season(graph, trained, x, 1);
}

Value add_seasonal_naive(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  return repeat_season(graph, trained, x, trained.settings.integer("season"));
}

}  // namespace espalier
