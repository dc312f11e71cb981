#pragma once

#include <span>
#include <string>

#include "core/descriptor.h"

namespace espalier {

/// What a command leaves in a folder.
struct OutputKind {
  /// "run" or "comparison", for messages.
  const char* noun;
  /// The file that tells such a folder from any other.
  const char* mark;
  /// Names of everything that is written there, for --force to remove and nothing else; the mark
  /// last, so that what is half removed can still be removed.
  std::span<const char* const> entries;
};

/// A folder of results, held by this process alone while the object lives.
class OutputDirectory {
 public:
  enum class Mode {
    fresh,   ///< refuses a folder that holds anything
    resume,  ///< goes on with what is in the folder, or begins it
    force,   ///< removes earlier results first; refuses a folder that holds none
  };

  /// Creates the folder or takes it over. Throws UsageError where the mode refuses, Error where the
  /// system does.
  OutputDirectory(std::string path, Mode mode, const OutputKind& kind);

  const std::string& path() const { return path_; }
  /// The path of a file in it.
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  bool has(const std::string& name) const;
  /// Makes a folder in it, and those that lead there.
  void create_folder(const std::string& name) const;

 private:
  void lock() const;
  void refuse_or_clear(Mode mode) const;
  void remove_earlier() const;
  bool holds_anything() const;

  std::string path_;
  const OutputKind& kind_;
  Descriptor folder_;  // its lock is the claim on the directory
};

/// The first line in which two texts differ: "A there, B now".
std::string first_difference(const std::string& there, const std::string& now);

}  // namespace espalier
