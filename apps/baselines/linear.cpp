#include "apps/baselines/linear.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "apps/data/windows.h"
#include "core/blas.h"
#include "core/error.h"

// Fortran routines of OpenBLAS: matrices are column-major, and the lengths of the character
// arguments follow at the end.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha,
            const double* a, const int* lda, const double* beta, double* c, const int* ldc,
            std::size_t uplo_length, std::size_t trans_length);
void dgemm_(const char* trans_a, const char* trans_b, const int* m, const int* n, const int* k,
            const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
            const double* beta, double* c, const int* ldc, std::size_t trans_a_length,
            std::size_t trans_b_length);
void dposv_(const char* uplo, const int* n, const int* nrhs, double* a, const int* lda, double* b,
            const int* ldb, int* info, std::size_t uplo_length);
}
// NOLINTEND(readability-identifier-naming)

namespace espalier {

namespace {

/// Windows whose inputs are in memory at a time.
constexpr std::size_t block_windows = 256;
constexpr double one = 1;
constexpr double zero = 0;

/// Calls use(windows of the block, index of its first one) for blocks of at most block_windows.
template <typename Use>
void for_each_block(std::span<const std::size_t> windows, Use use) {
  for (std::size_t first = 0; first < windows.size(); first += block_windows) {
    use(windows.subspan(first, std::min(block_windows, windows.size() - first)), first);
  }
}

int fortran_size(std::size_t size) {
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(
        fmt::format("[linear] {} inputs or outputs are too many; shorten \"window\" or "
                    "\"horizon\"",
                    size));
  }
  return static_cast<int>(size);
}

}  // namespace

LinearForecaster::LinearForecaster(const Frame& frame, const Scaling& scaling,
                                   std::span<const std::size_t> train, std::size_t window,
                                   std::size_t horizon, double alpha)
    : frame_(frame),
      scaling_(scaling),
      window_(window),
      horizon_(horizon),
      outputs_(horizon * frame.targets.size()) {
  if (train.empty()) throw Error("[linear] there are no training windows");
  use_one_blas_thread();
  const std::vector<Series> all = frame.all_series();
  for (std::size_t f = 0; f < frame.features.size(); ++f) {
    std::vector<double> column = frame.columns[frame.features[f]];
    for (std::size_t s = 0; s < all.size(); ++s) {
      const ColumnScale& scale = scaling.series.at(s).features[f];
      for (std::size_t row = all[s].begin; row < all[s].end; ++row) {
        column[row] = scale.scaled(column[row]);
      }
    }
    features_.push_back(std::move(column));
  }
  centre(train);
  fit(train, alpha);
}

void LinearForecaster::fill_inputs(std::span<const std::size_t> windows,
                                   std::vector<double>& block) const {
  block.resize(windows.size() * inputs());
  double* next = block.data();
  for (const std::size_t index : windows) {
    if (index + window_ > features_.front().size()) {
      throw Error(fmt::format("[linear] window {} reaches beyond the last row", index));
    }
    const double* mean = input_means_.data();
    for (std::size_t t = 0; t < window_; ++t) {
      for (std::size_t f = 0; f < features_.size(); ++f) {
        *next++ = features_[f][index + t + frame_.lead(f)] - *mean++;
      }
    }
  }
}

std::vector<double> LinearForecaster::scaled_targets(std::span<const std::size_t> windows) const {
  std::vector<double> targets = target_values(frame_, windows, window_, horizon_);
  const std::vector<ColumnScale> scales = target_scales(frame_, scaling_, windows, horizon_);
  for (std::size_t i = 0; i < targets.size(); ++i) targets[i] = scales[i].scaled(targets[i]);
  return targets;
}

void LinearForecaster::centre(std::span<const std::size_t> train) {
  const double count = static_cast<double>(train.size());
  input_means_.assign(inputs(), 0);
  target_means_.assign(outputs_, 0);
  for (const std::size_t index : train) {
    double* sum = input_means_.data();
    for (std::size_t t = 0; t < window_; ++t) {
      for (std::size_t f = 0; f < features_.size(); ++f) {
        *sum++ += features_[f][index + t + frame_.lead(f)];
      }
    }
  }
  for (double& mean : input_means_) mean /= count;
  const std::vector<double> targets = scaled_targets(train);
  for (std::size_t i = 0; i < targets.size(); ++i) target_means_[i % outputs_] += targets[i];
  for (double& mean : target_means_) mean /= count;
}

void LinearForecaster::fit(std::span<const std::size_t> train, double alpha) {
  const std::size_t size = inputs();
  const int p = fortran_size(size);
  const int q = fortran_size(outputs_);
  std::vector<double> gram(size * size, 0.0);
  weights_.assign(size * outputs_, 0.0);
  std::vector<double> block;
  std::vector<double> targets;
  for_each_block(train, [&](std::span<const std::size_t> windows, std::size_t) {
    fill_inputs(windows, block);
    targets = scaled_targets(windows);
    for (std::size_t i = 0; i < targets.size(); ++i) targets[i] -= target_means_[i % outputs_];
    const int n = fortran_size(windows.size());
    // In column-major terms the block is Xᵀ [p, n] and the targets are Yᵀ [q, n].
    dsyrk_("L", "N", &p, &n, &one, block.data(), &p, &one, gram.data(), &p, 1, 1);
    dgemm_("N", "T", &p, &q, &n, &one, block.data(), &p, targets.data(), &q, &one, weights_.data(),
           &p, 1, 1);
  });
  for (std::size_t i = 0; i < size; ++i) gram[i * size + i] += alpha;
  int info = 0;
  dposv_("L", &p, &q, gram.data(), &p, weights_.data(), &p, &info, 1);
  if (info != 0) {
    throw Error(
        fmt::format("[linear] the normal equations cannot be solved (pivot {} of {})", info, p));
  }
}

std::vector<double> LinearForecaster::forecast(std::span<const std::size_t> windows) const {
  const int p = fortran_size(inputs());
  const int q = fortran_size(outputs_);
  std::vector<double> forecasts(windows.size() * outputs_);
  std::vector<double> block;
  for_each_block(windows, [&](std::span<const std::size_t> part, std::size_t first) {
    fill_inputs(part, block);
    const int n = fortran_size(part.size());
    dgemm_("T", "N", &q, &n, &p, &one, weights_.data(), &p, block.data(), &p, &zero,
           forecasts.data() + first * outputs_, &q, 1, 1);
  });
  const std::vector<ColumnScale> scales = target_scales(frame_, scaling_, windows, horizon_);
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    forecasts[i] = scales[i].restored(forecasts[i] + target_means_[i % outputs_]);
  }
  return forecasts;
}

}  // namespace espalier
