#include "apps/commands/schema.h"

#include <memory>

#include "apps/commands/output.h"
#include "apps/comparison/read_comparison.h"
#include "apps/config/catalogue.h"
#include "apps/config/schema.h"

namespace espalier {

void add_schema(Command& app) {
  Command* command = app.add_subcommand("schema", "Print the JSON Schema of a config, for editors");
  auto comparison = std::make_shared<bool>(false);
  command->add_flag("--comparison", *comparison, "Of a comparison's config instead of a run's");
  command->callback([comparison] {
    const Catalogue catalogue = registered_components();
    print_output(*comparison ? comparison_schema_json(catalogue) : schema_json(catalogue));
  });
}

}  // namespace espalier
