#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace espalier {

/// While it lives, numbers too small for a float's full precision count as 0 on this thread:
/// arithmetic with them is many times slower, and training makes them as gradients vanish.
class FlushDenormals {
 public:
  FlushDenormals() : before_(control()) { set_control(before_ | flush_bits); }
  ~FlushDenormals() { set_control(before_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__x86_64__)
  static constexpr std::uint64_t flush_bits = 0x8040;  // MXCSR: results and operands
  static std::uint64_t control() {
    return _mm_getcsr();
  }
  static void set_control(std::uint64_t bits) {
    _mm_setcsr(static_cast<unsigned>(bits));
  }
#elif defined(__aarch64__)
  static constexpr std::uint64_t flush_bits = std::uint64_t{1} << 24;  // FPCR.FZ
  static std::uint64_t control() {
    std::uint64_t bits = 0;
    asm volatile("mrs %0, fpcr" : "=r"(bits));
    return bits;
  }
  static void set_control(std::uint64_t bits) {
    asm volatile("msr fpcr, %0" : : "r"(bits));
  }
#else
  static constexpr std::uint64_t flush_bits = 0;
  static std::uint64_t control() {
    return 0;
  }
  static void set_control(std::uint64_t) {}
#endif

  std::uint64_t before_;
};

}  // namespace espalier
