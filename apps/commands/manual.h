#pragma once

namespace espalier {

class Command;

/// `espalier manual` and `espalier completion SHELL`: the manual page and the scripts for shells,
/// made of the command line that `app` is. It is read when the command runs, so that it holds the
/// commands added later.
void add_manual(Command& app);

}  // namespace espalier
