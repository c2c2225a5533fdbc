// Convolution over time of width 4 with pooling and ReLU, in float32 on a CPU: by minimal filtering, a few tiles at a time, so that what
// lies between the passes stays in the cache. Per tile and point it is a product of matrices, which libtorch computes.
#include "winograd.hpp"
#include "kernels.hpp"
#include "minimal_filtering.hpp"
#include "parallel.hpp"
#include "products.hpp"
#include <algorithm>

namespace {

using at::Tensor;
namespace minimal = ctorch::minimal;

/// Tiles that are multiplied together: enough for the product's rate, few enough for the cache.
constexpr int64_t tiles_together = 64;

/// Parts of a batch that are differentiated side by side, on as many threads at most.
constexpr int64_t most_parts = 8;

/// Consecutive groups of a song's tiles. A group has as many tiles as a pool has rows, and makes five rows of output after pooling.
struct Run {
    int64_t song, first, groups;
};

/// The sizes of one convolution.
struct Shape {
    int64_t songs, time, inputs, outputs, pool, pooled;

    int64_t groups() const { return (pooled + minimal::rows - 1) / minimal::rows; }
    int64_t rows_of_group() const { return minimal::rows * pool; }

    /// Runs of songs `from` to `to`, in blocks of about `tiles_together`.
    std::vector<std::vector<Run>> blocks(int64_t from, int64_t to) const {
        const int64_t limit = std::max<int64_t>(1, tiles_together / pool);
        std::vector<std::vector<Run>> result;
        int64_t room = 0;
        for (int64_t song = from; song < to; song++)
            for (int64_t first = 0; first < groups();) {
                if (room == 0) {
                    result.emplace_back();
                    room = limit;
                }
                const int64_t count = std::min(room, groups() - first);
                result.back().push_back({song, first, count});
                first += count;
                room -= count;
            }
        return result;
    }

    int64_t tiles(const std::vector<Run> &block) const {
        int64_t sum = 0;
        for (const auto &run : block) sum += run.groups * pool;
        return sum;
    }

    /// Calls `body(run's song, group, number of its first tile in the block)`.
    template <typename Body> void each_group(const std::vector<Run> &block, Body body) const {
        int64_t tile = 0;
        for (const auto &run : block)
            for (int64_t group = run.first; group < run.first + run.groups; group++, tile += pool) body(run.song, group, tile);
    }
};

/// `[points, tiles, channels]`, reused from block to block.
class Points {
public:
    Points(int64_t pool, int64_t channels)
        : storage(at::empty({minimal::points * std::max(pool, tiles_together) * channels}, at::kFloat)), channels(channels) {}
    float *at_tile(int64_t tile) { return storage.mutable_data_ptr<float>() + tile * channels; }
    Tensor view(int64_t tiles) { return storage.narrow(0, 0, minimal::points * tiles * channels).view({minimal::points, tiles, channels}); }

private:
    Tensor storage;
    int64_t channels;
};

void hear(const Shape &shape, const std::vector<Run> &block, const float *input, const std::vector<float> &zeros, Points &heard) {
    const int64_t stride = shape.tiles(block) * shape.inputs;
    shape.each_group(block, [&](int64_t song, int64_t group, int64_t tile) {
        for (int64_t i = 0; i < shape.pool; i++) {
            const int64_t row = group * shape.rows_of_group() + i * minimal::rows;
            minimal::points_of_input(input + (song * shape.time + row) * shape.inputs, shape.time - row, shape.inputs,
                                     zeros.data(), heard.at_tile(tile + i), stride);
        }
    });
}

/// The filters `[outputs, inputs, 4]` as points, with the outputs' channels side by side and with the inputs'.
struct Filters {
    Tensor by_input, by_output; // [8, inputs, outputs], [8, outputs, inputs]

