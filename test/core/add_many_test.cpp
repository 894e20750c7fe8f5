// sketch_*_add_many and sketch_*_add_items: the same states as by one call a row, however the rows are cut into calls,
// where the state must grow, and around rows that are refused.
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "quantile_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

using Words = std::vector<uint64_t>;

constexpr uint64_t kMax = 0x7fffffffffffffff;

// Rows for all families: numbers; hashes and items, some of them again and again; weights, or none.
struct Rows {
    std::vector<double> x;
    std::vector<uint64_t> hashes, weights;
    std::string items;
    std::vector<size_t> offsets;

    size_t count() const { return x.size(); }
    const uint64_t *weights_from(size_t row) const { return weights.empty() ? nullptr : weights.data() + row; }
    uint64_t weight(size_t row) const { return weights.empty() ? 1 : weights[row]; }
};

Rows make_rows(size_t count, bool weighted, uint64_t seed) {
    std::mt19937_64 random(seed);
    Rows rows;
    rows.items = "in front of the first item";
    rows.offsets.push_back(rows.items.size());
    for (size_t i = 0; i < count; i++) {
        const uint64_t which = random() % (1 + random() % 20000);
        rows.x.push_back(std::exp(static_cast<double>(which % 977) / 20 - 20) * (which % 3 ? 1 : -1));
        if (which % 501 == 500) rows.x.back() = std::numeric_limits<double>::quiet_NaN();
        rows.hashes.push_back(sketch_hash_word(which));
        rows.items += std::string(which % 19, 'x') + (which % 7 == 6 ? "" : std::to_string(which));
        rows.offsets.push_back(rows.items.size());
        if (weighted) rows.weights.push_back(which % 4 == 3 ? 0 : which % 11 == 10 ? which << which % 24 : which);
    }
    return rows;
}

// A family: an empty state with room for nothing, one row, and many of them from `row` on.
struct Quantile {
    static constexpr bool is_weighted = true;
    static Words make() {
        Words state(sketch_quantile_init_size() / 8);
        sketch_quantile_init(state.data(), 8 * state.size(), 6, 0);
        return state;
    }
    static sketch_status pack(const Words &s, Bytes &out, size_t *used) {
        out.resize(quantile_packed_bound(s.data(), 8 * s.size()));
        return sketch_quantile_pack(s.data(), 8 * s.size(), false, out.data(), out.size(), used);
    }
    static constexpr auto move = sketch_quantile_move;
    static sketch_status one(Words &s, const Rows &r, size_t row, sketch_growth *g) {
        return sketch_quantile_add(s.data(), 8 * s.size(), r.x[row], r.weight(row), g);
    }
    static sketch_status many(Words &s, const Rows &r, size_t row, size_t count, size_t *taken, sketch_growth *g) {
        return sketch_quantile_add_many(s.data(), 8 * s.size(), r.x.data() + row, r.weights_from(row), count, taken, g);
    }
};

// Of each hashed family twice: by hashes, and by bytes.
template <bool by_items>
struct Distinct {
    static constexpr bool is_weighted = false;
    static Words make() {
        Words state(sketch_distinct_init_size() / 8);
        sketch_distinct_init(state.data(), 8 * state.size(), SKETCH_KIND_TEXT, 10);
        return state;
    }
    static sketch_status pack(const Words &s, Bytes &out, size_t *used) {
        out.resize(SKETCH_DISTINCT_PACKED_MAX(SKETCH_DISTINCT_MAX_PRECISION));
        return sketch_distinct_pack(s.data(), 8 * s.size(), out.data(), out.size(), used);
    }
    static constexpr auto move = sketch_distinct_move;
    static uint64_t hash(const Rows &r, size_t row) {
        return by_items ? sketch_hash(r.items.data() + r.offsets[row], r.offsets[row + 1] - r.offsets[row])
                        : r.hashes[row];
    }
    static sketch_status one(Words &s, const Rows &r, size_t row, sketch_growth *g) {
        return sketch_distinct_add(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, hash(r, row), g);
    }
    static sketch_status many(Words &s, const Rows &r, size_t row, size_t count, size_t *taken, sketch_growth *g) {
        if (by_items)
            return sketch_distinct_add_items(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.items.data(),
                                             r.offsets.data() + row, count, taken, g);
        return sketch_distinct_add_many(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.hashes.data() + row, count, taken,
                                        g);
    }
};

