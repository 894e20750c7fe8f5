// quantile_sketch: percentiles, ranks, sums and means, extremes, histograms, and what is shown of a sketch.
#include "quantile.hpp"
#include "reading.hpp"

namespace {

using namespace pg;

Doubles fractions_from(Datum datum) {
    Doubles fractions = doubles_from(datum, "percentile values");
    for (size_t i = 0; i < fractions.count; i++) check_fraction(fractions.at[i]);
    return fractions;
}

// One ABI call takes a batch of fractions, so that the query can be cancelled in between.
constexpr size_t kBatch = 256;

struct Info : sketch_quantile_info {
    static Info of(const sketch_quantile *sketch) {
        Info info;
        check(sketch_quantile_describe(sketch, &info), Quantile::type);
        return info;
    }
};

// The header tells the extremes, and whether there are any.
struct Extremes : Info {
    static Extremes of(const sketch_quantile *sketch) { return {Info::of(sketch)}; }
    static constexpr auto peek = sketch_quantile_peek;
};

// A sum or a mean of all rows, if there are any.
struct Aggregate {
    double value;
    uint64 rows;
    bool overflows;
};

struct Sum : Aggregate {
    static Sum of(const sketch_quantile *sketch) {
        Sum sum = {};
        check(sketch_quantile_sum(sketch, &sum.value, &sum.rows), Quantile::type);
        const Info info = Info::of(sketch);
        sum.overflows = isinf(sum.value) && info.negative_infinities + info.positive_infinities == 0;
        return sum;
    }
};

struct Mean : Aggregate {
    static Mean of(const sketch_quantile *sketch) {
        Mean mean = {};
        check(sketch_quantile_mean(sketch, 0, 1, &mean.value, &mean.rows), Quantile::type);
        return mean;
    }
};

// A value of rows, if there are any.
Datum value_of_rows(FunctionCallInfo fcinfo, uint64 rows, double value) {
    if (rows == 0) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(value);
}

}  // namespace

PG_FN(quantile_percentile) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    double p = PG_GETARG_FLOAT8(1), value = 0;
    uint64 rows = 0;
    check_fraction(p);
    check(sketch_quantile_percentiles(s, &p, 1, &value, nullptr, nullptr, &rows), Quantile::type);
    return value_of_rows(fcinfo, rows, value);
}

PG_FN(quantile_percentiles) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    Doubles fractions = fractions_from(PG_GETARG_DATUM(1));
    double *values = static_cast<double *>(palloc(sizeof(double) * Max(fractions.count, 1)));
    uint64 rows = 0;
    for (size_t done = 0; done == 0 || done < fractions.count; done += kBatch) {
        CHECK_FOR_INTERRUPTS();
        size_t count = Min(kBatch, fractions.count - done);
        check(sketch_quantile_percentiles(s, fractions.at + done, count, values + done, nullptr, nullptr, &rows),
              Quantile::type);
    }
    if (rows == 0) PG_RETURN_NULL();
    return array_from(values, fractions.count);
}

PG_FN(quantile_percentile_bounds) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    double p = PG_GETARG_FLOAT8(1), value = 0, bounds[2] = {0, 0};
    uint64 rows = 0;
    check_fraction(p);
    check(sketch_quantile_percentiles(s, &p, 1, &value, &bounds[0], &bounds[1], &rows), Quantile::type);
    if (rows == 0) PG_RETURN_NULL();
    return row_of(fcinfo, Float8GetDatum(bounds[0]), Float8GetDatum(bounds[1]));
}

PG_FN(quantile_percentile_rank) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    double fraction = 0;
    uint64 rows = 0;
    check(sketch_quantile_rank(s, PG_GETARG_FLOAT8(1), &fraction, &rows), Quantile::type);
    return value_of_rows(fcinfo, rows, fraction);
}

