#include "apps/run/observed_run.h"

#include <vector>

#include "apps/run/interrupt.h"
#include "apps/run/progress_view.h"

namespace espalier {

Trainer::Outcome run_observed(Trainer& trainer, TrainingObserver& observer, bool quiet) {
  std::vector<TrainingObserver*> observers{&observer};
  ProgressView progress(trainer.epochs());
  if (!quiet) observers.push_back(&progress);
  InterruptWatch watch;
  observers.push_back(&watch);
  return trainer.run(observers);
}

}  // namespace espalier
