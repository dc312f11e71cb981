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
  if (!own && frame.times.empty()) return {};
  if (frame.has_series_column()) {
    return {.windows = 0,
            .note = own ? fmt::format("{} is what the run was trained on: windows that forecast "
                                      "training rows flatter; metrics.json has the scores of the "
                                      "run's test rows",
                                      frame.path)
                        : ""};
  }
  const std::size_t known = frame.all_series().front().known_end;
  std::vector<bool> marked(known);
  for (std::size_t row = 0; row < known; ++row) {
    const std::string& time = frame.time_texts[row];
    marked[row] = own ? row < training->rows : training->first <= time && time <= training->last;
  }
  TrainingOverlap overlap{.windows = windows_forecasting(marked, window, horizon), .note = ""};
  if (overlap.windows == 0) return overlap;
  const std::size_t all = count_windows(known, window, horizon);
  if (own) {
    overlap.note = fmt::format(
        "{} is what the run was trained on: {} of {} windows forecast training rows (the first {}, "
        "up to {}), which flatters; metrics.json has the scores of the run's test rows",
        frame.path, overlap.windows, all, training->rows, training->last);
  } else {
    overlap.note = fmt::format(
        "{} of {} windows forecast rows from the time of the training rows, {} to {}: where they "
        "are the same rows, the scores flatter",
        overlap.windows, all, training->first, training->last);
  }
  return overlap;
}

}  // namespace espalier
