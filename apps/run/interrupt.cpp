#include "apps/run/interrupt.h"

#include <csignal>

namespace espalier {

namespace {

// A signal handler can reach nothing but a global.
volatile std::sig_atomic_t interrupted = 0;

constexpr int watched[] = {SIGINT, SIGTERM, SIGHUP};

void note(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptWatch::InterruptWatch() {
  interrupted = 0;
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
  return interrupted != 0;
}

}  // namespace espalier