template <bool by_items>
struct Membership {
    static constexpr bool is_weighted = false;
    static Words make() {
        Words state(sketch_membership_init_size() / 8);
        sketch_membership_init(state.data(), 8 * state.size(), SKETCH_KIND_TEXT, 9, 1000);
        return state;
    }
    static sketch_status pack(const Words &s, Bytes &out, size_t *used) {
        out.resize(membership_packed_bound(s.data(), 8 * s.size()));
        return sketch_membership_pack(s.data(), 8 * s.size(), out.data(), out.size(), used);
    }
    static constexpr auto move = sketch_membership_move;
    static sketch_status one(Words &s, const Rows &r, size_t row, sketch_growth *g) {
        return sketch_membership_add(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, Distinct<by_items>::hash(r, row), g);
    }
    static sketch_status many(Words &s, const Rows &r, size_t row, size_t count, size_t *taken, sketch_growth *g) {
        if (by_items)
            return sketch_membership_add_items(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.items.data(),
                                               r.offsets.data() + row, count, taken, g);
        return sketch_membership_add_many(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.hashes.data() + row, count, taken,
                                          g);
    }
};

template <bool by_items>
struct Frequency {
    static constexpr bool is_weighted = true;
    static Words make() {
        Words state(sketch_frequency_init_size() / 8);
        sketch_frequency_init(state.data(), 8 * state.size(), SKETCH_KIND_TEXT, 8);
        return state;
    }
    static sketch_status pack(const Words &s, Bytes &out, size_t *used) {
        out.resize(frequency_packed_bound(s.data(), 8 * s.size()));
        return sketch_frequency_pack(s.data(), 8 * s.size(), out.data(), out.size(), used);
    }
    static constexpr auto move = sketch_frequency_move;
    static sketch_status one(Words &s, const Rows &r, size_t row, sketch_growth *g) {
        return sketch_frequency_add(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, Distinct<by_items>::hash(r, row),
                                    r.weight(row), g);
    }
    static sketch_status many(Words &s, const Rows &r, size_t row, size_t count, size_t *taken, sketch_growth *g) {
        if (by_items)
            return sketch_frequency_add_items(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.items.data(),
                                              r.offsets.data() + row, r.weights_from(row), count, taken, g);
        return sketch_frequency_add_many(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.hashes.data() + row,
                                         r.weights_from(row), count, taken, g);
    }
};

struct Topk {
    static constexpr bool is_weighted = true;
    static Words make() {
        Words state(sketch_topk_init_size() / 8);
        sketch_topk_init(state.data(), 8 * state.size(), SKETCH_KIND_TEXT, 50);
        return state;
    }
    static sketch_status pack(const Words &s, Bytes &out, size_t *used) {
        out.resize(topk_packed_bound(s.data(), 8 * s.size()));
        Words scratch(topk_pack_size(s.data(), 8 * s.size()) / 8);
        return sketch_topk_pack(s.data(), 8 * s.size(), scratch.data(), 8 * scratch.size(), out.data(), out.size(),
                                used);
    }
    static constexpr auto move = sketch_topk_move;
    static sketch_status one(Words &s, const Rows &r, size_t row, sketch_growth *g) {
        return sketch_topk_add(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.items.data() + r.offsets[row],
                               r.offsets[row + 1] - r.offsets[row], r.weight(row), g);
    }
    static sketch_status many(Words &s, const Rows &r, size_t row, size_t count, size_t *taken, sketch_growth *g) {
        return sketch_topk_add_items(s.data(), 8 * s.size(), SKETCH_KIND_TEXT, r.items.data(), r.offsets.data() + row,
                                     r.weights_from(row), count, taken, g);
    }
};

// The packed form: hash tables of states have a salt of their own.
template <typename Family>
Bytes packed(const Words &state) {
    Bytes out;
    size_t used = 0;
    REQUIRE(Family::pack(state, out, &used) == SKETCH_OK);
    out.resize(used);
    return out;
}

template <typename Family>
void grow(Words &state, const sketch_growth &growth) {
    Words larger(growth.size / 8);
    Family::move(larger.data(), state.data(), 8 * state.size(), &growth);
    state.swap(larger);
}

