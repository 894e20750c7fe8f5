// What must hold for any bytes at all that are given as a distinct sketch: as a libFuzzer target, and as the oracle of
// the tests that mutate packed values and work forms.
#include <cmath>
#include <string>

#include "../core/distinct_sketch.hpp"
#include "decoder.hpp"

namespace {

// The functions that read take the same decision about the same bytes.
struct Reader {
    const uint8_t *data;
    size_t size;

    Bytes pack(sketch_status &status) const {
        Bytes out(SKETCH_DISTINCT_PACKED_MAX(SKETCH_DISTINCT_MAX_PRECISION));
        size_t used = 0;
        status = sketch_distinct_pack(data, size, out.data(), out.size(), &used);
        out.resize(used);
        return out;
    }

    const char *estimates(const sketch_distinct_info &info, sketch_status expected) const {
        double n = -1, lower = -1, upper = -1, narrower = -1, last = -1;
        if (sketch_distinct_count(data, size, &n) != expected) return "count: another status";
        if (expected == SKETCH_OK) {
            if (!std::isfinite(n) || n < 0) return "count: no number of items";
            if ((n == 0) != (!info.is_dense && info.tokens == 0)) return "count: zero or empty, but not both";
            if (n < info.tokens) return "count: fewer items than tokens";
        }
        for (double confidence : {1e-9, 0.5, 0.95, 0.999999, 1 - 1e-16}) {
            if (sketch_distinct_bounds(data, size, confidence, &lower, &upper) != expected)
                return "bounds: another status";
            if (expected != SKETCH_OK) continue;
            if (!(lower >= 0 && lower <= n && n <= upper && std::isfinite(upper)))
                return "bounds: not around the count";
            if (last >= 0 && (lower > narrower || upper < last)) return "bounds: more confidence, less width";
            if (n == 0 && upper > 0) return "bounds: of nothing";
            narrower = lower;
            last = upper;
        }
        return nullptr;
    }

    const char *overlaps(const sketch_distinct_info &info, sketch_status expected) const {
        DistinctSketch other(10, expected == SKETCH_OK ? info.kind : SKETCH_KIND_NUMBER);
        for (uint64_t i = 0; i < 40; i++) other.add(sketch_hash_word(i));
        double intersection = -1, jaccard = -1;
        for (bool first : {true, false}) {
            const void *a = first ? data : other.data(), *b = first ? other.data() : data;
            size_t a_size = first ? size : other.size(), b_size = first ? other.size() : size;
            if (sketch_distinct_overlap(a, a_size, b, b_size, &intersection, &jaccard) != expected)
                return "overlap: another status";
            if (expected != SKETCH_OK) continue;
            if (!(intersection >= 0 && std::isfinite(intersection) && jaccard >= 0 && jaccard <= 1))
                return "overlap: out of range";
            double difference = -1;
            if (sketch_distinct_difference(a, a_size, b, b_size, &difference) != SKETCH_OK)
                return "difference: another status";
            for (double confidence : {0.5, 0.999999}) {
                double lower = -1, upper = -1;
                if (sketch_distinct_intersection_bounds(a, a_size, b, b_size, confidence, &lower, &upper) != SKETCH_OK)
                    return "intersection bounds: another status";
                if (!(lower >= 0 && lower <= intersection && intersection <= upper && std::isfinite(upper)))
                    return "intersection bounds: not around the estimate";
                if (sketch_distinct_difference_bounds(a, a_size, b, b_size, confidence, &lower, &upper) != SKETCH_OK)
                    return "difference bounds: another status";
                if (!(lower >= 0 && lower <= difference && difference <= upper && std::isfinite(upper)))
                    return "difference bounds: not around the estimate";
            }
        }
        if (expected != SKETCH_OK) return nullptr;
        if (sketch_distinct_overlap(data, size, data, size, &intersection, &jaccard) != SKETCH_OK)
            return "overlap with itself: another status";
        double n = -1;
        if (sketch_distinct_count(data, size, &n) != SKETCH_OK || intersection != n || jaccard != (n > 0 ? 1 : 0))
            return "overlap with itself: not everything";
        return nullptr;
    }

