#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/regularizer.h"
#include "core/tape.h"
#include "models/model.h"
#include "optim/optimizer.h"

namespace espalier {

/// What `espalier bench` times: a registered model at its default settings on random data.
struct BenchSizes {
  std::string model;
  std::int64_t window = 0;
  std::int64_t batch = 0;
  std::int64_t features = 0;
  /// Share of every weight matrix that is pruned, at random places.
  double sparsity = 0;
  /// As train.skip_pruned_from.
  double skip_pruned_from = 0;
};

/// Models with something to train, which are those that can be timed.
std::vector<std::string> trainable_models();

/// A model with everything one step of training needs, as the training loop does it: forward,
/// mean squared error, backward, gradient clipping, Adam, masks.
class BenchCase {
 public:
  /// `sizes.model` is one of `trainable_models`.
  explicit BenchCase(const BenchSizes& sizes);

  void train_step();
  /// One forward pass, nothing kept for backward.
  void infer();
  /// The products with weights of a training step and nothing else, dense, through OpenBLAS.
  void multiply_only();

  const BenchSizes& sizes() const { return sizes_; }
  /// Floating-point operations of `multiply_only`.
  double flops() const { return flops_; }

 private:
  BenchSizes sizes_;
  std::unique_ptr<Model> model_;
  Regularizers regularizers_;
  std::unique_ptr<Optimizer> optimizer_;
  AlignedVector<real> x_;
  AlignedVector<real> y_;
  Tape tape_;
  Tape inference_tape_{Tape::Mode::inference};
  std::vector<WeightProductSize> products_;
  AlignedVector<real> scratch_[3];
  double flops_ = 0;
};

}  // namespace espalier
