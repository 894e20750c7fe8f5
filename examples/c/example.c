/* Two servers sketch how long their requests took, and pack the sketches; who has the bytes merges and reads them.
 *
 *     cc -std=c99 example.c $(pkg-config --cflags --libs sketch)
 */
#include <sketch.h>
#include <stdio.h>
#include <stdlib.h>

static void must(sketch_status status) {
    if (status == SKETCH_OK) return;
    fprintf(stderr, "%s\n", sketch_status_message(status));
    exit(1);
}
static void *allocate(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) abort();
    return memory;
}

typedef struct bytes {
    void *data;
    size_t size;
} bytes;

/* After SKETCH_GROW: the state in the memory that it asked for. */
static bytes grown(bytes state, const sketch_growth *growth) {
    bytes larger = {allocate(growth->size), growth->size};
    sketch_quantile_move(larger.data, state.data, state.size, growth);
    free(state.data);
    return larger;
}

/* An opened sketch stands in scratch memory, which is freed with it. */
static sketch_quantile *opened(bytes sketch, sketch_form form) {
    const size_t size = sketch_quantile_open_size(sketch.data, sketch.size, form);
    sketch_quantile *result;
    must(sketch_quantile_open(sketch.data, sketch.size, form, allocate(size), size, &result));
    return result;
}

static bytes pack(bytes state) {
    sketch_quantile *sketch = opened(state, SKETCH_WORK);
    const size_t capacity = sketch_quantile_packed_bound(sketch);
    bytes packed = {allocate(capacity), 0};
    must(sketch_quantile_pack(sketch, packed.data, capacity, &packed.size));
    free(sketch);
    return packed;
}

static bytes sketch_of_server(int server) {
    bytes state = {allocate(sketch_quantile_init_size()), sketch_quantile_init_size()};
    sketch_growth growth;
    sketch_status status;
    int scale, i;
    must(sketch_quantile_scale(0.01, &scale)); /* 1 % */
    must(sketch_quantile_init(state.data, state.size, scale, 0));
    for (i = 1; i <= 10000; i++) {
        while ((status = sketch_quantile_add(state.data, state.size, i * server / 8.0, 1, &growth)) == SKETCH_GROW)
            state = grown(state, &growth);
        must(status);
    }
    return state;
}

int main(void) {
    const bytes states[2] = {sketch_of_server(1), sketch_of_server(3)};
    const bytes packed[2] = {pack(states[0]), pack(states[1])};
    const double fractions[3] = {0.5, 0.99, 0.999};
    double value[3], lower[3], upper[3];
    bytes merged = {NULL, 0}, result;
    sketch_growth growth;
    sketch_status status;
    uint64_t rows;
    size_t i;

    sketch_quantile *first = opened(packed[0], SKETCH_PACKED), *second = opened(packed[1], SKETCH_PACKED), *both;
    while ((status = sketch_quantile_load(first, merged.data, merged.size, &growth)) == SKETCH_GROW)
        merged.data = realloc(merged.data, merged.size = growth.size);
    must(status);
    while ((status = sketch_quantile_merge(merged.data, merged.size, second, &growth)) == SKETCH_GROW)
        merged = grown(merged, &growth);
    must(status);

    both = opened(merged, SKETCH_WORK);
    must(sketch_quantile_percentiles(both, fractions, 3, value, lower, upper, &rows));
    printf("%d rows\n", (int)rows);
    for (i = 0; i < 3; i++) printf("p%g %.6g (%.6g to %.6g)\n", 100 * fractions[i], value[i], lower[i], upper[i]);
    result = pack(merged);
    printf("\\x");
    for (i = 0; i < result.size; i++) printf("%02x", ((const uint8_t *)result.data)[i]);
    printf("\n");
    for (i = 0; i < 2; i++) free(states[i].data), free(packed[i].data);
    free(first), free(second), free(both), free(merged.data), free(result.data);
    return 0;
}
