#include "apps/run/interrupt.h"

#include <atomic>
#include <csignal>

namespace espalier {

namespace {

// A signal handler can reach nothing but a global; threads that train side by side read it.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

constexpr int watched[] = {SIGINT, SIGTERM, SIGHUP};

void note(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptWatch::InterruptWatch() {
  interrupted = false;
  for (const int signal : watched) {
    // Whoever started us may have had it ignored (nohup): then it stays ignored.
    if (std::signal(signal, note) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

InterruptWatch::~InterruptWatch() {
  for (const int signal : watched) {
    if (std::signal(signal, SIG_DFL) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

bool InterruptWatch::should_interrupt() {
  return interrupted;
}

}  // namespace espalier
