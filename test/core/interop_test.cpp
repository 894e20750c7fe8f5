// Histograms of OpenTelemetry and Prometheus: messages of real producers against the values that they were made from,
// and messages that no producer makes.
#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "mutations.hpp"
#include "quantile_sketch.hpp"

std::string interop_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();

std::string file(const std::string &name) {
    std::ifstream in(SKETCH_INTEROP_FILES "/" + name, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}
Bytes bytes_of(const std::string &text) { return {text.begin(), text.end()}; }

// Every number of a text.
std::vector<double> numbers_in(std::string text) {
    for (char &c : text)
        if (c == '[' || c == ']' || c == ',') c = ' ';
    std::istringstream in(text);
    std::vector<double> numbers;
    for (std::string word; in >> word;) numbers.push_back(std::stod(word));
    return numbers;
}
// The values of the first exports: all of a cumulative histogram.
std::vector<double> otel_values(const std::string &name, size_t batches) {
    const std::string text = file(name + ".input.json");
    const size_t begin = text.find("\"batches\":[") + 11;
    size_t end = begin;
    for (size_t i = 0; i < batches; i++) end = text.find(']', end) + 1;
    return numbers_in(text.substr(begin, end - begin));
}

QuantileSketch sketch_of(const sketch_exponential &h) {
    int scale = 0;
    const char *problem = nullptr;
    if (sketch_exponential_check(&h, &scale, &problem) != SKETCH_OK) FAIL(problem);
    QuantileSketch s(sketch_quantile_options{scale, 0, nullptr, 0, 0});
    REQUIRE(s.try_add_histogram(h) == SKETCH_OK);
    return s;
}

struct Otlp {
    Bytes request;
    sketch_otlp_cursor cursor = {};
    explicit Otlp(Bytes bytes) : request(std::move(bytes)) { cursor.request = {request.data(), request.size()}; }
    sketch_status next(sketch_otlp_point &point) { return sketch_otlp_next(&cursor, &point); }
};
struct Prometheus {
    Bytes request;
    sketch_prometheus_cursor cursor = {};
    Prometheus(sketch_prometheus_message message, Bytes bytes) : request(std::move(bytes)) {
        cursor.request = {request.data(), request.size()};
        cursor.message = message;
    }
    sketch_status next(sketch_prometheus_point &point) { return sketch_prometheus_next(&cursor, &point); }
};

std::string text(sketch_slice s) { return {reinterpret_cast<const char *>(s.at), s.size}; }

// percentile_cont of sorted rows.
double exact(const std::vector<double> &sorted, double p) {
    const double at = p * static_cast<double>(sorted.size() - 1);
    const size_t low = static_cast<size_t>(at);
    const double rest = at - static_cast<double>(low);
    return rest == 0 ? sorted[low] : sorted[low] + rest * (sorted[low + 1] - sorted[low]);
}

// Producers that take logarithms miss an edge by a neighbouring double.
void must_hold_for(const QuantileSketch &s, std::vector<double> rows) {
    std::sort(rows.begin(), rows.end());
    const auto info = s.info();
    REQUIRE(info.total == rows.size());
    for (int i = 0; i <= 1000; i++) {
        const double p = i / 1000.0, x = exact(rows, p);
        const QuantileSketch::Bounds b = s.bounds(p);
        INFO("p = " << p << ", exact " << x << ", estimate " << b.estimate << ", " << b.lower << " to " << b.upper);
        CHECK(std::nextafter(b.lower, -kInfinity) <= x);
        CHECK(x <= std::nextafter(b.upper, kInfinity));
        CHECK(std::fabs(b.estimate - x) <= info.current_accuracy * std::fabs(x) * (1 + 1e-12));
    }
    if (info.extremes_known) {
        CHECK(std::fabs(info.minimum - rows.front()) <= std::fabs(rows.front()) * 3e-16);
        CHECK(std::fabs(info.maximum - rows.back()) <= std::fabs(rows.back()) * 3e-16);
    }
}

// ---- a writer of protobuf, for messages that no producer makes

void put_varint(Bytes &out, uint64_t v) {
    for (; v >= 0x80; v >>= 7) out.push_back(static_cast<uint8_t>(v | 0x80));
    out.push_back(static_cast<uint8_t>(v));
}
Bytes varint(uint32_t number, uint64_t v) {
    Bytes out;
    put_varint(out, number << 3);
    put_varint(out, v);
    return out;
}
Bytes zigzag(uint32_t number, int64_t v) {
    return varint(number, static_cast<uint64_t>(v) << 1 ^ static_cast<uint64_t>(v >> 63));
}
Bytes fixed(uint32_t number, uint64_t v) {
    Bytes out;
    put_varint(out, number << 3 | 1);
    for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<uint8_t>(v >> shift));
    return out;
}
Bytes fixed(uint32_t number, double v) { return fixed(number, std::bit_cast<uint64_t>(v)); }
Bytes operator+(Bytes a, const Bytes &b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
Bytes message(uint32_t number, const Bytes &content) {
    Bytes out;
    put_varint(out, number << 3 | 2);
    put_varint(out, content.size());
    return out + content;
}
Bytes packed(uint32_t number, const std::vector<uint64_t> &values) {
    Bytes content;
    for (uint64_t v : values) put_varint(content, v);
    return message(number, content);
}

// A request with one point.
Bytes otlp_request(const Bytes &point) { return message(1, message(2, message(2, message(10, message(1, point))))); }
Bytes point_of(uint64_t count, int scale, const Bytes &more) { return fixed(4, count) + zigzag(6, scale) + more; }
Bytes buckets(int32_t offset, const std::vector<uint64_t> &counts) { return zigzag(1, offset) + packed(2, counts); }

// What is wrong with the first histogram of a request, or "".
std::string problem_of(const sketch_exponential &h) {
    int scale = 0;
    const char *problem = nullptr;
    return sketch_exponential_check(&h, &scale, &problem) == SKETCH_OK ? "" : problem;
}
std::string otlp_problem(const Bytes &point) {
    Otlp otlp(otlp_request(point));
    sketch_otlp_point found;
    const sketch_status status = otlp.next(found);
    if (status == SKETCH_END) return "no point";
    return status == SKETCH_OK ? problem_of(found.histogram) : otlp.cursor.problem;
}
// Of a histogram of client_model, and of the same in remote write.
std::string family_problem(const Bytes &histogram) {
    Prometheus family(SKETCH_PROMETHEUS_METRIC_FAMILY, message(4, message(7, histogram)));
    sketch_prometheus_point found;
    const sketch_status status = family.next(found);
    if (status == SKETCH_END) return "no point";
    return status == SKETCH_OK ? problem_of(found.histogram) : family.cursor.problem;
}
Bytes span(int32_t offset, uint32_t length) { return zigzag(1, offset) + varint(2, length); }
Bytes native(uint64_t count, int schema, const Bytes &more) {
    return varint(1, count) + fixed(2, 1.0) + zigzag(5, schema) + fixed(6, 1e-30) + more;
}

}  // namespace

