// What else finds the most frequent items: plain reference code, for bench/topk/study.cpp only.
//
// Each method counts items one at a time (add), lists at most n of them by descending estimate (list), and tells what
// it would take in a file, with numbers of 7 bits a byte (stored). Those that can be merged with a promise that still
// holds have merge.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sketch.h"

namespace study {

struct Listed {
    std::string item;
    uint64_t estimate, lower, upper;
};

inline uint64_t hash_of(std::string_view item) { return sketch_hash(item.data(), item.size()); }
inline size_t stored_number(uint64_t value) { return static_cast<size_t>(std::bit_width(value | 1) + 6) / 7; }
inline size_t stored_item(std::string_view item) { return stored_number(item.size()) + item.size(); }

// At most n of all, the largest estimates first.
inline std::vector<Listed> best_of(std::vector<Listed> all, size_t n) {
    n = std::min(n, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<ptrdiff_t>(n), all.end(),
                      [](const Listed &a, const Listed &b) {
                          return a.estimate != b.estimate ? a.estimate > b.estimate : a.item < b.item;
                      });
    all.resize(n);
    return all;
}

// ---- a hash table of items ------------------------------------------------------------------------------------------

// Entries without gaps, their texts in one piece, and slots to find them by: open addressing, linear probing, filled to
// 3/4. All grow by a quarter, so that little is unused. Counts of 32 bits suffice for the study.
template <typename Value>
class Table {
  public:
    struct Entry {
        uint32_t tag;         // of its hash
        uint32_t text, size;  // where it lies
        Value value;
    };
    static constexpr uint32_t kNone = ~uint32_t{0};

    explicit Table(size_t expected = 0) : slots_(slots_for(expected), kNone) { entries_.reserve(expected); }
    size_t size() const { return entries_.size(); }
    Value &operator[](uint32_t at) { return entries_[at].value; }
    const Value &operator[](uint32_t at) const { return entries_[at].value; }
    std::string_view item(uint32_t at) const { return {texts_.data() + entries_[at].text, entries_[at].size}; }

    template <typename Do>
    void each(Do act) const {
        for (uint32_t at = 0; at < size(); at++) act(item(at), entries_[at].value);
    }
    template <typename Do>
    void each_value(Do act) {
        for (Entry &entry : entries_) act(entry.value);
    }
    uint32_t find(std::string_view item, uint64_t hash) const {
        const uint32_t tag = static_cast<uint32_t>(hash);
        for (size_t s = home(tag);; s = next(s)) {
            const uint32_t at = slots_[s];
            if (at == kNone || (entries_[at].tag == tag && this->item(at) == item)) return at;
        }
    }
    // Of an item that is not there yet.
    uint32_t insert(std::string_view item, uint64_t hash, const Value &value) {
        const uint32_t at = static_cast<uint32_t>(size());
        if (size() == entries_.capacity()) entries_.reserve(size() + size() / 4 + 8);
        entries_.push_back({static_cast<uint32_t>(hash), 0, 0, value});
        set_text(at, item);
        if (slots_for(size()) > slots_.size()) find_again(size() + size() / 4);
        else put(at);
        return at;
    }
    // Gives an entry to another item, which is not there yet.
    void replace(uint32_t at, std::string_view item, uint64_t hash) {
        size_t gap = home(entries_[at].tag);
        while (slots_[gap] != at) gap = next(gap);
        // What stands behind the gap moves up, unless that would be in front of its home.
        for (size_t s = next(gap); slots_[s] != kNone; s = next(s))
            if (distance(home(entries_[slots_[s]].tag), s) >= distance(gap, s)) {
                slots_[gap] = slots_[s];
                gap = s;
            }
        slots_[gap] = kNone;
        entries_[at].tag = static_cast<uint32_t>(hash);
        live_ -= entries_[at].size;
        entries_[at].size = 0;
        set_text(at, item);
        put(at);
    }
    // The others keep their order.
    template <typename Wanted>
    void keep_if(Wanted wanted) {
        size_t kept = 0;
        for (uint32_t at = 0; at < size(); at++)
            if (wanted(at)) entries_[kept++] = entries_[at];
            else live_ -= entries_[at].size;
        if (kept == size()) return;
        entries_.resize(kept);
        find_again(0);
    }

