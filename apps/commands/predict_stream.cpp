#include "apps/commands/predict_stream.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "apps/cli/exit_codes.h"
#include "apps/data/cell_text.h"
#include "apps/notice.h"
#include "apps/prediction/latency.h"
#include "apps/run/interrupt.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

/// Bytes of a line; what is longer can't be a row.
constexpr std::size_t longest_line = std::size_t{1} << 20;

/// Lines of stdin, as they come.
class LineSource {
 public:
  explicit LineSource(InterruptWatch& watch) : watch_(watch) {}

  enum class Result { line, too_long, end, interrupted };

  /// Waits for the next line; `line`, without its end, is valid until the next call.
  Result next(std::string_view& line) {
    buffer_.erase(0, used_);
    used_ = 0;
    std::size_t searched = 0;
    while (true) {
      const std::size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos) return give(end, end + 1, line);
      searched = buffer_.size();
      if (searched > longest_line) {
        overlong_ = true;
        buffer_.clear();
        searched = 0;
      }
      if (watch_.should_interrupt()) return Result::interrupted;
      if (ended_) {
        if (buffer_.empty() && !overlong_) return Result::end;
        return give(buffer_.size(), buffer_.size(), line);
      }
      read_more();
    }
  }

 private:
  Result give(std::size_t length, std::size_t used, std::string_view& line) {
    line = std::string_view(buffer_).substr(0, length);
    if (line.ends_with('\r')) line.remove_suffix(1);
    used_ = used;
    return std::exchange(overlong_, false) ? Result::too_long : Result::line;
  }

  void read_more() {
    // A read would be begun again after a signal; a poll isn't. The limit is for a signal that
    // comes just before it.
    pollfd watched{STDIN_FILENO, POLLIN, 0};
    if (::poll(&watched, 1, /*milliseconds=*/500) <= 0) return;
    std::array<char, 65536> bytes;
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count > 0) {
      buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      ended_ = true;
    } else if (errno != EINTR && errno != EAGAIN) {
      throw Error(fmt::format("cannot read standard input: {}", std::strerror(errno)));
    }
  }

  InterruptWatch& watch_;
  std::string buffer_;
  /// Bytes of the line given last.
  std::size_t used_ = 0;
  bool overlong_ = false;
  bool ended_ = false;
};

/// While it lives, writing to a pipe that nobody reads is an error, not the end.
class PipeGuard {
 public:
  PipeGuard() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  PipeGuard(const PipeGuard&) = delete;
  PipeGuard& operator=(const PipeGuard&) = delete;
  ~PipeGuard() { std::signal(SIGPIPE, before_); }

 private:
  void (*before_)(int);
};

/// False where nobody reads stdout any more. Throws Error for any other failure.
bool write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      return false;
    } else if (errno != EINTR) {
      throw Error(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    }
  }
  return true;
}

double microseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
      .count();
}

/// Returns the exit code.
int run_stream(PredictionStream& stream, LineSource& lines, Latency& latency) {
  std::string out;
  std::string_view line;
  for (std::size_t number = 1;; ++number) {
    const LineSource::Result result = lines.next(line);
    if (result == LineSource::Result::end) {
      if (stream.rows_missing() > 0) {
        notice("note: no forecast: it takes {} rows, {} were still to come\n", stream.window(),
               stream.rows_missing());
      }
      return exit_codes::success;
    }
    if (result == LineSource::Result::interrupted) return exit_codes::interrupted;
    const auto begin = std::chrono::steady_clock::now();
    out.clear();
    bool forecast = false;
    try {
      if (result == LineSource::Result::too_long) {
        throw Error(fmt::format("is longer than {} bytes", longest_line));
      }
      forecast = stream.take(line, out);
    } catch (const UsageError&) {
      throw;
    } catch (const Error& error) {
      notice("line {}: {}; left out\n", number, error.what());
    }
    const std::string note = stream.take_note();
    if (!note.empty()) notice("line {}: {}\n", number, note);
    if (!write_out(out)) return exit_codes::success;
    if (forecast) latency.add(microseconds_since(begin));
  }
}

}  // namespace

int predict_stream(const PredictStreamOptions& options) {
  PredictionStream stream(options.run, options.horizon, options.format);
  const PipeGuard guard;
  InterruptWatch watch;
  LineSource lines(watch);
  Latency latency;
  const int exit_code = run_stream(stream, lines, latency);
  if (options.latency) {
    notice("{}: p50 {:.0f} us, p99 {:.0f} us from a row read to its forecast written\n",
           counted(latency.count(), "forecast"), latency.quantile(0.5), latency.quantile(0.99));
  }
  return exit_code;
}

}  // namespace espalier
