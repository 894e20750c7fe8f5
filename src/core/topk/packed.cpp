// The packed form of a topk sketch: one canonical byte string per state. docs/FORMAT.md tells the same story with a
// table and an example.
//
//   version  family  flags  kind           4 bytes
//   k  total  offset  entries              varints; nothing follows if there are no entries
//   lowest                                 varint, zigzag: the smallest upper, less offset + 1
//   own bytes                              varint: of all items together
//   bytes of the items, without what they share with the one before
//   orders                                 6 bits for each column
//   entries, ascending by their items      bits, Exp-Golomb codes: bytes shared at the front and at the end, own bytes,
//                                          upper - lowest, and, unless the offset is 0, the error
//
// Why so: items are most of it, and neighbours among paths and names begin alike, as integers do, most significant byte
// first; times, least significant byte first, end alike. But what shares much takes many times its bytes when it is
// read: see may_share. Counters are small and heavy-tailed; errors are mostly far below the offset.
#include <algorithm>
#include <type_traits>

#include "cut.hpp"
#include "layout.hpp"

namespace sketch::topk {

// The mean rounded to the next number: within 2 % of the best order's bytes on what was tried.
int Orders::of(Column column, std::uint32_t entries) const noexcept {
    return static_cast<int>(std::min<std::uint64_t>((bits[column] + entries / 2) / entries, 62));
}

Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &view) noexcept {
    ByteReader in(packed, at_hand);
    std::uint8_t version = in.byte(), family = in.byte(), flags = in.byte(), kind = in.byte();
    if (size == 0) return SKETCH_TRUNCATED;
    if (version != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (size > 1 && family != static_cast<std::uint8_t>(Family::topk)) return SKETCH_WRONG_FAMILY;
    if (!in.ok()) return SKETCH_TRUNCATED;
    if (flags != 0 || !is_header_kind(kind, true)) return SKETCH_CORRUPT;
    std::uint64_t k = in.varint(), total = in.varint(), offset = in.varint(), items = in.varint();
    // Modulo 2^64: a damaged one is found by the bounds of each entry.
    const std::uint64_t lowest = items == 0 ? 0 : offset + 1 + static_cast<std::uint64_t>(unzigzag(in.varint()));
    std::uint64_t own = items == 0 ? 0 : in.varint();
    if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
    if (k < 1 || k > kMaxK || total > kMaxTotal || items > counters_for(static_cast<std::uint32_t>(k)) ||
        !is_header_kind(kind, total == 0 && items == 0))
        return SKETCH_CORRUPT;
    view.is_work = false;
    view.kind = kind;
    view.k = static_cast<std::uint32_t>(k);
    view.items = static_cast<std::uint32_t>(items);
    view.total = total;
    view.offset = offset;
    view.item_bytes = own;
    view.data = packed;
    view.size = size;
    view.begin = at_hand - in.remaining();
    view.lowest = lowest;
    if (offset > largest_offset(total, view.k) || (items == 0 && offset == 0 && total > 0) || own > items * kMaxItem ||
        lowest > total)
        return SKETCH_CORRUPT;
    // A code has a bit or more.
    const std::uint64_t columns = offset > 0 ? kColumns : kError;
    const std::uint64_t bits = items == 0 ? 0 : columns * (kOrderBits + items);
    const std::uint64_t behind = size - view.begin;
    return behind < own || behind - own < (bits + 7) / 8 ? SKETCH_TRUNCATED : SKETCH_OK;
}

PackedEntries::PackedEntries(const View &view, std::uint8_t *buffer) noexcept
    : bits_(view.data, view.size, view.begin + static_cast<std::size_t>(view.item_bytes)),
      balance_(view),
      own_begin_(view.data + view.begin),
      own_(own_begin_),
      own_end_(own_ + view.item_bytes),
      data_end_(view.data + view.size),
      buffer_(buffer),
      offset_(view.offset),
      lowest_(view.lowest),
      items_(view.items),
      left_(view.items),
      order_{},
      hashed_(has_hash(view.kind)) {
    if (items_ == 0) return;
    for (int column = 0; column < (offset_ > 0 ? kColumns : kError); column++) {
        order_[column] = static_cast<int>(bits_.peek() & low_mask(kOrderBits));
        bits_.advance(kOrderBits);
        ok_ = ok_ && order_[column] <= 62;
    }
}

// Bytes that are copied at once where there is room, and most items have not more of their own. With three calls of
// memcpy instead, merging packed sketches takes 7 % more instructions, and of items of some 20 bytes 8 % more time.
struct Block {
    std::uint64_t words[2];
};
static_assert(kMaxSuffix < sizeof(Block));

bool PackedEntries::next_in(std::uint8_t *buffer, Entry &entry) noexcept {
    if (!ok_ || left_ == 0) return false;
    ok_ = false;
    const bool is_first = left_ == items_;
    BitReader bits = bits_;  // in registers: bytes that are stored could be any member's
    const std::uint64_t prefix = bits.golomb(order_[kPrefix]), suffix = bits.golomb(order_[kSuffix]),
                        own = bits.golomb(order_[kOwn]), count = bits.golomb(order_[kCount]),
                        error = offset_ > 0 ? bits.golomb(order_[kError]) : 0;
    bits_ = bits;
    const std::size_t before = item_size_;
    const std::uint8_t *const from = own_;
    if (prefix > before || suffix > std::min<std::uint64_t>(before - prefix, kMaxSuffix) ||
        own > static_cast<std::size_t>(own_end_ - from) || prefix + own + suffix > kMaxItem || !bits.ok())
        return false;
    const std::size_t size = static_cast<std::size_t>(prefix + own + suffix);
    item_bytes_ += size;
    const bool shares = may_share(item_bytes_, static_cast<std::uint64_t>(from - own_begin_), items_ - left_);
    too_large_ = item_bytes_ > SKETCH_TOPK_MAX_BYTES || (!shares && prefix + suffix > 0);
    if (too_large_) return false;
    if (!shares && !is_first) {  // an item that is written whole
        const Item item_before{buffer, before}, item{from, size};
        if (!is_less(item_before, item) || (hashed_ && size >= kHashBytes && before >= kHashBytes &&
                                            std::memcmp(item_before.at, item.at, kHashBytes) == 0))
            return false;
    }

    // What must differ, or more would be shared; and the item must be greater than the one before.
    const int after_prefix = prefix < before ? buffer[prefix] : -1;
    const std::uint64_t suffix_before = before - suffix, suffix_now = size - suffix;
    const int before_suffix = suffix_before > prefix ? buffer[suffix_before - 1] : -1;
    if (own <= sizeof(Block) && static_cast<std::size_t>(data_end_ - from) >= sizeof(Block) &&
        std::max(before, size) + sizeof(Block) <= kMaxItem) [[likely]] {
        const Block end = load<Block>(buffer + suffix_before);
        store(buffer + prefix, load<Block>(from));
        store(buffer + suffix_now, end);
    } else {
        std::uint8_t end[kMaxSuffix];
        std::memcpy(end, buffer + suffix_before, static_cast<std::size_t>(suffix));
        std::memcpy(buffer + prefix, from, static_cast<std::size_t>(own));
        std::memcpy(buffer + suffix_now, end, static_cast<std::size_t>(suffix));
    }
    own_ = from + own;
    item_size_ = size;
    if (shares && !is_first && (size == prefix || buffer[prefix] <= after_prefix)) return false;
    if (shares && suffix < kMaxSuffix && before_suffix >= 0 && suffix_now > prefix &&
        buffer[suffix_now - 1] == before_suffix)
        return false;
    if (hashed_ && (size < kHashBytes || (!is_first && prefix >= kHashBytes))) return false;

    if (count > kMaxTotal - lowest_) return false;
    entry = {{buffer, size}, lowest_ + count, error};
    if (!balance_.admits(entry.upper, entry.error)) return false;
    seen_lowest_ |= count == 0;
    seen_.add(kPrefix, prefix);
    seen_.add(kSuffix, suffix);
    seen_.add(kOwn, own);
    seen_.add(kCount, count);
    seen_.add(kError, error);
    left_--;
    ok_ = true;
    return true;
}

Status PackedEntries::end() noexcept {
    const std::uint64_t size = bits_.size();
    if (items_ == 0) return own_ == own_end_ && bits_.position() == 8 * size ? SKETCH_OK : SKETCH_TRAILING;
    if (bits_.position() > 8 * size) return SKETCH_TRUNCATED;
    if (too_large_) return SKETCH_TOO_LARGE;
    if (!ok_ || left_ > 0 || own_ != own_end_ || !seen_lowest_ || !balance_.is_complete()) return SKETCH_CORRUPT;
    for (Column column : {kPrefix, kSuffix, kOwn, kCount, kError})
        if (order_[column] != (column == kError && offset_ == 0 ? 0 : seen_.of(column, items_))) return SKETCH_CORRUPT;
    if (!bits_.align()) ok_ = false;  // for who asks again
    if (!ok_) return SKETCH_CORRUPT;
    return bits_.position() == 8 * size ? SKETCH_OK : SKETCH_TRAILING;
}

Status check(const View &packed) noexcept {
    std::uint8_t buffer[kMaxItem];
    PackedEntries entries(packed, buffer);
    Progress progress;
    for (Entry entry; entries.next(entry);) progress.add(entry.item.size);
    return entries.end();
}

namespace {

// An entry that is to be packed: at first the beginning of its item, behind what all items begin with, as a number that
// sorts as it does; then what it is coded with.
struct Row {
    std::uint64_t key;
    std::uint32_t slot;
    std::uint32_t size;  // of the item
};

struct Code {
    std::size_t prefix, suffix, own;
};
constexpr int kPrefixShift = 32, kSuffixShift = 24;
std::uint64_t packed_code(const Code &code) noexcept {
    return std::uint64_t{code.prefix} << kPrefixShift | std::uint64_t{code.suffix} << kSuffixShift | code.own;
}
Code code_of(const Row &row) noexcept {
    return {static_cast<std::size_t>(row.key >> kPrefixShift),
            static_cast<std::size_t>(row.key >> kSuffixShift & low_mask(kPrefixShift - kSuffixShift)),
            static_cast<std::size_t>(row.key & low_mask(kSuffixShift))};
}

std::uint64_t sort_key(const std::uint8_t *at, std::size_t size) noexcept {
    std::uint64_t key = 0;
    if (size >= 8) {
        key = load<std::uint64_t>(at);
        return std::endian::native == std::endian::little ? __builtin_bswap64(key) : key;
    }
    for (std::size_t i = 0; i < size; i++) key |= std::uint64_t{at[i]} << (56 - 8 * i);
    return key;
}

// How many bytes at the front of two items are the same, at most `most`.
std::size_t equal_bytes(const std::uint8_t *a, const std::uint8_t *b, std::size_t max) noexcept {
    std::size_t equal = 0;
    while (equal < max && a[equal] == b[equal]) equal++;
    return equal;
}

// What an item shares with the one before: with `prefix` bytes at the front it is known.
Code shared(const Item &before, const Item &item, std::size_t prefix) noexcept {
    const std::size_t both = std::min(before.size, item.size);
    prefix += equal_bytes(before.at + prefix, item.at + prefix, both - prefix);
    std::size_t suffix = 0;
    const std::size_t max = std::min(both - prefix, kMaxSuffix);
    while (suffix < max && before.at[before.size - 1 - suffix] == item.at[item.size - 1 - suffix]) suffix++;
    return {prefix, suffix, item.size - prefix - suffix};
}

constexpr std::size_t kMaxFront = 256;  // that sorting leaves out
constexpr std::size_t kBitsForSizes = 15 + 2 * 14 + 9;

}  // namespace

// Codes of a number of n bits with an order up to that have at most 2 n + 1.
std::size_t packed_bound(const View &view) noexcept {
    const std::size_t bits = kBitsForSizes + 16 + 2 * (2 * static_cast<std::size_t>(std::bit_width(view.total)) + 3);
    return 128 + static_cast<std::size_t>(view.item_bytes) + std::size_t{view.items} * (bits / 8 + 1);
}

std::size_t pack_size(const View &view) noexcept {
    return view.is_work ? sizeof(Row) * std::size_t{std::min(view.counters(), view.items)} : 0;
}

Status encode(const View &view, void *scratch, std::size_t scratch_size, ByteWriter &out) noexcept {
    // What there is, checked; then what a cut to the counters of this k leaves.
    WorkEntries all(view);
    Balance balance(view);
    std::uint32_t items = 0;
    for (Entry entry; all.next(entry); items++)
        if (!balance.admits(entry.upper, entry.error)) return SKETCH_CORRUPT;
    if (!all.ok() || !balance.is_complete()) return SKETCH_CORRUPT;
    Cut cut{view.offset, {0, 0, 0}};
    if (items > view.counters()) cut = plan_cut(all, view.slots, view.offset, view.total, view.counters(), view.k);

    static_assert(std::is_trivially_copyable_v<Row> && std::is_trivially_destructible_v<Row>);
    Row *rows = static_cast<Row *>(scratch);
    const std::size_t capacity = scratch_size / sizeof(Row);
    std::uint32_t count = 0;
    std::uint64_t lowest = view.total;
    std::uint8_t first[kMaxFront];
    std::size_t front = 0;  // bytes that all items begin with, up to kMaxFront
    WorkEntries entries(view);
    Progress progress;
    for (Entry entry; entries.next(entry); progress.add(front)) {
        if (!cut.leaves(all, entries.slot())) continue;
        lowest = std::min(lowest, entry.upper);
        if (count == capacity) return SKETCH_NO_ROOM;
        if (count == 0) std::memcpy(first, entry.item.at, front = std::min(entry.item.size, sizeof first));
        else front = equal_bytes(first, entry.item.at, std::min(front, entry.item.size));
        rows[count++] = {0, entries.slot(), static_cast<std::uint32_t>(entry.item.size)};
    }
    auto item_of = [&](const Row &row, std::uint8_t(&buffer)[kMaxInline]) {
        Item item{buffer, 0};
        entries.item_at(row.slot, buffer, item);
        return item;
    };
    for (std::uint32_t i = 0; i < count; i++) {
        std::uint8_t buffer[kMaxInline];
        rows[i].key = sort_key(item_of(rows[i], buffer).at + front, rows[i].size - front);
    }
    std::sort(rows, rows + count, [&](const Row &a, const Row &b) {
        progress.add(0);
        if (a.key != b.key) return a.key < b.key;
        if (a.size <= front + 8 && b.size <= front + 8) return a.size < b.size;
        std::uint8_t room_a[kMaxInline], room_b[kMaxInline];
        progress.add(a.size);
        return is_less(item_of(a, room_a), item_of(b, room_b));
    });

    const bool hashed = has_hash(view.kind);
    Orders orders;
    std::uint64_t own = 0, item_bytes = 0;
    std::uint8_t buffers[2][kMaxInline];
    Item before{buffers[1], 0};
    for (std::uint32_t i = 0; i < count; i++) {
        const Item item = item_of(rows[i], buffers[i % 2]);
        progress.add(item.size);
        item_bytes += item.size;
        Code code = shared(before, item, i > 0 ? front : 0);
        // A damaged table may hold an item twice.
        if (i > 0 && (code.own + code.suffix == 0 || (hashed && code.prefix >= kHashBytes))) return SKETCH_CORRUPT;
        if (!may_share(item_bytes, own, i)) code = {0, 0, item.size};
        orders.add(kPrefix, code.prefix);
        orders.add(kSuffix, code.suffix);
        orders.add(kOwn, code.own);
        orders.add(kCount, entries.upper_at(rows[i].slot) - lowest);
        orders.add(kError, entries.error_at(rows[i].slot));
        own += code.own;
        rows[i].key = packed_code(code);
        before = item;
    }

    out.byte(kFormatVersion);
    out.byte(static_cast<std::uint8_t>(Family::topk));
    out.byte(0);
    out.byte(static_cast<std::uint8_t>(view.kind));
    for (std::uint64_t v : {std::uint64_t{view.k}, view.total, cut.offset, std::uint64_t{count}}) out.varint(v);
    if (count == 0) return out.ok() ? SKETCH_OK : SKETCH_NO_ROOM;
    out.varint(zigzag(static_cast<std::int64_t>(lowest - cut.offset - 1)));
    out.varint(own);
    for (std::uint32_t i = 0; i < count; i++) {
        const Code code = code_of(rows[i]);
        std::uint8_t *to = out.reserve(code.own);
        if (to == nullptr) return SKETCH_NO_ROOM;
        progress.add(code.own);
        std::memcpy(to, item_of(rows[i], buffers[0]).at + code.prefix, code.own);
    }
    BitWriter bits(out);
    int order[kColumns];
    for (Column column : {kPrefix, kSuffix, kOwn, kCount, kError}) {
        order[column] = orders.of(column, count);
        if (column != kError || cut.offset > 0) bits.bits(static_cast<std::uint64_t>(order[column]), kOrderBits);
    }
    for (std::uint32_t i = 0; i < count; i++) {
        const Code code = code_of(rows[i]);
        bits.golomb(code.prefix, order[kPrefix]);
        bits.golomb(code.suffix, order[kSuffix]);
        bits.golomb(code.own, order[kOwn]);
        bits.golomb(entries.upper_at(rows[i].slot) - lowest, order[kCount]);
        if (cut.offset > 0) bits.golomb(entries.error_at(rows[i].slot), order[kError]);
    }
    bits.flush();
    return out.ok() ? SKETCH_OK : SKETCH_NO_ROOM;
}

}  // namespace sketch::topk