  private:
    static size_t slots_for(size_t entries) { return entries + entries / 3 + 4; }
    size_t home(uint32_t tag) const { return uint64_t{tag} * slots_.size() >> 32; }
    size_t next(size_t s) const { return s + 1 < slots_.size() ? s + 1 : 0; }
    size_t distance(size_t from, size_t to) const { return to >= from ? to - from : to + slots_.size() - from; }
    void put(uint32_t at) {
        size_t s = home(entries_[at].tag);
        while (slots_[s] != kNone) s = next(s);
        slots_[s] = at;
    }
    void find_again(size_t expected) {
        slots_.assign(std::max(slots_for(expected), slots_.size()), kNone);
        for (uint32_t at = 0; at < size(); at++) put(at);
    }
    // Texts of items that went stay where they are until there is no room.
    void set_text(uint32_t at, std::string_view item) {
        if (texts_.size() + item.size() > texts_.capacity()) {
            std::vector<char> texts;
            texts.reserve(live_ + live_ / 4 + item.size() + 64);
            for (Entry &entry : entries_) {
                const auto from = texts_.begin() + entry.text;
                entry.text = static_cast<uint32_t>(texts.size());
                texts.insert(texts.end(), from, from + entry.size);
            }
            texts_.swap(texts);
        }
        entries_[at].text = static_cast<uint32_t>(texts_.size());
        entries_[at].size = static_cast<uint32_t>(item.size());
        texts_.insert(texts_.end(), item.begin(), item.end());
        live_ += item.size();
    }

    std::vector<Entry> entries_;
    std::vector<uint32_t> slots_;
    std::vector<char> texts_;
    size_t live_ = 0;  // bytes of texts_ that are in use
};

// Items with counts: a table, and a heap with the least count on top.
class Ranking {
  public:
    explicit Ranking(size_t expected) : table_(expected) { heap_.reserve(expected); }

    size_t size() const { return heap_.size(); }
    uint32_t least() const { return heap_.front().count; }
    std::string_view least_item() const { return table_.item(heap_.front().at); }
    uint32_t count(uint32_t at) const { return heap_[table_[at].place].count; }
    // The position of an item, or Table::kNone.
    uint32_t find(std::string_view item, uint64_t hash) const { return table_.find(item, hash); }
    void insert(std::string_view item, uint64_t hash, uint32_t count, uint32_t error) {
        const uint32_t at = table_.insert(item, hash, {error, 0});
        heap_.push_back({count, at});
        up(heap_.size() - 1);
    }
    void raise(uint32_t at, uint32_t count) {
        heap_[table_[at].place].count = count;
        down(table_[at].place);
    }
    void replace_least(std::string_view item, uint64_t hash, uint32_t count, uint32_t error) {
        const uint32_t at = heap_.front().at;
        table_.replace(at, item, hash);
        table_[at].error = error;
        raise(at, count);
    }
    template <typename Do>
    void each(Do act) const {
        for (const Node &node : heap_) act(table_.item(node.at), node.count, table_[node.at].error);
    }
    template <typename Do>
    void each_at(Do act) const {
        for (const Node &node : heap_) act(table_.item(node.at), node.at);
    }
    // Those that `arrange` would drop.
    template <typename Do>
    void each_dropped(size_t k, Do act) {
        if (size() <= k) return;
        order(k);
        for (size_t i = k; i < size(); i++) act(table_.item(heap_[i].at), heap_[i].count);
    }

