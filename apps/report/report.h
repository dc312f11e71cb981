#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/comparison/analysis.h"
#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"

namespace espalier {

/// What a report says of how it was made, and what it needs from outside.
struct ReportContext {
  /// Label and text, in order: "version", "CPU", "data seattle" (path and SHA-256).
  std::vector<std::pair<std::string, std::string>> provenance;
  /// JSON text, as given.
  std::string config;
  /// Chart.js as JavaScript text; without it the report has no charts, and says so.
  std::optional<std::string> chart_library;
  /// What came out, in two sentences.
  std::string answer;
};

/// The report of a comparison: one HTML page that needs no other file and no network. Works for
/// comparisons that are incomplete, or too small for any test.
std::string report_html(const Comparison& comparison, const ComparisonResults& results,
                        const Analysis& analysis, const ReportContext& context);

/// Chart.js as Debian's libjs-chart.js installs it; nothing where it isn't installed.
std::optional<std::string> installed_chart_library();

}  // namespace espalier
