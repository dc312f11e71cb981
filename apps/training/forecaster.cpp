#include "apps/training/forecaster.h"

#include <algorithm>
#include <exception>

#include "core/forward.h"
#include "core/tape.h"

namespace espalier {

namespace {

constexpr std::size_t chunk_windows = 256;

class ChunkForecaster {
 public:
  ChunkForecaster(const Model& model, const Regularizers& regularizers, const Windows& windows)
      : model_(model), regularizers_(regularizers), windows_(windows) {
    for (const auto& regularizer : regularizers) {
      samples_ = std::max(samples_, regularizer->evaluation_samples());
    }
  }

  /// Forecasts of one chunk, the `number`-th, to `forecasts` [window][step].
  void run(Tape& tape, std::int64_t number, std::span<const std::size_t> chunk,
           double* forecasts) const {
    const std::size_t steps = windows_.horizon();
    std::fill_n(forecasts, chunk.size() * steps, 0.0);
    for (std::int64_t sample = 0; sample < samples_; ++sample) {
      const Tensor y = forward(tape, chunk, number * samples_ + sample);
      for (std::size_t b = 0; b < chunk.size(); ++b) {
        for (std::size_t step = 0; step < steps; ++step) {
          forecasts[b * steps + step] += static_cast<double>(y.data[step * chunk.size() + b]);
        }
      }
    }
    for (std::size_t i = 0; i < chunk.size() * steps; ++i) {
      forecasts[i] /= static_cast<double>(samples_);
    }
  }

 private:
  Tensor forward(Tape& tape, std::span<const std::size_t> chunk, std::int64_t number) const {
    tape.reset();
    const auto batch = std::ssize(chunk);
    const Tensor x =
        tape.arena().allocate(Shape{static_cast<std::int64_t>(windows_.window()),
                                    static_cast<std::int64_t>(windows_.features()), batch});
    const Tensor y =
        tape.arena().allocate(Shape{static_cast<std::int64_t>(windows_.horizon()), batch});
    windows_.gather(chunk, x.data, y.data);
    Forward pass(tape, regularizers_, Forward::Purpose::evaluation,
                 static_cast<std::uint64_t>(number));
    return model_.forward(pass, tape.constant(x, "x")).value();
  }

  const Model& model_;
  const Regularizers& regularizers_;
  const Windows& windows_;
  std::int64_t samples_ = 1;
};

}  // namespace

std::vector<double> forecast_windows(const Model& model, const Regularizers& regularizers,
                                     const Windows& windows, std::span<const std::size_t> indices,
                                     int threads) {
  const ChunkForecaster forecaster(model, regularizers, windows);
  const std::size_t steps = windows.horizon();
  std::vector<double> forecasts(indices.size() * steps);
  const auto chunks =
      static_cast<std::ptrdiff_t>((indices.size() + chunk_windows - 1) / chunk_windows);
  const int workers =
      static_cast<int>(std::max<std::ptrdiff_t>(1, std::min<std::ptrdiff_t>(chunks, threads)));
  std::exception_ptr failure;
#pragma omp parallel num_threads(workers) if (workers > 1)
  {
    Tape tape(Tape::Mode::inference);
#pragma omp for schedule(static)
    for (std::ptrdiff_t chunk = 0; chunk < chunks; ++chunk) {
      try {
        const std::size_t begin = static_cast<std::size_t>(chunk) * chunk_windows;
        const std::size_t count = std::min(chunk_windows, indices.size() - begin);
        forecaster.run(tape, chunk, indices.subspan(begin, count),
                       forecasts.data() + begin * steps);
      } catch (...) {
#pragma omp critical
        failure = std::current_exception();
      }
    }
  }
  if (failure) std::rethrow_exception(failure);
  return forecasts;
}

}  // namespace espalier
