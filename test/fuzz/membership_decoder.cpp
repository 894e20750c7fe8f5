// What must hold for any bytes at all that are given as a membership filter: as a libFuzzer target, and as the oracle
// of the tests that mutate packed values and work forms.
#include <cstring>
#include <string>
#include <vector>

#include "../core/membership_sketch.hpp"
#include "decoder.hpp"

namespace {

// Hashes that reach into all corners of a filter, and some that depend on its bytes.
Hashes probes_for(const uint8_t *data, size_t size) {
    Hashes hashes = {0, 1, ~uint64_t{0}, uint64_t{1} << 63, 0xffffffff, uint64_t{0xffffffff} << 32};
    for (uint64_t i = 0; i < 10; i++) hashes.push_back(sketch_hash_word(i));
    for (size_t at = 0; at + 8 <= size; at += 1 + size / 16) {
        uint64_t word;
        std::memcpy(&word, data + at, sizeof word);
        hashes.push_back(word);
    }
    return hashes;
}

bool is_refusal(sketch_status s) {
    return s == SKETCH_TRUNCATED || s == SKETCH_WRONG_VERSION || s == SKETCH_WRONG_FAMILY || s == SKETCH_CORRUPT ||
           s == SKETCH_TRAILING;
}

struct Reader {
    const uint8_t *data;
    size_t size;
    bool is_work;
    sketch_membership_info info;
    sketch_status header;  // what is wrong with the header, if anything
    sketch_status whole;   // what is wrong at all

    // Every probe, in every way; each hash in `found` if it is.
    const char *probes(Hashes &found) const {
        for (uint64_t hash : probes_for(data, size)) {
            int kind = header == SKETCH_OK ? info.kind : SKETCH_KIND_NUMBER, is_found = 7;
            if (sketch_membership_contains(data, size, kind, hash, &is_found) != header)
                return "contains: another status";
            if ((header == SKETCH_OK) != (is_found == 0 || is_found == 1)) return "contains: neither yes nor no";
            if (header == SKETCH_OK) {
                int other_kind = kind == SKETCH_KIND_TEXT ? SKETCH_KIND_BOOL : SKETCH_KIND_TEXT, untouched = 7;
                const bool is_open = kind == SKETCH_KIND_NONE;
                if (sketch_membership_contains(data, size, other_kind, hash, &untouched) !=
                        (is_open ? SKETCH_OK : SKETCH_WRONG_KIND) ||
                    untouched != (is_open ? is_found : 7))
                    return "contains: a kind that it does not hold";
                if (is_found) found.push_back(hash);
            }
            if (is_work) continue;
            sketch_membership_probe probe;
            std::vector<uint8_t> head(data, data + std::min<size_t>(size, SKETCH_MEMBERSHIP_HEAD_SIZE));
            if (sketch_membership_probe_open(head.data(), head.size(), size, &probe) != header)
                return "probe: another status";
            if (header != SKETCH_OK) continue;
            if (probe.kind != kind || probe.is_dense != info.is_dense) return "probe: another header";
            // Throws if a piece is outside.
            if (contains_by_pieces(Bytes(data, data + size), hash) != (is_found != 0))
                return "contains and its pieces disagree";
        }
        return nullptr;
    }

    const char *merges(const Bytes &packed, const Hashes &found) const {
        const int log2_blocks = header == SKETCH_OK ? info.log2_blocks : 5;
        const int kind = header == SKETCH_OK ? info.kind : SKETCH_KIND_NUMBER;
        MembershipSketch same(log2_blocks, kind, false, 1);  // the least rate: any other wins
        sketch_status status = same.try_merge(data, size);
        if (header != SKETCH_OK) return status == header ? nullptr : "merge: another status";
        if (status != SKETCH_OK) return whole == status ? nullptr : "merge refuses what it need not";
        for (uint64_t hash : found)
            if (!same.contains(hash)) return "merging loses items";
        if (whole != SKETCH_OK) return nullptr;  // a look at every block was not taken
        if (same.pack() != packed) return "merging into an empty filter changed something";
        MembershipSketch open(log2_blocks, SKETCH_KIND_NONE, false, 1);
        if (open.try_merge(data, size) != SKETCH_OK || open.pack() != packed) return "an open kind takes no other";
        same.merge(packed);
        if (same.try_merge(data, size) != SKETCH_OK || same.pack() != packed) return "merge with itself is no identity";

        MembershipSketch folded(log2_blocks / 2, kind), other(SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS, kind);
        for (uint64_t i = 0; i < 40; i++) folded.add(sketch_hash_word(i)), other.add(sketch_hash_word(i));
        if (folded.try_merge(data, size) != SKETCH_OK || other.try_merge(data, size) != SKETCH_OK)
            return "merge failed";
        if (other.info().log2_blocks != log2_blocks) return "the smaller filter does not win";
        if (other.info().rate != std::max(info.rate, kRate)) return "the larger rate does not win";
        for (uint64_t hash : found)
            if (!folded.contains(hash) || !other.contains(hash)) return "folding loses items";
        other.limit(log2_blocks / 2);
        return other.pack() == folded.pack() ? nullptr : "folding before and after a merge differ";
    }
};

// The first thing that is wrong with how the library treats this value, packed or work, or nullptr.
const char *complaint_about(const uint8_t *data, size_t size) {
    Reader reader{data, size, form_of(data, size) == SKETCH_WORK, {}, SKETCH_OK, SKETCH_OK};
    sketch_membership_info &info = reader.info;
    reader.header = sketch_membership_describe(data, size, &info);
    if (reader.header != SKETCH_OK && !is_refusal(reader.header)) return "describe: a strange status";

    Bytes packed(membership_packed_bound(data, size));
    size_t used = 0;
    reader.whole = sketch_membership_pack(data, size, packed.data(), packed.size(), &used);
    packed.resize(used);
    if (reader.whole != SKETCH_OK && !is_refusal(reader.whole)) return "pack: a strange status";
    if (reader.header != SKETCH_OK && reader.whole != reader.header) return "pack: another status";
    if (!reader.is_work && sketch_membership_check(data, size) != reader.whole) return "check and pack disagree";
    if (reader.whole == SKETCH_OK) {
        if (!reader.is_work && packed != Bytes(data, data + size)) return "not canonical";
        if (sketch_membership_check(packed.data(), packed.size()) != SKETCH_OK) return "packs what it does not accept";
        if (!info.is_dense && info.tokens > uint64_t{2} << info.log2_blocks) return "too many tokens";
    }
    double rate = -1;
    if (sketch_membership_rate(data, size, &rate) != reader.header) return "rate: another status";
    if (reader.header == SKETCH_OK && !(rate >= 0 && rate <= 1)) return "rate: not a probability";
    if (reader.header == SKETCH_OK && sketch_membership_kept_rate(info.rate / 100000.0) != info.rate)
        return "rate: not one that is kept";

    Hashes found;
    if (const char *complaint = reader.probes(found)) return complaint;
    return reader.merges(packed, found);
}

}  // namespace

std::string membership_complaint(const uint8_t *data, size_t size, size_t shift) {
    return decoder::complaint_about_copy(complaint_about, data, size, shift);
}

#ifdef SKETCH_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return decoder::try_input(complaint_about, data, size);
}
#endif
