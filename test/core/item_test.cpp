// Items that are made of values: equal values have equal items, however they are written. That they are the ones that
// PostgreSQL makes is tested against PostgreSQL: test/checks/examples.sh.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "../../src/sketch.h"
#include "catch.hpp"
#include "topk_sketch.hpp"

namespace {

using Bytes = std::vector<uint8_t>;

struct Made {
    int kind;
    uint64_t hash;
    Bytes bytes;
    bool operator==(const Made &) const = default;
};

template <typename Make>
Made made(Make make) {
    sketch_item item;
    std::memset(&item, 0xa5, sizeof item);
    make(&item);
    const uint8_t *bytes = static_cast<const uint8_t *>(item.bytes);
    return {item.kind, item.hash, Bytes(bytes, bytes + item.size)};
}

Made of_int64(int64_t value) {
    return made([=](sketch_item *item) { sketch_item_int64(value, item); });
}
Made of_double(double value) {
    return made([=](sketch_item *item) { sketch_item_double(value, item); });
}
// In no more scratch memory than is promised.
Made of_decimal(const std::string &text) {
    Bytes scratch(text.size() > 100 ? text.size() : 0);
    return made([&](sketch_item *item) {
        INFO(text);
        REQUIRE(sketch_item_decimal(text.data(), text.size(), scratch.data(), scratch.size(), item) == SKETCH_OK);
    });
}
Made of_interval(int32_t months, int32_t days, int64_t microseconds) {
    return made([=](sketch_item *item) { sketch_item_interval(months, days, microseconds, item); });
}
std::string interval_text(int32_t months, int32_t days, int64_t microseconds) {
    const Bytes bytes = of_interval(months, days, microseconds).bytes;
    return {bytes.begin() + 8, bytes.end()};
}

sketch_status decimal_status(const std::string &text) {
    sketch_item item;
    Bytes scratch(text.size() + 100);
    return sketch_item_decimal(text.data(), text.size(), scratch.data(), scratch.size(), &item);
}

}  // namespace

TEST_CASE("items: integers are decimals, however they are written") {
    for (const char *five : {"5", "5.00", "+5", "005", "5.", "0.5e1", "50e-1", "500000E-5", ".05e+2"})
        CHECK(of_decimal(five) == of_int64(5));
    for (const char *zero : {"0", "-0", "0.000", ".0", "0e99999", "-0e-99999"}) CHECK(of_decimal(zero) == of_int64(0));
    std::mt19937_64 random(1);
    for (int i = 0; i < 2000; i++) {
        const int64_t value = static_cast<int64_t>(random()) >> random() % 64;
        const std::string text = std::to_string(value);
        CHECK(of_decimal(text) == of_int64(value));
        CHECK(of_decimal(text + ".000") == of_int64(value));
        CHECK(of_decimal(text + "000e-3") == of_int64(value));
        CHECK(of_int64(value).hash == sketch_hash_word(static_cast<uint64_t>(value)));
    }
    CHECK(of_decimal("-9223372036854775808") == of_int64(std::numeric_limits<int64_t>::min()));
    CHECK(of_decimal("9223372036854775807") == of_int64(std::numeric_limits<int64_t>::max()));
    CHECK(of_decimal("9223372036854775808").bytes ==
          Bytes({1, 0, 4, 0, 0x9a, 3, 0x2c, 0xd, 0x70, 1, 0x65, 0x15, 0xb0, 0x16}));  // 0922 3372 0368 5477 5808
    CHECK(of_decimal("-9223372036854775809").bytes[1] == 1);
}

