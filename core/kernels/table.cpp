#include "core/kernels/variants.h"
#include "core/kernels/vector.h"

#define ESPALIER_TEXT_OF(name) #name
#define ESPALIER_TEXT(name) ESPALIER_TEXT_OF(name)

namespace espalier::ESPALIER_INSTRUCTION_SET {

extern const KernelTable table;
constinit const KernelTable table{
    .instruction_set = ESPALIER_TEXT(ESPALIER_INSTRUCTION_SET),
    .lanes = lanes,
    .exp = exp,
    .tanh = tanh,
    .sigmoid = sigmoid,
    .tanh_backward = tanh_backward,
    .relu = relu,
    .relu_backward = relu_backward,
    .gelu = gelu,
    .gelu_backward = gelu_backward,
    .mask_scale = mask_scale,
    .mask_scale_backward = mask_scale_backward,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .layer_norm = layer_norm,
    .layer_norm_backward = layer_norm_backward,
    .row_sums = row_sums,
    .dense_multiply = dense_multiply,
    .dense_multiply_transposed = dense_multiply_transposed,
    .transpose = transpose,
    .sparse_multiply = sparse_multiply,
    .sparse_collect = sparse_collect,
    .sum_lanes = sum_lanes,
    .compare_tokens = compare_tokens,
    .mix_tokens = mix_tokens,
    .lstm_cell_forward = lstm_cell_forward,
    .lstm_cell_backward = lstm_cell_backward,
    .keep_mask = keep_mask,
    .zero_pruned = zero_pruned,
    .sum_of_squares = sum_of_squares,
    .adam = adam,
};

}  // namespace espalier::ESPALIER_INSTRUCTION_SET
