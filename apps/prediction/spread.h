#pragma once

#include <string>
#include <vector>

namespace espalier {

/// What tells beside a random forecast how sure it is, as columns of a file: the standard deviation
/// over the passes and, of the normal distribution that it belongs to, the interval of
/// interval_level: "std", "lo-90", "hi-90".
std::vector<std::string> random_spread_columns();
void append_random_spread(double forecast, double deviation, std::vector<double>& spread);

}  // namespace espalier