PG_FN(quantile_percentile_ranks) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    Doubles values = doubles_from(PG_GETARG_DATUM(1), "values");
    double *fractions = static_cast<double *>(palloc(sizeof(double) * Max(values.count, 1)));
    uint64 rows = Info::of(s).total;
    if (rows == 0) PG_RETURN_NULL();
    for (size_t i = 0; i < values.count; i++) {
        if (i % kBatch == 0) CHECK_FOR_INTERRUPTS();
        check(sketch_quantile_rank(s, values.at[i], &fractions[i], &rows), Quantile::type);
    }
    return array_from(fractions, values.count);
}

PG_FN(quantile_sum_value) {
    const Sum sum = facts_of<Quantile, Sum>(fcinfo);
    if (sum.rows == 0) PG_RETURN_NULL();
    if (sum.overflows) float_overflow_error();  // as sum does
    PG_RETURN_FLOAT8(sum.value);
}

PG_FN(quantile_mean_value) {
    const Mean mean = facts_of<Quantile, Mean>(fcinfo);
    return value_of_rows(fcinfo, mean.rows, mean.value);
}

PG_FN(quantile_trimmed_mean) {
    const double low = PG_GETARG_FLOAT8(1), high = PG_GETARG_FLOAT8(2);
    if (!(low >= 0 && low < high && high <= 1))  // NaN too
        ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                errmsg("fractions low = %g and high = %g are not in the order 0 <= low < high <= 1", low, high));
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    double mean = 0;
    uint64 rows = 0;
    check(sketch_quantile_mean(s, low, high, &mean, &rows), Quantile::type);
    return value_of_rows(fcinfo, rows, mean);
}

PG_FN(quantile_min_value) {
    const Extremes info = facts_of<Quantile, Extremes>(fcinfo);
    return value_of_rows(fcinfo, info.total, info.minimum);
}

PG_FN(quantile_max_value) {
    const Extremes info = facts_of<Quantile, Extremes>(fcinfo);
    return value_of_rows(fcinfo, info.total, info.maximum);
}

PG_FN(quantile_total_count) { PG_RETURN_INT64(static_cast<int64>(facts_of<Quantile, Info>(fcinfo).total)); }

// ---- histogram ----------------------------------------