// One row after the other, from `begin` to `end`; how often the state grew.
template <typename Family>
int add_one_by_one(Words &state, const Rows &rows, size_t begin, size_t end) {
    int grown = 0;
    for (size_t row = begin; row < end; row++) {
        if (rows.weight(row) == 0) continue;
        sketch_growth growth{};
        sketch_status status;
        while ((status = Family::one(state, rows, row, &growth)) == SKETCH_GROW) {
            grow<Family>(state, growth);
            grown++;
        }
        REQUIRE(status == SKETCH_OK);
    }
    return grown;
}

// The same in calls for as many rows as `next` says.
template <typename Family, typename Next>
int add_in_calls(Words &state, const Rows &rows, Next next) {
    int grown = 0;
    for (size_t row = 0; row < rows.count();) {
        const size_t count = std::min<size_t>(next(), rows.count() - row);
        sketch_growth growth{};
        size_t taken = 12345;
        const sketch_status status = Family::many(state, rows, row, count, &taken, &growth);
        REQUIRE((status == SKETCH_OK ? taken == count : taken < count));
        REQUIRE((status == SKETCH_OK || status == SKETCH_GROW));
        row += taken;
        if (status != SKETCH_GROW) continue;
        // No row was left out or added twice: the state is that of the rows before.
        if (grown < 20) {
            Words expected = Family::make();
            add_one_by_one<Family>(expected, rows, 0, row);
            REQUIRE(packed<Family>(state) == packed<Family>(expected));
        }
        grow<Family>(state, growth);
        grown++;
    }
    return grown;
}

template <typename Family>
void check_splits(bool weighted) {
    const Rows rows = make_rows(6000, weighted, 5);
    Words expected = Family::make();
    const int grown = add_one_by_one<Family>(expected, rows, 0, rows.count());
    CHECK(grown > 1);
    std::mt19937_64 random(9);
    for (size_t most : {size_t{1}, size_t{3}, size_t{64}, size_t{1000}, rows.count()}) {
        Words state = Family::make();
        CHECK(add_in_calls<Family>(
                  state, rows, [&] { return most == 1 ? 1 : random() % most + (most > 1000 ? most : 0); }) == grown);
        CHECK(packed<Family>(state) == packed<Family>(expected));
    }
}

// No rows, from arrays that are not there.
template <typename Family>
void check_none() {
    Rows none;
    none.offsets.clear();
    Words state = Family::make();
    const Words before = state;
    size_t taken = 12345;
    sketch_growth growth{};
    CHECK(Family::many(state, none, 0, 0, &taken, &growth) == SKETCH_OK);
    CHECK(taken == 0);
    CHECK(state == before);
}

// Row 3 of 6 is refused with `refusal`: those before it are in, and who passes over it gets those behind it in.
template <typename Family>
void check_refused(Rows rows, sketch_status refusal) {
    REQUIRE(rows.count() == 6);
    Words state = Family::make(), expected = Family::make();
    size_t row = 0, taken = 12345;
    sketch_growth growth{};
    sketch_status status;
    while ((status = Family::many(state, rows, row, 6 - row, &taken, &growth)) == SKETCH_GROW) {
        row += taken;
        grow<Family>(state, growth);
    }
    CHECK(status == refusal);
    row += taken;
    CHECK(row == 3);
    add_one_by_one<Family>(expected, rows, 0, 3);
    CHECK(packed<Family>(state) == packed<Family>(expected));
    row++;
    while ((status = Family::many(state, rows, row, 6 - row, &taken, &growth)) == SKETCH_GROW) {
        row += taken;
        grow<Family>(state, growth);
    }
    CHECK(status == SKETCH_OK);
    add_one_by_one<Family>(expected, rows, 4, 6);
    CHECK(packed<Family>(state) == packed<Family>(expected));
}

// Weights that are no count, and one that would leave the total no count. Weight 0 passes over anything.
template <typename Family>
void check_weights() {
    Rows rows = make_rows(6, true, 1);
    rows.weights = {1, 0, 2, kMax + 1, 3, 4};
    check_refused<Family>(rows, SKETCH_OVERFLOW);
    rows.weights[3] = ~uint64_t{0};
    check_refused<Family>(rows, SKETCH_OVERFLOW);
    rows.weights[3] = kMax;
    check_refused<Family>(rows, SKETCH_OVERFLOW);
    rows.weights.assign(6, 0);
    Words state = Family::make();
    const Words before = state;
    size_t taken = 12345;
    sketch_growth growth{};
    CHECK(Family::many(state, rows, 0, 6, &taken, &growth) == SKETCH_OK);
    CHECK(taken == 6);
    CHECK(state == before);
}

