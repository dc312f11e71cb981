#include "core/archive.h"

#include <algorithm>
#include <iterator>
#include <type_traits>

#include "core/error.h"
#include "core/parameters.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

template <typename T>
constexpr const char* dtype_of() {
  if constexpr (std::is_same_v<T, float>) return "F32";
  if constexpr (std::is_same_v<T, double>) return "F64";
  if constexpr (std::is_same_v<T, std::int64_t>) return "I64";
  if constexpr (std::is_same_v<T, std::uint8_t>) return "U8";
}

template <typename T>
void save(Safetensors& target, const std::string& name, std::span<T> values) {
  const auto bytes = std::as_bytes(values);
  target.entries[name] = {dtype_of<T>(), {std::ssize(values)}, {bytes.begin(), bytes.end()}};
}

template <typename T>
void load(const Safetensors& source, const std::string& name, std::span<T> values) {
  const auto found = source.entries.find(name);
  if (found == source.entries.end()) {
    throw Error(source.origin + ": the checkpoint has no \"" + name +
                "\"; it belongs to another config or version");
  }
  const Safetensors::Entry& entry = found->second;
  if (entry.dtype != dtype_of<T>() || entry.bytes.size() != values.size_bytes()) {
    throw Error(source.origin + ": \"" + name + "\" holds " + std::to_string(entry.bytes.size()) +
                " bytes of " + entry.dtype + ", expected " + std::to_string(values.size_bytes()) +
                " of " + dtype_of<T>() + "; it belongs to another config or version");
  }
  std::ranges::copy(entry.bytes, std::as_writable_bytes(values).begin());
}

}  // namespace

void SavingArchive::field(std::string_view name, std::int64_t& value) {
  save(target_, prefix_ + std::string(name), std::span(&value, 1));
}
void SavingArchive::field(std::string_view name, double& value) {
  save(target_, prefix_ + std::string(name), std::span(&value, 1));
}
void SavingArchive::field(std::string_view name, std::span<real> values) {
  save(target_, prefix_ + std::string(name), values);
}
void SavingArchive::field(std::string_view name, std::span<std::uint8_t> values) {
  save(target_, prefix_ + std::string(name), values);
}

void LoadingArchive::field(std::string_view name, std::int64_t& value) {
  load(source_, prefix_ + std::string(name), std::span(&value, 1));
}
void LoadingArchive::field(std::string_view name, double& value) {
  load(source_, prefix_ + std::string(name), std::span(&value, 1));
}
void LoadingArchive::field(std::string_view name, std::span<real> values) {
  load(source_, prefix_ + std::string(name), values);
}
void LoadingArchive::field(std::string_view name, std::span<std::uint8_t> values) {
  load(source_, prefix_ + std::string(name), values);
}

void serialize(Archive& archive, Parameters& parameters) {
  for (const Parameter& parameter : parameters.all()) {
    archive.field("value/" + parameter.name(), parameter.value().span());
    archive.field("mask/" + parameter.name(), parameter.mask());
    for (Parameters::State& state : parameters.states()) {
      archive.field(state.name + "/" + parameter.name(),
                    std::span(state.slab).subspan(parameter.offset(), parameter.size()));
    }
  }
  parameters.masks_changed();  // they may have been loaded
}

}  // namespace espalier
