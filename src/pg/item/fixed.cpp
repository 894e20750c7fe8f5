// Times, addresses, and other values of few bytes.
#include "kinds.hpp"

#include <sys/socket.h>

extern "C" {
#include "utils/date.h"
#include "utils/inet.h"
#include "utils/timestamp.h"
}

namespace pg {

// ---- values as items ----------------------------------------

namespace {

bool is_time_of_day(TimeADT value) { return value >= 0 && value <= USECS_PER_DAY; }

}  // namespace

// Times, money and pg_lsn, which hash as bigints.
void item_word(Hasher *, Datum value, ItemBytes *item) { begin(item, static_cast<uint64>(DatumGetInt64(value))); }

void item_date(Hasher *, Datum value, ItemBytes *item) { begin(item, static_cast<uint32>(DatumGetDateADT(value))); }

void item_timetz(Hasher *, Datum value, ItemBytes *item) {
    const TimeTzADT *time = DatumGetTimeTzADTP(value);
    begin(item, static_cast<uint64>(time->time), static_cast<uint32>(time->zone));
}

void item_inet(Hasher *, Datum value, ItemBytes *item) {  // cidr too
    inet *address = DatumGetInetPP(value);
    const size_t size = static_cast<size_t>(ip_addrsize(address));
    begin(item, static_cast<uint8>(ip_family(address) == PGSQL_AF_INET ? 4 : 6), static_cast<uint8>(ip_bits(address)));
    memcpy(item->buffer + item->size, ip_addr(address), size);
    item->size += size;
}

void item_bool(Hasher *, Datum value, ItemBytes *item) { begin(item, static_cast<uint8>(DatumGetBool(value))); }

uint64 hash_date(Hasher *hasher, Datum value) { return hash_of_item<item_date>(hasher, value); }
uint64 hash_timetz(Hasher *hasher, Datum value) { return hash_of_item<item_timetz>(hasher, value); }
uint64 hash_inet(Hasher *hasher, Datum value) { return hash_of_item<item_inet>(hasher, value); }
uint64 hash_bool(Hasher *hasher, Datum value) { return hash_of_item<item_bool>(hasher, value); }

// Intervals are equal if their lengths are, with months of 30 days and days of 24 hours.
uint64 hash_interval(Hasher *, Datum value) {
    const Interval *interval = DatumGetIntervalP(value);
    __int128 days = static_cast<__int128>(interval->month) * DAYS_PER_MONTH + interval->day;
    ItemBytes bytes;
    begin(&bytes, static_cast<unsigned __int128>(days * USECS_PER_DAY + interval->time));
    return sketch_hash(bytes.bytes, bytes.size);
}

// ---- items as values ----------------------------------------

bool is_timestamp(const uint8 *bytes, size_t size) {
    if (size != sizeof(Timestamp)) return false;
    const Timestamp value = read<Timestamp>(bytes);
    return TIMESTAMP_NOT_FINITE(value) || IS_VALID_TIMESTAMP(value);
}

bool is_date(const uint8 *bytes, size_t size) {
    if (size != sizeof(DateADT)) return false;
    const DateADT value = read<DateADT>(bytes);
    return DATE_NOT_FINITE(value) || IS_VALID_DATE(value);
}

bool is_time(const uint8 *bytes, size_t size) {
    return size == sizeof(TimeADT) && is_time_of_day(read<TimeADT>(bytes));
}

bool is_timetz(const uint8 *bytes, size_t size) {  // AT TIME ZONE makes any zone
    return size == sizeof(TimeADT) + sizeof(int32) && is_time_of_day(read<TimeADT>(bytes));
}

bool is_inet(const uint8 *bytes, size_t size) {
    if (size < 2) return false;
    return bytes[0] == 4 ? size == 2 + 4 && bytes[1] <= 32 : bytes[0] == 6 && size == 2 + 16 && bytes[1] <= 128;
}

bool is_bool(const uint8 *bytes, size_t size) { return size == 1 && bytes[0] <= 1; }

Datum copied_value(const uint8 *bytes, size_t size) { return PointerGetDatum(memcpy(palloc(size), bytes, size)); }

Datum word_value(const uint8 *bytes, size_t) { return Int64GetDatum(read<int64>(bytes)); }

Datum date_value(const uint8 *bytes, size_t) { return DateADTGetDatum(read<DateADT>(bytes)); }

Datum timetz_value(const uint8 *bytes, size_t) {
    TimeTzADT *time = static_cast<TimeTzADT *>(palloc(sizeof(TimeTzADT)));
    time->time = read<TimeADT>(bytes);
    time->zone = read<int32>(bytes + sizeof(TimeADT));
    return TimeTzADTPGetDatum(time);
}

Datum inet_value(const uint8 *bytes, size_t size) {
    inet *address = static_cast<inet *>(palloc0(sizeof(inet)));
    ip_family(address) = bytes[0] == 4 ? PGSQL_AF_INET : PGSQL_AF_INET6;
    ip_bits(address) = bytes[1];
    memcpy(ip_addr(address), bytes + 2, size - 2);
    SET_INET_VARSIZE(address);
    return InetPGetDatum(address);
}

Datum cidr_as(ItemReader *, const uint8 *bytes, size_t size) {
    return DirectFunctionCall1(inet_to_cidr, inet_value(bytes, size));
}

Datum bool_value(const uint8 *bytes, size_t) { return BoolGetDatum(bytes[0] != 0); }

}  // namespace pg
