#pragma once

namespace espalier {

/// The one scalar type of the engine. Builds with ESPALIER_DOUBLE compute in double: central
/// differences prove a gradient there to 1e-7, while in float they prove nothing.
#ifdef ESPALIER_DOUBLE
using real = double;
#else
using real = float;
#endif

}  // namespace espalier
