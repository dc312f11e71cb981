#pragma once

#include <string_view>

namespace espalier {

/// report.css and report.js, compiled in.
extern const std::string_view report_css;
extern const std::string_view report_js;

/// Where Chart.js was when this was built; may be empty.
extern const std::string_view chart_library_path;

}  // namespace espalier
