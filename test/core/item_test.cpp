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
    for (const char *text : {"",      "-",    "+",     ".",   "e5",   "-.e1", "1e",        "1e+", "1 ",    " 1", "1..2",
                             "1.2.3", "0x10", "1_000", "+NaN", "-NaN", "infinit",  "Infinity ", "--1", "1e5.0", "1,5"}) {
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
