#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/data/frame.h"
#include "apps/data/number.h"

namespace espalier {

/// The cell texts that mean "no value". An empty cell always does.
class MissingMarkers {
 public:
  /// Markers are compared with the trimmed cell. One that is a number ("-200") also stands for
  /// cells equal to it in value ("-200.0", or "-200,0" where `decimal` is ',').
  MissingMarkers(std::span<const std::string> markers, char decimal);

  /// `parsed` is what `cell`, already trimmed, reads as.
  bool matches(std::string_view cell, const ParsedCell& parsed) const;

 private:
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
};

/// Removes the NaNs that stand for missing values in `frame` by `policy`, and notes what it did:
///   error        throws at the first one
///   ffill        the last value known; rows before every column has had one are dropped
///   interpolate  linear in the row number between neighbours, so it looks ahead; at the ends as
///                ffill
///   drop         rows with any value missing are dropped
void apply_missing_policy(Frame& frame, const std::string& policy);

}  // namespace espalier
