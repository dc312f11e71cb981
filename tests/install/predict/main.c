#include <espalier/espalier.h>
#include <stdio.h>

int main(void) {
  espalier_predictor* predictor = NULL;
  const espalier_status status = espalier_load("nowhere", &predictor);
  printf("%s: %s\n", espalier_status_text(status), espalier_message(predictor));
  espalier_free(predictor);
  return 0;
}
