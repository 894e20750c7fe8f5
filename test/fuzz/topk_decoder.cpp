// What must hold for any bytes at all that are given as a topk sketch: as a libFuzzer target, and as the oracle of the
// tests that mutate packed values and work forms.
#include <memory>
#include <string>
#include <vector>

#include "../core/topk_sketch.hpp"
#include "decoder.hpp"

std::string topk_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

using Entries = std::vector<TopkSketch::Entry>;

constexpr uint64_t kMax = 0x7fffffffffffffff;

// Items to ask for: of some sizes, and bytes of the sketch, wherever they may be an item.
std::vector<std::string> items_in(const uint8_t *data, size_t size) {
    std::vector<std::string> items = {"", "a", "12345678", std::string(9, '\0'),
                                      std::string(SKETCH_TOPK_MAX_ITEM, 'x')};
    for (size_t at = 0; at + 12 <= size && at < 256; at += 7)
        for (size_t length : {8, 12}) items.emplace_back(reinterpret_cast<const char *>(data) + at, length);
    return items;
}

// Bounds from packed bytes that `check` refuses need not make sense, but are in order.
const char *complaint_about_bounds(const uint8_t *data, size_t size, const sketch_topk_info &info,
                                   sketch_status described, bool valid) {
    for (const std::string &item : items_in(data, size)) {
        sketch_topk_entry e{nullptr, 0, 3, 2, 1};
        auto count = [&](int kind) {
            return sketch_topk_count(data, size, kind, item.data(), item.size(), &e.estimate, &e.lower, &e.upper);
        };
        sketch_status status = count(info.kind);
        bool is_item = item.size() >= 8 || !sketch_topk_item_has_hash(info.kind);
        if (described != SKETCH_OK ? status != described : !is_item ? status != SKETCH_BAD_ITEM : false)
            return "count and describe disagree";
        if (valid && is_item && status != SKETCH_OK) return "count failed";
        if (status != SKETCH_OK) {
            if (e.estimate != 3 || e.lower != 2 || e.upper != 1) return "count: touched its result";
            continue;
        }
        if (e.lower > e.estimate || e.estimate > e.upper || e.upper - e.lower > info.offset) return "count in disorder";
        const bool is_open = info.kind == SKETCH_KIND_NONE;
        if (is_open && e.upper > 0) return "count: of an item of no kind";
        if ((count(info.kind ^ 1) == SKETCH_OK) != is_open) return "count: another kind";
    }
    return nullptr;
}

// Items that a state of this kind can have.
TopkSketch some_items(uint32_t k, int kind, uint64_t items) {
    TopkSketch s(k, kind);
    for (uint64_t i = 0; i < items; i++) s.add("item-number-" + std::to_string(i * i), 1 + i % 3);
    return s;
}

const char *complaint_about_entries(const Bytes &packed, const sketch_topk_info &info) {
    Entries all = TopkSketch::entries(packed);
    if (all.size() != info.items || all.size() > 2 * info.k + 20) return "another number of entries";
    uint64_t sum = 0;
    for (size_t i = 0; i < all.size(); i++) {
        const TopkSketch::Entry &e = all[i];
        if (e.lower > e.estimate || e.estimate > e.upper || e.upper - e.lower > info.offset || e.lower == 0 ||
            e.upper > info.total)
            return "an entry in disorder";
        sum += e.upper - std::min(e.upper, info.offset);
        if (i > 0 && all[i - 1].item >= e.item) return "items do not ascend";
        if (i < 8 && TopkSketch::bounds(packed, info.kind, e.item) != e) return "bounds and entries disagree";
    }
    // sum <= total - offset * (counters + 1), which does not overflow.
    if (sum > info.total - info.offset * (2 * uint64_t{info.k} + 21)) return "more than all";
    if (info.is_exact != (info.offset == 0)) return "exact or not";
    if (info.is_exact && sum != info.total) return "exact, but not all";
    return nullptr;
}

// A valid sketch into states of all forms.
const char *complaint_about_merges(const uint8_t *data, size_t size, const sketch_topk_info &info,
                                   const Bytes &packed) {
    TopkSketch same(info.k, info.kind);
    if (same.try_merge(packed.data(), packed.size()) != SKETCH_OK) return "merge into an empty state failed";
    if (same.pack() != packed) return "merging into an empty state changed something";
    TopkSketch open(info.k, SKETCH_KIND_NONE), typed(info.k, info.kind);
    if (open.try_merge(data, size) != typed.try_merge(data, size) || open.pack() != typed.pack())
        return "an open kind takes no other";
    sketch_status status = same.try_merge(packed.data(), packed.size());
    if (status != (info.total <= kMax / 2 ? SKETCH_OK : SKETCH_OVERFLOW)) return "merge with itself failed";
    if (status == SKETCH_OK) {
        Entries once = TopkSketch::entries(packed), twice = TopkSketch::entries(same.pack());
        if (once.size() != twice.size()) return "merge with itself: other items";
        for (size_t i = 0; i < once.size(); i++)
            if (twice[i].item != once[i].item || twice[i].lower != 2 * once[i].lower ||
                twice[i].upper != 2 * once[i].upper)
                return "merge with itself: not twice";
    } else if (same.pack() != packed) {
        return "a merge that failed changed something";
    }
    for (uint32_t k : {1u, 7u, 500u})
        for (uint64_t items : {0, 3, 40}) {
            TopkSketch some = some_items(k, info.kind, items);
            uint64_t before = some.info().total;
            Bytes old = some.pack();
            sketch_status merged = some.try_merge(data, size);
            if (merged == SKETCH_OVERFLOW ? info.total <= kMax - before : merged != SKETCH_OK) return "merge failed";
            Bytes result = some.pack();
            if (sketch_topk_check(result.data(), result.size()) != SKETCH_OK) return "merge: not valid";
            if (merged == SKETCH_OVERFLOW && result != old) return "a merge that failed changed something";
            if (merged == SKETCH_OK && some.info().total != before + info.total) return "merge: another total";
            if (merged == SKETCH_OK && some.info().k != std::min(k, info.k)) return "merge: another k";
        }
    return nullptr;
}

