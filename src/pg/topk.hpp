// What topk.cpp and what makes a topk_sketch of others' counters need. Contracts of the functions called here are in
// sketch.h.
#pragma once

#include "hashed.hpp"

namespace pg {

// Whether packed bytes are a sketch to the last one, and its items are values of their kind, which the core cannot
// know.
inline sketch_status check_items(const sketch_topk *packed, int kind) {
    sketch_topk_cursor cursor;
    sketch_topk_entry entry;
    sketch_status status = sketch_topk_begin(packed, &cursor);
    if (status != SKETCH_OK) return status;
    while ((status = sketch_topk_next(&cursor, &entry)) == SKETCH_OK) {
        CHECK_FOR_INTERRUPTS();
        if (!is_item(kind, entry.item, entry.item_size)) return SKETCH_CORRUPT;
    }
    return status == SKETCH_END ? SKETCH_OK : status;
}

struct Topk : HashedFamily<Topk, sketch_topk, sketch_topk_info> {
    SKETCH_ABI(topk)
    static constexpr bool decodes = false;
    static constexpr auto init_size = sketch_topk_init_size;
    static constexpr auto init = sketch_topk_init;
    static constexpr auto describe = sketch_topk_describe;
    static constexpr auto limit = sketch_topk_limit;

    static int parameter_of(const sketch_topk_info &info) { return static_cast<int>(info.k); }
    static sketch_status check(const sketch_topk *packed) { return check_items(packed, kind_of(packed)); }
    static sketch_status pack_canonical(const sketch_topk *sketch, uint8 *out, size_t capacity, size_t *out_size) {
        size_t scratch_size = sketch_topk_pack_size(sketch);
        void *scratch = palloc(scratch_size);
        sketch_status status = sketch_topk_pack(sketch, scratch, scratch_size, out, capacity, out_size);
        pfree(scratch);
        return status;
    }
};

}  // namespace pg