    // Many changes at once: these leave the heap without order until `arrange`, which keeps the k largest counts.
    template <typename CountOf>
    void recount(CountOf count_of) {
        for (Node &node : heap_) node.count = count_of(table_.item(node.at), node.count);
    }
    void add(uint32_t at, uint32_t count, uint32_t error) {
        heap_[table_[at].place].count += count;
        table_[at].error += error;
    }
    void add_to_all(uint32_t count, uint32_t error) {
        for (uint32_t at = 0; at < size(); at++) add(at, count, error);
    }
    void append(std::string_view item, uint64_t hash, uint32_t count, uint32_t error) {
        const uint32_t at = table_.insert(item, hash, {error, static_cast<uint32_t>(heap_.size())});
        heap_.push_back({count, at});
    }
    void arrange(size_t k) {
        if (size() > k) {
            order(k);
            for (uint32_t i = 0; i < size(); i++) table_[heap_[i].at].place = i;
            std::vector<uint32_t> counts;
            table_.keep_if([&](uint32_t at) {
                const uint32_t place = table_[at].place;
                if (place < k) counts.push_back(heap_[place].count);
                return place < k;
            });
            heap_.clear();
            for (uint32_t at = 0; at < counts.size(); at++) heap_.push_back({counts[at], at});
        }
        for (uint32_t i = 0; i < size(); i++) table_[heap_[i].at].place = i;
        for (size_t i = size() / 2; i-- > 0;) down(i);
    }

  private:
    struct Value {
        uint32_t error, place;
    };
    struct Node {
        uint32_t count, at;
    };
    void order(size_t k) {
        std::nth_element(
            heap_.begin(), heap_.begin() + static_cast<ptrdiff_t>(k), heap_.end(),
            [](const Node &a, const Node &b) { return a.count != b.count ? a.count > b.count : a.at < b.at; });
    }
    void set(size_t i, const Node &node) {
        heap_[i] = node;
        table_[node.at].place = static_cast<uint32_t>(i);
    }
    void up(size_t i) {
        const Node node = heap_[i];
        for (; i > 0 && heap_[(i - 1) / 2].count > node.count; i = (i - 1) / 2) set(i, heap_[(i - 1) / 2]);
        set(i, node);
    }
    void down(size_t i) {
        const Node node = heap_[i];
        for (size_t child; (child = 2 * i + 1) < heap_.size(); i = child) {
            child += child + 1 < heap_.size() && heap_[child + 1].count < heap_[child].count;
            if (heap_[child].count >= node.count) break;
            set(i, heap_[child]);
        }
        set(i, node);
    }

    Table<Value> table_;
    std::vector<Node> heap_;
};

// ---- the methods ----------------------------------------------------------------------------------------------------

// Every item and its count; the heap is that of partial_sort when it is read.
class HashMap {
  public:
    void add(std::string_view item) { add(item, 1); }
    std::vector<Listed> list(size_t n) const {
        std::vector<Listed> all;
        table_.each([&](std::string_view item, uint32_t count) {
            all.push_back({std::string(item), count, count, count});
        });
        return best_of(std::move(all), n);
    }
    void merge(const HashMap &other) {
        other.table_.each([&](std::string_view item, uint32_t count) { add(item, count); });
    }
    size_t stored() const {
        size_t sum = 0;
        table_.each([&](std::string_view item, uint32_t count) { sum += stored_item(item) + stored_number(count); });
        return sum;
    }

  private:
    void add(std::string_view item, uint32_t weight) {
        const uint64_t hash = hash_of(item);
        const uint32_t at = table_.find(item, hash);
        if (at == table_.kNone) table_.insert(item, hash, weight);
        else table_[at] += weight;
    }

    Table<uint32_t> table_;
};

// Cormode and Muthukrishnan (2005), with linear update, so that sketches can be added; and the items with the largest
// estimates so far. true <= estimate; estimate - true <= e / width * N with probability 1 - e^-4.
class CountMin {
  public:
    CountMin(size_t width, size_t k) : width_(width), k_(k), counters_(kDepth * width), candidates_(k) {}