TEST_CASE("interop: what OpenTelemetry's SDK exports holds for the values it was made from", "[interop]") {
    struct Vector {
        const char *name;
        int exports;
    };
    for (const Vector &v : {Vector{"otel_edges", 1}, {"otel_lognormal_cum", 2}, {"otel_small20", 1}, {"otel_one", 1}})
        for (int i = 0; i < v.exports; i++) {
            INFO(v.name << " " << i);
            Otlp otlp(bytes_of(file(v.name + ("." + std::to_string(i)) + ".pb")));
            sketch_otlp_point point;
            REQUIRE(otlp.next(point) == SKETCH_OK);
            const QuantileSketch s = sketch_of(point.histogram);
            must_hold_for(s, otel_values(v.name, static_cast<size_t>(i) + 1));
            CHECK(text(point.metric) == "h");
            CHECK(text(point.unit) == "ms");
            CHECK(point.start_time > uint64_t{1700000000} * 1000000000);
            CHECK(point.time >= point.start_time);
            CHECK(s.info().extremes_known == 1);
            CHECK(otlp.next(point) == SKETCH_END);
            CHECK(otlp.cursor.skipped == 0);
        }
}

TEST_CASE("interop: what Prometheus' client and server send holds for the values it was made from", "[interop]") {
    sketch_prometheus_point point;
    for (const char *name : {"prom_edges", "prom_lognormal"}) {
        INFO(name);
        Prometheus family(SKETCH_PROMETHEUS_METRIC_FAMILY, bytes_of(file(name + std::string(".pb"))));
        REQUIRE(family.next(point) == SKETCH_OK);
        CHECK(text(point.name) == "h_ms");
        must_hold_for(sketch_of(point.histogram), numbers_in(file(name + std::string(".input"))));
        CHECK(family.next(point) == SKETCH_END);
    }
    Prometheus request(SKETCH_PROMETHEUS_WRITE_REQUEST, bytes_of(file("prom_remote_write.pb")));
    int histograms = 0;
    while (request.next(point) == SKETCH_OK) {
        must_hold_for(sketch_of(point.histogram), numbers_in(file("prom_lognormal.input")));
        CHECK(point.has_time);
        histograms++;
    }
    CHECK(histograms > 0);
    CHECK(request.cursor.skipped > 0);
}

