#include "apps/bench/measure.h"

#include <algorithm>
#include <chrono>

namespace espalier {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int rounds = 10;

double microseconds(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

void run_for(double limit, const std::function<void()>& task, std::vector<double>* times) {
  const Clock::time_point begin = Clock::now();
  do {
    const Clock::time_point start = Clock::now();
    task();
    if (times != nullptr) times->push_back(microseconds(start));
  } while (microseconds(begin) < limit);
}

Timing summary(std::vector<double> times) {
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  return {.median = at(0.5), .lower = at(0.25), .upper = at(0.75)};
}

}  // namespace

std::vector<Timing> measure(const std::vector<std::function<void()>>& tasks, double seconds,
                            const std::function<void(int, int)>& on_round) {
  const double portion = seconds * 1e6 / rounds;
  std::vector<std::vector<double>> times(tasks.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      run_for(portion / 4, tasks[i], nullptr);  // the caches belong to another task
      run_for(portion, tasks[i], &times[i]);
    }
    on_round(round + 1, rounds);
  }
  std::vector<Timing> timings;
  for (const std::vector<double>& of_task : times) timings.push_back(summary(of_task));
  return timings;
}

}  // namespace espalier