    void add(std::string_view item) {
        const uint64_t hash = hash_of(item);
        uint32_t estimate = ~uint32_t{0};
        for (size_t row = 0; row < kDepth; row++) estimate = std::min(estimate, ++counters_[cell(row, hash)]);
        total_++;
        offer(item, hash, estimate);
    }
    std::vector<Listed> list(size_t n) const {
        const double error = std::exp(1.0) / static_cast<double>(width_) * static_cast<double>(total_);
        const uint64_t most = static_cast<uint64_t>(std::ceil(error));
        std::vector<Listed> all;
        candidates_.each([&](std::string_view item, uint64_t count, uint32_t) {
            all.push_back({std::string(item), count, count - std::min(count, most), count});
        });
        return best_of(std::move(all), n);
    }
    // The counters are those of one stream. The candidates are not: an item that is one in no part is lost.
    void merge(const CountMin &other) {
        for (size_t i = 0; i < counters_.size(); i++) counters_[i] += other.counters_[i];
        total_ += other.total_;
        candidates_.recount([&](std::string_view item, uint32_t) { return estimate(hash_of(item)); });
        candidates_.arrange(k_);
        other.candidates_.each([&](std::string_view item, uint32_t, uint32_t) {
            const uint64_t hash = hash_of(item);
            offer(item, hash, estimate(hash));
        });
    }
    size_t stored() const {
        const uint32_t most = *std::max_element(counters_.begin(), counters_.end());
        size_t sum = counters_.size() * (most < 1u << 8 ? 1 : most < 1u << 16 ? 2 : 4);
        candidates_.each([&](std::string_view item, uint32_t, uint32_t) { sum += stored_item(item); });
        return sum;
    }

  private:
    static constexpr size_t kDepth = 4;
    // Double hashing: Kirsch and Mitzenmacher (2006).
    size_t cell(size_t row, uint64_t hash) const {
        const uint64_t h = static_cast<uint32_t>(hash + row * (hash >> 32 | 1));
        return row * width_ + (h * width_ >> 32);
    }
    uint32_t estimate(uint64_t hash) const {
        uint32_t least = ~uint32_t{0};
        for (size_t row = 0; row < kDepth; row++) least = std::min(least, counters_[cell(row, hash)]);
        return least;
    }
    void offer(std::string_view item, uint64_t hash, uint32_t estimate) {
        const bool full = candidates_.size() == k_;
        // The estimate of a candidate is at least what the heap has of it, so this item is none, and will be none.
        if (full && estimate < candidates_.least()) return;
        if (const uint32_t at = candidates_.find(item, hash); at != Table<int>::kNone) candidates_.raise(at, estimate);
        else if (!full) candidates_.insert(item, hash, estimate, 0);
        else if (estimate > candidates_.least()) candidates_.replace_least(item, hash, estimate, 0);
    }

    size_t width_, k_;
    uint64_t total_ = 0;
    std::vector<uint32_t> counters_;
    Ranking candidates_;
};

// Metwally, Agrawal and El Abbadi (2005): a new item takes the least counter, and what it says. The merge is that of
// Cafaro, Pulimeno and Tempesta (2016), of two summaries. count - error <= true <= count; least <= N / k.
class SpaceSaving {
  public:
    explicit SpaceSaving(size_t k) : k_(k), counters_(k) {}

