#pragma once

namespace CLI {
class App;
}

namespace espalier {

/// `espalier evaluate RUN --input FILE`: scores of a finished run's model on every window of a
/// file, beside naive forecasts.
void add_evaluate(CLI::App& app);

}  // namespace espalier
