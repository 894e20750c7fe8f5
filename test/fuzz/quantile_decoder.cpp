// What must hold for any bytes at all that are given as a quantile sketch: as a libFuzzer target, and as the oracle of
// the tests that mutate packed values and work forms.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "../core/quantile_sketch.hpp"
#include "decoder.hpp"

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// a <= b where NaN sorts above everything.
bool in_order(double a, double b) { return std::isnan(b) || a <= b; }

// The functions that read take the same decision about the same bytes.
struct Reader {
    const uint8_t *data;
    size_t size;

    Bytes pack(bool with_fractions, sketch_status &status) const {
        Bytes out(quantile_packed_bound(data, size));
        size_t used = 0;
        status = sketch_quantile_pack(data, size, with_fractions, out.data(), out.size(), &used);
        out.resize(used);
        return out;
    }

    const char *percentiles(const sketch_quantile_info &info, sketch_status expected) const {
        std::vector<double> p = {0, 1e-9, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-9, 1};
        std::vector<double> estimate(p.size(), kNaN), lower(p.size()), upper(p.size());
        uint64_t rows = 0;
        sketch_status status = sketch_quantile_percentiles(data, size, p.data(), p.size(), estimate.data(),
                                                           lower.data(), upper.data(), &rows);
        if (status != expected) return "percentiles: another status";
        if (status != SKETCH_OK) return nullptr;
        if (rows != info.total) return "percentiles: another total";
        if (rows == 0) return nullptr;
        bool finite = info.negative_infinities + info.positive_infinities + info.nans == 0;
        for (size_t i = 0; i < p.size(); i++) {
            if (!in_order(lower[i], estimate[i]) || !in_order(estimate[i], upper[i]))
                return "estimate outside its bounds";
            if (i > 0 && !in_order(estimate[i - 1], estimate[i])) return "percentiles fall";
            if (finite && !(std::isfinite(lower[i]) && std::isfinite(upper[i])))
                return "finite rows, infinite percentile";
            if (!in_order(info.minimum, estimate[i]) || !in_order(estimate[i], info.maximum))
                return "beyond the extremes";
        }
        if (info.extremes_known && finite && (estimate.front() != info.minimum || estimate.back() != info.maximum))
            return "the first or the last row is not the extreme";
        return nullptr;
    }

    const char *sums(const sketch_quantile_info &info, sketch_status expected) const {
        const bool numbers = info.nans == 0 && (info.negative_infinities == 0 || info.positive_infinities == 0);
        double sum = kNaN;
        uint64_t rows = 0;
        if (sketch_quantile_sum(data, size, &sum, &rows) != expected) return "sum: another status";
        for (double cut : {0.0, 1e-9, 0.1, 0.25, 0.499}) {
            double mean = kNaN;
            sketch_status status = sketch_quantile_mean(data, size, cut, 1 - cut, &mean, &rows);
            if (status != expected) return "mean: another status";
            if (status != SKETCH_OK || rows == 0) return nullptr;
            if (rows != info.total) return "mean: another total";
            if (numbers && !(mean >= info.minimum && mean <= info.maximum)) return "a mean beyond the extremes";
            if (numbers && cut == 0 && (mean < 0 ? sum > 0 : mean > 0 && sum < 0)) return "sum and mean disagree";
        }
        return std::isnan(sum) == numbers ? "NaN, or none, is the sum of what it is not" : nullptr;
    }

    const char *carried(const sketch_quantile_info &info, sketch_status expected) const {
        std::vector<double> values(SKETCH_QUANTILE_MAX_FRACTIONS);
        size_t count = 0;
        int are_array = 0;
        uint64_t rows = 0;
        sketch_status status =
            sketch_quantile_carried_percentiles(data, size, values.data(), &count, &are_array, &rows);
        if (status != expected) return "carried_percentiles: another status";
        if (form_of(data, size) == SKETCH_WORK && size >= 72 && sketch_quantile_is_moving(data)) {
            // It looks at less, and must not leave the buffer whatever it sees there.
            std::vector<double> found(SKETCH_QUANTILE_MAX_FRACTIONS);
            sketch_status moving =
                sketch_quantile_moving_percentiles(data, size, found.data(), &count, &are_array, &rows);
            if (expected == SKETCH_OK && moving != SKETCH_OK) return "moving_percentiles refuses a sound state";
        }
        if (status != SKETCH_OK) return nullptr;
        std::vector<double> fractions(SKETCH_QUANTILE_MAX_FRACTIONS);
        sketch_quantile_options options{};
        if (sketch_quantile_options_of(data, size, fractions.data(), &options) != SKETCH_OK ||
            count != options.fraction_count || are_array != options.fractions_are_array)
            return "other fractions are carried";
        for (size_t i = 0; rows > 0 && i < count; i++)
            if (!in_order(info.minimum, values[i]) || !in_order(values[i], info.maximum)) return "beyond the extremes";
        return nullptr;
    }

    const char *buckets(const sketch_quantile_info &info, sketch_status expected) const {
        std::vector<sketch_quantile_bucket> listed(info.negative_buckets + info.positive_buckets + 4);
        size_t n = 0;
        sketch_status status = sketch_quantile_histogram(data, size, listed.data(), listed.size(), &n);
        if (status != expected) return "histogram: another status";
        std::vector<double> edges = {0};
        uint64_t sum = 0;
        double last = 0;
        if (status == SKETCH_OK) {
            for (size_t i = 0; i < n; i++) {
                const sketch_quantile_bucket &b = listed[i];
                if (b.count == 0 || !in_order(b.lower, b.upper)) return "histogram: a bucket that holds nothing";
                if (i > 0 && !(std::isnan(b.lower) || last < b.lower)) return "histogram: buckets out of order";
                last = b.upper;
                sum += b.count;
            }
            if (sum != info.total) return "histogram: another total";
            edges.clear();
            for (size_t i = 0; i < n; i += 1 + n / 8)
                for (double edge : {listed[i].lower, listed[i].upper})
                    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
            if (edges.empty()) edges.push_back(0);
        }
        return ranks(info, edges, expected);
    }

