#include <fstream>
#include <sstream>
#include <string>

#include "apps/report/page_files.h"
#include "apps/report/report.h"

namespace espalier {

namespace {

/// Where Debian puts it.
constexpr std::string_view usual_path = "/usr/share/javascript/chart.js/chart.min.js";

}  // namespace

std::optional<std::string> installed_chart_library() {
  for (const std::string_view path : {chart_library_path, usual_path}) {
    std::ifstream file(std::string(path), std::ios::binary);
    std::ostringstream text;
    if (file && text << file.rdbuf()) return text.str();
  }
  return std::nullopt;
}

}  // namespace espalier
