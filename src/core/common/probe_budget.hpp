// Hash tables against adversarial keys. Keys that share a home make every search long, and the hash function of all
// families has no key: whoever chooses the rows, or the stored bytes, could fill any table that way. Two policies
// prevent that:
//
//   salted                homes follow from a salt from the start (membership: its packing sorts anyhow).
//   salted once crowded   while hashes lie as chance has them, a table is in their order (distinct, frequency, topk):
//                         reading and merging go straight on. Probes beyond that are counted here. When they have come
//                         to as much as moving the whole table a few times, every entry gets another home, by a salt,
//                         and counting begins anew.
//
// Salts come from salt.hpp, and cannot be foreseen. So the probes in vain are at most in proportion to the table, and
// an entry costs what it costs with random hashes but for a constant factor. Now and then a table exceeds its budget by
// chance; that does no harm, as no answer and no packed byte depends on homes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "salt.hpp"

namespace sketch {

// Probes that a search, or an insertion, may take and not be counted; the others are counted, four as one.
inline constexpr std::size_t kFreeProbes = 32, kProbesPerCount = 4;
// Probes beyond these that a table may take, for each of its slots. Filling one with random hashes to 7/8 takes three
// to six.
inline constexpr std::size_t kProbeBudget = 16;

constexpr bool is_crowded(std::size_t counted, std::size_t slots) noexcept {
    return counted > kProbeBudget / kProbesPerCount * slots;
}

// What was counted so far and the probes of one search more: does not wrap.
template <typename Count>
constexpr Count add_probes(Count counted, std::size_t probes, Count max = std::numeric_limits<Count>::max()) noexcept {
    return probes <= kFreeProbes
               ? counted
               : static_cast<Count>(counted + std::min<std::size_t>(probes / kProbesPerCount, max - counted));
}

}  // namespace sketch
