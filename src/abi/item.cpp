// Items of the hashed families from values: contracts are in sketch.h, canonical bytes in core/common/item.hpp.
#include "../core/common/item.hpp"

#include <algorithm>
#include <cstring>

#include "../core/common/hash.hpp"

using namespace sketch;

namespace {

// What is hashed and kept as it stands.
void set_item(sketch_item *item, int kind, const void *bytes, std::size_t size) noexcept {
    item->kind = kind;
    item->hash = XXH3_64bits(bytes, size);
    item->bytes = bytes;
    item->size = size;
}

template <typename Integer>
void set_integer(sketch_item *item, int kind, Integer value) noexcept {
    append(item->buffer, value);
    set_item(item, kind, item->buffer, sizeof value);
}

uint64_t hash_of_double(double value) noexcept { return sketch_hash_word(canonical_bits(value)); }

// PostgreSQL's limits of timestamps and dates, from 4714-11-24 BC on, and its infinities.
constexpr int64_t kFirstTimestamp = -211'813'488'000'000'000, kTimestampsEnd = 9'223'371'331'200'000'000;
constexpr int32_t kFirstDate = -2'451'545, kDatesEnd = 2'145'031'949;

template <typename Integer>
bool is_between(Integer value, Integer first, Integer end) noexcept {
    using Limits = std::numeric_limits<Integer>;
    return (value >= first && value < end) || value == Limits::min() || value == Limits::max();
}

sketch_status timestamp_of_kind(int kind, int64_t microseconds, sketch_item *item) noexcept {
    if (!is_between(microseconds, kFirstTimestamp, kTimestampsEnd)) return SKETCH_OUT_OF_RANGE;
    set_integer(item, kind, microseconds);
    return SKETCH_OK;
}

}  // namespace

void sketch_item_int64(int64_t value, sketch_item *item) noexcept {
    item->kind = SKETCH_KIND_NUMBER;
    item->hash = sketch_hash_word(static_cast<uint64_t>(value));
    item->bytes = item->buffer;
    item->size = static_cast<size_t>(append_integer_item(item->buffer, value) - item->buffer);
}

void sketch_item_double(double value, sketch_item *item) noexcept {
    set_integer(item, SKETCH_KIND_FLOAT, canonical_bits(value));
}

sketch_status sketch_item_decimal(const char *text, size_t size, void *scratch, size_t scratch_size,
                                  sketch_item *item) noexcept {
    Decimal decimal;
    if (!decimal.parse(text, size)) return SKETCH_OUT_OF_RANGE;
    if (int64_t value; decimal.is_integer(value)) {
        sketch_item_int64(value, item);
        return SKETCH_OK;
    }
    const size_t needed = 1 + decimal.size();
    if (needed > sizeof item->buffer && needed > scratch_size) return SKETCH_NO_ROOM;
    uint8_t *const bytes = needed <= sizeof item->buffer ? item->buffer : static_cast<uint8_t *>(scratch);
    bytes[0] = kDecimalItem;
    decimal.write(bytes + 1);
    set_item(item, SKETCH_KIND_NUMBER, bytes + 1, needed - 1);
    item->bytes = bytes;
    item->size = needed;
    return SKETCH_OK;
}

void sketch_item_text(const char *text, size_t size, sketch_item *item) noexcept {
    set_item(item, SKETCH_KIND_TEXT, text, size);
}

void sketch_item_bytes(const void *bytes, size_t size, sketch_item *item) noexcept {
    set_item(item, SKETCH_KIND_BYTEA, bytes, size);
}

void sketch_item_label(const char *label, size_t size, sketch_item *item) noexcept {
    set_item(item, SKETCH_KIND_ENUM, label, size);
}

void sketch_item_bool(int value, sketch_item *item) noexcept {
    set_integer(item, SKETCH_KIND_BOOL, static_cast<uint8_t>(value != 0));
}

void sketch_item_uuid(const uint8_t uuid[16], sketch_item *item) noexcept {
    std::memcpy(item->buffer, uuid, 16);
    set_item(item, SKETCH_KIND_UUID, item->buffer, 16);
}

sketch_status sketch_item_timestamptz(int64_t microseconds, sketch_item *item) noexcept {
    return timestamp_of_kind(SKETCH_KIND_TIMESTAMPTZ, microseconds, item);
}

sketch_status sketch_item_timestamp(int64_t microseconds, sketch_item *item) noexcept {
    return timestamp_of_kind(SKETCH_KIND_TIMESTAMP, microseconds, item);
}

sketch_status sketch_item_date(int32_t days, sketch_item *item) noexcept {
    if (!is_between(days, kFirstDate, kDatesEnd)) return SKETCH_OUT_OF_RANGE;
    set_integer(item, SKETCH_KIND_DATE, days);
    return SKETCH_OK;
}

sketch_status sketch_item_time(int64_t microseconds, sketch_item *item) noexcept {
    if (microseconds < 0 || microseconds > kMicrosecondsPerDay) return SKETCH_OUT_OF_RANGE;
    set_integer(item, SKETCH_KIND_TIME, microseconds);
    return SKETCH_OK;
}

void sketch_item_interval(int32_t months, int32_t days, int64_t microseconds, sketch_item *item) noexcept {
    static_assert(sizeof item->buffer >= sizeof item->hash + kMaxIntervalText);
    set_integer(item, SKETCH_KIND_INTERVAL, static_cast<u128>(interval_length(months, days, microseconds)));
    char *const text = reinterpret_cast<char *>(append(item->buffer, item->hash));
    item->size = sizeof item->hash + static_cast<size_t>(append_interval_text(text, months, days, microseconds) - text);
}

sketch_status sketch_item_inet(const uint8_t *address, size_t size, int prefix, sketch_item *item) noexcept {
    if ((size != 4 && size != 16) || prefix < 0 || prefix > static_cast<int>(8 * size)) return SKETCH_OUT_OF_RANGE;
    item->buffer[0] = size == 4 ? 4 : 6;
    item->buffer[1] = static_cast<uint8_t>(prefix);
    std::memcpy(item->buffer + 2, address, size);
    set_item(item, SKETCH_KIND_INET, item->buffer, 2 + size);
    return SKETCH_OK;
}

void sketch_hash_int64_many(const int64_t *values, size_t count, uint64_t *hashes) noexcept {
    std::transform(values, values + count, hashes,
                   [](int64_t value) { return sketch_hash_word(static_cast<uint64_t>(value)); });
}

void sketch_hash_double_many(const double *values, size_t count, uint64_t *hashes) noexcept {
    std::transform(values, values + count, hashes, hash_of_double);
}

void sketch_item_int64_many(const int64_t *values, size_t count, uint8_t *items, size_t *offsets) noexcept {
    uint8_t *end = items;
    for (size_t i = 0; i < count; i++) {
        offsets[i] = static_cast<size_t>(end - items);
        end = append_integer_item(end, values[i]);
    }
    offsets[count] = static_cast<size_t>(end - items);
}

void sketch_item_double_many(const double *values, size_t count, uint8_t *items, size_t *offsets) noexcept {
    for (size_t i = 0; i < count; i++) append(items + 8 * i, canonical_bits(values[i]));
    for (size_t i = 0; i <= count; i++) offsets[i] = 8 * i;
}
