#pragma once

#include <string_view>

namespace espalier {

/// The report's style and script, compiled in.
extern const std::string_view report_css;
extern const std::string_view report_js;

/// Those of the page of `espalier explain`; its style comes after the report's.
extern const std::string_view explain_css;
extern const std::string_view explain_js;

/// Those of inspect.html: its style comes after the report's, and its charts before its script.
extern const std::string_view inspect_css;
extern const std::string_view inspect_js;
extern const std::string_view inspect_charts_js;

/// Where Chart.js was when this was built; may be empty.
extern const std::string_view chart_library_path;

}  // namespace espalier
