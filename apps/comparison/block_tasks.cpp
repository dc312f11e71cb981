#include "apps/comparison/block_tasks.h"

#include <exception>
#include <string>

#include <fmt/format.h>

#include "apps/training/learner.h"
#include "apps/training/regularizer_effect.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

/// Does `work`; what goes wrong in it is said to be the fault of `where`.
template <typename Work>
auto blame(const std::string& where, Work work) {
  try {
    return work();
  } catch (const UsageError& error) {
    throw UsageError(where + ": " + error.what());
  } catch (const Error& error) {
    throw Error(where + ": " + error.what());
  }
}

}  // namespace

BlockTasks load_block_tasks(const Comparison& comparison) {
  const std::size_t arms = comparison.arms.size();
  BlockTasks tasks;
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    const DataConfig& data = comparison.configs[b * arms].data;
    std::size_t same = 0;
    while (same < b && comparison.configs[same * arms].data != data) ++same;
    if (same < b) {
      tasks.push_back(tasks[same]);
      continue;
    }
    tasks.push_back(blame(comparison.blocks[b].name, [&] {
      return std::make_shared<const ForecastingTask>(load_task(data, comparison.protocol));
    }));
  }
  return tasks;
}

void check_arms_act(const Comparison& comparison, const BlockTasks& tasks, int threads) {
  const std::size_t arms = comparison.arms.size();
  const auto cells = std::ssize(comparison.configs);
  std::vector<std::exception_ptr> failures(comparison.configs.size());
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (std::ptrdiff_t i = 0; i < cells; ++i) {
    const auto cell = static_cast<std::size_t>(i);
    try {
      const ForecastingTask& task = *tasks[cell / arms];
      check_regularizers_act(comparison.configs[cell], task);
      make_learner(comparison.configs[cell], task.frame);
    } catch (...) {
      failures[cell] = std::current_exception();
    }
  }
  // The first, whatever the threads did.
  for (std::size_t cell = 0; cell < failures.size(); ++cell) {
    if (!failures[cell]) continue;
    const std::string where = fmt::format("{}, arm {}", comparison.blocks[cell / arms].name,
                                          comparison.arms[cell % arms]);
    blame(where, [&] { std::rethrow_exception(failures[cell]); });
  }
}

}  // namespace espalier
