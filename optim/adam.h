#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "optim/optimizer.h"
#include "optim/registry.h"

namespace espalier {

/// Adam (Kingma & Ba, arXiv 1412.6980) as torch.optim.Adam computes it:
///   m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²
///   w ← w − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
class Adam : public Optimizer {
 public:
  struct Options {
    double lr = 0.001;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    std::optional<double> max_grad_norm = {};
  };

  Adam(Parameters& parameters, const Options& options);

  void serialize(Archive& archive) override;

 protected:
  void update() override;

 private:
  Options options_;
  AlignedVector<real>& exp_avg_;
  AlignedVector<real>& exp_avg_sq_;
  std::int64_t steps_ = 0;
};

/// The settings that Adam shares with its variants, and the options they stand for.
std::vector<SettingSpec> adam_settings();
Adam::Options adam_options(const Settings& settings);

OptimizerEntry adam_entry();

}  // namespace espalier
