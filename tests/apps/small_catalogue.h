#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "apps/config/catalogue.h"

namespace espalier::testing {

/// A catalogue made by hand, so that these tests do not depend on what is registered.
inline Catalogue small_catalogue() {
  const ComponentInfo lstm{"lstm",
                           "A long short-term memory.",
                           {{.name = "hidden",
                             .type = SettingType::integer,
                             .default_value = std::int64_t{64},
                             .help = "Hidden units.",
                             .minimum = 1},
                            {.name = "layers",
                             .type = SettingType::integer,
                             .default_value = std::int64_t{1},
                             .help = "Stacked layers.",
                             .minimum = 1,
                             .maximum = 8}}};
  const ComponentInfo adam{"adam",
                           "Adaptive moments.",
                           {{.name = "lr",
                             .type = SettingType::number,
                             .default_value = 0.001,
                             .help = "Step size.",
                             .minimum = 0,
                             .minimum_exclusive = true},
                            {.name = "beta1",
                             .type = SettingType::number,
                             .default_value = 0.9,
                             .help = "Decay of the first moment.",
                             .minimum = 0,
                             .maximum = 0.9999}}};
  const ComponentInfo none{"none", "Leaves the network alone.", {}};
  ComponentInfo dropout{"dropout",
                        "Zeroes activations at random.",
                        {{.name = "rate",
                          .type = SettingType::number,
                          .default_value = 0.5,
                          .help = "Share zeroed.",
                          .minimum = 0,
                          .maximum = 1}},
                        [](const Settings& settings, Protocol protocol) -> std::string {
                          const bool all =
                              settings.number("rate") == 1 && protocol == Protocol::honest;
                          return all ? "rate 1 zeroes everything: expected less under honest" : "";
                        }};
  dropout.settings[0].author_default = SettingValue(0.3);
  const ComponentInfo step{"step",
                           "Lowers the rate now and then.",
                           {{.name = "gamma",
                             .type = SettingType::number,
                             .default_value = 0.1,
                             .help = "What the rate is multiplied with.",
                             .minimum = 0,
                             .minimum_exclusive = true}}};
  return {{lstm}, {none, dropout}, {adam}, {step}};
}

/// A new folder that is removed with everything in it at the end of the scope.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("espalier-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  /// Writes a file there and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace espalier::testing