    void add(std::string_view item) {
        const uint64_t hash = hash_of(item);
        if (const uint32_t at = counters_.find(item, hash); at != Table<int>::kNone)
            counters_.raise(at, counters_.count(at) + 1);
        else if (counters_.size() < k_) counters_.insert(item, hash, missed_ + 1, missed_);
        else counters_.replace_least(item, hash, counters_.least() + 1, counters_.least());
    }
    std::vector<Listed> list(size_t n) const {
        std::vector<Listed> all;
        counters_.each([&](std::string_view item, uint32_t count, uint32_t error) {
            all.push_back({std::string(item), count, count - error, count});
        });
        return best_of(std::move(all), n);
    }
    // An item that one side does not have may have come there as often as that side's least counter says. The other one
    // may have fewer counters.
    void merge(const SpaceSaving &other) {
        const uint32_t mine = counters_.size() < k_ ? missed_ : counters_.least();
        const uint32_t theirs = other.counters_.size() < other.k_ ? other.missed_ : other.counters_.least();
        counters_.add_to_all(theirs, theirs);
        other.counters_.each([&](std::string_view item, uint32_t count, uint32_t error) {
            const uint64_t hash = hash_of(item);
            if (const uint32_t at = counters_.find(item, hash); at != Table<int>::kNone)
                counters_.add(at, count - theirs, error - theirs);  // modulo 2^32: the error may be the smaller one
            else counters_.append(item, hash, mine + count, mine + error);
        });
        counters_.arrange(k_);
        missed_ = mine + theirs;
    }
    size_t stored() const {
        size_t sum = 0;
        counters_.each([&](std::string_view item, uint32_t count, uint32_t error) {
            sum += stored_item(item) + stored_number(count) + stored_number(error);
        });
        return sum;
    }

  private:
    size_t k_;
    uint32_t missed_ = 0;  // while there is room: no item without a counter came more often
    Ranking counters_;
};

// Homem and Carvalho (2010): Space-Saving behind a filter. A new item must first come more often than the least counter
// says, or some item in its cell did: until then its rows are counted in the cell. count - error <= true <= count;
// cells bound what has no counter. The merge is Space-Saving's, and cells add up.
class FilteredSpaceSaving {
  public:
    explicit FilteredSpaceSaving(size_t k) : k_(k), counters_(k), cells_(std::bit_ceil(6 * k)) {}

    void add(std::string_view item) {
        const uint64_t hash = hash_of(item);
        if (const uint32_t at = counters_.find(item, hash); at != Table<int>::kNone) {
            counters_.raise(at, counters_.count(at) + 1);
            return;
        }
        uint32_t &cell = cell_of(hash);
        if (counters_.size() < k_) {
            counters_.insert(item, hash, cell + 1, cell);
        } else if (cell + 1 <= counters_.least()) {
            cell++;
        } else {
            uint32_t &dropped = cell_of(hash_of(counters_.least_item()));
            dropped = std::max(dropped, counters_.least());
            counters_.replace_least(item, hash, cell + 1, cell);
        }
    }
    std::vector<Listed> list(size_t n) const {
        std::vector<Listed> all;
        counters_.each([&](std::string_view item, uint32_t count, uint32_t error) {
            all.push_back({std::string(item), count, count - error, count});
        });
        return best_of(std::move(all), n);
    }
    void merge(const FilteredSpaceSaving &other) {
        std::vector<std::pair<uint32_t, uint32_t>> bounds;  // of the other's filter, for each counter here
        counters_.each_at([&](std::string_view item, uint32_t at) {
            if (const uint64_t hash = hash_of(item); other.counters_.find(item, hash) == Table<int>::kNone)
                bounds.push_back({at, other.cells_[other.place(hash)]});
        });
        for (auto [at, bound] : bounds) counters_.add(at, bound, bound);
        other.counters_.each([&](std::string_view item, uint32_t count, uint32_t error) {
            const uint64_t hash = hash_of(item);
            const uint32_t mine = cells_[place(hash)];
            if (const uint32_t at = counters_.find(item, hash); at != Table<int>::kNone)
                counters_.add(at, count, error);
            else counters_.append(item, hash, mine + count, mine + error);
        });
        for (size_t i = 0; i < cells_.size(); i++) cells_[i] += other.cells_[i & (other.cells_.size() - 1)];
        counters_.each_dropped(k_, [&](std::string_view item, uint32_t count) {
            uint32_t &cell = cell_of(hash_of(item));
            cell = std::max(cell, count);
        });
        counters_.arrange(k_);
    }
    size_t stored() const {
        size_t sum = 0;
        for (uint32_t cell : cells_) sum += stored_number(cell);
        counters_.each([&](std::string_view item, uint32_t count, uint32_t error) {
            sum += stored_item(item) + stored_number(count) + stored_number(error);
        });
        return sum;
    }

