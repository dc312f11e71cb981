#pragma once

namespace CLI {
class App;
}

namespace espalier {

/// `espalier predict RUN --input FILE`: what a finished run forecasts behind the rows of a file, as
/// long CSV. `--stream`: behind rows from stdin, as they come.
void add_predict(CLI::App& app, int& exit_code);

}  // namespace espalier
