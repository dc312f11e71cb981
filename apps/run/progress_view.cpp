#include "apps/run/progress_view.h"

#include <string>

#include "apps/notice.h"
#include "apps/run/terminal.h"

namespace espalier {

namespace {

constexpr std::int64_t bar_width = 24;
constexpr auto redraw_interval = std::chrono::milliseconds(100);

}  // namespace

ProgressView::ProgressView(std::int64_t epochs) : epochs_(epochs), live_(can_redraw_stderr()) {}

ProgressView::~ProgressView() {
  clear_bar();
}

void ProgressView::on_step(const TrainingProgress& progress, double loss) {
  if (!live_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < redraw_interval) return;
  drawn_ = now;
  const std::int64_t filled = bar_width * (progress.batch + 1) / progress.batches_per_epoch;
  std::string bar;
  for (std::int64_t i = 0; i < bar_width; ++i) bar += i < filled ? "█" : "·";
  notice("\r\033[Kepoch {:>3}/{}  {}  loss {:.5f}", progress.epoch + 1, epochs_, bar, loss);
}

void ProgressView::on_epoch(const EpochRecord& record) {
  clear_bar();
  notice("epoch {:>3}/{}  train loss {:.5f}  validation loss {:.5f}  sparsity {:5.1f} %{}\n",
         record.epoch + 1, epochs_, record.train_loss, record.validation_loss,
         100 * record.sparsity, record.best ? "  best" : "");
}

void ProgressView::clear_bar() {
  // Only what was drawn: a view that was told nothing prints nothing.
  if (drawn_ != std::chrono::steady_clock::time_point{}) std::fputs("\r\033[K", stderr);
}

}  // namespace espalier
