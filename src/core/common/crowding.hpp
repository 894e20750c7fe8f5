// Tables of hashes, and who chooses what stands in them. Items that share a place make every search long, and
// the hash of all families has no key: so who sends rows, or stored bytes, could make any table so. Two policies are
// against that:
//
//   salted                places follow from a salt from the start (membership: its packing sorts anyhow).
//   salted once crowded   while hashes lie as chance has them, a table is in their order (distinct, frequency, topk):
//                         reading and merging go straight on. What searches take beyond that is counted here. When it
//                         has come to as much as some moves of the whole table, all entries get other places, by a
//                         salt, and counting begins anew.
//
// Salts come from salt.hpp: nobody can choose for one that he does not know. So what was in vain is at most in
// proportion to the table, and an entry costs what it costs with random hashes but for a constant factor. By chance a
// table loses its patience too, now and then; that does no harm, as no answer and no packed byte depends on places.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "salt.hpp"

namespace sketch {

// Steps from slot to slot that a search, or a new entry, may take and not be counted; others are, in fours.
inline constexpr std::size_t kNear = 32, kStepsCounted = 4;
// Counted steps, for each slot, with which a table is crowded. Filling one with random hashes to 7/8 takes three to
// six.
inline constexpr std::size_t kPatience = 16;

constexpr bool is_crowded(std::size_t counted, std::size_t slots) noexcept {
    return counted > kPatience / kStepsCounted * slots;
}

// What was counted so far and the steps of one search more: does not wrap.
template <typename Count>
constexpr Count counted(Count so_far, std::size_t steps, Count most = std::numeric_limits<Count>::max()) noexcept {
    return steps <= kNear ? so_far
                          : static_cast<Count>(so_far + std::min<std::size_t>(steps / kStepsCounted, most - so_far));
}

}  // namespace sketch
