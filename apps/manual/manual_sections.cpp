#include <fmt/format.h>

#include "apps/cli/exit_codes.h"
#include "apps/manual/manual_page.h"

namespace espalier {

namespace {

std::string entry(const std::string& name, const std::string& text) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}", name, roff_text(text));
}

std::string exit_status() {
  const auto code = [](int number, const std::string& text) {
    return entry(std::to_string(number), text);
  };
  return ".SH EXIT STATUS\n" + code(exit_codes::success, "Done.") +
         code(exit_codes::run_failed,
              "The contents of a file can't be used, a run or trial failed, or a check found "
              "something wrong.") +
         code(exit_codes::usage_wrong,
              "The command line or the config is wrong, or a file that they name: it is missing, "
              "has changed since, or can't be written.") +
         code(
             exit_codes::interrupted,
             "Interrupted by SIGINT (Ctrl-C), SIGTERM or SIGHUP. train, compare and backtest have saved "
             "what they had: --resume goes on.");
}

std::string files() {
  return ".SH FILES\n" +
         entry("CONFIG",
               "JSON, comments allowed. espalier list names what it can "
               "choose from, espalier schema prints its JSON Schema.") +
         entry("runs/\\fINAME\\fB", "What train leaves, and most other commands take as RUN:") +
         ".RS\n" +
         entry("config.json, config.resolved.json",
               "The config as given, and with every default.") +
         entry("metrics.json, metrics.jsonl",
               "Test scores beside those of naive forecasts; losses "
               "of each epoch.") +
         entry("forecasts.csv", "Every scored value with its forecast.") +
         entry("pruning.jsonl", "Every update of the mask.") +
         entry("model/", "The weights (safetensors) and what forecasting with them takes.") +
         entry("checkpoints/", "What --resume goes on from, and the best weights so far.") +
         entry("inspect.html", "What inspect saw.") +
         entry("meta.json, timing.jsonl", "What the run was made on, and how long it took.") +
         ".RE\n" +
         entry("/usr/share/javascript/chart.js/chart.min.js",
               "Chart.js for the charts of HTML pages, which then carry it within. Without it "
               "there are tables in their place.");
}

std::string environment() {
  return ".SH ENVIRONMENT\n" +
         entry("PATH",
               "Where dot(1) of Graphviz is looked for, for graph --output FILE.svg and "
               "the drawing in inspect.html.") +
         entry("TERM",
               "dumb, or not set: progress is told in lines instead of one line that is "
               "drawn again.");
}

/// Commands to copy, each with what it is for.
std::string examples() {
  constexpr const char* commands[][2] = {
      {"Train, then forecast after the rows of newer data:",
       "espalier train configs/seattle_weather.json --out runs/weather\n"
       "espalier predict runs/weather --input data/seattle-weather.csv"},
      {"The same with another learning rate and seed:",
       "espalier train configs/seattle_weather.json -o optimizer.lr=0.01 --seed 7"},
      {"A comparison, and the page with its result:",
       "espalier compare configs/compare_quick.json"},
      {"Completion in this shell:", "source <(espalier completion bash)"}};
  std::string text;
  for (const auto& [purpose, lines] : commands) {
    text += text.empty() ? ".SH EXAMPLES\n" : ".PP\n";
    text +=
        fmt::format("{}.PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n", roff_text(purpose), roff_literal(lines));
  }
  return text;
}

}  // namespace

std::string manual_description() {
  return ".SH DESCRIPTION\n" +
         roff_text(
             "espalier trains time-series forecasters on a CPU while pruning them: the weakest "
             "weights are removed during training, for good (arXiv 2508.09330). It takes a CSV "
             "file and a JSON config and needs nothing else. Every result stands beside those of "
             "naive forecasts.") +
         ".PP\n" +
         roff_text(
             "train makes a run, a directory; predict, evaluate, export, explain and inspect take it. "
             "Results go to standard output, notes and progress to standard error.");
}

std::string manual_sections() {
  return exit_status() + files() + environment() + examples();
}

}  // namespace espalier
