#include "apps/f64/gradcheck/op_case.h"

#include "core/random.h"

namespace espalier {

namespace {

void draw(RandomKey key, Range range, std::vector<real>& elements) {
  if (range == Range::any) return fill_uniform(key, -2, 2, elements);
  fill_uniform(key, range == Range::positive ? 0 : 0.1, 2, elements);
  if (range == Range::positive) return;
  for (std::size_t i = 0; i < elements.size(); i += 2) elements[i] *= -1;
}

}  // namespace

GradientCase op_case(const std::string& name, const std::string& form,
                     const std::vector<OpInput>& inputs, std::function<Var(Vars)> compute) {
  GradientCase made{
      .kind = "op",
      .name = name,
      .form = form,
      .inputs = {},
      .parameters = nullptr,
      .compute = [compute = std::move(compute)](Tape&, Vars v) { return compute(v); }};
  for (const OpInput& input : inputs) {
    std::vector<real> elements(static_cast<std::size_t>(input.shape.size()));
    draw(RandomKey(0).derive(name).derive(form).derive(input.name), input.range, elements);
    made.inputs.push_back({input.name, input.shape, std::move(elements)});
  }
  return made;
}

}  // namespace espalier
