#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/archive.h"
#include "core/parameters.h"
#include "core/tape.h"

namespace espalier {

class Forward;

/// The named places where a network offers its activations to regularizers.
enum class Site {
  input,         ///< what enters the network
  hidden,        ///< between stacked layers; in a transformer, what enters each layer
  recurrent,     ///< a hidden state on its way into the next step's matrix product
  attention,     ///< attention weights
  residual,      ///< a branch about to be added to its shortcut
  feed_forward,  ///< inside a feed-forward block, after its nonlinearity
  head,          ///< what enters the output layer, or the norm and pooling before it
};

/// The states that a recurrent layer hands from step to step.
enum class RecurrentState { hidden, cell };

/// Where training stands. Counts start at 0.
struct TrainingProgress {
  std::int64_t epoch = 0;
  std::int64_t epochs = 1;
  /// Within this epoch; batches_per_epoch once it has ended.
  std::int64_t batch = 0;
  std::int64_t batches_per_epoch = 1;

  std::int64_t step() const { return epoch * batches_per_epoch + batch; }
};

/// What one update of masks aimed at and did.
struct MaskUpdate {
  /// The schedule's share of pruned weights (above 1 is possible under the `author` protocol).
  double target_sparsity = 0;
  /// Largest score pruned (a magnitude, unless something else ranks weights), or the magnitude
  /// below which all were pruned (`author`); 0 if the update took nothing.
  double threshold = 0;
  /// Prunable weights pruned so far, and all of them.
  std::int64_t pruned = 0;
  std::int64_t prunable = 0;
};

/// A regularizer is a plugin with a say at certain moments of training. Most work by a mask, at one
/// of two time scales: a mask of activations is drawn anew at every step; a mask of weights changes
/// now and then, and what it has taken stays gone. Every method does nothing unless overridden.
/// Layers, models and optimizers know this interface only.
class Regularizer {
 public:
  virtual ~Regularizer() = default;

  /// Called once, when all parameters exist. Throws Error where it can't do what it was set to.
  virtual void attach(Parameters&) {}

  virtual void on_epoch_begin(const TrainingProgress&) {}
  virtual void on_epoch_end(const TrainingProgress&) {}

  /// Whether it has a say on the states of recurrent layers in this pass, by next_state or by
  /// activation at Site::recurrent. They then go step by step, where otherwise they would run a
  /// whole sequence at once and call neither.
  virtual bool acts_on_states(const Forward&) const { return false; }
  /// May replace the state that a recurrent layer hands on: `next` as computed from `previous`,
  /// both [hidden, batch].
  virtual Var next_state(const Forward&, RecurrentState, Var /*previous*/, Var next) const {
    return next;
  }
  /// May replace an activation on its way through the network.
  virtual Var activation(const Forward&, Site, Var x) const { return x; }
  /// May replace a parameter where a layer reads it (reparameterisations).
  virtual Var weight(const Forward&, const Parameter&, Var w) const { return w; }
  /// May add a term [1] to the loss: return loss + term.
  virtual Var penalty(const Forward&, Var loss) const { return loss; }

  /// Between backward and the optimizer's update: masks, gradients.
  virtual void before_step(Parameters&, const TrainingProgress&) {}
  /// After the update: what it must not have changed.
  virtual void after_step(Parameters&, const TrainingProgress&) {}

  /// Whether before_step must see gradients of pruned weights, as if they were live. Where no
  /// regularizer asks for them they are 0, and not computed where that saves time.
  virtual bool needs_pruned_gradients() const { return false; }

  /// The update of masks made in the current step, even one that took nothing; nullptr if none was
  /// due.
  virtual const MaskUpdate* mask_update() const { return nullptr; }
  /// False while a schedule still runs: weights of such an epoch aren't what the config asks for,
  /// so they are neither chosen as the best nor a reason to stop.
  virtual bool settled(const TrainingProgress&) const { return true; }
  /// Forward passes to average when scoring: more than 1 where masks stay random.
  virtual std::int64_t evaluation_samples() const { return 1; }
  /// Whether one evaluation pass differs from another.
  virtual bool random_in_evaluation() const { return evaluation_samples() > 1; }

  /// True for a plugin that is meant to change nothing: the control arm of a comparison.
  virtual bool may_be_inert() const { return false; }

  /// Lists the state a resumed run needs; masks and weights are saved with the Parameters.
  virtual void serialize(Archive&) {}
};

/// In the order of the config; each hook is called on one after the other.
using Regularizers = std::vector<std::unique_ptr<Regularizer>>;

}  // namespace espalier
