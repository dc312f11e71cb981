#pragma once

#include <span>

#include "apps/statistics/wilcoxon.h"

namespace espalier {

/// Matched-pairs rank-biserial correlation, (R⁺ − R⁻) / (R⁺ + R⁻) of the signed ranks (Kerby, "The
/// simple difference formula", Comprehensive Psychology 3, 2014): from −1, every value below its
/// reference, to 1. 0 where no pair differs.
double rank_biserial_correlation(const WilcoxonResult& signed_ranks);

/// Median over the blocks of 100 (value − reference) / reference: −5 where the typical value is 5 %
/// below its reference. Throws Error where a reference is not above 0, and as
/// wilcoxon_signed_rank_test does.
double median_percent_change(std::span<const double> values, std::span<const double> reference);

}  // namespace espalier
