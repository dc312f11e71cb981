#include "apps/report/critical_difference_diagram.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "apps/report/charts.h"
#include "apps/report/html.h"

namespace espalier {

namespace {

// Lengths in units of the view box, at the font size below one pixel each.
constexpr double font_size = 14;
constexpr double letter_width = 8.2;
constexpr double axis_length = 420;
constexpr double axis_y = 74;
constexpr double difference_y = 26;
constexpr double bar_spacing = 9;
constexpr double label_spacing = 22;
constexpr double margin = 14;
constexpr std::size_t longest_name = 28;

/// At most longest_name characters; a character is all bytes up to the next that starts one.
std::string shortened(const std::string& name) {
  std::size_t characters = 0;
  std::size_t cut = name.size();
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((static_cast<unsigned char>(name[i]) & 0xC0) == 0x80) continue;
    if (++characters == longest_name) cut = i;
    if (characters > longest_name) return name.substr(0, cut) + "…";
  }
  return name;
}

/// Draws one diagram, from top to bottom.
class Diagram {
 public:
  explicit Diagram(const RankedArms& arms)
      : arms_(arms),
        order_(arms.names.size()),
        last_rank_(std::max(2.0, static_cast<double>(order_.size()))) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, {}, [&](std::size_t arm) { return arms_.ranks[arm]; });
    std::size_t longest = 0;
    for (std::size_t arm = 0; arm < order_.size(); ++arm) {
      longest = std::max(longest, std::min(arms.names[arm].size(), longest_name));
    }
    // Name, rank and a gap on either side.
    axis_x_ = margin + letter_width * static_cast<double>(longest + 9);
    labels_y_ = axis_y + bar_spacing * static_cast<double>(arms.cliques.size()) + label_spacing + 6;
  }

  std::string svg() {
    draw_axis();
    draw_difference();
    draw_cliques();
    const std::size_t on_left = (order_.size() + 1) / 2;
    for (std::size_t place = 0; place < order_.size(); ++place) {
      const bool left = place < on_left;
      draw_arm(order_[place], left ? place : order_.size() - 1 - place, left);
    }
    const double width = 2 * axis_x_ + axis_length;
    const double height = labels_y_ + label_spacing * static_cast<double>(on_left);
    return fmt::format(
        "<svg class=\"ranks\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" height=\"{1:g}\" "
        "font-size=\"{2:g}\" role=\"img\" aria-label=\"{3}\">\n{4}</svg>\n",
        width, height, font_size, escape_html(description()), body_);
  }

 private:
  double x_of(double rank) const { return axis_x_ + axis_length * (rank - 1) / (last_rank_ - 1); }

  void line(std::string_view name, double x1, double y1, double x2, double y2) {
    body_ += fmt::format(
        "<line class=\"{}\" x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\"/>\n", name, x1,
        y1, x2, y2);
  }

  void text(std::string_view name, double x, double y, std::string_view anchor,
            std::string_view html) {
    body_ +=
        fmt::format("<text class=\"{}\" x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"{}\">{}</text>\n",
                    name, x, y, anchor, html);
  }

  void draw_axis() {
    line("axis", x_of(1), axis_y, x_of(last_rank_), axis_y);
    for (double rank = 1; rank <= last_rank_; ++rank) {
      line("axis", x_of(rank), axis_y - 6, x_of(rank), axis_y);
      text("tick", x_of(rank), axis_y - 11, "middle", fmt::format("{:g}", rank));
    }
    text("end", x_of(1) - 12, axis_y + 4, "end", "best");
    text("end", x_of(last_rank_) + 12, axis_y + 4, "start", "worst");
  }

  void draw_difference() {
    if (!arms_.critical_difference) return;
    const double difference = *arms_.critical_difference;
    const bool fits = difference <= last_rank_ - 1;
    const double end = fits ? x_of(1 + difference) : x_of(last_rank_);
    line("difference", x_of(1), difference_y, end, difference_y);
    line("difference", x_of(1), difference_y - 5, x_of(1), difference_y + 5);
    if (fits) line("difference", end, difference_y - 5, end, difference_y + 5);
    text("difference", x_of(1), difference_y - 9, "start",
         fmt::format("CD = {:.2f}{}", difference, fits ? "" : ", longer than the axis"));
  }

  void draw_cliques() {
    double y = axis_y + bar_spacing + 1;
    for (const std::vector<std::size_t>& clique : arms_.cliques) {
      const auto [first, last] = std::ranges::minmax_element(
          clique, {}, [&](std::size_t arm) { return arms_.ranks[arm]; });
      line("clique", x_of(arms_.ranks[*first]) - 4, y, x_of(arms_.ranks[*last]) + 4, y);
      y += bar_spacing;
    }
  }

  /// `level` counts from the top; the outer arms are above, so that no line crosses another.
  void draw_arm(std::size_t arm, std::size_t level, bool left) {
    const double x = x_of(arms_.ranks[arm]);
    const double y = labels_y_ + label_spacing * static_cast<double>(level);
    const double end = left ? axis_x_ - 20 : axis_x_ + axis_length + 20;
    body_ += fmt::format("<g style=\"--arm:var({})\">", arm_colour(arm));
    line("leader", x, axis_y, x, y);
    line("leader", x, y, end, y);
    body_ += fmt::format("<circle cx=\"{:.2f}\" cy=\"{:g}\" r=\"4\"/>\n", x, axis_y);
    const std::string name = escape_html(shortened(arms_.names[arm]));
    const std::string rank = fmt::format("<tspan class=\"rank\">{:.2f}</tspan>", arms_.ranks[arm]);
    text("arm", left ? end - 6 : end + 6, y + 5, left ? "end" : "start",
         fmt::format("<title>{}</title>{}", escape_html(arms_.names[arm]),
                     left ? name + " " + rank : rank + " " + name));
    body_ += "</g>\n";
  }

  std::string description() const {
    std::string text = "Average ranks, best first:";
    for (const std::size_t arm : order_) {
      text += fmt::format(" {} {:.2f};", arms_.names[arm], arms_.ranks[arm]);
    }
    text.back() = '.';
    return text;
  }

  const RankedArms& arms_;
  /// Arms from best to worst.
  std::vector<std::size_t> order_;
  double last_rank_;
  double axis_x_ = 0;
  double labels_y_ = 0;
  std::string body_;
};

}  // namespace

std::string critical_difference_svg(const RankedArms& arms) {
  return Diagram(arms).svg();
}

}  // namespace espalier