TEST_CASE("interop: a histogram comes in with its buckets, at its scale", "[interop]") {
    for (int scale = -10; scale <= 20; scale++) {
        Otlp otlp(otlp_request(point_of(
            9, scale, fixed(7, uint64_t{2}) + message(8, buckets(-1, {1, 3})) + message(9, buckets(0, {0, 0, 3})))));
        sketch_otlp_point point;
        REQUIRE(otlp.next(point) == SKETCH_OK);
        if (scale < -8) continue;  // the third bucket of negative numbers holds no double
        const auto info = sketch_of(point.histogram).info();
        CHECK(info.scale == std::min(scale, SKETCH_QUANTILE_MAX_SCALE));
        CHECK(info.total == 9);
        CHECK(info.zeros == 2);
        CHECK(info.extremes_known == 0);
    }
}

TEST_CASE("interop: a histogram without buckets coarsens nothing", "[interop]") {
    for (const Bytes &point :
         {Bytes{}, point_of(5, 0, fixed(7, uint64_t{5})), point_of(5, 20, fixed(7, uint64_t{5}))}) {
        Otlp otlp(otlp_request(point));
        sketch_otlp_point found;
        REQUIRE(otlp.next(found) == SKETCH_OK);
        CHECK(sketch_of(found.histogram).info().requested_scale == SKETCH_QUANTILE_MAX_SCALE);
    }
}

TEST_CASE("interop: more buckets than a sketch of that scale has make it coarser, exactly", "[interop]") {
    for (const size_t count : {size_t{2048}, size_t{2049}}) {
        const std::vector<uint64_t> counts(count, 1);
        Otlp otlp(otlp_request(point_of(count, 6, message(8, buckets(-1024, counts)))));
        sketch_otlp_point point;
        REQUIRE(otlp.next(point) == SKETCH_OK);
        const auto info = sketch_of(point.histogram).info();
        CHECK(info.scale == (count == 2048 ? 6 : 5));
        CHECK(info.total == count);
    }
}

TEST_CASE("interop: extremes are put into their buckets if they are beside them, and unknown if not", "[interop]") {
    const auto extremes = [](double minimum, double maximum, double threshold = 0) {
        Otlp otlp(otlp_request(point_of(4, 0,
                                        fixed(7, uint64_t{threshold > 0}) + fixed(14, threshold) +
                                            message(8, buckets(0, {uint64_t{2} - (threshold > 0), 0, 2})) +
                                            fixed(12, minimum) + fixed(13, maximum))));
        sketch_otlp_point point;
        REQUIRE(otlp.next(point) == SKETCH_OK);
        return sketch_of(point.histogram).info();
    };
    // The buckets are (1, 2] and (4, 8].
    CHECK(extremes(1.5, 7).extremes_known == 1);
    CHECK(extremes(1.5, 7).minimum == 1.5);
    CHECK(extremes(1.5, 7).maximum == 7);
    CHECK(extremes(1, 8).minimum == std::nextafter(1, 2));  // filed too high
    CHECK(extremes(2, std::nextafter(8, 9)).maximum == 8);  // filed too low
    CHECK(extremes(0.5, 7).extremes_known == 0);
    CHECK(extremes(1.5, 9).extremes_known == 0);
    CHECK(extremes(7, 1.5).extremes_known == 0);
    CHECK(extremes(kNaN, 7).extremes_known == 0);
    CHECK(extremes(1.5, kInfinity).extremes_known == 0);
    CHECK(extremes(1e-5, 7, 1e-4).extremes_known == 1);  // within the threshold: it is 0 now
    CHECK(extremes(1e-5, 7, 1e-4).minimum == 0);

    // Of a state that has other rows they tell nothing.
    QuantileSketch s{100.0};
    Otlp otlp(otlp_request(point_of(1, 6, message(8, buckets(0, {1})) + fixed(12, 1.005) + fixed(13, 1.005))));
    sketch_otlp_point point;
    REQUIRE(otlp.next(point) == SKETCH_OK);
    REQUIRE(s.try_add_histogram(point.histogram) == SKETCH_OK);
    CHECK(s.info().extremes_known == 0);
    CHECK(s.info().total == 2);
}

