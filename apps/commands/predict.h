#pragma once

namespace espalier {

class Command;

/// `espalier predict RUN --input FILE`: what a finished run forecasts after the rows of a file, as
/// long CSV. `--stream`: after rows from stdin, as they come.
void add_predict(Command& app, int& exit_code);

}  // namespace espalier
