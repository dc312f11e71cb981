#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/data/frame.h"

namespace espalier {

/// The rows of a file as they were known at any moment: what is missing is filled from rows up to
/// it only. Moments are the times at which there are rows, counted from 0; in a file of one series
/// each row is one.
class RowsByCutoff {
 public:
  /// `raw` as read_raw_frame gives it. Throws Error as complete_frame does, UsageError for several
  /// series without a time that they have in common.
  RowsByCutoff(Frame raw, DataConfig config);

  /// All rows; under every policy for missing values filled, if at all, from earlier rows.
  const Frame& rows() const { return rows_; }

  std::size_t moments() const { return first_rows_.size(); }
  /// When the row is.
  std::size_t moment(std::size_t row) const { return moments_[row]; }
  /// Its time, or without a time column the number of its row.
  const std::string& text(std::size_t moment) const {
    return rows_.time_texts[first_rows_[moment]];
  }

  /// The same rows, those up to the moment `cutoff` filled as the config says.
  Frame known_at(std::size_t cutoff) const;

 private:
  /// Without missing values filled, but with the rows that gaps leave out.
  Frame unfilled_;
  DataConfig config_;
  Frame rows_;
  /// Of each row; and the first row of each moment.
  std::vector<std::size_t> moments_;
  std::vector<std::size_t> first_rows_;
};

}  // namespace espalier
