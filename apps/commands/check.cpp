#include "apps/commands/check.h"

#include <memory>
#include <string>
#include <vector>

#include "apps/cli/arguments.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/config/read_config.h"
#include "apps/config/resolved.h"
#include "apps/leakage/leak_proof.h"
#include "apps/notice.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"
#include "apps/training/regularizer_effect.h"

namespace espalier {

namespace {

int check(const std::string& config_path, const std::vector<std::string>& overrides) {
  const Catalogue catalogue = registered_components();
  const Config config = read_config(config_path, overrides, catalogue);
  const Frame raw = read_raw_frame(config.data, config.protocol);
  const ForecastingTask task = task_of_raw_rows(config.data, config.protocol, raw);
  check_regularizers_act(config, task);
  const Learner learner = make_learner(config, task.frame);
  print_output(resolved_json(config, catalogue));
  tell_notes(task.frame.notes);
  const std::string of_series = task.frame.has_series_column()
                                    ? " of " + std::to_string(task.frame.series.size()) + " series"
                                    : "";
  notice("{} rows{}; windows: {} to train, {} to validate, {} to score; {} parameters\n",
         task.frame.rows(), of_series, task.split.train.size(), task.split.validation.size(),
         task.split.test.size(), learner.model->parameters().count());
  const LeakProof proof = prove_no_leak(config, raw);
  notice("{}", leak_text(proof));
  return proof.leaks.empty() ? exit_codes::success : exit_codes::run_failed;
}

}  // namespace

void add_check(Command& app, int& exit_code) {
  Command* command = app.add_subcommand(
      "check", "Check a config, prove that nothing leaks from the future, and print every default");
  auto path = std::make_shared<std::string>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  add_config(*command, *path);
  add_overrides(*command, *overrides);
  command->callback([path, overrides, &exit_code] { exit_code = check(*path, *overrides); });
}

}  // namespace espalier