TEST_CASE("items: integers are in the order of their numbers") {
    std::vector<int64_t> values = {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
    for (int shift = 0; shift < 63; shift++)
        for (int64_t beside : {-1, 0, 1})
            for (int64_t sign : {-1, 1}) values.push_back(sign * ((int64_t{1} << shift) + beside));
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (size_t i = 1; i < values.size(); i++) {
        CHECK(of_int64(values[i - 1]).bytes < of_int64(values[i]).bytes);
        CHECK(of_int64(values[i]).bytes.size() <= 9);
    }
}

TEST_CASE("items: a decimal is one number, however it is written") {
    std::mt19937_64 random(2);
    for (int i = 0; i < 2000; i++) {
        std::string digits(1 + random() % 300, '0');
        for (char &digit : digits)
            if (random() % 3 > 0) digit = static_cast<char>('0' + random() % 10);
        const size_t point = random() % (digits.size() + 1);
        const int exponent = static_cast<int>(random() % 600) - 300;
        const std::string sign = random() % 2 ? "-" : "";
        // The same with all digits before the point, and with zeros at both ends.
        const int64_t behind = static_cast<int64_t>(digits.size() - point);
        const std::string plain = sign + digits + "e" + std::to_string(exponent - behind);
        const std::string written =
            sign + digits.substr(0, point) + "." + digits.substr(point) + "e" + std::to_string(exponent);
        const std::string padded =
            sign + "00" + digits.substr(0, point) + "." + digits.substr(point) + "000E" + std::to_string(exponent);
        CHECK(of_decimal(written) == of_decimal(plain));
        CHECK(of_decimal(padded) == of_decimal(plain));
    }
    CHECK(of_decimal("0.1").bytes == Bytes({1, 0, 0xff, 0xff, 0xe8, 3}));  // 1000 * 10000^-1
    CHECK(of_decimal("NaN").bytes == Bytes({1, 2, 0, 0}));
    CHECK(of_decimal("Infinity").bytes == Bytes({1, 3, 0, 0}));
    CHECK(of_decimal("-Infinity").bytes == Bytes({1, 4, 0, 0}));
    CHECK(of_decimal("nan").bytes == Bytes({1, 2, 0, 0}));
    CHECK(of_decimal("+INF").bytes == Bytes({1, 3, 0, 0}));
    CHECK(of_decimal("-inf").bytes == Bytes({1, 4, 0, 0}));
    const Made decimal = of_decimal("-123.456");
    CHECK(decimal.hash == sketch_hash(decimal.bytes.data() + 1, decimal.bytes.size() - 1));
}

TEST_CASE("items: what is no decimal is refused, and so is what numeric cannot hold") {
    for (const char *text :
         {"",      "-",    "+",     ".",    "e5",   "-.e1",    "1e",        "1e+", "1 ",    " 1", "1..2",
          "1.2.3", "0x10", "1_000", "+NaN", "-NaN", "infinit", "Infinity ", "--1", "1e5.0", "1,5"}) {
        INFO(text);
        CHECK(decimal_status(text) == SKETCH_OUT_OF_RANGE);
    }
    CHECK(decimal_status("1e131071") == SKETCH_OK);
    CHECK(decimal_status("1e131072") == SKETCH_OUT_OF_RANGE);
    CHECK(decimal_status("1e-16383") == SKETCH_OK);
    CHECK(decimal_status("1e-16384") == SKETCH_OUT_OF_RANGE);
    CHECK(decimal_status("10e-16384") == SKETCH_OK);
    CHECK(decimal_status("1e999999999999999999999999") == SKETCH_OUT_OF_RANGE);
    CHECK(decimal_status("1e-999999999999999999999999") == SKETCH_OUT_OF_RANGE);
    CHECK(decimal_status("0e999999999999999999999999") == SKETCH_OK);

    const std::string longest = std::string(131072, '9') + "." + std::string(16383, '9');
    CHECK(of_decimal(longest).bytes.size() == 4 + 2 * (131072 / 4 + 4096));
    sketch_item item;
    CHECK(sketch_item_decimal(longest.data(), longest.size(), nullptr, 0, &item) == SKETCH_NO_ROOM);
    const std::string without_scratch = "." + std::string(99, '7');
    CHECK(sketch_item_decimal(without_scratch.data(), without_scratch.size(), nullptr, 0, &item) == SKETCH_OK);

    std::mt19937_64 random(3);  // any bytes: an answer, and nothing else
    const std::string letters = "0123456789.+-eENaInfity \xff";
    for (int i = 0; i < 20000; i++) {
        std::string text(random() % 40, ' ');
        for (char &c : text) c = letters[random() % letters.size()];
        const sketch_status s = decimal_status(text);
        CHECK((s == SKETCH_OK || s == SKETCH_OUT_OF_RANGE));
    }
}

TEST_CASE("items: doubles that are equal have one item") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(of_double(-0.0) == of_double(0.0));
    CHECK(of_double(-nan) == of_double(nan));
    CHECK(of_double(std::nan("77")) == of_double(nan));
    CHECK(of_double(nan).bytes == Bytes({0, 0, 0, 0, 0, 0, 0xf8, 0x7f}));
    CHECK(of_double(static_cast<double>(0.1f)) != of_double(0.1));
    CHECK(of_double(5).kind == SKETCH_KIND_FLOAT);
    CHECK(of_double(1).bytes == Bytes({0, 0, 0, 0, 0, 0, 0xf0, 0x3f}));
}

