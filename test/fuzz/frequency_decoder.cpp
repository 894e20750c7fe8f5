// What must hold for any bytes at all that are given as a frequency sketch: as a libFuzzer target, and as the oracle of
// the tests that mutate packed values and work forms.
#include <cstring>
#include <string>
#include <vector>

#include "../core/frequency_sketch.hpp"
#include "decoder.hpp"

namespace {

constexpr uint64_t kMax = 0x7fffffffffffffff;

// Hashes to ask for: some at random, and those that the bytes themselves hold, wherever they may be entries.
std::vector<uint64_t> hashes_in(const uint8_t *data, size_t size) {
    std::vector<uint64_t> hashes = {0, 1, ~uint64_t{0}, uint64_t{1} << 63};
    for (uint64_t i = 0; i < 8; i++) hashes.push_back(sketch_hash_word(i));
    for (size_t at = 0; at + 8 <= size && at < 256; at += 8) {
        uint64_t hash;
        std::memcpy(&hash, data + at, sizeof hash);
        hashes.push_back(hash);
    }
    return hashes;
}

// Estimates of packed bytes that `check` refuses need not make sense, but are in order.
const char *complaint_about_counts(const uint8_t *data, size_t size, const sketch_frequency_info &info,
                                   sketch_status described, bool valid) {
    for (uint64_t hash : hashes_in(data, size)) {
        uint64_t estimate = 0, lower = 1, upper = 2;
        sketch_status status = sketch_frequency_count(data, size, info.kind, hash, &estimate, &lower, &upper);
        if (status != described) return "count and describe disagree";
        if (status != SKETCH_OK) {
            if (estimate != 0 || lower != 1 || upper != 2) return "count: touched its results";
            return nullptr;
        }
        if (lower > estimate || estimate > upper) return "estimate outside its bounds";
        if (valid && upper > info.total) return "more than all";
        if (valid && !info.is_dense && lower != upper) return "exact, but bounds differ";
        const bool is_open = info.kind == SKETCH_KIND_NONE;
        if (is_open && upper > 0) return "count: of an item of no kind";
        if (sketch_frequency_count(data, size, info.kind ^ 1, hash, &estimate, &lower, &upper) !=
            (is_open ? SKETCH_OK : SKETCH_WRONG_KIND))
            return "count: another kind";
    }
    return nullptr;
}

FrequencySketch some_items(int log2_width, int kind, uint64_t items) {
    FrequencySketch s(log2_width, kind);
    for (uint64_t i = 0; i < items; i++) s.add_item(i, 1 + i % 3);
    return s;
}

// A valid sketch into states of all forms and other widths.
const char *complaint_about_merges(const uint8_t *data, size_t size, const sketch_frequency_info &info,
                                   const Bytes &packed) {
    FrequencySketch same(info.log2_width, info.kind);
    if (same.try_merge(data, size) != SKETCH_OK) return "merge into an empty state failed";
    if (same.pack() != packed) return "merging into an empty state changed something";
    FrequencySketch open(SKETCH_FREQUENCY_MAX_LOG2_WIDTH, SKETCH_KIND_NONE);
    if (open.try_merge(data, size) != SKETCH_OK || open.pack() != packed) return "an open kind takes no other";
    sketch_status status = same.try_merge(data, size);
    if (status != (info.total <= kMax / 2 ? SKETCH_OK : SKETCH_OVERFLOW)) return "merge with itself failed";
    if (status == SKETCH_OK) {
        if (same.info().total != 2 * info.total) return "merge with itself: not twice the total";
        for (uint64_t hash : hashes_in(data, size)) {
            FrequencySketch::Count once = FrequencySketch::count(packed.data(), packed.size(), info.kind, hash);
            FrequencySketch::Count twice = same.count(hash);
            if (twice.upper != 2 * once.upper) return "merge with itself: not twice the count";
        }
        if (same.try_subtract(data, size) != SKETCH_OK || same.pack() != packed) return "subtract does not undo merge";
    } else if (same.pack() != packed) {
        return "a merge that failed changed something";
    }
    if (same.try_subtract(data, size) != SKETCH_OK) return "all minus all failed";
    if (same.pack() != FrequencySketch(info.log2_width, info.kind).pack()) return "all minus all is not empty";

    FrequencySketch narrow(6, info.kind);
    if (narrow.try_merge(data, size) != SKETCH_OK) return "merge into a narrow state failed";
    FrequencySketch limited(info.log2_width, info.kind);
    limited.merge(packed);
    limited.limit(6);
    if (limited.pack() != narrow.pack()) return "limiting is not merging into a narrower state";

    for (uint64_t items : {3, 100, 2000}) {
        for (int log2_width : {6, 12}) {
            FrequencySketch some = some_items(log2_width, info.kind, items);
            uint64_t before = some.info().total;
            Bytes old = some.pack();
            status = some.try_merge(data, size);
            if (status != (info.total <= kMax - before ? SKETCH_OK : SKETCH_OVERFLOW)) return "merge failed";
            if (status == SKETCH_OVERFLOW && some.pack() != old) return "a merge that failed changed something";
            if (status == SKETCH_OK && some.info().total != before + info.total) return "merge: another total";
            Bytes result = some.pack();
            if (sketch_frequency_check(result.data(), result.size()) != SKETCH_OK) return "merge: not valid";
        }
    }
    return nullptr;
}

// Bytes that are no sketch as a whole: whatever comes of it, the state stays one.
const char *complaint_about_refused(const uint8_t *data, size_t size, const sketch_frequency_info &info,
                                    sketch_status described) {
    int kind = described == SKETCH_OK ? info.kind : SKETCH_KIND_TEXT;
    FrequencySketch some = some_items(8, kind, 40), open(8, SKETCH_KIND_NONE);
    sketch_status merged = some.try_merge(data, size);
    if (open.try_merge(data, size) != SKETCH_OK && open.info().kind != SKETCH_KIND_NONE)
        return "a refused value gave its kind";
    if (described != SKETCH_OK && merged != described) return "merge and describe disagree";
    some.try_subtract(data, size);
    Bytes result = some.pack();
    if (sketch_frequency_check(result.data(), result.size()) != SKETCH_OK) return "a refused value broke the state";
    return nullptr;
}

// The first thing that is wrong with how the library treats this value, packed or work, or nullptr.
const char *complaint_about(const uint8_t *data, size_t size) {
    bool is_work = form_of(data, size) == SKETCH_WORK;
    sketch_frequency_info info{};
    sketch_status described = sketch_frequency_describe(data, size, &info);
    sketch_status checked = is_work ? SKETCH_OK : sketch_frequency_check(data, size);
    if (!is_work && described != SKETCH_OK && checked != described) return "check and describe disagree";
    Bytes packed(described == SKETCH_OK ? frequency_packed_bound(data, size) : 4096);
    size_t used = 12345;
    sketch_status packing = sketch_frequency_pack(data, size, packed.data(), packed.size(), &used);
    if (described != SKETCH_OK && packing != described) return "pack and describe disagree";
    if (!is_work && packing != checked) return "pack and check disagree";
    if (packing != SKETCH_OK && used != 12345) return "pack: touched its result";
    bool valid = packing == SKETCH_OK;
    if (const char *complaint = complaint_about_counts(data, size, info, described, valid)) return complaint;
    if (!valid) return complaint_about_refused(data, size, info, described);

    packed.resize(used);
    if (!is_work && packed != Bytes(data, data + size)) return "not canonical";
    if (sketch_frequency_check(packed.data(), packed.size()) != SKETCH_OK) return "packs what it does not accept";
    if (FrequencySketch::of(packed).pack() != packed) return "unpacks to something else";
    std::vector<uint8_t> short_of(packed.size() - 1);
    if (sketch_frequency_pack(data, size, short_of.data(), short_of.size(), &used) != SKETCH_NO_ROOM)
        return "pack: no room needed";
    if (info.items > (4u << info.log2_width) / 16) return "too many entries";
    return complaint_about_merges(data, size, info, packed);
}

}  // namespace

std::string frequency_complaint(const uint8_t *data, size_t size, size_t shift) {
    return decoder::complaint_about_copy(complaint_about, data, size, shift);
}

#ifdef SKETCH_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return decoder::try_input(complaint_about, data, size);
}
#endif
