// Long calls ask now and then whether to go on, short ones never; and who is asked may leave.
#include <csetjmp>
#include <string>

#include "catch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

int polls = 0;
std::jmp_buf way_out;

// How often a call polls.
template <typename Call>
int polls_of(Call call) {
    polls = 0;
    sketch_set_poll([] { polls++; });
    call();
    sketch_set_poll(nullptr);
    return polls;
}

// Whether a merge is left at the n-th poll. Nothing with a destructor is alive where that is: the bytes are opened by
// the caller, and there is room already.
bool merge_is_left(MembershipSketch &to, const sketch_membership *opened, int at) {
    polls = at;
    sketch_set_poll([] {
        if (--polls == 0) std::longjmp(way_out, 1);
    });
    if (setjmp(way_out) != 0) {
        sketch_set_poll(nullptr);
        return true;
    }
    sketch_growth growth{};
    sketch_membership_merge(to.data(), to.size(), opened, &growth);
    sketch_set_poll(nullptr);
    return false;
}

MembershipSketch tokens(uint64_t count, uint64_t step = 1) {
    MembershipSketch s(20);
    for (uint64_t i = 0; i < count; i++) s.add(sketch_hash_word(i * step));
    return s;
}

}  // namespace

TEST_CASE("membership: merging and packing many tokens polls", "[membership][poll]") {
    const MembershipSketch a = tokens(300000), b = tokens(300000, 7);
    const auto packed = a.pack();
    REQUIRE_FALSE(a.info().is_dense);
    CHECK(polls_of([&] { a.pack(); }) >= 20);
    for (int from_packed : {0, 1}) {
        MembershipSketch to = b;
        INFO(from_packed);
        CHECK(polls_of([&] { from_packed ? to.merge(packed) : to.merge(a); }) >= 10);
    }
    CHECK(polls_of([&] { sketch_membership_check(packed.data(), packed.size()); }) >= 9);

    MembershipSketch blocks(18), more(18);
    for (uint64_t i = 0; i < 600000; i++) blocks.add(sketch_hash_word(i));
    for (uint64_t i = 0; i < 600000; i++) more.add(sketch_hash_word(3 * i));
    REQUIRE(blocks.info().is_dense);
    CHECK(polls_of([&] { blocks.merge(more); }) == 3);  // two megabytes at a time
    CHECK(polls_of([&] { blocks.rate(); }) == 3);
    CHECK(polls_of([&] { blocks.pack(); }) == 6);
    MembershipSketch folded(10);
    for (uint64_t i = 0; i < 5000; i++) folded.add(sketch_hash_word(i));
    CHECK(polls_of([&] { folded.merge(more); }) >= 3);
}

TEST_CASE("membership: tokens that crowd poll while they are sorted", "[membership][poll]") {
    // All with the same leading bits: a single deal of 200,000.
    MembershipSketch crowded(20);
    for (uint64_t i = 0; i < 200000; i++) crowded.add(uint64_t{0x5a5a} << 48 | (sketch_hash_word(i) >> 32));
    CHECK(polls_of([&] { crowded.pack(); }) >= 100);
}

TEST_CASE("poll: large tables of frequency and long items of topk poll", "[frequency][topk][poll]") {
    FrequencySketch a(20), b(20);
    for (uint64_t i = 0; i < 200000; i++) (i % 2 ? a : b).add(sketch_hash_word(i));
    CHECK(polls_of([&] { a.merge(b); }) >= 3);

    for (size_t size : {100, 500, 5000}) {
        TopkSketch items(100000), same(100000);
        for (size_t i = 0; i < 5000000 / size; i++)  // alike, but not all of them
            items.add(std::string(size, i % 2 ? 'x' : 'y') + std::to_string(i));
        INFO(size);
        CHECK(polls_of([&] { items.pack(); }) >= 50);
        CHECK(polls_of([&] { same.merge(items); }) >= 10);
        const auto packed = items.pack();
        CHECK(polls_of([&] { sketch_topk_check(packed.data(), packed.size()); }) >= 4);
    }
}

TEST_CASE("poll: small sketches never do", "[poll]") {
    MembershipSketch filter(10), other(10);
    FrequencySketch counts(12), more(12);
    TopkSketch top(100), both(100);
    for (uint64_t i = 0; i < 500; i++) {
        filter.add(sketch_hash_word(i));
        counts.add(sketch_hash_word(i));
        top.add(std::to_string(i * i));
    }
    CHECK(polls_of([&] {
              other.merge(filter);
              other.merge(filter.pack());
              more.merge(counts);
              both.merge(top.pack());
          }) == 0);
}

TEST_CASE("poll: one that does not return leaves everything else as it was", "[membership][poll]") {
    const MembershipSketch source = tokens(300000);
    const auto packed = source.pack();
    for (int at : {1, 2, 5, 9}) {
        MembershipSketch lost = source;
        OpenedMembership opened(packed.data(), packed.size());
        REQUIRE(opened.status == SKETCH_OK);
        REQUIRE(merge_is_left(lost, opened.sketch, at));
        MembershipSketch again(20);
        again.merge(packed);
        REQUIRE(again.pack() == packed);
        REQUIRE(source.pack() == packed);
    }
}
