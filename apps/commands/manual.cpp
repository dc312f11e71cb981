#include "apps/commands/manual.h"

#include <memory>
#include <string>

#include "apps/cli/command.h"
#include "apps/commands/output.h"
#include "apps/manual/completion.h"
#include "apps/manual/manual_page.h"

namespace espalier {

namespace {

std::string completion(const CommandDescription& program, const std::string& shell) {
  if (shell == "zsh") return zsh_completion(program);
  if (shell == "fish") return fish_completion(program);
  return bash_completion(program);
}

}  // namespace

void add_manual(Command& app) {
  Command* manual = app.add_subcommand("manual", "Print the manual page, for man -l");
  manual->callback([&app] { print_output(manual_page(describe(app))); });

  Command* command =
      app.add_subcommand("completion", "Print the script that completes this command line");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "Shell to complete it in")
      ->required()
      ->type_name("SHELL")
      ->check(one_of({"bash", "zsh", "fish"}));
  command->callback([&app, shell] { print_output(completion(describe(app), *shell)); });
}

}  // namespace espalier
