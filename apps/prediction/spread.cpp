#include "apps/prediction/spread.h"

#include "apps/metrics/interval_metrics.h"
#include "apps/metrics/intervals.h"

namespace espalier {

std::vector<std::string> random_spread_columns() {
  return {"std", lower_name(100 * interval_level), upper_name(100 * interval_level)};
}

void append_random_spread(double forecast, double deviation, std::vector<double>& spread) {
  const double half_width = interval_deviations * deviation;
  spread.insert(spread.end(), {deviation, forecast - half_width, forecast + half_width});
}

}  // namespace espalier
