#include <nlohmann/json.hpp>

#include "apps/config/sections.h"
#include "apps/inspect/inspection.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const ParameterSummary& parameter) {
  return {{"name", parameter.name},
          {"shape", parameter.shape},
          {"parameters", parameter.size},
          {"pruned", parameter.pruned},
          {"sparsity", parameter.sparsity()},
          {"units", parameter.units},
          {"dead_units", parameter.dead_units},
          {"inputs", parameter.inputs},
          {"dead_inputs", parameter.dead_inputs},
          {"weight_norm", parameter.weight_norm},
          {"gradient_norm", parameter.gradient_norm}};
}

Json to_json(const OpSummary& op) {
  return {{"op", op.op},
          {"count", op.count},
          {"forward_us", op.forward_us},
          {"backward_us", op.backward_us},
          {"bytes", op.bytes}};
}

template <typename Items>
Json list_of(const Items& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

}  // namespace

std::string inspection_json(const Inspection& inspection, const std::string& page_path) {
  Json json{{"run", inspection.run.directory},
            {"page", page_path},
            {"config", Json::parse(inspection.run.resolved)},
            {"data_sha256", inspection.run.data_sha256},
            {"rows", inspection.rows},
            {"same_as_run", inspection.differences.empty()},
            {"differences", inspection.differences},
            {"epochs", inspection.epochs.size()},
            {"scored_epoch", inspection.scored_epoch},
            {"sparsity", inspection.sparsity().share()},
            {"pruned", inspection.sparsity().pruned},
            {"prunable", inspection.sparsity().prunable},
            {"parameters", list_of(inspection.parameters)},
            {"ops", list_of(summarise_ops(inspection.nodes))}};
  json["updates"] = Json::array();
  for (const std::string& line : inspection.pruning_lines) {
    json["updates"].push_back(Json::parse(line));
  }
  // A path may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace espalier
