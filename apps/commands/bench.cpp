#include "apps/commands/bench.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/bench/bench_case.h"
#include "apps/bench/measure.h"
#include "apps/cli/arguments.h"
#include "apps/commands/output.h"
#include "apps/config/nearest.h"
#include "apps/config/text.h"
#include "apps/notice.h"
#include "core/blas.h"
#include "core/denormals.h"
#include "core/kernels/kernels.h"

namespace espalier {

namespace {

struct BenchOptions {
  std::vector<std::string> models{"rnn", "lstm", "patch_transformer"};
  std::vector<std::int64_t> windows{1, 8, 30, 60};
  std::vector<std::int64_t> batches{64};
  std::vector<double> sparsities{0, 0.5, 0.7, 0.8, 0.9, 0.95};
  std::int64_t features = 8;
  double skip_pruned_from = 0.6;
  /// Of measuring, for each figure.
  double seconds = 0.2;
  bool json = false;
};

/// One large product, what the machine can do at best.
constexpr std::int64_t peak_size = 768;

struct Result {
  BenchSizes sizes;
  Timing step;
  Timing infer;
  double gflops = 0;
  double peak_fraction = 0;
  double roofline_fraction = 0;
};

std::deque<BenchCase> make_cases(const BenchOptions& options) {
  std::deque<BenchCase> cases;
  for (const std::string& model : options.models) {
    for (const std::int64_t window : options.windows) {
      for (const std::int64_t batch : options.batches) {
        for (const double sparsity : options.sparsities) {
          cases.emplace_back(BenchSizes{.model = model,
                                        .window = window,
                                        .batch = batch,
                                        .features = options.features,
                                        .sparsity = sparsity,
                                        .skip_pruned_from = options.skip_pruned_from});
        }
      }
    }
  }
  return cases;
}

std::vector<Result> run(const BenchOptions& options) {
  const FlushDenormals flush;  // as in training
  std::deque<BenchCase> cases = make_cases(options);
  AlignedVector<real> square[3];
  for (auto& matrix : square) {
    matrix.assign(static_cast<std::size_t>(peak_size * peak_size), real{0});
  }
  std::vector<std::function<void()>> tasks{[&] {
    gemm(Transpose::no, Transpose::no, peak_size, peak_size, peak_size, square[0].data(),
         square[1].data(), 0, square[2].data());
  }};
  for (BenchCase& one : cases) {
    tasks.emplace_back([&one] { one.train_step(); });
    tasks.emplace_back([&one] { one.infer(); });
    tasks.emplace_back([&one] { one.multiply_only(); });
  }
  const std::vector<Timing> timings = measure(tasks, options.seconds, [&](int done, int rounds) {
    if (!options.json) notice("round {} of {}\n", done, rounds);
  });
  const double peak_flops = 2.0 * static_cast<double>(peak_size * peak_size * peak_size);
  const double peak_gflops = peak_flops / timings[0].median * 1e-3;
  std::vector<Result> results;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Timing& step = timings[3 * i + 1];
    const double gflops = cases[i].flops() / step.median * 1e-3;
    results.push_back({.sizes = cases[i].sizes(),
                       .step = step,
                       .infer = timings[3 * i + 2],
                       .gflops = gflops,
                       .peak_fraction = gflops / peak_gflops,
                       .roofline_fraction = timings[3 * i + 3].median / step.median});
  }
  return results;
}

nlohmann::ordered_json to_json(const Result& result) {
  return {{"model", result.sizes.model},
          {"window", result.sizes.window},
          {"batch", result.sizes.batch},
          {"features", result.sizes.features},
          {"sparsity", result.sizes.sparsity},
          {"step_us", result.step.median},
          {"step_us_quartiles", {result.step.lower, result.step.upper}},
          {"infer_us", result.infer.median},
          {"infer_us_quartiles", {result.infer.lower, result.infer.upper}},
          {"gflops", result.gflops},
          {"peak_fraction", result.peak_fraction},
          {"roofline_fraction", result.roofline_fraction}};
}

std::string table(const std::vector<Result>& results) {
  std::string text =
      fmt::format("{:<18}{:>7}{:>6}{:>10}  {:>26}  {:>26}{:>9}{:>9}{:>13}\n", "model", "window",
                  "batch", "sparsity", "train step, µs (quartiles)", "forecast, µs (quartiles)",
                  "GFLOP/s", "of peak", "of products");
  const auto times = [](const Timing& timing) {
    return fmt::format("{:.1f} ({:.1f} – {:.1f})", timing.median, timing.lower, timing.upper);
  };
  for (const Result& result : results) {
    text += fmt::format("{:<18}{:>7}{:>6}{:>10}  {:>26}  {:>26}{:>9.1f}{:>7.0f} %{:>11.0f} %\n",
                        result.sizes.model, result.sizes.window, result.sizes.batch,
                        result.sizes.sparsity, times(result.step), times(result.infer),
                        result.gflops, 100 * result.peak_fraction, 100 * result.roofline_fraction);
  }
  return text + fmt::format(
                    "One thread, {} kernels, {}. GFLOP/s count the dense step's products with "
                    "weights; \"of peak\" is\ntheir share of one large product's, \"of products\" "
                    "what those products alone take, of the step.\n",
                    kernels().instruction_set, blas_description());
}

Check timed_model() {
  return {[](const std::string& name) {
            const std::vector<std::string> known = trainable_models();
            if (std::ranges::find(known, name) != known.end()) return std::string();
            return fmt::format("{} is no model that can be trained (known: {}){}", in_quotes(name),
                               join(known, ", "), suggestion(name, known));
          },
          [] { return set_of(trainable_models()); }};
}

void bench(const BenchOptions& options) {
  const std::vector<Result> results = run(options);
  if (!options.json) return print_output(table(results));
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Result& result : results) list.push_back(to_json(result));
  print_output(list.dump(2) + "\n");
}

}  // namespace

void add_bench(Command& app) {
  Command* command = app.add_subcommand("bench", "Time training steps and forecasts");
  auto options = std::make_shared<BenchOptions>();
  const Check sizes = whole_number(1, 100'000);
  command->add_option("--model", options->models, "Models (default: rnn lstm patch_transformer)")
      ->type_name("NAME")
      ->check(timed_model());
  command->add_option("--window", options->windows, "Rows of input (default: 1 8 30 60)")
      ->type_name("L")
      ->check(sizes);
  command->add_option("--batch", options->batches, "Windows per step (default: 64)")
      ->type_name("B")
      ->check(sizes);
  command
      ->add_option("--sparsity", options->sparsities,
                   "Shares of pruned weights (default: 0 0.5 0.7 0.8 0.9 0.95)")
      ->type_name("SHARE")
      ->check(number(0, 1));
  command->add_option("--features", options->features, "Columns of input (default: 8)")
      ->type_name("F")
      ->check(sizes);
  command
      ->add_option("--skip-pruned-from", options->skip_pruned_from,
                   "As train.skip_pruned_from (default: 0.6)")
      ->type_name("SHARE")
      ->check(number(0, 1));
  command->add_option("--seconds", options->seconds, "To measure for each figure (default: 0.2)")
      ->type_name("S")
      ->check(number(0.001, 3600));
  command->add_flag("--json", options->json, "Print a JSON list with one object for each case");
  command->callback([options] { bench(*options); });
}

}  // namespace espalier
