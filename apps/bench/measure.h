#pragma once

#include <functional>
#include <string>
#include <vector>

namespace espalier {

/// Times in microseconds: the median, and the quartiles around it.
struct Timing {
  double median = 0;
  double lower = 0;
  double upper = 0;
};

/// Times every task for about `seconds` after a warm-up. The tasks take turns in small portions, so
/// that whatever else happens on the machine meets all of them alike: their ratios can be trusted
/// where single figures can't. `on_round` hears after each of `rounds` how many are done.
std::vector<Timing> measure(const std::vector<std::function<void()>>& tasks, double seconds,
                            const std::function<void(int done, int rounds)>& on_round);

}  // namespace espalier
