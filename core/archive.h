#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/real.h"

namespace espalier {

class Safetensors;
class Parameters;

/// Carries state into or out of a checkpoint. A component lists its state once, in `serialize`, and
/// the same list serves saving and loading, so the two can't drift apart.
class Archive {
 public:
  virtual ~Archive() = default;

  virtual void field(std::string_view name, std::int64_t& value) = 0;
  virtual void field(std::string_view name, double& value) = 0;
  virtual void field(std::string_view name, std::span<real> values) = 0;
  virtual void field(std::string_view name, std::span<std::uint8_t> values) = 0;
};

/// Copies every field into `target` under `prefix` + name.
class SavingArchive final : public Archive {
 public:
  explicit SavingArchive(Safetensors& target, std::string prefix = {})
      : target_(target), prefix_(std::move(prefix)) {}

  void field(std::string_view name, std::int64_t& value) override;
  void field(std::string_view name, double& value) override;
  void field(std::string_view name, std::span<real> values) override;
  void field(std::string_view name, std::span<std::uint8_t> values) override;

 private:
  Safetensors& target_;
  std::string prefix_;
};

/// Fills every field from `source`. Throws Error naming a field that is missing or doesn't fit.
class LoadingArchive final : public Archive {
 public:
  explicit LoadingArchive(const Safetensors& source, std::string prefix = {})
      : source_(source), prefix_(std::move(prefix)) {}

  void field(std::string_view name, std::int64_t& value) override;
  void field(std::string_view name, double& value) override;
  void field(std::string_view name, std::span<real> values) override;
  void field(std::string_view name, std::span<std::uint8_t> values) override;

 private:
  const Safetensors& source_;
  std::string prefix_;
};

/// Values, masks and optimizer state of every parameter.
void serialize(Archive& archive, Parameters& parameters);

}  // namespace espalier