  private:
    size_t place(uint64_t hash) const { return hash >> 32 & (cells_.size() - 1); }
    uint32_t &cell_of(uint64_t hash) { return cells_[place(hash)]; }

    size_t k_;
    Ranking counters_;
    std::vector<uint32_t> cells_;
};

// Gong et al. (2018): counters in cells that a fingerprint owns; other items make them decay, the less the larger they
// are. No bound: an estimate is mostly too small, and two items with one fingerprint are one.
class HeavyKeeper {
  public:
    HeavyKeeper(size_t width, size_t k) : width_(width), k_(k), cells_(kDepth * width), best_(k) {}

    void add(std::string_view item) {
        const uint64_t hash = hash_of(item);
        const uint32_t fingerprint = static_cast<uint32_t>(hash) | 1;
        uint32_t count = 0;
        for (size_t row = 0; row < kDepth; row++) {
            Cell &cell = cells_[row * width_ + (static_cast<uint32_t>((hash >> 32) + row * (hash | 1)) * width_ >> 32)];
            if (cell.count > 0 && cell.fingerprint != fingerprint && !decays(cell.count)) continue;
            if (cell.count > 0 && cell.fingerprint != fingerprint && --cell.count > 0) continue;
            cell.fingerprint = fingerprint;
            count = std::max(count, ++cell.count);
        }
        const bool full = best_.size() == k_;
        if (count == 0 || (full && count <= best_.least())) return;
        if (const uint32_t at = best_.find(item, hash); at != Table<int>::kNone)
            best_.raise(at, std::max(best_.count(at), count));
        else if (!full) best_.insert(item, hash, count, 0);
        else best_.replace_least(item, hash, count, 0);
    }
    std::vector<Listed> list(size_t n) const {
        std::vector<Listed> all;
        best_.each([&](std::string_view item, uint64_t count, uint32_t) {
            all.push_back({std::string(item), count, count, count});
        });
        return best_of(std::move(all), n);
    }
    size_t stored() const {
        size_t sum = 0;
        for (const Cell &cell : cells_) sum += 4 + stored_number(cell.count);
        best_.each([&](std::string_view item, uint32_t, uint32_t) { sum += stored_item(item); });
        return sum;
    }

  private:
    static constexpr size_t kDepth = 2;
    static constexpr double kDecay = 1.08;
    struct Cell {
        uint32_t fingerprint, count;
    };
    bool decays(uint32_t count) {
        seed_ = seed_ * 6364136223846793005 + 1442695040888963407;  // Knuth, MMIX
        return static_cast<double>(seed_ >> 11) * 0x1p-53 < std::pow(kDecay, -static_cast<double>(count));
    }

    size_t width_, k_;
    uint64_t seed_ = 1;
    std::vector<Cell> cells_;
    Ranking best_;
};

// Manku and Motwani (2002): every 1 / epsilon rows, items that cannot have epsilon of the rows are dropped.
// count <= true <= count + missed <= count + epsilon N.
class LossyCounting {
  public:
    explicit LossyCounting(uint64_t window) : window_(window) {}  // 1 / epsilon