TEST_CASE("items: values of fixed size, and where each kind ends") {
    auto bytes_of = [](auto make) { return made(make).bytes; };
    CHECK(bytes_of([](sketch_item *item) { sketch_item_bool(7, item); }) == Bytes({1}));
    const uint8_t uuid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    CHECK(bytes_of([&](sketch_item *item) { sketch_item_uuid(uuid, item); }) == Bytes(uuid, uuid + 16));

    sketch_item item;
    constexpr int64_t first = -211813488000000000, end = 9223371331200000000;
    using Micros = std::numeric_limits<int64_t>;
    for (auto call : {sketch_item_timestamptz, sketch_item_timestamp}) {
        for (int64_t good : {first, end - 1, int64_t{0}, Micros::min(), Micros::max()})
            CHECK(call(good, &item) == SKETCH_OK);
        for (int64_t bad : {first - 1, end, Micros::min() + 1, Micros::max() - 1})
            CHECK(call(bad, &item) == SKETCH_OUT_OF_RANGE);
    }
    CHECK(sketch_item_timestamptz(-SKETCH_UNIX_MICROSECONDS, &item) == SKETCH_OK);
    CHECK(item.kind == SKETCH_KIND_TIMESTAMPTZ);
    CHECK(sketch_item_date(-2451545, &item) == SKETCH_OK);
    CHECK(sketch_item_date(-2451546, &item) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_item_date(2145031948, &item) == SKETCH_OK);
    CHECK(sketch_item_date(2145031949, &item) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_item_date(std::numeric_limits<int32_t>::max(), &item) == SKETCH_OK);
    CHECK(item.size == 4);
    CHECK(sketch_item_time(86400000000, &item) == SKETCH_OK);
    CHECK(sketch_item_time(86400000001, &item) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_item_time(-1, &item) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_item_inet(uuid, 4, 32, &item) == SKETCH_OK);
    CHECK(item.size == 6);
    CHECK(sketch_item_inet(uuid, 16, 128, &item) == SKETCH_OK);
    CHECK(sketch_item_inet(uuid, 4, 33, &item) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_item_inet(uuid, 16, 129, &item) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_item_inet(uuid, 4, -1, &item) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_item_inet(uuid, 6, 1, &item) == SKETCH_OUT_OF_RANGE);
    sketch_item_text(nullptr, 0, &item);
    CHECK((item.hash == sketch_hash("", 0) && item.size == 0));
}

TEST_CASE("items: intervals are equal if their lengths are, and shown as they were given") {
    constexpr int64_t day = 86400000000;
    CHECK(of_interval(1, 0, 0).hash == of_interval(0, 30, 0).hash);
    CHECK(of_interval(0, 0, 30 * day).hash == of_interval(0, 30, 0).hash);
    CHECK(of_interval(1, -30, 0).hash == of_interval(0, 0, 0).hash);
    CHECK(of_interval(0, 0, 1).hash != of_interval(0, 0, 0).hash);
    CHECK(interval_text(0, 0, 0) == "00:00:00");
    CHECK(interval_text(1, 1, 0) == "1 mon 1 day");
    CHECK(interval_text(14, -3, 1500000) == "1 year 2 mons -3 days +00:00:01.5");
    CHECK(interval_text(-14, 3, -3723004005) == "-1 years -2 mons +3 days -01:02:03.004005");
    using Most = std::numeric_limits<int32_t>;
    CHECK(interval_text(Most::min(), Most::min(), std::numeric_limits<int64_t>::min()) ==
          "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808");
    CHECK(interval_text(Most::max(), Most::max(), std::numeric_limits<int64_t>::max()) ==
          "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807");
}

