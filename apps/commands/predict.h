#pragma once

namespace CLI {
class App;
}

namespace espalier {

/// `espalier predict RUN --input FILE`: what a finished run forecasts behind the rows of a file, as
/// long CSV.
void add_predict(CLI::App& app);

}  // namespace espalier
