// What opening a sketch depends on: the form that the caller tells, the bytes that are the library's own, and memory
// that is enough. Not the first four bytes of a work form, which belong to the caller.
#include <cstring>
#include <string>
#include <vector>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "quantile_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

// Length words of several machines, and what packed values and work forms begin with.
constexpr uint32_t kCallers[] = {0,          1,       0x01010101, 0x00000105, 0xe7e7e7e7,
                                 0xffffffff, 64 << 2, 64,         0x40000000, 0x01000000};

// `pack` as sketch.h has it, without what it takes more.
template <typename Opened, typename Sketch, typename Pack>
void opens_by_its_own_bytes(const Sketch &sketch, Pack pack) {
    const std::vector<uint8_t> packed = sketch.pack();
    std::vector<uint64_t> work(sketch.size() / 8);
    for (uint32_t callers : kCallers) {
        std::memcpy(work.data(), sketch.data(), sketch.size());
        std::memcpy(work.data(), &callers, sizeof callers);
        Opened opened(work.data(), sketch.size(), SKETCH_WORK);
        INFO("callers' bytes: " << callers);
        REQUIRE(opened.status == SKETCH_OK);
        std::vector<uint8_t> out(packed.size() + 65536);
        size_t used = 0;
        REQUIRE(pack(opened.sketch, out.data(), out.size(), &used) == SKETCH_OK);
        out.resize(used);
        REQUIRE(out == packed);
    }
    CHECK(Opened(packed.data(), packed.size(), SKETCH_PACKED).status == SKETCH_OK);

    // The other form, and no form at all.
    std::memcpy(work.data(), sketch.data(), sketch.size());
    std::vector<uint64_t> aligned(packed.size() / 8 + 1);
    std::memcpy(aligned.data(), packed.data(), packed.size());
    CHECK(Opened(aligned.data(), packed.size(), SKETCH_WORK).status != SKETCH_OK);
    CHECK(Opened(reinterpret_cast<uint8_t *>(work.data()) + 4, sketch.size() - 4, SKETCH_PACKED).status ==
          SKETCH_WRONG_VERSION);
    CHECK(Opened(packed.data(), 0, SKETCH_PACKED).status == SKETCH_TRUNCATED);
    CHECK(Opened(work.data(), 0, SKETCH_WORK).status == SKETCH_TRUNCATED);
    std::vector<uint64_t> shifted(work.size() + 1);
    uint8_t *unaligned = reinterpret_cast<uint8_t *>(shifted.data()) + 4;
    std::memcpy(unaligned, sketch.data(), sketch.size());
    CHECK(Opened(unaligned, sketch.size(), SKETCH_WORK).status == SKETCH_CORRUPT);
}

template <typename Family>
void needs_its_memory(const std::vector<uint8_t> &packed) {
    const size_t needed = Family::open_size(packed.data(), packed.size(), SKETCH_PACKED);
    std::vector<uint64_t> memory(needed / 8 + 2);
    typename Family::Opened *opened = nullptr;
    for (size_t size : {size_t{0}, size_t{8}, needed - 1})
        CHECK(Family::open(packed.data(), packed.size(), SKETCH_PACKED, memory.data(), size, &opened) ==
              SKETCH_NO_ROOM);
    CHECK(Family::open(packed.data(), packed.size(), SKETCH_PACKED, reinterpret_cast<uint8_t *>(memory.data()) + 1,
                       needed, &opened) == SKETCH_NO_ROOM);
    CHECK(opened == nullptr);
    CHECK(Family::open(packed.data(), packed.size(), SKETCH_PACKED, memory.data(), needed, &opened) == SKETCH_OK);
}

}  // namespace

TEST_CASE("quantile: opening depends on its own bytes, and on memory enough", "[quantile][opening]") {
    for (int rows : {0, 1, 70, 5000}) {
        QuantileSketch s;
        for (int i = 0; i < rows; i++) s.add(i * 0.37 - 20);
        opens_by_its_own_bytes<OpenedQuantile>(
            s, [](auto *sketch, auto... out) { return sketch_quantile_pack(sketch, out...); });
        needs_its_memory<QuantileOpening>(s.pack());
    }
}

TEST_CASE("distinct: opening depends on its own bytes, and on memory enough", "[distinct][opening]") {
    for (uint64_t rows : {0, 1, 70, 5000}) {
        DistinctSketch s;
        for (uint64_t i = 0; i < rows; i++) s.add(sketch_hash_word(i));
        opens_by_its_own_bytes<OpenedDistinct>(
            s, [](auto *sketch, auto... out) { return sketch_distinct_pack(sketch, out...); });
        needs_its_memory<DistinctOpening>(s.pack());
    }
}

TEST_CASE("frequency: opening depends on its own bytes, and on memory enough", "[frequency][opening]") {
    for (uint64_t rows : {0, 1, 70, 5000}) {
        FrequencySketch s;
        for (uint64_t i = 0; i < rows; i++) s.add_item(i);
        opens_by_its_own_bytes<OpenedFrequency>(
            s, [](auto *sketch, auto... out) { return sketch_frequency_pack(sketch, out...); });
        needs_its_memory<FrequencyOpening>(s.pack());
    }
}

TEST_CASE("topk: opening depends on its own bytes, and on memory enough", "[topk][opening]") {
    for (uint64_t rows : {0, 1, 70, 5000}) {
        TopkSketch s(50);
        for (uint64_t i = 0; i < rows; i++) s.add("item " + std::to_string(i % 99));
        opens_by_its_own_bytes<OpenedTopk>(s, [](auto *sketch, auto... out) {
            std::vector<uint64_t> scratch(sketch_topk_pack_size(sketch) / 8);
            return sketch_topk_pack(sketch, scratch.data(), 8 * scratch.size(), out...);
        });
        needs_its_memory<TopkOpening>(s.pack());
    }
}

TEST_CASE("membership: opening depends on its own bytes, and on memory enough", "[membership][opening]") {
    for (int log2_blocks : {0, 3, 10})
        for (uint64_t rows : {0, 1, 70, 5000}) {
            MembershipSketch s(log2_blocks);
            for (uint64_t i = 0; i < rows; i++) s.add(sketch_hash_word(i));
            opens_by_its_own_bytes<OpenedMembership>(
                s, [](auto *sketch, auto... out) { return sketch_membership_pack(sketch, out...); });
            needs_its_memory<MembershipOpening>(s.pack());
        }
}
