#include "apps/backtest/backtest_view.h"

#include <fmt/format.h>

#include "apps/notice.h"
#include "apps/run/terminal.h"

namespace espalier {

BacktestView::BacktestView(std::size_t folds, std::size_t done, std::int64_t epochs)
    : folds_(folds), done_(done), epochs_(epochs), live_(can_redraw_stderr()) {}

BacktestView::~BacktestView() {
  erase();
}

void BacktestView::on_epoch(std::size_t fold, const EpochRecord& record) {
  if (folds_ == 1) {
    notice("epoch {:>3}/{}  train loss {:.5f}  validation loss {:.5f}  sparsity {:5.1f} %{}\n",
           record.epoch + 1, epochs_, record.train_loss, record.validation_loss,
           100 * record.sparsity, record.best ? "  best" : "");
    return;
  }
  if (!live_) return;
  erase();
  const std::string line =
      fmt::format("{}/{} trainings done; number {}: epoch {}/{}, validation loss {:.5f}", done_,
                  folds_, fold + 1, record.epoch + 1, epochs_, record.validation_loss);
  notice("{}", cut_to_width(line, terminal_width() - 1));
  drawn_ = true;
}

void BacktestView::on_end(std::size_t /*fold*/, const FoldResult& result) {
  erase();
  ++done_;
  const MethodScores& model = result.methods.front();
  for (std::size_t i = 0; i < result.cutoffs.size(); ++i) {
    const std::size_t number = folds_ == 1 ? i + 1 : done_;
    const std::size_t count = folds_ == 1 ? result.cutoffs.size() : folds_;
    notice("{:>{}}/{}  cutoff {}: {} MAE {:.6g}, {} {:.6g}\n", number, std::to_string(count).size(),
           count, result.cutoffs[i], model.name, model.by_cutoff[i].mae, result.methods[1].name,
           result.methods[1].by_cutoff[i].mae);
  }
}

void BacktestView::erase() {
  if (drawn_) notice("\r\033[K");
  drawn_ = false;
}

}  // namespace espalier