    void add(std::string_view item) {
        const uint64_t hash = hash_of(item);
        if (const uint32_t at = table_.find(item, hash); at != table_.kNone) table_[at].count++;
        else table_.insert(item, hash, {1, windows_});
        if (++rows_ < window_) return;
        rows_ = 0;
        windows_++;
        table_.keep_if([&](uint32_t at) { return table_[at].count + table_[at].missed > windows_; });
    }
    std::vector<Listed> list(size_t n) const {
        std::vector<Listed> all;
        table_.each([&](std::string_view item, const Value &value) {
            all.push_back({std::string(item), value.count, value.count, uint64_t{value.count} + value.missed});
        });
        return best_of(std::move(all), n);
    }
    // What was missed adds up, so the bounds hold. But an item that was kept in one part exceeds what may be dropped
    // from the whole, too, so nothing is: this grows with the number of different items in all parts.
    void merge(const LossyCounting &other) {
        table_.each_value([&](Value &value) { value.missed += other.windows_; });
        other.table_.each([&](std::string_view item, const Value &value) {
            const uint64_t hash = hash_of(item);
            if (const uint32_t at = table_.find(item, hash); at != table_.kNone) {
                table_[at].count += value.count;
                table_[at].missed += value.missed - other.windows_;  // modulo 2^32
            } else {
                table_.insert(item, hash, {value.count, windows_ + value.missed});
            }
        });
        windows_ += other.windows_;
    }
    size_t stored() const {
        size_t sum = 0;
        table_.each([&](std::string_view item, const Value &value) {
            sum += stored_item(item) + stored_number(value.count) + stored_number(value.missed);
        });
        return sum;
    }

  private:
    struct Value {
        uint32_t count, missed;
    };
    uint64_t window_, rows_ = 0;  // rows of the window that is not full yet
    uint32_t windows_ = 0;        // full ones: no item that is not kept came more often
    Table<Value> table_;
};

// Manku and Motwani (2002): an item is counted from the row on in which a sample finds it; the sample becomes the
// thinner the longer the stream. count <= true; true <= count + epsilon N with probability 1 - delta for all items with
// a fraction `support` of the rows, epsilon = ln(1 / (support * delta)) / t. 2 t items are expected at most.
class StickySampling {
  public:
    static constexpr double kSupport = 0.01, kDelta = 0.01;

    explicit StickySampling(uint64_t t) : t_(t), until_(2 * t) {}

    void add(std::string_view item) {
        if (total_++ == until_) thin();
        const uint64_t hash = hash_of(item);
        if (const uint32_t at = table_.find(item, hash); at != table_.kNone) table_[at]++;
        else if ((random() & (rate_ - 1)) == 0) table_.insert(item, hash, 1);
    }
    std::vector<Listed> list(size_t n) const {
        const double epsilon = -std::log(kSupport * kDelta) / static_cast<double>(t_);
        const uint64_t most = rate_ == 1 ? 0 : static_cast<uint64_t>(std::ceil(epsilon * static_cast<double>(total_)));
        std::vector<Listed> all;
        table_.each([&](std::string_view item, uint32_t count) {
            all.push_back({std::string(item), count, count, count + most});
        });
        return best_of(std::move(all), n);
    }
    size_t stored() const {
        size_t sum = 0;
        table_.each([&](std::string_view item, uint32_t count) { sum += stored_item(item) + stored_number(count); });
        return sum;
    }

  private:
    // Twice as thin, as if it had been so from the beginning (as in the counting samples of Gibbons and Matias, 1998):
    // the row that found an item stays sampled with probability 1/2, or else a later one of its rows is, at the new
    // rate.
    void thin() {
        rate_ *= 2;
        until_ *= 2;
        table_.each_value([&](uint32_t &count) {
            if (random() & 1)
                for (count--; count > 0 && (random() & (rate_ - 1)) != 0;) count--;
        });
        table_.keep_if([&](uint32_t at) { return table_[at] > 0; });
    }
    // SplitMix64 (Steele, Lea and Flood, 2014), always the same.
    uint64_t random() {
        uint64_t z = seed_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }

    uint64_t t_, until_, total_ = 0, rate_ = 1, seed_ = 1;
    Table<uint32_t> table_;
};

}  // namespace study