namespace {

constexpr int32 kMaxBins = 10000;

Doubles bounds_from(Datum datum) {
    Doubles bounds = doubles_from(datum, "histogram bounds");
    for (size_t i = 0; i < bounds.count; i++)
        check_argument(!isnan(bounds.at[i]) && (i == 0 || !(bounds.at[i] <= bounds.at[i - 1])),
                       "histogram bounds must ascend strictly and must not be NaN");
    return bounds;
}

// Rows between bounds, which ascend: below the first, between neighbours, above the last.
Listing buckets_between(const sketch_quantile *s, Doubles bounds) {
    if (bounds.count >= MaxAllocSize / sizeof(sketch_quantile_bucket))
        ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many histogram bounds"));
    Listing list = {nullptr, bounds.count + 1};
    list.buckets = static_cast<sketch_quantile_bucket *>(palloc(sizeof(sketch_quantile_bucket) * list.count));
    double infinity = get_float8_infinity();
    uint64 up_to = 0;
    for (size_t done = 0; done == 0 || done < bounds.count; done += kBatch) {
        CHECK_FOR_INTERRUPTS();
        size_t count = Min(kBatch, bounds.count - done);
        uint64 rows[kBatch + 1];
        check(sketch_quantile_histogram_at(s, bounds.at + done, count, rows), Quantile::type);
        uint64 below = up_to;  // the batch counts from the smallest row on: take off what came before
        up_to = 0;
        for (size_t i = 0; i <= count; i++) {
            sketch_quantile_bucket &bucket = list.buckets[done + i];
            bucket.lower = done + i > 0 ? bounds.at[done + i - 1] : -infinity;
            bucket.upper = done + i < bounds.count ? bounds.at[done + i] : infinity;
            bucket.count = i == 0 ? rows[0] - Min(below, rows[0]) : rows[i];
            if (i < count) up_to += rows[i];
        }
    }
    return list;
}

// What lies in one interval: a value that came alone, an infinity, NaN.
void append_bucket(Listing *list, double lower, double upper, uint64 count) {
    if (count > 0) list->buckets[list->count++] = {lower, upper, count, 0};
}

// The i-th of the n - 1 numbers that divide what lies between two others into equal parts.
double edge_between(double low, double high, double i, double n) {
    const double width = high - low;
    return isfinite(width) ? Min(low + width / n * i, high) : low * (1 - i / n) + high * (i / n);
}

// Finite rows in n intervals of equal width from the smallest to the largest of them; what is not finite by itself.
Listing bins_of(const sketch_quantile *s, int32 n) {
    if (n < 1 || n > kMaxBins)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("number of histogram bins must be between 1 and %d", kMaxBins));
    const Info info = Info::of(s);
    const uint64 finite = info.total - info.negative_infinities - info.positive_infinities - info.nans;
    const double infinity = get_float8_infinity(), nan = get_float8_nan();
    const double low = info.finite_minimum, high = info.finite_maximum;
    Listing list = {static_cast<sketch_quantile_bucket *>(
                        palloc(sizeof(sketch_quantile_bucket) * (static_cast<size_t>(n) + kUnindexed))),
                    0};
    append_bucket(&list, -infinity, -infinity, info.negative_infinities);
    if (finite > 0 && low == high) append_bucket(&list, low, high, finite);
    if (finite > 0 && low < high) {
        const size_t inner = static_cast<size_t>(n) - 1;
        double *bounds = static_cast<double *>(palloc(sizeof(double) * static_cast<size_t>(n)));
        for (size_t i = 0; i < inner; i++) bounds[i] = edge_between(low, high, static_cast<double>(i + 1), n);
        const Listing between = buckets_between(s, {bounds, inner});  // from -Infinity to NaN
        between.buckets[0].lower = low;
        between.buckets[0].count -= Min(info.negative_infinities, between.buckets[0].count);
        between.buckets[inner].upper = high;
        uint64 left = finite;
        for (size_t i = 0; i <= inner; i++) {
            sketch_quantile_bucket &bin = list.buckets[list.count++] = between.buckets[i];
            bin.count = i < inner ? Min(bin.count, left) : left;
            left -= bin.count;
        }
    }
    append_bucket(&list, infinity, infinity, info.positive_infinities);
    append_bucket(&list, nan, nan, info.nans);
    return list;
}

// Rows that are at most each bound, and all rows up to Infinity: NaN among them, and nowhere else.
Listing buckets_up_to(const sketch_quantile *s, Doubles bounds) {
    if (bounds.count > 0 && isinf(bounds.at[bounds.count - 1]) && bounds.at[bounds.count - 1] > 0) bounds.count--;
    Listing list = buckets_between(s, bounds);
    for (size_t i = 1; i < list.count; i++) list.buckets[i].count += list.buckets[i - 1].count;
    return list;
}

// One call a bucket, in value order: of what list_buckets makes of the opened first argument.
template <typename List>
Datum next_bucket(FunctionCallInfo fcinfo, List list_buckets) {
    auto begin = [=](FuncCallContext *context) {
        Scratch scratch;
        Listing list = list_buckets(open<Quantile>(sketch_from(PG_GETARG_DATUM(0)), scratch));
        context->user_fctx = list.buckets;
        context->max_calls = list.count;
    };
    return return_rows(fcinfo, begin, [](FuncCallContext *context) {
        const auto &bucket = static_cast<const sketch_quantile_bucket *>(context->user_fctx)[context->call_cntr];
        Datum columns[3] = {Float8GetDatum(bucket.lower), Float8GetDatum(bucket.upper),
                            Int64GetDatum(static_cast<int64>(bucket.count))};
        bool nulls[3] = {false, false, false};
        const int first = 3 - context->tuple_desc->natts;  // 1 if there is no column `lower`
        return HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, columns + first, nulls));
    });
}

}  // namespace

