#pragma once

namespace espalier {

class Command;

/// `espalier predict RUN --input FILE`: what a finished run forecasts behind the rows of a file, as
/// long CSV.
void add_predict(Command& app);

}  // namespace espalier
