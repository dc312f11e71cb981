#pragma once

#include "apps/onnx/graph_builder.h"
#include "apps/run/trained_model.h"

namespace espalier {

// Each adds the nodes of one family of models, compacted ones included: from windows
// x [batch, window, features] to forecasts [batch, rows per target, targets], both scaled. Rows are
// those of Model::forward: of quantiles as many for each level, still unsorted.

/// rnn, gru and lstm.
GraphBuilder::Value add_recurrent(GraphBuilder& graph, const TrainedModel& trained,
                                  const GraphBuilder::Value& x);

/// patch_transformer and patchtst.
GraphBuilder::Value add_patch_transformer(GraphBuilder& graph, const TrainedModel& trained,
                                          const GraphBuilder::Value& x);

GraphBuilder::Value add_linear(GraphBuilder& graph, const TrainedModel& trained,
                               const GraphBuilder::Value& x);
GraphBuilder::Value add_nlinear(GraphBuilder& graph, const TrainedModel& trained,
                                const GraphBuilder::Value& x);
GraphBuilder::Value add_dlinear(GraphBuilder& graph, const TrainedModel& trained,
                                const GraphBuilder::Value& x);

/// Forecasts that repeat rows of the window.
GraphBuilder::Value add_persistence(GraphBuilder& graph, const TrainedModel& trained,
                                    const GraphBuilder::Value& x);
GraphBuilder::Value add_seasonal_naive(GraphBuilder& graph, const TrainedModel& trained,
                                       const GraphBuilder::Value& x);

}  // namespace espalier
