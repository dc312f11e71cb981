#pragma once

#include <string>

#include "apps/inspect/inspection.h"

namespace espalier {

/// What terminal and page both say of a run: what it was, …
std::string what_was_run(const Inspection& inspection);
/// … how much it pruned and which weights it chose, …
std::string what_came_of_it(const Inspection& inspection);
/// … and whether it could be repeated.
std::string whether_the_same(const Inspection& inspection);

}  // namespace espalier