    explicit Filters(const Tensor &weight) {
        const auto taps = weight.detach().contiguous();
        const int64_t outputs = taps.size(0), inputs = taps.size(1), stride = inputs * outputs;
        by_input = at::empty({minimal::points, inputs, outputs}, at::kFloat);
        by_output = at::empty({minimal::points, outputs, inputs}, at::kFloat);
        const float *from = taps.const_data_ptr<float>();
        float *wide = by_input.mutable_data_ptr<float>(), *turned = by_output.mutable_data_ptr<float>();
        ctorch::parallel_for(outputs, 16, [&](int64_t begin, int64_t end) {
            for (int64_t first = begin, last; first < end; first = last) {
                last = std::min<int64_t>(first + 16, end);
                minimal::points_of_filters(from + first * inputs * minimal::width, (last - first) * inputs,
                                           turned + first * inputs, stride);
                for (int64_t k = 0; k < minimal::points; k++)
                    ctorch::transpose(turned + k * stride + first * inputs, last - first, inputs, wide + k * stride + first,
                                      outputs);
            }
        });
    }
};

struct ConvolveByPoints : torch::autograd::Function<ConvolveByPoints> {
    static Tensor forward(torch::autograd::AutogradContext *context, Tensor input, Tensor weight, Tensor bias, int64_t pool) {
        input = input.contiguous();
        bias = bias.contiguous();
        const Shape shape{input.size(0), input.size(1), input.size(2), weight.size(0), pool, (input.size(1) - minimal::width + 1) / pool};
        const Filters filters(weight);
        auto result = at::empty({shape.songs, shape.pooled, shape.outputs}, input.options());
        auto places = at::empty({shape.songs, shape.pooled, shape.outputs}, input.options().dtype(torch::kUInt8));
        const float *from = input.const_data_ptr<float>(), *start = bias.const_data_ptr<float>();
        float *to = result.mutable_data_ptr<float>();
        uint8_t *place = places.mutable_data_ptr<uint8_t>();
        const auto blocks = shape.blocks(0, shape.songs);
        ctorch::parallel_for(static_cast<int64_t>(blocks.size()), 1, [&](int64_t begin, int64_t end) {
            at::NoGradGuard guard;
            const std::vector<float> zeros(shape.inputs);
            std::vector<float> rows(shape.rows_of_group() * shape.outputs);
            Points heard(pool, shape.inputs), said(pool, shape.outputs);
            for (int64_t b = begin; b < end; b++) {
                const int64_t tiles = shape.tiles(blocks[b]);
                hear(shape, blocks[b], from, zeros, heard);
                auto products = said.view(tiles);
                ctorch::products(products, heard.view(tiles), filters.by_input);
                shape.each_group(blocks[b], [&](int64_t song, int64_t group, int64_t tile) {
                    for (int64_t i = 0; i < pool; i++)
                        minimal::rows_of_points(said.at_tile(tile + i), tiles * shape.outputs, shape.outputs, start,
                                                rows.data() + i * minimal::rows * shape.outputs);
                    const int64_t first = group * minimal::rows;
                    for (int64_t p = first; p < std::min(first + minimal::rows, shape.pooled); p++) {
                        const int64_t at = (song * shape.pooled + p) * shape.outputs;
                        ctorch::pool_relu(rows.data() + (p - first) * pool * shape.outputs, pool, shape.outputs, to + at, place + at);
                    }
                });
            }
        });
        context->save_for_backward({input, filters.by_output, places});
        context->saved_data["pool"] = pool;
        context->saved_data["needs_input"] = input.requires_grad();
        return result;
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::tensor_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &filters_by_output = saved[1], &places = saved[2];
        const int64_t pool = context->saved_data["pool"].toInt();
        const bool needs_input = context->saved_data["needs_input"].toBool();
        const Shape shape{input.size(0), input.size(1), input.size(2), places.size(2), pool, places.size(1)};
        const auto gradient = gradients[0].contiguous();
        const float *from = input.const_data_ptr<float>(), *of_result = gradient.const_data_ptr<float>();
        const uint8_t *place = places.const_data_ptr<uint8_t>();
        auto of_input = needs_input ? at::empty_like(input) : Tensor();
        float *to = needs_input ? of_input.mutable_data_ptr<float>() : nullptr;

        // A song's tiles overlap in the input, so a song is one thread's. Every part of the songs adds up filters' gradients of its own;
        // the parts don't depend on how many threads there are, so that neither does the result, to the bit.
        const int64_t parts = std::clamp<int64_t>(shape.songs, 1, most_parts);
        auto of_filters = at::empty({parts, minimal::points, shape.outputs, shape.inputs}, at::kFloat);
        auto of_bias = at::zeros({parts, shape.outputs}, at::kFloat);
        ctorch::parallel_for(parts, 1, [&](int64_t begin, int64_t end) {
            at::NoGradGuard guard;
            const std::vector<float> zeros(shape.inputs);
            std::vector<float> rows(shape.rows_of_group() * shape.outputs), scratch(minimal::points * shape.inputs), turned;
            Points heard(pool, shape.inputs), wished(pool, shape.outputs), back(pool, needs_input ? shape.inputs : 0);
            for (int64_t part = begin; part < end; part++) {
                auto sum = of_filters[part];
                float *sum_of_bias = of_bias[part].mutable_data_ptr<float>();
                bool add = false;
                for (const auto &block : shape.blocks(part * shape.songs / parts, (part + 1) * shape.songs / parts)) {
                    const int64_t tiles = shape.tiles(block), stride = tiles * shape.outputs;
                    hear(shape, block, from, zeros, heard);
                    shape.each_group(block, [&](int64_t song, int64_t group, int64_t tile) {
                        const int64_t first = group * minimal::rows;
                        for (int64_t p = first; p < first + minimal::rows; p++) {
                            const int64_t at = (song * shape.pooled + p) * shape.outputs;
                            float *row = rows.data() + (p - first) * pool * shape.outputs;
                            if (p < shape.pooled)
                                ctorch::unpool(of_result + at, place + at, pool, shape.outputs, row);
                            else
                                std::fill_n(row, pool * shape.outputs, 0.0f);
                        }
                        for (int64_t i = 0; i < pool; i++) {
                            float *to = wished.at_tile(tile + i);
                            minimal::points_of_gradient(rows.data() + i * minimal::rows * shape.outputs, shape.outputs, to, stride);
                            // Point 1 is the polynomial at 1: the sum of the rows.
                            ctorch::add(to + stride, shape.outputs, sum_of_bias);
                        }
                    });
                    ctorch::products_of_transposed(sum, wished.view(tiles), heard.view(tiles), turned, add);
                    add = true;
                    if (!needs_input) continue;
                    auto products = back.view(tiles);
                    ctorch::products(products, wished.view(tiles), filters_by_output);
                    shape.each_group(block, [&](int64_t song, int64_t group, int64_t tile) {
                        float *of_song = to + song * shape.time * shape.inputs;
                        for (int64_t i = 0; i < pool; i++) {
                            const int64_t row = group * shape.rows_of_group() + i * minimal::rows;
                            if (row < shape.time)
                                minimal::gradient_of_input(back.at_tile(tile + i), tiles * shape.inputs, shape.inputs,
                                                           shape.time - row, row == 0, zeros.data(), of_song + row * shape.inputs,
                                                           scratch.data());
                        }
                        // What no pool reaches.
                        const int64_t heard_of = (group + 1) * shape.rows_of_group() + minimal::width - 1;
                        if (group + 1 == shape.groups() && heard_of < shape.time)
                            std::fill(of_song + heard_of * shape.inputs, of_song + shape.time * shape.inputs, 0.0f);
                    });
                }
            }
        });
        auto of_weight = at::empty({shape.outputs, shape.inputs, minimal::width}, at::kFloat);
        const int64_t stride = shape.inputs * shape.outputs;
        const float *sums = of_filters.const_data_ptr<float>();
        float *taps = of_weight.mutable_data_ptr<float>();
        ctorch::parallel_for(stride, 1 << 12, [&](int64_t begin, int64_t end) {
            minimal::filters_of_points(sums + begin, stride, parts, minimal::points * stride, end - begin,
                                       taps + minimal::width * begin);
        });
        return {of_input, of_weight, of_bias.sum(0), Tensor()};
    }
};

} // namespace

bool ctorch::suits_winograd(const Tensor &input, const Tensor &weight, int64_t pool) {
    return input.device().is_cpu() && input.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat &&
           weight.size(2) == minimal::width && pool >= 1 && pool <= 16;
}

Tensor ctorch::winograd(const Tensor &input, const Tensor &weight, const Tensor &bias, int64_t pool) {
    return ConvolveByPoints::apply(input, weight, bias, pool);
}