PG_FN(quantile_histogram) { return next_bucket(fcinfo, buckets_of); }

PG_FN(quantile_histogram_bounds) {
    return next_bucket(fcinfo, [=](auto *s) { return buckets_between(s, bounds_from(PG_GETARG_DATUM(1))); });
}

PG_FN(quantile_histogram_bins) {
    return next_bucket(fcinfo, [=](auto *s) { return bins_of(s, PG_GETARG_INT32(1)); });
}

PG_FN(quantile_cumulative_histogram) {
    return next_bucket(fcinfo, [=](auto *s) { return buckets_up_to(s, bounds_from(PG_GETARG_DATUM(1))); });
}

// ---- what is shown ----------------------------------------

namespace {

void append_counters(StringInfo out, const sketch_quantile_info &info) {
    append_json_number(out, "accuracy", info.accuracy);
    append_json_number(out, "current_accuracy", info.current_accuracy);
    appendStringInfo(out, ", \"scale\": %d, \"total_count\": " UINT64_FORMAT ", \"zero_count\": " UINT64_FORMAT,
                     info.scale, info.total, info.zeros);
    appendStringInfo(out,
                     ", \"negative_infinity_count\": " UINT64_FORMAT ", \"positive_infinity_count\": " UINT64_FORMAT
                     ", \"nan_count\": " UINT64_FORMAT,
                     info.negative_infinities, info.positive_infinities, info.nans);
    appendStringInfo(out, ", \"whole_numbers\": %s", info.whole ? "true" : "false");
    if (info.total == 0) return;
    append_json_number(out, "min", info.minimum);
    append_json_number(out, "max", info.maximum);
    appendStringInfo(out, ", \"extremes_known\": %s", info.extremes_known ? "true" : "false");
}

}  // namespace

PG_FN(quantile_sketch_info) {
    const Known<Info> known = known_argument<Quantile, Info>(fcinfo);
    const Info &info = known.facts;
    StringInfoData out;
    begin_info<Quantile>(&out, known.form, known.size);
    append_counters(&out, info);
    appendStringInfo(&out, ", \"buckets\": %u, \"max_buckets\": %d}", info.negative_buckets + info.positive_buckets,
                     static_cast<int>(SKETCH_QUANTILE_MAX_BUCKETS(info.requested_scale)));
    return jsonb_from(&out);
}

// The histogram as OpenTelemetry names its parts, with bucket indexes instead of runs of zero counts.
PG_FN(quantile_sketch_to_jsonb) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    const Info info = Info::of(s);
    const Listing list = buckets_of(s);
    StringInfoData out;
    begin_json<Quantile>(&out);
    static const bool order[] = {true, false}, parts[] = {false, true};
    append_counters(&out, info);
    for (bool negative : order) {
        appendStringInfo(&out, ", \"%s\": {", negative ? "negative" : "positive");
        for (bool counts : parts) {
            appendStringInfo(&out, counts ? ", \"count\": [" : "\"index\": [");
            const char *separator = "";
            for (size_t i = 0; i < list.count; i++) {
                const sketch_quantile_bucket &bucket = list.buckets[i];
                if (!isfinite(bucket.lower) || (negative ? bucket.upper >= 0 : bucket.lower <= 0)) continue;
                if (counts) appendStringInfo(&out, "%s" UINT64_FORMAT, separator, bucket.count);
                else appendStringInfo(&out, "%s%d", separator, bucket.index);
                separator = ", ";
            }
            appendStringInfoChar(&out, ']');
        }
        appendStringInfoChar(&out, '}');
    }
    appendStringInfoChar(&out, '}');
    return jsonb_from(&out);
}