    const char *ranks(const sketch_quantile_info &info, const std::vector<double> &points,
                      sketch_status expected) const {
        double last = 0;
        for (size_t i = 0; i < points.size() + 1; i++) {
            double x = i < points.size() ? points[i] : kNaN, fraction = 0;
            uint64_t rows = 0;
            sketch_status status = sketch_quantile_rank(data, size, x, &fraction, &rows);
            if (status != expected) return "rank: another status";
            if (status != SKETCH_OK || rows == 0) break;
            if (!(fraction >= last && fraction <= 1)) return "rank falls, or leaves [0, 1]";
            last = fraction;
            if (std::isnan(x) && fraction != 1) return "rank of NaN is not 1";
        }
        std::vector<double> bounds;
        for (double x : points)
            if (!std::isnan(x)) bounds.push_back(x);
        std::vector<uint64_t> counts(bounds.size() + 1);
        sketch_status status = sketch_quantile_histogram_at(data, size, bounds.data(), bounds.size(), counts.data());
        if (status != expected) return "histogram_at: another status";
        if (status != SKETCH_OK) return nullptr;
        uint64_t rest = info.total;
        for (uint64_t count : counts) {
            if (count > rest) return "histogram_at: more than all rows";
            rest -= count;
        }
        return rest == 0 ? nullptr : "histogram_at: rows are missing";
    }

    const char *merges(const sketch_quantile_info &info, const Bytes &packed, sketch_status expected) const {
        std::vector<double> fractions(SKETCH_QUANTILE_MAX_FRACTIONS);
        sketch_quantile_options options{};
        sketch_status status = sketch_quantile_options_of(data, size, fractions.data(), &options);
        if (status != expected) return "options_of: another status";
        QuantileSketch some{1, 2, 2, -7, 0, 1e200};
        uint64_t before = some.info().total;
        status = some.try_merge(data, size);
        if (expected != SKETCH_OK) return status == expected ? nullptr : "merge: another status";
        bool fits = info.total <= uint64_t{0x7fffffffffffffff} - before;
        if (status != (fits ? SKETCH_OK : SKETCH_OVERFLOW)) return "merge failed";
        if (some.info().total != before + (fits ? info.total : 0)) return "merge: another total";

        QuantileSketch same(options);
        if (same.try_merge(data, size) != SKETCH_OK) return "merge into an empty state failed";
        if (same.pack() != packed) return "merging into an empty state changed something";
        status = same.try_merge(data, size);
        if (status != (info.total <= 0x3fffffffffffffff ? SKETCH_OK : SKETCH_OVERFLOW))
            return "merge with itself failed";

        Bytes difference(packed.size() + 128);
        size_t used = 0;
        status = sketch_quantile_subtract(data, size, data, size, difference.data(), difference.size(), &used);
        if (status != SKETCH_OK) return "nothing may be left when everything is taken away";
        difference.resize(used);
        options.fraction_count = 0;
        options.fractions_are_array = 0;
        return difference == QuantileSketch(options).pack() ? nullptr : "all minus all is not the empty sketch";
    }
};

// The first thing that is wrong with how the library treats this value, packed or work, or nullptr.
const char *complaint_about(const uint8_t *data, size_t size) {
    bool is_work = form_of(data, size) == SKETCH_WORK;
    Reader reader{data, size};
    sketch_quantile_info info{};
    sketch_status status = sketch_quantile_describe(data, size, &info);
    if (!is_work && status != sketch_quantile_check(data, size)) return "check and describe disagree";
    if (status == SKETCH_OK) {
        if (info.scale > info.requested_scale) return "finer than asked for";
        if (info.total > 0 && !in_order(info.minimum, info.maximum)) return "minimum above maximum";
        if (info.negative_buckets + info.positive_buckets > SKETCH_QUANTILE_MAX_BUCKETS(info.requested_scale))
            return "too many buckets";
    }
    sketch_status packing;
    Bytes with_fractions = reader.pack(true, packing), without = reader.pack(false, packing);
    if (packing != status) return "pack: another status";
    if (status == SKETCH_OK) {
        if (!is_work && with_fractions != Bytes(data, data + size)) return "not canonical";
        for (const Bytes &packed : {with_fractions, without})
            if (sketch_quantile_check(packed.data(), packed.size()) != SKETCH_OK)
                return "packs what it does not accept";
    }
    if (const char *complaint = reader.percentiles(info, status)) return complaint;
    if (const char *complaint = reader.sums(info, status)) return complaint;
    if (const char *complaint = reader.carried(info, status)) return complaint;
    if (const char *complaint = reader.buckets(info, status)) return complaint;
    return reader.merges(info, without, status);
}

}  // namespace

std::string quantile_complaint(const uint8_t *data, size_t size, size_t shift) {
    return decoder::complaint_about_copy(complaint_about, data, size, shift);
}

#ifdef SKETCH_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return decoder::try_input(complaint_about, data, size);
}
#endif
