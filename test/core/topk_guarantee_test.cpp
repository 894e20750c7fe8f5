// What a topk sketch promises: bounds that hold for every item, under any tree of merges; and how many of the most
// frequent items it finds. Seeds are fixed, so that a test either always passes or always fails.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <set>

#include "catch.hpp"
#include "sanitized.hpp"
#include "topk_sketch.hpp"

namespace {

using Random = std::mt19937_64;

const int kScale = kSanitized ? 4 : 1;  // sanitizers are slow: fewer trees and seeds

struct Universe {
    int kind;
    std::vector<std::string> items;
    // What an item may come as: those with a hash come with different texts.
    std::string drawn(Random &random, size_t item) const {
        if (!sketch_topk_item_has_hash(kind)) return items[item];
        return items[item] + std::string(random() % 30, static_cast<char>('a' + random() % 3));
    }
};

Universe random_universe(Random &random) {
    Universe u;
    const int kinds[] = {SKETCH_KIND_TEXT, SKETCH_KIND_NUMBER, SKETCH_KIND_RECORD,
                         SKETCH_KIND_ARRAY + SKETCH_KIND_TEXT};
    u.kind = kinds[random() % 4];
    std::set<std::string> all;
    const size_t count = 1 + random() % (random() % 2 ? 12 : 250);
    const size_t longest = random() % 8 == 0 ? 400 : 24;
    while (all.size() < count) {
        std::string item;
        if (u.kind == SKETCH_KIND_NUMBER) item = topk_integer(random() % 2 ? random() % 1000 : random());
        else if (u.kind != SKETCH_KIND_TEXT) item = topk_integer(random() % 4 ? random() : random() % 300);
        else item = std::string(random() % longest, 'p') + std::to_string(random() % 10000);
        if (u.kind == SKETCH_KIND_TEXT && random() % 8 == 0) item.resize(random() % (item.size() + 1));
        all.insert(item);
    }
    u.items.assign(all.begin(), all.end());
    return u;
}

// A sketch, and what it must be about.
struct Node {
    TopkSketch sketch;
    std::vector<uint64_t> counts;
    uint32_t k;
    uint64_t total = 0;
    Node(uint32_t k_, const Universe &u, bool is_open) : sketch(k_, u.kind, is_open), counts(u.items.size()), k(k_) {}
};

// Empty if all promises are kept.
std::string broken_promise(const Universe &u, const Node &node) {
    Bytes packed = node.sketch.pack();
    if (sketch_topk_check(packed.data(), packed.size()) != SKETCH_OK) return "not valid";
    sketch_topk_info info = TopkSketch::info_of(packed.data(), packed.size());
    if (info.total != node.total) return "total";
    if (info.k != node.k) return "k";
    const uint64_t counters = 2 * node.k + 20;
    if (info.offset > node.total / (counters + 1)) return "offset";
    if (info.items > counters) return "items";
    const bool hashed = sketch_topk_item_has_hash(u.kind);
    std::vector<uint64_t> unseen = node.counts;
    uint64_t sum = 0;
    for (const TopkSketch::Entry &e : TopkSketch::entries(packed)) {
        std::string id = hashed ? e.item.substr(0, 8) : e.item;
        size_t item = static_cast<size_t>(std::lower_bound(u.items.begin(), u.items.end(), id) - u.items.begin());
        if (item == u.items.size() || u.items[item] != id) return "an item that never came";
        if (e.lower > node.counts[item] || node.counts[item] > e.upper) return "bounds of " + e.item;
        if (e.upper - e.lower > info.offset) return "difference of bounds";
        if (e.lower > e.estimate || e.estimate > e.upper) return "estimate";
        unseen[item] = 0;
        sum += e.upper - std::min(e.upper, info.offset);
    }
    if (sum > info.total - info.offset * (counters + 1)) return "sum";
    if (*std::max_element(unseen.begin(), unseen.end()) > info.offset) return "an item that is not kept";
    for (size_t i = 0; i < u.items.size(); i += 1 + u.items.size() / 5) {
        TopkSketch::Entry e = TopkSketch::bounds(packed, u.kind, u.items[i]);
        if (e.lower > node.counts[i] || node.counts[i] > e.upper) return "bounds of one item";
    }
    size_t different = 0;
    for (uint64_t count : node.counts) different += count > 0;
    if (different <= counters && (info.offset != 0 || !info.is_exact)) return "not exact";
    if (info.items < std::min<size_t>(node.k, different)) return "a list that is too short";
    return "";
}

// Rows and merges in any order, sketches packed or not, until one is left.
void grow_a_tree(Random &random) {
    const Universe u = random_universe(random);
    const uint32_t ks[] = {1, 2, 3, 5, 10, 30, 100};
    const bool one_k = random() % 2;
    const uint32_t k = ks[random() % 7];
    std::vector<Node> forest;
    for (size_t leaves = 1 + random() % 7; leaves > 0; leaves--)
        forest.emplace_back(one_k ? k : ks[random() % 7], u, leaves % 2 == 0);
    const int skew = static_cast<int>(random() % 3), weights = static_cast<int>(random() % 4);
    int rows_left = static_cast<int>(random() % (random() % 4 ? 300 : 2500));
    while (forest.size() > 1 || rows_left > 0) {
        Node &node = forest[random() % forest.size()];
        if (rows_left > 0 && random() % 4) {
            for (int burst = static_cast<int>(1 + random() % 200); burst > 0 && rows_left > 0; burst--, rows_left--) {
                size_t item = random() % u.items.size();
                for (int i = 0; i < skew; i++) item = random() % (item + 1);
                const uint64_t weight = weights == 0   ? 1
                                        : weights == 1 ? 1 + random() % 5
                                        : weights == 2 ? uint64_t{1} << random() % 20
                                                       : 1 + random() % (uint64_t{1} << random() % 45);
                node.sketch.add(u.drawn(random, item), weight);
                node.counts[item] += weight;
                node.total += weight;
            }
        } else if (random() % 16 == 0) {
            node.k = std::min(node.k, ks[random() % 7]);
            node.sketch.limit(node.k);
        } else if (random() % 8 == 0) {
            node.sketch = TopkSketch::of(node.sketch.pack(), u.kind);
        } else if (forest.size() > 1) {
            size_t other = random() % forest.size();
            if (&forest[other] == &node) continue;
            if (random() % 2) node.sketch.merge(forest[other].sketch);
            else node.sketch.merge(forest[other].sketch.pack());
            for (size_t i = 0; i < node.counts.size(); i++) node.counts[i] += forest[other].counts[i];
            node.total += forest[other].total;
            node.k = std::min(node.k, forest[other].k);
            forest.erase(forest.begin() + static_cast<long>(other));
        } else if (random() % 2) {
            std::string broken = broken_promise(u, node);
            if (!broken.empty()) FAIL("on the way: " << broken);
        }
    }
    std::string broken = broken_promise(u, forest[0]);
    if (!broken.empty()) FAIL(broken);
}

// Item i with probability proportional to 1 / (i + 1)^1.1.
class Zipf {
  public:
    Zipf() {
        for (size_t i = 0; i < 1000000; i++) sums_.push_back(sum_ += std::pow(static_cast<double>(i + 1), -1.1));
    }
    uint64_t operator()(Random &random) {
        double at = std::uniform_real_distribution<double>(0, sum_)(random);
        return static_cast<uint64_t>(std::upper_bound(sums_.begin(), sums_.end() - 1, at) - sums_.begin());
    }

