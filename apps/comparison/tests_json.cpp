#include <nlohmann/json.hpp>

#include "apps/comparison/tables.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

Json friedman_json(const Comparison& comparison, const FriedmanResult& friedman) {
  Json ranks;
  for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
    ranks[comparison.arms[arm]] = friedman.average_ranks[arm];
  }
  Json json{{"average_ranks", ranks}, {"tested", friedman.tested}};
  if (friedman.tested) {
    json["chi_square"] = friedman.chi_square;
    json["chi_square_p"] = friedman.chi_square_p;
    json["iman_davenport_f"] = friedman.f;
    json["iman_davenport_p"] = friedman.f_p;
    json["tie_correction"] = friedman.tie_correction;
  }
  if (!friedman.note.empty()) json["note"] = friedman.note;
  return json;
}

Json pair_json(const Comparison& comparison, const PairTest& pair) {
  return {{"arm", comparison.arms[pair.arm]},
          {"reference", comparison.arms[comparison.reference]},
          {"wins", pair.wins},
          {"losses", pair.losses},
          {"wilcoxon_w", pair.wilcoxon.statistic},
          {"wilcoxon_p", pair.wilcoxon.p},
          {"exact", pair.wilcoxon.exact},
          {"pairs", pair.wilcoxon.pairs},
          {"holm_p", pair.holm_p},
          {"rank_biserial", pair.rank_biserial},
          {"median_percent_change", pair.median_percent_change}};
}

Json score_json(const Comparison& comparison, const ScoreTests& tests) {
  Json json{{"friedman", friedman_json(comparison, tests.friedman)}};
  if (tests.critical_difference) {
    Json groups = Json::array();
    for (const std::vector<std::size_t>& clique : tests.cliques) {
      Json group = Json::array();
      for (const std::size_t arm : clique) group.push_back(comparison.arms[arm]);
      groups.push_back(group);
    }
    json["nemenyi"] = {{"alpha", 0.05},
                       {"critical_difference", *tests.critical_difference},
                       {"not_told_apart", groups}};
  }
  json["pairs"] = Json::array();
  for (const PairTest& pair : tests.pairs) json["pairs"].push_back(pair_json(comparison, pair));
  return json;
}

}  // namespace

std::string tests_json(const Comparison& comparison, const Analysis& analysis) {
  Json json{{"block",
             "data set × model × window, and whatever else the grid varies; trials are "
             "averaged first"},
            {"datasets", analysis.datasets},
            {"blocks", comparison.blocks.size()}};
  json["complete_blocks"] = Json::array();
  for (const std::size_t block : analysis.complete_blocks) {
    json["complete_blocks"].push_back(comparison.blocks[block].name);
  }
  json["smallest_attainable_p"] = analysis.smallest_p;
  json["smallest_attainable_holm_p"] = analysis.smallest_holm_p;
  for (const ScoreTests& tests : analysis.tests) {
    json[tests.score] = score_json(comparison, tests);
  }
  return json.dump(2) + "\n";
}

}  // namespace espalier
