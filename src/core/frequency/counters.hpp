// Whole rows of counters added to a state, or taken away from it.
#pragma once

#include "work.hpp"

namespace sketch::frequency {

// Adds some counters, or takes them away again; true if one of these did not hold the sum, or had less. Whether or not
// that was so, the other call undoes it.
enum Change { kAdd, kTake };
template <Change Which, typename T, typename V>
bool change_some(T *to, const V *values, std::uint32_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        T wrapped = 0;
        for (std::uint32_t i = 0; i < count; i++) {
            const T value = static_cast<T>(values[i]), before = to[i];
            const T after = static_cast<T>(Which == kAdd ? before + value : before - value);
            wrapped = static_cast<T>(wrapped | ((Which == kAdd ? after : before) < value ? 1 : 0));
            to[i] = after;
        }
        return wrapped != 0;
    });
}

// The same with all counters of the state and those of the other sketch, which is as wide or wider; `wrapped` if any of
// them did. No counter of the other may need more bytes than those of the state have.
template <Change Which>
Status change_counters(const Work &work, const View &view, const DenseCounters &other, bool &wrapped) noexcept {
    const int shift = view.log2_width - work.header().log2_width;
    wrapped = false;
    return with_width(work.width(), [&](auto zero) {
        auto *const to = work.counters<decltype(zero)>();
        return other.for_each([&](const auto *values, std::size_t first, std::uint32_t count) {
            if (shift == 0) {
                wrapped |= change_some<Which>(to + first, values, count);
                return;
            }
            for (std::uint32_t i = 0; i < count; i++)
                wrapped |= change_some<Which>(to + ((first + i) >> shift), values + i, 1u);
        });
    });
}

}  // namespace sketch::frequency
