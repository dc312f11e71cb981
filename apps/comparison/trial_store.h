#pragma once

#include <map>
#include <optional>
#include <string>

#include "apps/comparison/comparison.h"
#include "apps/comparison/trial.h"
#include "apps/config/catalogue.h"

namespace espalier {

/// The folders of a comparison's trials, trials/BLOCK/ARM/TRIAL:
///
///   config.json   the run that the trial is: `espalier train` repeats it, with all a run leaves
///   result.json   scores and course; the same bytes whenever it is run on this kind of machine
///   timing.json   how long it took
///
/// A trial is there once its result.json is. Its fingerprint, a hash of the config and of the data,
/// tells whether a result belongs to the comparison at hand.
class TrialStore {
 public:
  /// Hashes the data files. `comparison` and `catalogue` must outlive the object.
  TrialStore(const Comparison& comparison, const Catalogue& catalogue);

  /// The result kept below `directory` (a comparison's); nothing where there is none, or where it
  /// is damaged. Throws UsageError where it belongs to another config or other data.
  std::optional<TrialResult> load(const std::string& directory, const TrialKey& key) const;

  /// Throws Error where the system does.
  void save(const std::string& directory, const TrialKey& key, const TrialResult& result) const;

  /// SHA-256 by path of each data file.
  const std::map<std::string, std::string>& data_hashes() const { return data_hashes_; }

 private:
  std::string fingerprint(const TrialKey& key) const;
  std::string folder(const std::string& directory, const TrialKey& key) const;

  const Comparison& comparison_;
  const Catalogue& catalogue_;
  std::map<std::string, std::string> data_hashes_;
};

}  // namespace espalier