TEST_CASE("interop: every way to write a repeated number is read", "[interop]") {
    const Bytes one_by_one = zigzag(1, 3) + varint(2, 1) + varint(2, 2) + varint(2, 3);
    const Bytes in_pieces = packed(2, {1}) + packed(2, {}) + packed(2, {2, 3}) + zigzag(1, 3);
    const auto bytes = [](const Bytes &buckets) {
        Otlp otlp(otlp_request(point_of(6, 4, message(8, buckets))));
        sketch_otlp_point point;
        REQUIRE(otlp.next(point) == SKETCH_OK);
        return sketch_of(point.histogram).pack();
    };
    CHECK(bytes(one_by_one) == bytes(buckets(3, {1, 2, 3})));
    CHECK(bytes(in_pieces) == bytes(buckets(3, {1, 2, 3})));
}

TEST_CASE("interop: rows in no bucket are NaN, and infinities have Prometheus' last bucket", "[interop]") {
    for (int schema = -4; schema <= 8; schema++) {
        INFO(schema);
        const int32_t infinity = (schema >= 0 ? 1024 << schema : 1024 >> -schema) + 1;
        Prometheus family(SKETCH_PROMETHEUS_METRIC_FAMILY,
                          message(4, message(7, varint(1, 10) + fixed(2, kNaN) + zigzag(5, schema) +
                                                    message(9, span(infinity, 1)) + packed(10, {2 * 2}) +
                                                    message(12, span(infinity - 1, 2)) + packed(13, {2 * 1, 2 * 2}))));
        sketch_prometheus_point point;
        REQUIRE(family.next(point) == SKETCH_OK);
        const auto info = sketch_of(point.histogram).info();
        CHECK(info.total == 10);
        CHECK(info.negative_infinities == 2);
        CHECK(info.positive_infinities == 3);
        CHECK(info.positive_buckets == 1);
        CHECK(info.nans == 4);
    }
}