  private:
    std::vector<double> sums_;
    double sum_ = 0;
};

struct Found {
    double recall = 0, error = 0;  // of the 48 most frequent; root mean square over the mean of their counts
};

Found found(const Bytes &packed, const std::vector<uint64_t> &counts) {
    std::vector<std::pair<uint64_t, uint64_t>> truth, seen;
    for (uint64_t item = 0; item < counts.size(); item++) truth.push_back({counts[item], item});
    std::partial_sort(truth.begin(), truth.begin() + 48, truth.end(), std::greater<>());
    for (const TopkSketch::Entry &e : TopkSketch::entries(packed)) {
        uint64_t item;
        std::memcpy(&item, e.item.data(), 8);
        seen.push_back({e.estimate, item});
    }
    std::sort(seen.begin(), seen.end(), std::greater<>());
    if (seen.size() > 48) seen.resize(48);
    Found f;
    double squares = 0, sum = 0;
    for (int i = 0; i < 48; i++) {
        double estimate = 0;
        for (auto [count, item] : seen)
            if (item == truth[i].second) {
                f.recall += 1.0 / 48;
                estimate = static_cast<double>(count);
            }
        double count = static_cast<double>(truth[i].first);
        squares += (estimate - count) * (estimate - count) / 48;
        sum += count / 48;
    }
    f.error = std::sqrt(squares) / sum;
    return f;
}

}  // namespace