    const char *merges(const sketch_distinct_info &info, const Bytes &packed, sketch_status expected) const {
        DistinctSketch some(12, expected == SKETCH_OK ? info.kind : SKETCH_KIND_NUMBER);
        for (uint64_t i = 0; i < 100; i++) some.add(sketch_hash_word(i));
        Bytes before = some.pack();
        sketch_status status = some.try_merge(data, size);
        if (status != expected) return "merge: another status";
        DistinctSketch open(SKETCH_DISTINCT_MAX_PRECISION, SKETCH_KIND_NONE);
        if (open.try_merge(data, size) != expected) return "merge into an open kind: another status";
        if (open.info().kind != info.kind) return "merge into an open kind: another kind";
        if (expected == SKETCH_OK && open.pack() != packed) return "an open kind takes no other";
        if (expected != SKETCH_OK) return some.pack() == before ? nullptr : "a merge that failed changed something";

        DistinctSketch same(SKETCH_DISTINCT_MAX_PRECISION, info.kind);
        if (same.try_merge(data, size) != SKETCH_OK || same.pack() != packed)
            return "merging into an empty state changed something";
        if (same.try_merge(data, size) != SKETCH_OK || same.pack() != packed) return "merging twice changed something";
        DistinctSketch copy = same;
        same.merge(copy);
        if (same.pack() != packed) return "merging a work form with itself changed something";
        same.merge(before_as(info.kind));
        if (same.pack() != some.pack()) return "merging is not commutative";

        int smaller = SKETCH_DISTINCT_MIN_PRECISION + (info.precision - SKETCH_DISTINCT_MIN_PRECISION) / 2;
        copy.limit(smaller);
        DistinctSketch limited(smaller, info.kind);
        if (limited.try_merge(data, size) != SKETCH_OK || limited.pack() != copy.pack())
            return "limit and merge into a smaller one disagree";
        return nullptr;
    }

    static Bytes before_as(int kind) {
        DistinctSketch some(12, kind);
        for (uint64_t i = 0; i < 100; i++) some.add(sketch_hash_word(i));
        return some.pack();
    }
};

// Registers with another estimate than theirs. The number that is told may be any; else they are a sketch.
const char *complaint_about_estimate(const uint8_t *data, size_t size, const sketch_distinct_info &info) {
    double n = -1, lower = -1, upper = -1;
    if (sketch_distinct_count(data, size, &n) != SKETCH_OK || !std::isfinite(n) || n <= 0)
        return "another estimate: no number of items";
    if (sketch_distinct_bounds(data, size, 0.95, &lower, &upper) != SKETCH_OK || !(lower <= upper))
        return "another estimate: no bounds";
    DistinctSketch merged(SKETCH_DISTINCT_MAX_PRECISION, info.kind);
    if (merged.try_merge(data, size) != SKETCH_OK) return "another estimate: cannot be merged";
    Bytes packed = merged.pack();
    if (packed == Bytes(data, data + size)) return "another estimate is kept";
    if (sketch_distinct_check(packed.data(), packed.size()) != SKETCH_OK) return "another estimate broke a state";
    return nullptr;
}

// The first thing that is wrong with how the library treats this value, packed or work, or nullptr.
const char *complaint_about(const uint8_t *data, size_t size) {
    bool is_work = form_of(data, size) == SKETCH_WORK;
    Reader reader{data, size};
    sketch_distinct_info info{};
    sketch_status status = sketch_distinct_describe(data, size, &info);
    const sketch_status checked = is_work ? status : sketch_distinct_check(data, size);
    if (checked != status && !(status == SKETCH_OK && checked == SKETCH_CORRUPT && info.is_dense))
        return "check and describe disagree";
    if (status == SKETCH_OK) {
        if (info.precision < SKETCH_DISTINCT_MIN_PRECISION || info.precision > SKETCH_DISTINCT_MAX_PRECISION)
            return "precision out of range";
        if (info.tokens > (1u << info.precision) / 8) return "too many tokens";
    }
    sketch_status packing;
    Bytes packed = reader.pack(packing);
    if (packing != checked) return "pack: another status";
    if (checked != status) return complaint_about_estimate(data, size, info);
    if (status == SKETCH_OK) {
        if (packed.size() > SKETCH_DISTINCT_PACKED_MAX(info.precision)) return "larger than any";
        if (!is_work && packed != Bytes(data, data + size)) return "not canonical";
        if (sketch_distinct_check(packed.data(), packed.size()) != SKETCH_OK) return "packs what it does not accept";
    }
    if (const char *complaint = reader.estimates(info, status)) return complaint;
    if (const char *complaint = reader.overlaps(info, status)) return complaint;
    return reader.merges(info, packed, status);
}

}  // namespace

std::string distinct_complaint(const uint8_t *data, size_t size, size_t shift) {
    return decoder::complaint_about_copy(complaint_about, data, size, shift);
}

#ifdef SKETCH_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return decoder::try_input(complaint_about, data, size);
}
#endif
