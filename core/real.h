#pragma once

namespace espalier {

/// The one scalar type of the engine. Builds with ESPALIER_DOUBLE compute in double: central
/// differences prove a gradient there to 1e-7, while in float they prove nothing. The libraries
/// compiled so beside those in float call the namespace espalier_f64 (a macro of their build), so
/// that one program can hold both.
#ifdef ESPALIER_DOUBLE
using real = double;
#else
using real = float;
#endif

}  // namespace espalier
