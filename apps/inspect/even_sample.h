#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace espalier {

/// Of many items that come one by one, keeps at most `capacity` (2 or more), evenly spread, always
/// the first and the last: every n-th, where n doubles whenever they become too many.
template <typename T>
class EvenSample {
 public:
  explicit EvenSample(std::size_t capacity) : capacity_(capacity) {}

  void add(T item) {
    last_.reset();
    if (count_++ % stride_ != 0) {
      last_ = std::move(item);
      return;
    }
    kept_.push_back(std::move(item));
    if (kept_.size() == capacity_) thin_out();
  }

  /// How many have come.
  std::size_t count() const { return count_; }

  /// Those kept, in the order in which they came.
  std::vector<T> items() const {
    std::vector<T> all = kept_;
    if (last_) all.push_back(*last_);
    return all;
  }

 private:
  void thin_out() {
    if (kept_.size() % 2 == 0) last_ = std::move(kept_.back());
    std::vector<T> fewer;
    for (std::size_t i = 0; i < kept_.size(); i += 2) fewer.push_back(std::move(kept_[i]));
    kept_ = std::move(fewer);
    stride_ *= 2;
  }

  std::size_t capacity_;
  std::size_t stride_ = 1;
  std::size_t count_ = 0;
  std::vector<T> kept_;
  std::optional<T> last_;  // of those that came, where it isn't among the kept
};

}  // namespace espalier