TEST_CASE("interop: histograms that cannot be are refused in words", "[interop]") {
    const std::string count = "the count is not the sum of the buckets' counts", none;
    const std::string kPoint = "a data point is no message, has buckets twice, or a field of another type";
    CHECK(otlp_problem(point_of(6, 4, message(8, buckets(0, {1, 2, 3})))) == none);
    CHECK(otlp_problem(point_of(5, 4, message(8, buckets(0, {1, 2, 3})))) == count);
    CHECK(otlp_problem(point_of(7, 4, message(8, buckets(0, {1, 2, 3})))) == count);
    CHECK(otlp_problem(point_of(7, 4, fixed(5, 1.0) + message(8, buckets(0, {1, 2, 3})))) == count);
    CHECK(otlp_problem(point_of(7, 4, fixed(5, kNaN) + message(8, buckets(0, {1, 2, 3})))) == none);
    CHECK(otlp_problem(point_of(5, 4, fixed(5, kNaN) + message(8, buckets(0, {1, 2, 3})))) == count);
    CHECK(otlp_problem(point_of(1, 21, message(8, buckets(0, {1})))) == "scale is out of range");
    CHECK(otlp_problem(point_of(1, -11, message(8, buckets(0, {1})))) == "scale is out of range");
    CHECK(otlp_problem(point_of(1, 4, fixed(14, -1.0) + message(8, buckets(0, {1})))) ==
          "zero threshold is negative or not finite");
    CHECK(otlp_problem(point_of(1, 4, fixed(14, kNaN) + message(8, buckets(0, {1})))) ==
          "zero threshold is negative or not finite");
    CHECK(otlp_problem(point_of(1, 4, fixed(14, kInfinity) + message(8, buckets(0, {1})))) ==
          "zero threshold is negative or not finite");
    const std::string beyond = "a bucket lies beyond all numbers of double precision",
                      range = "total count is out of range";
    CHECK(otlp_problem(point_of(1, 0, message(8, buckets(1023, {1})))) == none);
    CHECK(otlp_problem(point_of(1, 0, message(8, buckets(1024, {1})))) == beyond);
    CHECK(otlp_problem(point_of(1, 0, message(8, buckets(-1075, {1})))) == none);
    CHECK(otlp_problem(point_of(1, 0, message(8, buckets(-1076, {1})))) == beyond);
    CHECK(otlp_problem(point_of(1, 0, message(8, buckets(2147483647, {0, 1})))) == beyond);
    CHECK(otlp_problem(point_of(1, 0, message(9, buckets(-2147483647 - 1, {1})))) == beyond);
    CHECK(otlp_problem(point_of(0, 0, message(8, buckets(2147483647, {0, 0})))) == none);  // nothing is in them
    CHECK(otlp_problem(point_of(uint64_t{1} << 63, 0, message(8, buckets(0, {uint64_t{1} << 63})))) == range);
    CHECK(otlp_problem(point_of(0, 0, message(8, buckets(0, {uint64_t{1} << 63, uint64_t{1} << 63})))) == range);
    CHECK(otlp_problem(point_of(uint64_t{1} << 63, 0, fixed(5, kNaN))) == range);
    CHECK(otlp_problem(point_of(0, 0, fixed(7, ~uint64_t{0}) + message(8, buckets(0, {1})))) == range);
    CHECK(otlp_problem(point_of(1, 0, message(8, buckets(0, {1})) + message(8, buckets(0, {})))) == kPoint);
    CHECK(otlp_problem(point_of(1, 0, message(8, zigzag(1, 0) + message(2, {0x80})))) ==
          "buckets are no repeated numbers");
    CHECK(otlp_problem(fixed(4, uint64_t{1}) + fixed(6, uint64_t{3}) + message(8, buckets(0, {1}))) == kPoint);
    CHECK(otlp_problem(varint(4, 0)) == kPoint);
    CHECK(otlp_problem(point_of(1, 0, message(8, fixed(1, uint64_t{1}) + packed(2, {1})))) ==
          "buckets are no message, or their offset is no integer");
    CHECK(otlp_problem(varint(10, 1)) == "no point");  // without a value

    const Bytes one = message(12, span(1, 1)) + packed(13, {2});
    CHECK(family_problem(native(1, 0, one)) == none);
    CHECK(family_problem(native(1, 9, one)) == "unknown schema");
    CHECK(family_problem(native(1, -5, one)) == "unknown schema");
    CHECK(family_problem(native(1, -53, one)) == "histograms with custom buckets are not exponential");
    CHECK(family_problem(native(2, 0, one)) == count);
    CHECK(family_problem(native(1, 0, fixed(4, 1.5) + one)) == "histograms with fractional counts are not supported");
    CHECK(family_problem(native(2, 0, message(12, span(1, 1)) + message(12, span(-1, 1)) + packed(13, {2, 0}))) ==
          "spans of buckets overlap");
    CHECK(family_problem(native(2, 0, message(12, span(1, 2)) + packed(13, {4, 3}))) == none);
    CHECK(family_problem(native(1, 0, message(12, span(1, 2)) + packed(13, {2, 5}))) ==
          "a bucket's count is negative or out of range");
    CHECK(family_problem(native(1, 0, message(12, span(1, 2)) + packed(13, {2}))) == "fewer buckets than spans say");
    CHECK(family_problem(native(1, 0, message(12, span(1, 1)) + packed(13, {2, 2}))) == "more buckets than spans say");
    CHECK(family_problem(native(1, 0, message(12, span(1, 4000000000)) + packed(13, {2}))) ==
          "fewer buckets than spans say");
    CHECK(family_problem(native(1, 0, message(12, {0xff}) + packed(13, {2}))) == "a span is no message");
    CHECK(family_problem(varint(1, 1) + fixed(5, uint64_t{3}) + one) ==
          "a histogram is no message, or has a field of another type");
    CHECK(family_problem(native(1, 0, message(12, fixed(1, uint64_t{1}) + varint(2, 1)) + packed(13, {2}))) ==
          "a span is no message");
    CHECK(family_problem(varint(1, 3) + fixed(2, 1.0)) == "no point");  // of classic buckets
    CHECK(family_problem(native(0, 0, fixed(2, std::bit_cast<double>(0x7ff0000000000002u)))) ==
          "no point");  // has ended
}

