#pragma once

namespace espalier {

/// Which of two sets of rules a run follows (both first-class, never mixed silently).
enum class Protocol {
  honest,  ///< the repaired method and evaluation; the default
  author,  ///< the published scripts of arXiv 2508.09330, number for number, quirks included
};

}  // namespace espalier
