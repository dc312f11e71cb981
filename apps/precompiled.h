#pragma once

// Large headers that most files of this folder need. The compiler's time goes into the code of
// JSON more than into anything of ours: json_instantiation.cpp has the one copy of it.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<>;
extern template class nlohmann::basic_json<nlohmann::ordered_map>;
