#pragma once

namespace CLI {
class App;
}

namespace espalier {

/// `espalier backtest CONFIG`: trains and forecasts from several cutoffs in the past and scores
/// each. Sets `exit_code` to 0, or to 130 if it was interrupted (and can be resumed).
void add_backtest(CLI::App& app, int& exit_code);

}  // namespace espalier
