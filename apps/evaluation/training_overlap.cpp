#include "apps/evaluation/training_overlap.h"

#include <vector>

#include <fmt/format.h>

#include "apps/data/split.h"
#include "apps/run/provenance.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

/// Windows with a marked row among their targets.
std::size_t windows_forecasting(const std::vector<bool>& marked, std::size_t window,
                                std::size_t horizon) {
  std::vector<std::size_t> marked_before{0};  // each row
  for (const bool mark : marked) marked_before.push_back(marked_before.back() + (mark ? 1U : 0U));
  std::size_t count = 0;
  const std::size_t windows = count_windows(marked.size(), window, horizon);
  for (std::size_t index = 0; index < windows; ++index) {
    const std::size_t first = index + window;
    if (marked_before[first + horizon] > marked_before[first]) ++count;
  }
  return count;
}

}  // namespace

TrainingOverlap training_overlap(const std::string& run, const Frame& frame,
                                 const std::optional<TrainingRows>& training, std::size_t window,
                                 std::size_t horizon) {
  if (!training) return {};
  const std::string recorded = recorded_sha256(read_file(run + "/meta.json"));
  const bool own = !recorded.empty() && recorded == sha256_of_file(frame.path);
  if (frame.times.empty() && (!own || frame.all_series().size() > 1)) return {};
  const std::vector<Series> series_list = frame.all_series();
  const bool several = series_list.size() > 1;
  TrainingOverlap overlap;
  std::size_t all = 0;
  for (const Series& series : series_list) {
    std::vector<bool> marked(series.known_rows());
    for (std::size_t row = 0; row < marked.size(); ++row) {
      const std::string& time = frame.time_texts[series.begin + row];
      // How many rows of which series trained isn't recorded.
      marked[row] = own && !several ? row < training->rows
                                    : training->first <= time && time <= training->last;
    }
    overlap.windows += windows_forecasting(marked, window, horizon);
    all += count_windows(marked.size(), window, horizon);
  }
  if (overlap.windows == 0) return overlap;
  if (own && !several) {
    overlap.note = fmt::format(
        "{} is what the run was trained on: {} of {} windows forecast training rows (the first {}, "
        "up to {}), which flatters; metrics.json has the scores of the run's test rows",
        frame.path, overlap.windows, all, training->rows, training->last);
  } else {
    overlap.note = fmt::format(
        "{} of {} windows forecast rows from the time of the training rows, {} to {}: {}",
        overlap.windows, all, training->first, training->last,
        own ? "the run was trained on this file, so the scores flatter"
            : "where they are the same rows, the scores flatter");
  }
  return overlap;
}

}  // namespace espalier
