#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/random.h"
#include "core/regularizer.h"
#include "core/tape.h"

namespace espalier {

/// One pass through a network: what layers get instead of a bare tape. It hands their parameters
/// and activations to the regularizers, so that no layer knows one.
class Forward {
 public:
  enum class Purpose { training, evaluation };

  /// `pass` tells this pass from all others of its purpose (in training, the step's number), so
  /// that random masks differ from pass to pass and yet don't depend on what ran before.
  /// `windows`, where given, says which window each column of the batch (the last axis) is, by its
  /// number in its series: a column's masks then depend on that number and on no other column, and
  /// are the same for windows of one number in different series. Must outlive the pass.
  Forward(Tape& tape, const Regularizers& regularizers, Purpose purpose, std::uint64_t pass,
          std::span<const std::size_t> windows = {});

  Tape& tape() const { return tape_; }
  bool training() const { return purpose_ == Purpose::training; }
  std::span<const std::size_t> windows() const { return windows_; }

  /// A parameter as layers should use it.
  Var parameter(const Parameter& parameter);
  /// An activation after every regularizer that acts at `site`.
  Var activation(Site site, Var x);
  /// Whether a regularizer has a say on recurrent states: see Regularizer::acts_on_states.
  bool acts_on_states() const;
  /// To be called where a recurrent layer begins to step through a sequence.
  void begin_sequence() { ++sequences_; }
  /// A recurrent state after every regularizer's say.
  Var next_state(RecurrentState state, Var previous, Var next);

  /// The loss with every regularizer's penalty.
  Var penalised(Var loss) const;

  /// A key for the random numbers of this pass, of the stream `key`.
  RandomKey pass_key(RandomKey key) const;
  /// One for the call of activation or next_state under way alone.
  RandomKey call_key(RandomKey key) const;
  /// One for all calls between two begin_sequence().
  RandomKey sequence_key(RandomKey key) const;

 private:
  Tape& tape_;
  const Regularizers& regularizers_;
  Purpose purpose_;
  std::uint64_t pass_;
  std::span<const std::size_t> windows_;
  std::uint64_t calls_ = 0;
  std::uint64_t sequences_ = 0;
};

}  // namespace espalier
