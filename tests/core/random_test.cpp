#include "core/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "core/kernels/kernels.h"

namespace espalier::test {

namespace {

using Block = std::array<std::uint32_t, 4>;

// Upper 0.1% points of chi-square with 99 and 255 degrees of freedom, from its tables.
constexpr double critical_99 = 148.230;
constexpr double critical_255 = 330.520;

double chi_square(const std::vector<std::int64_t>& counts) {
  const auto total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  const double expected = static_cast<double>(total) / static_cast<double>(counts.size());
  double sum = 0;
  for (const std::int64_t count : counts) {
    const double off = static_cast<double>(count) - expected;
    sum += off * off / expected;
  }
  return sum;
}

double correlation(RandomStream a, RandomStream b) {
  double sum = 0;
  constexpr int draws = 20'000;
  for (int i = 0; i < draws; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
  return sum / draws * 12;
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the known answers of Random123") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) ==
        Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream reads the blocks of its key one after the other") {
  RandomStream stream(RandomKey(0x0000000200000001));
  std::vector<std::uint32_t> expected;
  for (const std::uint32_t index : {0U, 1U, 2U}) {
    const Block block = philox({index, 0, 0, 0}, {1, 2});
    expected.insert(expected.end(), block.begin(), block.end());
  }
  for (const std::uint32_t word : expected) CHECK(stream.word() == word);
}

TEST_CASE("uniform lies in [0, 1) and fills it evenly") {
  RandomStream stream(RandomKey(7));
  std::vector<std::int64_t> counts(100);
  double sum = 0;
  bool inside = true;
  for (int i = 0; i < 200'000; ++i) {
    const double draw = stream.uniform();
    inside = inside && draw >= 0 && draw < 1;
    ++counts[static_cast<std::size_t>(draw * 100)];
    sum += draw;
  }
  CHECK(inside);
  CHECK(chi_square(counts) < critical_99);
  CHECK(std::abs(sum / 200'000 - 0.5) < 4 * std::sqrt(1.0 / 12 / 200'000));
}

TEST_CASE("the chi-square test sees a cell that loses a quarter of its draws") {
  RandomStream stream(RandomKey(7));
  std::vector<std::int64_t> counts(100);
  for (int i = 0; i < 200'000; ++i) {
    const auto cell = static_cast<std::size_t>(stream.uniform() * 100);
    ++counts[cell == 42 && i % 4 == 0 ? 41 : cell];
  }
  CHECK(chi_square(counts) > critical_99);
}

TEST_CASE("every byte of a word is even") {
  RandomStream stream(RandomKey(8));
  std::array<std::vector<std::int64_t>, 4> counts;
  counts.fill(std::vector<std::int64_t>(256));
  for (int i = 0; i < 100'000; ++i) {
    const std::uint32_t word = stream.word();
    for (std::size_t byte = 0; byte < 4; ++byte) ++counts[byte][word >> (8 * byte) & 255];
  }
  for (const auto& of_byte : counts) CHECK(chi_square(of_byte) < critical_255);
}

TEST_CASE("below stays below its bound and favours nothing") {
  RandomStream stream(RandomKey(9));
  std::vector<std::int64_t> counts(100);
  bool inside = true;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t draw = stream.below(100);
    inside = inside && draw < 100;
    if (draw < 100) ++counts[draw];
  }
  CHECK(inside);
  CHECK(chi_square(counts) < critical_99);
  for (int i = 0; i < 10; ++i) CHECK(stream.below(1) == 0);
}

TEST_CASE("below is unbiased where a remainder alone would not be") {
  // Of 2⁶⁴ values, a bound of 3·2⁶² leaves 2⁶² to be drawn again. Taking the remainder instead
  // would put half of all draws into the lowest third.
  RandomStream stream(RandomKey(10));
  constexpr std::uint64_t third = std::uint64_t{1} << 62;
  std::int64_t lowest = 0;
  for (int i = 0; i < 30'000; ++i) lowest += stream.below(3 * third) < third;
  CHECK(std::abs(static_cast<double>(lowest) / 30'000 - 1.0 / 3) < 0.011);  // 4 deviations
}

TEST_CASE("fill_uniform stays in its range and depends on its key alone") {
  std::vector<real> values(10'000);
  fill_uniform(RandomKey(3), -2, 5, values);
  CHECK(*std::ranges::min_element(values) >= -2);
  CHECK(*std::ranges::max_element(values) <= 5);
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 10'000;
  CHECK(std::abs(mean - 1.5) < 4 * 7 / std::sqrt(12.0 * 10'000));

  std::vector<real> again(20);
  fill_uniform(RandomKey(3), -2, 5, again);
  CHECK(std::equal(again.begin(), again.end(), values.begin()));
  fill_uniform(RandomKey(4), -2, 5, again);
  CHECK(!std::equal(again.begin(), again.end(), values.begin()));
}

TEST_CASE("fill_keep_mask drops the asked share, all or nothing at the ends") {
  std::vector<std::uint8_t> keep(100'003, 9);
  for (const double rate : {0.1, 0.3, 0.5, 0.9}) {
    CAPTURE(rate);
    fill_keep_mask(RandomKey(5), rate, keep);
    const auto kept = std::ranges::count(keep, 1);
    CHECK(kept + std::ranges::count(keep, 0) == std::ssize(keep));
    const double deviation = std::sqrt(rate * (1 - rate) * 100'003);
    CHECK(std::abs(static_cast<double>(kept) - (1 - rate) * 100'003) < 4 * deviation);
  }
  fill_keep_mask(RandomKey(5), 0, keep);
  CHECK(std::ranges::count(keep, 1) == std::ssize(keep));
  fill_keep_mask(RandomKey(5), 1, keep);
  CHECK(std::ranges::count(keep, 0) == std::ssize(keep));
}

TEST_CASE("fill_keep_mask compares the halves of Philox's words, group by group") {
  const RandomKey key(7);
  const auto low = static_cast<std::uint32_t>(key.value());
  const auto high = static_cast<std::uint32_t>(key.value() >> 32);
  std::vector<std::uint8_t> expected;
  for (std::uint32_t group = 0; group < 4; ++group) {
    for (const std::size_t first_word : {0U, 2U}) {
      for (std::uint32_t counter = 8 * group; counter < 8 * group + 8; ++counter) {
        const auto words = philox({counter, 0, 0, 0}, {low, high});
        for (const std::uint32_t word : {words[first_word], words[first_word + 1]}) {
          expected.push_back((word & 0xFFFF) >= 16384);
          expected.push_back((word >> 16) >= 16384);
        }
      }
    }
  }
  for (const std::size_t n : {1U, 63U, 64U, 65U, 200U, 256U}) {
    CAPTURE(n);
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      std::vector<std::uint8_t> keep(n + 1, 9);
      table->keep_mask(key.value(), 16384, n, keep.data());
      CHECK(std::equal(keep.begin(), keep.end() - 1, expected.begin()));
      CHECK(keep.back() == 9);
    }
  }
}

TEST_CASE("shuffle gives a permutation, another one for another key") {
  std::vector<std::size_t> ordered(1000);
  std::iota(ordered.begin(), ordered.end(), std::size_t{0});
  auto items = ordered;
  shuffle(RandomKey(1), items);
  CHECK(items != ordered);
  CHECK(std::ranges::is_permutation(items, ordered));
  auto again = ordered;
  shuffle(RandomKey(1), again);
  CHECK(again == items);
  auto other = ordered;
  shuffle(RandomKey(2), other);
  CHECK(other != items);
  std::vector<std::size_t> none;
  shuffle(RandomKey(1), none);
  CHECK(none.empty());
}

TEST_CASE("shuffle puts every item everywhere equally often") {
  std::vector<std::int64_t> counts(100);
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    std::vector<std::size_t> items{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    shuffle(RandomKey(seed), items);
    for (std::size_t place = 0; place < 10; ++place) ++counts[10 * items[place] + place];
  }
  CHECK(chi_square(counts) < critical_99);
}

TEST_CASE("derived keys differ from each other and from their parent") {
  const RandomKey root(42);
  std::set<std::uint64_t> seen{root.value()};
  for (std::uint64_t tag = 0; tag < 1000; ++tag) seen.insert(root.derive(tag).value());
  for (const char* purpose : {"", "shuffle", "dropout", "dropout.", "initialise"}) {
    seen.insert(root.derive(purpose).value());
  }
  seen.insert(root.derive("a").derive("b").value());
  seen.insert(root.derive("b").derive("a").value());
  seen.insert(root.derive("ab").value());
  CHECK(seen.size() == 1 + 1000 + 5 + 3);
  CHECK(root.derive("shuffle").value() == RandomKey(42).derive("shuffle").value());
  CHECK(root.derive("shuffle").value() != RandomKey(43).derive("shuffle").value());
}

TEST_CASE("a derived key is none of the numbers its parent draws") {
  const RandomKey root(42);
  for (std::uint32_t tag = 0; tag < 100; ++tag) {
    const Block drawn = philox({tag, 0, 0, 0}, {42, 0});
    CHECK(root.derive(tag).value() != (drawn[0] | std::uint64_t{drawn[1]} << 32));
  }
}

TEST_CASE("streams of derived keys are not correlated") {
  const RandomKey root(42);
  const double limit = 4 / std::sqrt(20'000.0);
  const RandomStream parent(root);
  for (std::uint64_t tag = 0; tag < 10; ++tag) {
    const RandomStream one(root.derive(tag));
    CHECK(std::abs(correlation(one, RandomStream(root.derive(tag + 1)))) < limit);
    CHECK(std::abs(correlation(one, parent)) < limit);
  }
  CHECK(correlation(parent, parent) > 0.9);  // the measure does see a correlation
}

}  // namespace espalier::test
