#pragma once

#include <string>

namespace espalier {

struct ExportOptions {
  std::string run;
  std::string output;
  /// "safetensors" or "onnx".
  std::string format = "safetensors";
  /// Keeps units and heads that are dead.
  bool dense = false;
  /// Of measuring, for each figure.
  double seconds = 0.2;
  bool json = false;
};

/// `espalier export`: writes a run's model to one file, without the units and heads that pruning
/// has killed, and tells what that saves.
void export_model(const ExportOptions& options);

}  // namespace espalier
