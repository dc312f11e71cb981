#pragma once

#include <string>

#include "apps/run/trained_model.h"

namespace espalier {

/// The model as the bytes of an ONNX file: opset 17, standard operators alone, weights in float.
/// From input "window", double [batch, window, features], to output "forecast", double
/// [batch, horizon, targets], of quantiles the median, and these to "quantiles", double
/// [batch, levels, horizon, targets]; all in the units of the file (of several series, targets are
/// scaled by their own), the batch is free. The metadata hold "features" and "targets" (JSON lists
/// of names), "leads" (of each feature), "window", "horizon", "quantiles" (the levels) and
/// "config", the run's model/config.json. Throws Error for a model of more than 2 GB, which the
/// format can't hold.
std::string to_onnx(const TrainedModel& trained);

}  // namespace espalier
