#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "apps/f64/gradcheck/verdict.h"
#include "core/parameters.h"
#include "core/tape.h"

namespace espalier {

/// A tensor that a case differentiates by, with elements of its own.
struct CaseInput {
  std::string name;
  Shape shape;
  std::vector<real> elements = {};
};

/// What has a gradient to check: an op, a layer or a model, on one choice of shapes and settings.
struct GradientCase {
  /// "op", "layer" or "model".
  std::string kind;
  /// As `espalier gradcheck` knows it: of an op the function in core/ops.h, of a layer its header,
  /// of a model its type in a config.
  std::string name;
  /// What tells it from other cases of that name; may be empty.
  std::string form;
  std::vector<CaseInput> inputs;
  /// Of a layer or a model; nullptr for an op.
  std::shared_ptr<Parameters> parameters;
  /// From the inputs, in their order, to values of any shape.
  std::function<Var(Tape&, std::span<const Var>)> compute;
};

/// Numbers of every input and parameter, with what backward says of the loss Σ weightᵢ·yᵢ. The
/// weights are fixed and unequal, so that no two elements of y can stand in for each other.
/// `observer` watches the pass.
std::vector<Differentiated> differentiate(GradientCase& one, TapeObserver* observer = nullptr);

/// The central differences of the same loss, in the same order.
std::vector<double> case_differences(GradientCase& one);

/// Every op in core/ops.h, each layer and each registered model with something to train; at sizes
/// that are small and awkward, so that a loop with a wrong bound or stride shows.
std::vector<GradientCase> all_cases();

// Its parts.
std::vector<GradientCase> basic_op_cases();
std::vector<GradientCase> fused_op_cases();
/// Recurrent layers also step by step, as regularizers of states have them, and half pruned.
std::vector<GradientCase> layer_cases();
/// Each model at its defaults, and with each of its choices changed in turn.
std::vector<GradientCase> model_cases();

}  // namespace espalier
