#include "apps/data/giveaway.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"

namespace espalier {

namespace {

constexpr std::size_t own_lags = 8;
constexpr std::size_t most_rows = 5000;
constexpr std::size_t fewest_rows_to_fit = 50;
/// Of multiplications, for all pairs together.
constexpr double budget = 4e9;
/// Below this share of the variance, a target's own past says all.
constexpr double nothing_new = 1e-6;

using Column = std::vector<double>;
using Values = std::span<const double>;

double product(Values a, Values b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void subtract(Column& from, double factor, const Column& direction) {
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= factor * direction[i];
}

/// The rows t at which everything is compared, and a target's own past there: an orthonormal basis
/// of 1, y[t], …, y[t−7].
class OwnPast {
 public:
  /// `furthest` rows ahead will be asked for. `column` must outlive the object.
  OwnPast(const Column& column, std::size_t furthest) : column_(column) {
    const std::size_t reach = own_lags - 1 + furthest;
    if (column.size() < reach + fewest_rows_to_fit) return;
    // The others tell whether a feature follows the target's past.
    rows_ = std::min((column.size() - reach) * 2 / 3, most_rows);
    first_ = column.size() - furthest - rows_;
    add(Column(rows_, 1.0));
    for (std::size_t lag = 0; lag < own_lags; ++lag) {
      const Values values = shifted(column, -static_cast<std::ptrdiff_t>(lag));
      add(Column(values.begin(), values.end()));
    }
  }

  std::size_t rows() const { return rows_; }
  std::size_t first() const { return first_; }
  const Column& column() const { return column_; }
  /// values[t + shift] for all t.
  Values shifted(const Column& values, std::ptrdiff_t shift) const {
    const auto begin = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(first_) + shift);
    return Values(values).subspan(begin, rows_);
  }

  /// What the own past can't say of `values`, linearly.
  Column rest(Column values) const {
    // Twice, as what is left may be tiny beside what is taken off.
    for (int pass = 0; pass < 2; ++pass) {
      for (const Column& direction : basis_) {
        subtract(values, product(values, direction), direction);
      }
    }
    return values;
  }
  /// The sum of its squares, without making it; 0 where next to nothing is left.
  double squares_of_rest(Values values) const {
    double squares = product(values, values);
    const double on_mean = product(values, basis_.front());
    const double about_mean = squares - on_mean * on_mean;
    for (const Column& direction : basis_) {
      const double along = product(values, direction);
      squares -= along * along;
    }
    return squares > nothing_new * about_mean ? squares : 0;
  }

 private:
  void add(Column values) {
    const double before = product(values, values);
    values = rest(std::move(values));
    const double squares = product(values, values);
    if (squares <= 1e-12 * before) return;
    for (double& value : values) value /= std::sqrt(squares);
    basis_.push_back(std::move(values));
  }

  const Column& column_;
  std::size_t rows_ = 0;
  std::size_t first_ = 0;
  std::vector<Column> basis_;
};

/// Squared correlation of `rest`, orthogonal to the own past, with `values`, which aren't.
double share_of(const Column& rest, double rest_squares, Values values, double values_squares) {
  if (rest_squares <= 0 || values_squares <= 0) return 0;
  const double together = product(rest, values);
  return together * together / (rest_squares * values_squares);
}

/// A target's future at every shift, and how much of it is new.
struct Future {
  std::size_t shift = 1;
  bool of_mean = false;
  Column values = {};
  double squares = 0;
};

std::vector<Future> futures_of(const OwnPast& past, std::size_t furthest) {
  std::vector<Future> futures;
  Column sum(past.rows(), 0.0);
  for (std::size_t shift = 1; shift <= furthest; ++shift) {
    const Values ahead = past.shifted(past.column(), static_cast<std::ptrdiff_t>(shift));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += ahead[i];
    futures.push_back({.shift = shift,
                       .values = Column(ahead.begin(), ahead.end()),
                       .squares = past.squares_of_rest(ahead)});
    if (shift == 1) continue;
    futures.push_back(
        {.shift = shift, .of_mean = true, .values = sum, .squares = past.squares_of_rest(sum)});
  }
  return futures;
}

/// Whether the feature follows some of the target's earlier values as closely.
bool follows_the_past(const OwnPast& past, const Column& rest, double rest_squares) {
  for (std::size_t lag = own_lags; lag <= past.first(); ++lag) {
    const Values earlier = past.shifted(past.column(), -static_cast<std::ptrdiff_t>(lag));
    if (share_of(rest, rest_squares, earlier, past.squares_of_rest(earlier)) >= giveaway_share) {
      return true;
    }
  }
  return false;
}

std::optional<Giveaway> giveaway_of(const OwnPast& past, const std::vector<Future>& futures,
                                    const Column& feature) {
  const Values now = past.shifted(feature, 0);
  const Column rest = past.rest(Column(now.begin(), now.end()));
  const double rest_squares = product(rest, rest);
  if (rest_squares <= 1e-12 * product(now, now)) return std::nullopt;
  Giveaway best;
  for (const Future& future : futures) {
    const double share = share_of(rest, rest_squares, future.values, future.squares);
    // What all but says the next value says much of the means as well: the nearest counts.
    if (share <= best.squared_correlation + 1e-6) continue;
    best = {.shift = future.shift, .of_mean = future.of_mean, .squared_correlation = share};
  }
  if (best.squared_correlation < giveaway_share || follows_the_past(past, rest, rest_squares)) {
    return std::nullopt;
  }
  return best;
}

}  // namespace

std::vector<Giveaway> find_giveaways(const Frame& frame, std::size_t window, std::size_t horizon) {
  const double pairs = static_cast<double>(frame.targets.size() * frame.features.size());
  const double rows = static_cast<double>(std::min(frame.rows(), most_rows));
  const auto affordable = static_cast<std::size_t>(std::max(1.0, budget / (2 * rows * pairs)));
  const std::size_t furthest = std::min(window + horizon - 1, affordable);
  std::vector<Giveaway> found;
  for (const std::size_t target : frame.targets) {
    const OwnPast past(frame.columns[target], furthest);
    if (past.rows() == 0) continue;
    const std::vector<Future> futures = futures_of(past, furthest);
    for (std::size_t f = 0; f < frame.features.size(); ++f) {
      const std::size_t feature = frame.features[f];
      // What is declared to be known ahead may tell of the future.
      if (feature == target || frame.lead(f) > 0) continue;
      std::optional<Giveaway> giveaway = giveaway_of(past, futures, frame.columns[feature]);
      if (!giveaway) continue;
      giveaway->feature = feature;
      giveaway->target = target;
      found.push_back(*giveaway);
    }
  }
  return found;
}

std::string describe(const Giveaway& giveaway, const Frame& frame) {
  const std::string target = in_quotes(frame.names[giveaway.target]);
  const std::string what =
      giveaway.of_mean
          ? fmt::format("the mean of {} over the next {}", target, counted(giveaway.shift, "row"))
          : fmt::format("{} {} ahead", target, counted(giveaway.shift, "row"));
  return fmt::format(
      "column {} gives away {}: it explains {:.1f} % of what the last {} values of {} leave open "
      "(a rounded or noisy copy of the future, or a mean that looks ahead); leave it out of "
      "\"features\"",
      in_quotes(frame.names[giveaway.feature]), what, 100 * giveaway.squared_correlation, own_lags,
      target);
}

}  // namespace espalier
