// sketch_*_load of all families: merging into a new state, whose layout is found out before there is memory for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/common/work_form.hpp"

namespace sketch {

// Of `other`: init(state, size) makes an empty state of its parameters, `move` and `merge` are the family's. An empty
// state on the stack stands for the one that is to be moved: it is as large as all are that are new.
template <typename Other, typename Init, typename Move, typename Merge>
Status load_into(void *state, std::size_t size, sketch_growth &growth, Other &other, Init init, Move move,
                 Merge merge) noexcept {
    alignas(std::uint64_t) std::uint8_t empty[kFirstSize] = {};
    sketch_growth first = {};
    init(empty, sizeof empty);
    const Status s = merge(empty, sizeof empty, other, first);
    if (s != SKETCH_OK && s != SKETCH_GROW) return s;
    const bool fits = s == SKETCH_OK;
    if (fits) first.size = sizeof empty;
    if (size == 0 || size != (fits ? first.size : growth.size)) {
        growth = first;
        return SKETCH_GROW;
    }
    if (fits) init(state, size);
    else move(state, empty, sizeof empty, growth);
    return merge(state, size, other, growth);
}

}  // namespace sketch