TEST_CASE("interop: frequent items of DataSketches are read as they were written", "[interop]") {
    const auto problem = [](Bytes bytes, bool are_longs = false) -> std::string {
        sketch_frequent_items_cursor cursor = {};
        cursor.bytes = {bytes.data(), bytes.size()};
        cursor.are_longs = are_longs;
        sketch_frequent_item item;
        sketch_status status;
        std::string items;
        while ((status = sketch_frequent_items_next(&cursor, &item)) == SKETCH_OK)
            items += std::string(reinterpret_cast<const char *>(item.item.at), item.item.size) + "=" +
                     std::to_string(item.count) + " ";
        return status == SKETCH_END ? items + std::to_string(cursor.total) : cursor.problem;
    };
    const Bytes few = bytes_of(file("frequent_few.bin"));
    const std::string items = problem(few);
    for (const char *item : {"apple=5 ", "=2 ", "pear=1 "}) CHECK(items.find(item) != items.npos);
    CHECK(items.substr(items.size() - 2) == " 8");
    CHECK(problem(bytes_of(file("frequent_empty.bin"))) == "0");

    const auto changed = [&](size_t at, uint8_t byte) {
        Bytes bytes = few;
        bytes[at] = byte;
        return problem(bytes);
    };
    CHECK(problem({}) == "It ends within its preamble");
    CHECK(problem(Bytes(few.begin(), few.begin() + 31)) == "It ends within its preamble");
    CHECK(problem(Bytes(few.begin(), few.begin() + 40)) == "It ends within its counts");
    CHECK(problem(Bytes(few.begin(), few.end() - 1)) == "It ends within its items");
    CHECK(problem(few + Bytes{0}) == "Bytes are left over");
    CHECK(problem(few, true) != items);
    CHECK(changed(2, 7) == "It is of another family than frequent items");
    CHECK(changed(1, 2) == "Its serial version is not 1");
    for (size_t at : {0, 3, 4, 5}) CHECK(changed(at, 0xff) == "Its preamble contradicts itself");
    CHECK(changed(8, 49) == "It has more items than its table can");
    CHECK(changed(16, 7) == "Its counts and the sum of its weights contradict each other");
    CHECK(changed(23, 0x80) == "Its offset and the sum of its weights contradict each other");
    CHECK(changed(24, 9) == "Its offset and the sum of its weights contradict each other");
}

TEST_CASE("interop: damaged messages are refused or understood, and nothing beyond them is read",
          "[interop][untrusted]") {
    std::vector<Bytes> messages;
    for (const char *name : {"otel_edges.0", "otel_lognormal_cum.1", "otel_small20.0", "otel_one.0"})
        messages.push_back(Bytes{0} + bytes_of(file(name + std::string(".pb"))));
    for (const char *name : {"prom_edges", "prom_lognormal"})
        messages.push_back(Bytes{1} + bytes_of(file(name + std::string(".pb"))));
    messages.push_back(Bytes{2} + bytes_of(file("prom_remote_write.pb")));
    for (const char *name : {"frequent_strings", "frequent_few", "frequent_empty"})
        messages.push_back(Bytes{3} + bytes_of(file(name + std::string(".bin"))));
    messages.push_back(Bytes{4} + bytes_of(file("frequent_longs.bin")));
    const auto must_be_sound = [](const Bytes &bytes, size_t size) {
        if (std::string complaint = interop_complaint(bytes.data(), size, size % 2); !complaint.empty())
            FAIL(complaint << ": " << mutations::hex(bytes));
    };
    for (const Bytes &m : messages) {
        for (size_t size = 0; size <= m.size(); size++) must_be_sound(m, size);
        Bytes damaged = m;
        for (size_t at = 1; at < m.size(); at += m.size() / 400 + 1) {
            for (int bit = 0; bit < 8; bit++) {
                damaged[at] = static_cast<uint8_t>(m[at] ^ 1 << bit);
                must_be_sound(damaged, m.size());
            }
            for (int byte : {0, 0x7f, 0xff}) {
                damaged[at] = static_cast<uint8_t>(byte);
                must_be_sound(damaged, m.size());
            }
            damaged[at] = m[at];
        }
    }
}