TEST_CASE("topk: bounds hold under any tree of merges", "[topk][guarantee]") {
    for (int tree = 0; tree < 10000 / kScale; tree++) {
        Random random(static_cast<uint64_t>(tree));
        INFO("tree " << tree);
        grow_a_tree(random);
    }
}

TEST_CASE("topk: every item above N / (k + 1) is kept, by the most hostile stream too", "[topk][guarantee]") {
    // One frequent item among items that never come twice.
    for (uint32_t k : {1u, 9u, 100u}) {
        TopkSketch s(k, SKETCH_KIND_NUMBER);
        uint64_t frequent = 1u << 30, rows = 0;
        for (uint64_t i = 0; i < 60000; i++, rows++) s.add(topk_integer(i % (k + 1) == 0 ? frequent : i));
        Bytes packed = s.pack();
        TopkSketch::Entry e = TopkSketch::bounds(packed, SKETCH_KIND_NUMBER, topk_integer(frequent));
        uint64_t count = (rows + k) / (k + 1);
        INFO("k = " << k << ": " << e.lower << " to " << e.upper << " of " << count);
        CHECK(e.lower <= count);
        CHECK(e.upper >= count);
        CHECK(TopkSketch::info_of(packed.data(), packed.size()).offset <= rows / (k + 1));
        CHECK(s.size() < 64 * 1024);
    }
}

TEST_CASE("topk: the most frequent items are found, in one stream and in 1,000 merged sketches", "[topk][statistics]") {
    Zipf zipf;
    const int seeds = 12 / kScale;
    Found stream, merged;
    double offset = 0;
    for (int seed = 0; seed < seeds; seed++) {
        Random random(static_cast<uint64_t>(seed) + 1);
        TopkSketch all(96, SKETCH_KIND_NUMBER), rollup(96, SKETCH_KIND_NUMBER);
        std::vector<uint64_t> counts(1000000);
        for (int minute = 0; minute < 1000; minute++) {
            TopkSketch part(96, SKETCH_KIND_NUMBER);
            for (int row = 0; row < 1000; row++) {
                uint64_t item = zipf(random);
                counts[item]++;
                all.add(topk_integer(item));
                part.add(topk_integer(item));
            }
            rollup.merge(part.pack());
        }
        Found a = found(all.pack(), counts), b = found(rollup.pack(), counts);
        stream.recall += a.recall / seeds;
        stream.error += a.error / seeds;
        merged.recall += b.recall / seeds;
        merged.error += b.error / seeds;
        offset += static_cast<double>(rollup.info().offset) / seeds;
    }
    INFO("stream " << stream.recall << ", " << stream.error << "; merged " << merged.recall << ", " << merged.error
                   << ", offset " << offset);
    CHECK(stream.recall >= 0.99);
    CHECK(merged.recall >= 0.97);
    CHECK(stream.error <= 0.001);
    CHECK(merged.error <= 0.02);
    CHECK(offset <= 1000000.0 / 97 / 4);  // a quarter of the bound
}