// Bytes that are no sketch as a whole: whatever comes of it, the state stays one.
const char *complaint_about_refused(const uint8_t *data, size_t size, const sketch_topk_info &info,
                                    sketch_status described) {
    TopkSketch some = some_items(8, described == SKETCH_OK ? info.kind : SKETCH_KIND_TEXT, 40);
    Bytes old = some.pack();
    sketch_status merged = some.try_merge(data, size);
    if (described != SKETCH_OK && merged != described) return "merge and describe disagree";
    Bytes result = some.pack();
    if (sketch_topk_check(result.data(), result.size()) != SKETCH_OK) return "a refused value broke the state";
    if (merged != SKETCH_OK && result != old) return "a merge that failed changed something";
    TopkSketch open(8, SKETCH_KIND_NONE);
    if (open.try_merge(data, size) != SKETCH_OK && open.info().kind != SKETCH_KIND_NONE)
        return "a refused value gave its kind";
    return nullptr;
}

// The first thing that is wrong with how the library treats this value, packed or work, or nullptr.
const char *complaint_about(const uint8_t *data, size_t size) {
    bool is_work = form_of(data, size) == SKETCH_WORK;
    sketch_topk_info info{};
    sketch_status described = sketch_topk_describe(data, size, &info);
    sketch_status checked = is_work ? SKETCH_OK : sketch_topk_check(data, size);
    if (!is_work && described != SKETCH_OK && checked != described) return "check and describe disagree";
    if (!is_work && checked != SKETCH_OK && sketch_topk_check_items(data, size) == SKETCH_OK)
        return "check_items accepts what check refuses";
    // What a damaged header tells may be anything: no more than this is offered.
    size_t bound = described == SKETCH_OK ? topk_packed_bound(data, size) : 4096;
    size_t scratch_size = described == SKETCH_OK ? topk_pack_size(data, size) : 0;
    Bytes packed(std::min<size_t>(bound, 64 << 20));
    std::vector<uint64_t> scratch(scratch_size / 8);
    size_t used = 12345;
    sketch_status packing =
        sketch_topk_pack(data, size, scratch.data(), 8 * scratch.size(), packed.data(), packed.size(), &used);
    if (described != SKETCH_OK && packing != described) return "pack and describe disagree";
    if (!is_work && packing != checked) return "pack and check disagree";
    if (packing != SKETCH_OK && used != 12345) return "pack: touched its result";
    bool valid = packing == SKETCH_OK;
    if (!is_work) {
        if (const char *complaint = complaint_about_bounds(data, size, info, described, valid)) return complaint;
        auto cursor = std::make_unique<sketch_topk_cursor>();
        OpenedTopk opened(data, size, SKETCH_PACKED);
        // Whoever goes through all entries is told the same at the end, and may do it again.
        for (int time = 0; time < 2 && described == SKETCH_OK; time++) {
            if (sketch_topk_begin(opened.sketch, cursor.get()) != SKETCH_OK) return "begin: another status";
            uint32_t entries = 0;
            sketch_topk_entry entry;
            sketch_status next;
            while ((next = sketch_topk_next(cursor.get(), &entry)) == SKETCH_OK) entries++;
            if (next != (checked == SKETCH_OK ? SKETCH_END : checked)) return "next and check disagree";
            if (checked == SKETCH_OK && entries != info.items) return "next: another number of entries";
        }
    }
    if (!valid) return complaint_about_refused(data, size, info, described);

    packed.resize(used);
    if (!is_work && packed != Bytes(data, data + size)) return "not canonical";
    if (sketch_topk_check(packed.data(), packed.size()) != SKETCH_OK) return "packs what it does not accept";
    sketch_topk_info result = TopkSketch::info_of(packed.data(), packed.size());
    if (result.total != info.total || result.k != info.k || result.kind != info.kind) return "packs something else";
    std::vector<uint8_t> short_of(packed.size() - 1);
    if (sketch_topk_pack(data, size, scratch.data(), 8 * scratch.size(), short_of.data(), short_of.size(), &used) !=
        SKETCH_NO_ROOM)
        return "pack: no room needed";
    if (const char *complaint = complaint_about_entries(packed, result)) return complaint;
    return complaint_about_merges(data, size, result, packed);
}

}  // namespace

std::string topk_complaint(const uint8_t *data, size_t size, size_t shift) {
    return decoder::complaint_about_copy(complaint_about, data, size, shift);
}

#ifdef SKETCH_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return decoder::try_input(complaint_about, data, size);
}
#endif
