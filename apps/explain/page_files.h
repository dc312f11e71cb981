#pragma once

#include <string_view>

namespace espalier {

/// explain.css and explain.js, compiled in.
extern const std::string_view explain_css;
extern const std::string_view explain_js;

}  // namespace espalier
