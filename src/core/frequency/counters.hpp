// Whole rows of counters added to a state, or taken away from it.
#pragma once

#include "work.hpp"

namespace sketch::frequency {

// Adds some counters, or takes them away again; true if one of these did not hold the sum, or had less. Whether or not
// that was so, the other call undoes it.
template <typename T, typename V>
bool add_counters(T *to, const V *values, std::uint32_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        T wrapped = 0;
        for (std::uint32_t i = 0; i < count; i++) {
            const T value = static_cast<T>(values[i]), sum = static_cast<T>(to[i] + value);
            wrapped = static_cast<T>(wrapped | (sum < value ? 1 : 0));
            to[i] = sum;
        }
        return wrapped != 0;
    });
}
template <typename T, typename V>
bool take_counters(T *to, const V *values, std::uint32_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        T wrapped = 0;
        for (std::uint32_t i = 0; i < count; i++) {
            const T value = static_cast<T>(values[i]);
            wrapped = static_cast<T>(wrapped | (to[i] < value ? 1 : 0));
            to[i] = static_cast<T>(to[i] - value);
        }
        return wrapped != 0;
    });
}

// change(to, values, count) for all counters of the state and those of the other sketch, which is as wide or wider;
// true if any of these answered so. No counter of the other may need more bytes than those of the state have.
template <typename Change>
Status change_counters(const Work &work, const View &view, const DenseCounters &other, bool &wrapped,
                       Change change) noexcept {
    const int shift = view.log2_width - work.header().log2_width;
    wrapped = false;
    return with_width(work.width(), [&](auto zero) {
        auto *const to = work.counters<decltype(zero)>();
        return other.for_each([&](const auto *values, std::size_t first, std::uint32_t count) {
            if (shift == 0) {
                wrapped |= change(to + first, values, count);
                return;
            }
            for (std::uint32_t i = 0; i < count; i++) wrapped |= change(to + ((first + i) >> shift), values + i, 1u);
        });
    });
}

inline constexpr auto kAdd = [](auto *to, const auto *values, std::uint32_t count) {
    return add_counters(to, values, count);
};
inline constexpr auto kTake = [](auto *to, const auto *values, std::uint32_t count) {
    return take_counters(to, values, count);
};

}  // namespace sketch::frequency