TEST_CASE("items: a column is what its values are one by one") {
    std::mt19937_64 random(4);
    std::vector<int64_t> numbers = {0, -1, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
    std::vector<double> doubles = {-0.0, 0, std::nan("1"), HUGE_VAL};
    for (int i = 0; i < 500; i++) {
        numbers.push_back(static_cast<int64_t>(random()) >> random() % 64);
        doubles.push_back(static_cast<double>(numbers.back()) / 3);
    }
    const size_t count = numbers.size();
    std::vector<uint64_t> hashes(count);
    std::vector<uint8_t> items(9 * count);
    std::vector<size_t> offsets(count + 1);
    auto item_at = [&](size_t i) { return Bytes(items.begin() + offsets[i], items.begin() + offsets[i + 1]); };
    sketch_hash_int64_many(numbers.data(), count, hashes.data());
    sketch_item_int64_many(numbers.data(), count, items.data(), offsets.data());
    for (size_t i = 0; i < count; i++) CHECK(of_int64(numbers[i]) == Made{SKETCH_KIND_NUMBER, hashes[i], item_at(i)});
    sketch_hash_double_many(doubles.data(), count, hashes.data());
    sketch_item_double_many(doubles.data(), count, items.data(), offsets.data());
    for (size_t i = 0; i < count; i++) CHECK(of_double(doubles[i]) == Made{SKETCH_KIND_FLOAT, hashes[i], item_at(i)});
    sketch_item_int64_many(nullptr, 0, nullptr, offsets.data());
    CHECK(offsets[0] == 0);
}

namespace {

sketch_status parse_status(int kind, const std::string &text) {
    sketch_item item;
    Bytes scratch(text.size());
    return sketch_item_parse(kind, text.data(), text.size(), scratch.data(), scratch.size(), &item);
}
Made parsed(int kind, const std::string &text) {
    Bytes scratch(text.size());
    return made([&](sketch_item *item) {
        INFO(text);
        REQUIRE(sketch_item_parse(kind, text.data(), text.size(), scratch.data(), scratch.size(), item) == SKETCH_OK);
        REQUIRE(item->kind == kind);
    });
}
std::string printed(int kind, const Bytes &item) {
    std::string text(sketch_item_print_size(kind, item.size()), '?');
    size_t size = 0;
    const sketch_status status = sketch_item_print(kind, item.data(), item.size(), text.data(), text.size(), &size);
    if (status != SKETCH_OK) return sketch_status_message(status);
    text.resize(size);
    return text;
}

}  // namespace

// That what PostgreSQL writes is read, and written, is tested against PostgreSQL: test/checks/examples.sh.
TEST_CASE("items: a value may be written in several ways") {
    const struct {
        int kind;
        std::vector<std::string> same;
    } written[] = {
        {SKETCH_KIND_NUMBER, {"5", "+5", "5.0", "0.5e1", "000000000000000000000005"}},
        {SKETCH_KIND_NUMBER, {"-123456789012345678", "-123456789012345678.000"}},
        {SKETCH_KIND_BOOL, {"true", "t", "TRUE", "yes", "on", "1"}},
        {SKETCH_KIND_BOOL, {"false", "f", "n", "No", "OFF", "0"}},
        {SKETCH_KIND_UUID,
         {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC999C0B4EF8BB6D6BB9BD380A11",
          "{a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11}"}},
        {SKETCH_KIND_BYTEA, {"\\x00ff", "\\x00FF"}},
        {SKETCH_KIND_DATE, {"2024-02-29"}},
        {SKETCH_KIND_TIME, {"12:34:00", "12:34", "12:33:60", "12:34:00.0000004"}},
        {SKETCH_KIND_TIMESTAMP, {"2024-02-29 12:00:00", "2024-02-29T12:00", "2024-02-29 11:59:59.9999996"}},
        {SKETCH_KIND_TIMESTAMP, {"2024-03-01 00:00:00", "2024-02-29 24:00", "2024-03-01"}},
        {SKETCH_KIND_TIMESTAMPTZ,
         {"2024-02-29 12:00:00+00", "2024-02-29T12:00:00Z", "2024-02-29 12:00", "2024-02-29 13:30+0130",
          "2024-02-29 13:30:00+01:30", "2024-02-29 06:59:58-05:00:02", "2024-02-29 23:00+11",
          "2024-02-29 12:00:00,000 UTC", "2024-02-29 13:00 +0100"}},
        {SKETCH_KIND_TIMESTAMPTZ, {"infinity", "INFINITY"}},
        {SKETCH_KIND_INET, {"::1", "0:0:0:0:0:0:0:1", "::1/128"}},
        {SKETCH_KIND_INET, {"10.1.2.3", "10.1.2.3/32"}},
    };
    for (const auto &[kind, same] : written)
        for (const std::string &text : same) {
            CHECK(parsed(kind, text) == parsed(kind, same[0]));
            CHECK(printed(kind, parsed(kind, text).bytes) == printed(kind, parsed(kind, same[0]).bytes));
        }
    CHECK(printed(SKETCH_KIND_TIME, parsed(SKETCH_KIND_TIME, "00:00:00.0000005").bytes) == "00:00:00");  // the even one
    CHECK(printed(SKETCH_KIND_TIME, parsed(SKETCH_KIND_TIME, "00:00:00.00000051").bytes) == "00:00:00.000001");
    CHECK(printed(SKETCH_KIND_TIME, parsed(SKETCH_KIND_TIME, "00:00:00.0000015").bytes) == "00:00:00.000002");
    for (const char *name : {"bigint", "BIGINT", "int4", "numeric"})
        CHECK(sketch_kind_of_type(name) == SKETCH_KIND_NUMBER);
    CHECK(sketch_kind_of_type("double precision") == SKETCH_KIND_FLOAT);
    for (const char *name : {"", "bigin", "bigints", "point"}) CHECK(sketch_kind_of_type(name) == SKETCH_KIND_NONE);
}

TEST_CASE("items: every day is read and written") {
    std::mt19937_64 random(3);
    for (int i = 0; i < 100000; i++) {
        const int64_t first = -2'451'545, end = 2'145'031'949;
        const auto day = static_cast<int32_t>(i < 2000   ? i - 1000
                                              : i < 3000 ? first + i - 2000
                                                         : first + static_cast<int64_t>(random() % (end - first)));
        const Made item = made([=](sketch_item *made) { REQUIRE(sketch_item_date(day, made) == SKETCH_OK); });
        CHECK(parsed(SKETCH_KIND_DATE, printed(SKETCH_KIND_DATE, item.bytes)) == item);
    }
}

TEST_CASE("items: what is no value is refused") {
    const struct {
        int kind;
        std::vector<std::string> refused;
    } written[] = {
        {SKETCH_KIND_NUMBER, {"", "-", "1 ", " 1", "0x10", "1e", "1e131072", "12a", "--1"}},
        {SKETCH_KIND_TEXT,
         {std::string("a\0b", 3), "\xff", "caf\xe9", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "abcdefgh\xe2\x82",
          std::string(9, '\0')}},
        {SKETCH_KIND_BOOL, {"", "tr", "2", "yesno"}},
        {SKETCH_KIND_UUID,
         {"", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
          "{a0eebc999c0b4ef8bb6d6bb9bd380a11", "a-0eebc999c0b4ef8bb6d6bb9bd380a11",
          "g0eebc999c0b4ef8bb6d6bb9bd380a11"}},
        {SKETCH_KIND_BYTEA, {"", "00ff", "\\x0", "\\x0g", "\\"}},
        {SKETCH_KIND_DATE,
         {"", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1", "24-01-01", "0000-01-01",
          "2024-01-01 ", "5874898-01-01", "4714-11-23 BC", "2024-01-01T00:00", "infinit", "--infinity"}},
        {SKETCH_KIND_TIME, {"", "24:00:01", "12", "12:60", "12:00:61", "12:00:00.", "1:00", "12:00Z"}},
        {SKETCH_KIND_TIMESTAMP,
         {"", "2024-01-01 00:00Z", "2024-01-01  00:00", "2024-01-01 25:00", "294277-01-01", "4714-11-23 23:59:59 BC"}},
        {SKETCH_KIND_TIMESTAMPTZ,
         {"", "2024-01-01 00:00+16", "2024-01-01 00:00+1", "2024-01-01 00:00+01:60", "2024-01-01 00:00 CET",
          "294277-01-01", "9999999-12-31"}},
        {SKETCH_KIND_INET,
         {"", "10.1.2", "10.1.2.3/33", "10.1.2.3/", "::1/129", "::g", "10.1.2.3.4", std::string("::1\0", 4),
          std::string(60, ':')}},
    };
    for (const auto &[kind, refused] : written)
        for (const std::string &text : refused) {
            INFO(kind << ": " << text);
            CHECK(parse_status(kind, text) == SKETCH_OUT_OF_RANGE);
        }
    for (int kind : {0, -1, 1000, int{SKETCH_KIND_FLOAT}, int{SKETCH_KIND_INTERVAL}, int{SKETCH_KIND_ARRAY}})
        CHECK(parse_status(kind, "1") == SKETCH_WRONG_KIND);
    sketch_item item;
    const std::string many(2000, 'a'), large = "\\x" + many, digits = "1." + std::string(500, '1');
    CHECK(sketch_item_parse(SKETCH_KIND_BYTEA, large.data(), large.size(), nullptr, 0, &item) == SKETCH_NO_ROOM);
    CHECK(sketch_item_parse(SKETCH_KIND_NUMBER, digits.data(), digits.size(), nullptr, 0, &item) == SKETCH_NO_ROOM);
    CHECK(parsed(SKETCH_KIND_BYTEA, large).bytes == Bytes(1000, 0xaa));
}

TEST_CASE("items: bytes that are no item are not printed") {
    char out[64];
    size_t size;
    CHECK(sketch_item_print(SKETCH_KIND_TEXT, "abc", 3, out, 3, &size) == SKETCH_NO_ROOM);
    for (int kind : {SKETCH_KIND_NONE, SKETCH_KIND_FLOAT, SKETCH_KIND_MONEY, SKETCH_KIND_MACADDR})
        CHECK(printed(kind, Bytes(8)) == sketch_status_message(SKETCH_WRONG_KIND));
    std::mt19937_64 random(4);
    int printable = 0;
    for (int i = 0; i < 200000; i++) {
        const int kind = i % 20 == 19 ? SKETCH_KIND_ARRAY + 3 : 1 + i % 20;
        Bytes bytes(random() % 24);
        for (uint8_t &byte : bytes) byte = static_cast<uint8_t>(random() >> random() % 60);
        if (!bytes.empty() && i % 3 == 0) bytes[0] = static_cast<uint8_t>(random() % 2 == 0 ? 1 : 0x78 + random() % 16);
        const std::string text = printed(kind, bytes);
        if (text == sketch_status_message(SKETCH_CORRUPT) || text == sketch_status_message(SKETCH_WRONG_KIND)) continue;
        printable++;
        if (kind == SKETCH_KIND_NUMBER || kind == SKETCH_KIND_DATE || kind == SKETCH_KIND_TIMESTAMPTZ ||
            kind == SKETCH_KIND_INET)
            CHECK(parsed(kind, text).bytes == bytes);
    }
    CHECK(printable > 1000);
}

TEST_CASE("items: a topk sketch of bytes that are no values of their kind is refused", "[topk]") {
    const auto checked = [](int kind, const Bytes &item) {
        TopkSketch s(3, kind);
        s.add(std::string(item.begin(), item.end()));
        const Bytes packed = s.pack();
        REQUIRE(sketch_topk_check(packed.data(), packed.size()) == SKETCH_OK);
        return sketch_topk_check_items(packed.data(), packed.size());
    };
    const Bytes text = {'1', '2'}, word(8), nan = {0, 0, 0, 0, 0, 0, 0xf8, 0x7f};
    const struct {
        int kind;
        Bytes right, wrong;
    } items[] = {
        {SKETCH_KIND_NUMBER, of_int64(7).bytes, text},
        {SKETCH_KIND_FLOAT, nan, {0, 0, 0, 0, 0, 0, 0xf8, 0xff}},
        {SKETCH_KIND_FLOAT, word, {0, 0, 0, 0, 0, 0, 0, 0x80}},
        {SKETCH_KIND_FLOAT, word, text},
        {SKETCH_KIND_TEXT, text, {0xff}},
        {SKETCH_KIND_UUID, Bytes(16), Bytes(15)},
        {SKETCH_KIND_TIMESTAMPTZ, word, text},
        {SKETCH_KIND_DATE, Bytes(4), word},
        {SKETCH_KIND_INET, {4, 32, 1, 2, 3, 4}, {4, 33, 1, 2, 3, 4}},
        {SKETCH_KIND_BOOL, {1}, {2}},
        {SKETCH_KIND_TIMETZ, Bytes(12), word},
        {SKETCH_KIND_MACADDR, Bytes(6), word},
        {SKETCH_KIND_PG_LSN, word, Bytes(6)},
        {SKETCH_KIND_INTERVAL, word, {0, 0, 0, 0, 0, 0, 0, 0, 0xff}},
    };
    for (const auto &[kind, right, wrong] : items) {
        INFO(kind);
        CHECK(checked(kind, right) == SKETCH_OK);
        CHECK(checked(kind, wrong) == SKETCH_CORRUPT);
    }
    for (size_t size : {size_t{0}, size_t{SKETCH_TOPK_MAX_ITEM}}) {
        CHECK(checked(SKETCH_KIND_TEXT, Bytes(size, 'x')) == SKETCH_OK);
        CHECK(checked(SKETCH_KIND_BYTEA, Bytes(size, 'x')) == SKETCH_OK);
    }
}