// An item that ends before it begins: the offset behind it is a good one again.
template <typename Family>
void check_offsets() {
    Rows rows = make_rows(6, false, 2);
    rows.items = "abcdefghijkl";
    rows.offsets = {0, 2, 4, 9, 6, 8, 10};
    check_refused<Family>(rows, SKETCH_BAD_ITEM);
}

}  // namespace

TEST_CASE("add_many: many rows in one call are the rows one by one", "[add_many]") {
    check_splits<Quantile>(false);
    check_splits<Quantile>(true);
    check_splits<Distinct<false>>(false);
    check_splits<Distinct<true>>(false);
    check_splits<Membership<false>>(false);
    check_splits<Membership<true>>(false);
    check_splits<Frequency<false>>(false);
    check_splits<Frequency<false>>(true);
    check_splits<Frequency<true>>(true);
    check_splits<Topk>(false);
    check_splits<Topk>(true);
}

TEST_CASE("add_many: no rows in one call, of arrays that are not there", "[add_many]") {
    check_none<Quantile>();
    check_none<Distinct<false>>();
    check_none<Distinct<true>>();
    check_none<Membership<false>>();
    check_none<Membership<true>>();
    check_none<Frequency<false>>();
    check_none<Frequency<true>>();
    check_none<Topk>();
}

TEST_CASE("add_many: a row that is refused among many", "[add_many]") {
    check_weights<Quantile>();
    check_weights<Frequency<false>>();
    check_weights<Frequency<true>>();
    check_weights<Topk>();
    check_offsets<Distinct<true>>();
    check_offsets<Membership<true>>();
    check_offsets<Frequency<true>>();
    check_offsets<Topk>();
    // Too long for topk; a hash takes items of any length.
    Rows rows = make_rows(6, false, 3);
    rows.items = std::string(SKETCH_TOPK_MAX_ITEM + 10, 'x');
    rows.offsets = {0, 0, 1, 2, SKETCH_TOPK_MAX_ITEM + 3, SKETCH_TOPK_MAX_ITEM + 4, SKETCH_TOPK_MAX_ITEM + 10};
    check_refused<Topk>(rows, SKETCH_BAD_ITEM);
}

TEST_CASE("add_many: many items of another kind than the sketch's", "[add_many]") {
    const uint64_t hash = sketch_hash("a", 1);
    const size_t offsets[] = {0, 1};
    sketch_growth growth{};
    const auto refuses = [&](Words state, auto call) {
        const Words before = state;
        size_t taken = 12345;
        CHECK(call(state.data(), 8 * state.size(), &taken) == SKETCH_WRONG_KIND);
        CHECK(taken == 0);
        CHECK(state == before);
    };
    constexpr int kind = SKETCH_KIND_NUMBER;
    refuses(Distinct<true>::make(), [&](void *s, size_t n, size_t *taken) {
        return sketch_distinct_add_many(s, n, kind, &hash, 1, taken, &growth);
    });
    refuses(Distinct<true>::make(), [&](void *s, size_t n, size_t *taken) {
        return sketch_distinct_add_items(s, n, kind, "a", offsets, 1, taken, &growth);
    });
    refuses(Membership<true>::make(), [&](void *s, size_t n, size_t *taken) {
        return sketch_membership_add_many(s, n, kind, &hash, 1, taken, &growth);
    });
    refuses(Membership<true>::make(), [&](void *s, size_t n, size_t *taken) {
        return sketch_membership_add_items(s, n, kind, "a", offsets, 1, taken, &growth);
    });
    refuses(Frequency<true>::make(), [&](void *s, size_t n, size_t *taken) {
        return sketch_frequency_add_many(s, n, kind, &hash, nullptr, 1, taken, &growth);
    });
    refuses(Frequency<true>::make(), [&](void *s, size_t n, size_t *taken) {
        return sketch_frequency_add_items(s, n, kind, "a", offsets, nullptr, 1, taken, &growth);
    });
    refuses(Topk::make(), [&](void *s, size_t n, size_t *taken) {
        return sketch_topk_add_items(s, n, kind, "a", offsets, nullptr, 1, taken, &growth);
    });
}
