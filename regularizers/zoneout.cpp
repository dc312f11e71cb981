#include "regularizers/zoneout.h"

#include "core/ops.h"
#include "regularizers/random_masks.h"

namespace espalier {

bool Zoneout::acts_on_states(const Forward&) const {
  return hidden_rate_ > 0 || cell_rate_ > 0;
}

Var Zoneout::next_state(const Forward& pass, RecurrentState state, Var previous, Var next) const {
  const double rate = state == RecurrentState::hidden ? hidden_rate_ : cell_rate_;
  if (rate == 0) return next;
  if (!pass.training()) {
    return add(scale(previous, static_cast<real>(rate)), scale(next, static_cast<real>(1 - rate)));
  }
  const std::int64_t units = next.value().size();
  const std::span moves = draw_keep_mask(pass, pass.call_key(key_), rate, units);
  const Var moved = mask_scale(next, moves, 1);
  const std::span<std::uint8_t> stays(
      reinterpret_cast<std::uint8_t*>(pass.tape().arena().allocate(moves.size())), moves.size());
  for (std::size_t i = 0; i < moves.size(); ++i) stays[i] = moves[i] == 0;
  return add(moved, mask_scale(previous, stays, 1));
}

RegularizerEntry zoneout_entry() {
  SettingSpec hidden_rate =
      rate_spec(0.05, "Probability that a hidden state stays (the paper's for characters: 0.05).");
  SettingSpec cell_rate =
      rate_spec(0.5, "The same for an LSTM's cell state (the paper's for characters: 0.5).");
  hidden_rate.name = "hidden_rate";
  cell_rate.name = "cell_rate";
  return {{.name = "zoneout",
           .summary = "Random units of recurrent layers keep their previous state for a step.",
           .settings = {hidden_rate, cell_rate}},
          [](const Settings& settings,
             const RegularizerContext& context) -> std::unique_ptr<Regularizer> {
            return std::make_unique<Zoneout>(settings.number("hidden_rate"),
                                             settings.number("cell_rate"), context.key);
          }};
}

}  // namespace espalier
