// SQL functions of quantile_sketch. The surface is declared in sql/install/10-quantile.sql; contracts of the functions
// called here are in sketch.h.
#include "family.hpp"
#include "reading.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"
}

namespace {

using namespace pg;

struct Quantile {
    static constexpr const char *type = "quantile_sketch";
    using Opened = sketch_quantile;
    static constexpr bool decodes = true;
    static constexpr auto open_size = sketch_quantile_open_size;
    static constexpr auto open = sketch_quantile_open;
    static constexpr auto packed_bound = sketch_quantile_packed_bound;
    static sketch_status pack(const Opened *sketch, int partial, uint8 *out, size_t capacity, size_t *out_size) {
        return (partial ? sketch_quantile_pack_partial : sketch_quantile_pack)(sketch, out, capacity, out_size);
    }
    static constexpr auto merge = sketch_quantile_merge;
    static constexpr auto move = sketch_quantile_move;
    static constexpr auto limit = sketch_quantile_limit;

    static varlena *make(const sketch_quantile_options &options) {
        size_t size = sketch_quantile_init_size_with(&options);
        varlena *state = static_cast<varlena *>(palloc(size));
        pg::check(sketch_quantile_init_with(state, size, &options), type);
        SET_VARSIZE(state, size);
        return state;
    }

    // An empty state with the parameters of a sketch, and with the fractions of a partial one if wanted.
    static varlena *empty_like(const Opened *sketch, bool partial) {
        double fractions[SKETCH_QUANTILE_MAX_FRACTIONS];
        sketch_quantile_options options;
        sketch_quantile_options_of(sketch, fractions, &options);
        if (!partial) options.fraction_count = 0, options.fractions_are_array = 0;
        return make(options);
    }
};

constexpr double kDefaultAccuracy = 0.01;

// ---- arguments ----------------------------------------

void check_fraction(double p) {
    if (!(p >= 0 && p <= 1))  // NaN too; the words are percentile_cont's
        ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                errmsg("percentile value %g is not between 0 and 1", p));
}

int checked_scale(double accuracy) {
    int scale;
    if (sketch_quantile_scale(accuracy, &scale) != SKETCH_OK)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("accuracy must be between 0.00015625 and 1"));
    return scale;
}

// A one-dimensional array of doubles without NULLs, used where it stands.
struct Doubles {
    const double *at;
    size_t count;
};

Doubles doubles_from(Datum datum, const char *what) {
    ArrayType *array = DatumGetArrayTypeP(datum);
    if (ARR_NDIM(array) > 1)
        ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("array of %s must be one-dimensional", what));
    if (array_contains_nulls(array))
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("array of %s must not contain nulls", what));
    size_t count = static_cast<size_t>(ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)));
    return {reinterpret_cast<const double *>(ARR_DATA_PTR(array)), count};
}

Doubles fractions_from(Datum datum) {
    Doubles fractions = doubles_from(datum, "percentile values");
    for (size_t i = 0; i < fractions.count; i++) check_fraction(fractions.at[i]);
    return fractions;
}

Datum array_from(const double *values, size_t count) {
    Datum *datums = static_cast<Datum *>(palloc(sizeof(Datum) * Max(count, 1)));
    for (size_t i = 0; i < count; i++) datums[i] = Float8GetDatum(values[i]);
    return PointerGetDatum(
        construct_array(datums, static_cast<int>(count), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

// ---- building ----------------------------------------

varlena *with_row(varlena *state, double x, uint64 weight) {
    return with_room<Quantile>(state, [=](varlena *room, size_t size, sketch_growth *growth) {
        return sketch_quantile_add(room, size, x, weight, growth);
    });
}

// Where in the argument list weight and accuracy stand; 0 for an aggregate without them.
struct Arguments {
    int weight, accuracy;
};

// quantile_agg(x [, accuracy]) and quantile_weighted_agg(x, weight [, accuracy]). An accuracy that differs between rows
// acts as one that differs between merged sketches: the coarsest wins.
Datum agg_trans(FunctionCallInfo fcinfo, Arguments arguments) {
    if (PG_ARGISNULL(1) || (arguments.weight && PG_ARGISNULL(arguments.weight))) return unchanged(fcinfo);
    uint64 weight = arguments.weight ? checked_weight(PG_GETARG_INT64(arguments.weight)) : 1;
    if (arguments.accuracy && PG_ARGISNULL(arguments.accuracy)) null_parameter("accuracy");
    double accuracy = arguments.accuracy ? PG_GETARG_FLOAT8(arguments.accuracy) : kDefaultAccuracy;
    bool is_first = PG_ARGISNULL(0);
    int scale = is_first || arguments.accuracy ? checked_scale(accuracy) : 0;
    if (weight == 0) return unchanged(fcinfo);

    varlena *state;
    if (unlikely(is_first)) {
        state = Quantile::make({scale, 0, nullptr, 0, 0});
    } else {
        state = state_of<Quantile>(fcinfo, PG_GETARG_DATUM(0), false);
        if (arguments.accuracy) state = with_limit<Quantile>(state, scale);
    }
    PG_RETURN_POINTER(with_row(state, PG_GETARG_FLOAT8(1), weight));
}

}  // namespace

// Seconds of an interval, in the words of extract(epoch FROM ...): years of 365.25 days, months of 30.
PG_FN(sketch_seconds_from_interval) {
    const Interval &interval = *PG_GETARG_INTERVAL_P(0);
#if PG_VERSION_NUM >= 170000
    if (INTERVAL_IS_NOBEGIN(&interval)) PG_RETURN_FLOAT8(-get_float8_infinity());
    if (INTERVAL_IS_NOEND(&interval)) PG_RETURN_FLOAT8(get_float8_infinity());
#endif
    const double day = SECS_PER_DAY;
    double seconds = static_cast<double>(interval.time) / USECS_PER_SEC;
    seconds += DAYS_PER_YEAR * day * (interval.month / MONTHS_PER_YEAR);
    seconds += DAYS_PER_MONTH * day * (interval.month % MONTHS_PER_YEAR);
    seconds += day * interval.day;
    PG_RETURN_FLOAT8(seconds);
}

PG_FN(sketch_seconds_in) { return float8in(fcinfo); }
PG_FN(sketch_seconds_out) { return float8out(fcinfo); }
PG_FN(sketch_seconds_recv) { return float8recv(fcinfo); }
PG_FN(sketch_seconds_send) { return float8send(fcinfo); }

PG_FN(quantile_agg_trans) { return agg_trans(fcinfo, {0, 0}); }
PG_FN(quantile_agg_accuracy_trans) { return agg_trans(fcinfo, {0, 2}); }
PG_FN(quantile_weighted_agg_trans) { return agg_trans(fcinfo, {2, 0}); }
PG_FN(quantile_weighted_agg_accuracy_trans) { return agg_trans(fcinfo, {2, 3}); }
PG_FN(quantile_merge_trans) { return merge_trans<Quantile>(fcinfo); }
PG_FN(quantile_agg_final) { return agg_final<Quantile>(fcinfo); }
PG_FN(quantile_merge) { return merge_two<Quantile>(fcinfo); }

namespace {

Datum empty_sketch(double accuracy) {
    return result_from<Quantile>(Quantile::make({checked_scale(accuracy), 0, nullptr, 0, 0}));
}

}  // namespace

PG_FN(quantile_empty) { return empty_sketch(kDefaultAccuracy); }
PG_FN(quantile_empty_accuracy) {
    if (PG_ARGISNULL(0)) null_parameter("accuracy");
    return empty_sketch(PG_GETARG_FLOAT8(0));
}

PG_FN(quantile_add) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return stored<Quantile>(fcinfo, 0);
    varlena *state = merged<Quantile>(nullptr, sketch_from(PG_GETARG_DATUM(0)));
    return result_from<Quantile>(with_row(state, PG_GETARG_FLOAT8(1), 1));
}

PG_FN(quantile_coarsen) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    if (PG_ARGISNULL(1)) null_parameter("accuracy");
    return coarsened<Quantile>(fcinfo, checked_scale(PG_GETARG_FLOAT8(1)));
}

PG_FN(quantile_subtract) {
    Scratch scratch_a, scratch_b;
    sketch_quantile *a = open<Quantile>(sketch_from(PG_GETARG_DATUM(0)), scratch_a);
    sketch_quantile *b = open<Quantile>(sketch_from(PG_GETARG_DATUM(1)), scratch_b);
    size_t room = sketch_quantile_packed_bound(a), size = 0;
    varlena *result = static_cast<varlena *>(palloc(VARHDRSZ + room));
    check(sketch_quantile_subtract(a, b, reinterpret_cast<uint8 *>(VARDATA(result)), room, &size), Quantile::type);
    SET_VARSIZE(result, VARHDRSZ + size);
    PG_RETURN_POINTER(result);
}

// ---- percentile_sketch: built and read in one aggregate ----------------------------------------

namespace {

// The fractions travel in the state, because a final function sees no other argument.
Doubles fractions_argument(FunctionCallInfo fcinfo, bool is_array, double &scalar) {
    if (PG_ARGISNULL(2)) null_parameter("percentile value");
    Doubles fractions;
    if (is_array) {
        fractions = doubles_from(PG_GETARG_DATUM(2), "percentile values");
        if (fractions.count > SKETCH_QUANTILE_MAX_FRACTIONS)
            ereport(
                ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                errmsg("number of percentile values exceeds the maximum allowed (%d)", SKETCH_QUANTILE_MAX_FRACTIONS));
    } else {
        scalar = PG_GETARG_FLOAT8(2);
        fractions = {&scalar, 1};
    }
    return fractions;
}

varlena *make_with_fractions(Doubles fractions, bool is_array, bool moving) {
    for (size_t i = 0; i < fractions.count; i++) check_fraction(fractions.at[i]);
    return Quantile::make({checked_scale(kDefaultAccuracy), moving, fractions.at, fractions.count, is_array});
}

void check_same_fractions(varlena *state, Doubles fractions, bool is_array) {
    if (!sketch_quantile_has_fractions(state, VARSIZE(state), fractions.at, fractions.count, is_array))
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("percentile values must be the same for all rows of a group"));
}

Datum percentile_trans(FunctionCallInfo fcinfo, bool is_array) {
    if (PG_ARGISNULL(1)) return unchanged(fcinfo);
    double scalar;
    Doubles fractions = fractions_argument(fcinfo, is_array, scalar);
    varlena *state;
    if (unlikely(PG_ARGISNULL(0))) {
        state = make_with_fractions(fractions, is_array, false);
    } else {
        state = state_of<Quantile>(fcinfo, PG_GETARG_DATUM(0), true);
        check_same_fractions(state, fractions, is_array);
    }
    PG_RETURN_POINTER(with_row(state, PG_GETARG_FLOAT8(1), 1));
}

// A moving state must be the executor's own and made for it: others have lost the buckets that a collapse joined, or
// claim to know extremes that may have left.
varlena *moving_state(FunctionCallInfo fcinfo) {
    varlena *state = PG_ARGISNULL(0) ? nullptr : own_state(fcinfo, PG_GETARG_DATUM(0));
    if (state == nullptr || !sketch_quantile_is_moving(state))
        ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                errmsg("moving-aggregate functions of %s need a state that they made themselves", Quantile::type));
    return state;
}

// Forward transition of a moving frame: never null, so that the executor keeps the state through empty frames. Rows
// without a value are skipped, whatever their fractions: until the first value the state carries none.
Datum moving_trans(FunctionCallInfo fcinfo, bool is_array) {
    varlena *state = PG_ARGISNULL(0) ? nullptr : moving_state(fcinfo);
    if (PG_ARGISNULL(1)) {
        if (state == nullptr) state = make_with_fractions({nullptr, 0}, false, true);
        PG_RETURN_POINTER(state);
    }
    double scalar;
    Doubles fractions = fractions_argument(fcinfo, is_array, scalar);
    bool unset = state == nullptr || sketch_quantile_has_fractions(state, VARSIZE(state), nullptr, 0, 0);
    if (unset) state = make_with_fractions(fractions, is_array, true);
    else check_same_fractions(state, fractions, is_array);
    PG_RETURN_POINTER(with_row(state, PG_GETARG_FLOAT8(1), 1));
}

Datum moving_inverse(FunctionCallInfo fcinfo) {
    varlena *state = moving_state(fcinfo);
    if (!PG_ARGISNULL(1)) check(sketch_quantile_remove(state, VARSIZE(state), PG_GETARG_FLOAT8(1)), Quantile::type);
    PG_RETURN_POINTER(state);
}

Datum percentile_final(FunctionCallInfo fcinfo, bool is_array) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    double values[SKETCH_QUANTILE_MAX_FRACTIONS];
    size_t count = 0;
    int are_array = 0;
    uint64 rows = 0;
    varlena *own = own_state(fcinfo, PG_GETARG_DATUM(0));
    if (own != nullptr && sketch_quantile_is_moving(own)) {
        check(sketch_quantile_moving_percentiles(own, VARSIZE(own), values, &count, &are_array, &rows), Quantile::type);
    } else {
        Scratch scratch;
        const sketch_quantile *s = open<Quantile>(sketch_from(PG_GETARG_DATUM(0)), scratch);
        check(sketch_quantile_carried_percentiles(s, values, &count, &are_array, &rows), Quantile::type);
    }
    if (rows == 0) PG_RETURN_NULL();
    if (is_array ? !are_array : count != 1 || are_array)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("%s is not a state of this aggregate", Quantile::type));
    return is_array ? array_from(values, count) : Float8GetDatum(values[0]);
}

}  // namespace

PG_FN(percentile_sketch_trans) { return percentile_trans(fcinfo, false); }
PG_FN(percentile_sketch_array_trans) { return percentile_trans(fcinfo, true); }
PG_FN(percentile_sketch_moving_trans) { return moving_trans(fcinfo, false); }
PG_FN(percentile_sketch_array_moving_trans) { return moving_trans(fcinfo, true); }
PG_FN(percentile_sketch_moving_inverse) { return moving_inverse(fcinfo); }
PG_FN(percentile_sketch_final) { return percentile_final(fcinfo, false); }
PG_FN(percentile_sketch_array_final) { return percentile_final(fcinfo, true); }

// Like merge, but partial states keep their fractions, which must agree.
PG_FN(percentile_sketch_combine) {
    if (PG_ARGISNULL(1)) return unchanged(fcinfo);
    Scratch scratch;
    sketch_quantile *other = open<Quantile>(sketch_from(PG_GETARG_DATUM(1)), scratch);
    double fractions[SKETCH_QUANTILE_MAX_FRACTIONS];
    sketch_quantile_options options;
    sketch_quantile_options_of(other, fractions, &options);
    varlena *state;
    if (PG_ARGISNULL(0)) {
        state = Quantile::make(options);
    } else {
        state = state_of<Quantile>(fcinfo, PG_GETARG_DATUM(0), true);
        check_same_fractions(state, {fractions, options.fraction_count}, options.fractions_are_array);
    }
    PG_RETURN_POINTER(merged<Quantile>(state, other));
}

// ---- reading ----------------------------------------

namespace {

// One ABI call takes a batch of fractions, so that the query can be cancelled in between.
constexpr size_t kBatch = 256;

sketch_quantile_info info_of(const sketch_quantile *sketch) {
    sketch_quantile_info info;
    check(sketch_quantile_describe(sketch, &info), Quantile::type);
    return info;
}

struct Info : sketch_quantile_info {
    static Info of(const sketch_quantile *sketch) { return {info_of(sketch)}; }
};

// The header tells the extremes, and whether there are any.
struct Extremes : Info {
    static Extremes of(const sketch_quantile *sketch) { return {Info::of(sketch)}; }
    static sketch_status peek(const uint8 *first, size_t first_size, size_t size, Extremes *extremes) {
        return sketch_quantile_peek(first, first_size, size, extremes);
    }
};

}  // namespace

PG_FN(quantile_percentile) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    double p = PG_GETARG_FLOAT8(1), value = 0;
    uint64 rows = 0;
    check_fraction(p);
    check(sketch_quantile_percentiles(s, &p, 1, &value, nullptr, nullptr, &rows), Quantile::type);
    if (rows == 0) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(value);
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
    if (rows == 0) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(fraction);
}

PG_FN(quantile_percentile_ranks) {
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    Doubles values = doubles_from(PG_GETARG_DATUM(1), "values");
    double *fractions = static_cast<double *>(palloc(sizeof(double) * Max(values.count, 1)));
    uint64 rows = info_of(s).total;
    if (rows == 0) PG_RETURN_NULL();
    for (size_t i = 0; i < values.count; i++) {
        if (i % kBatch == 0) CHECK_FOR_INTERRUPTS();
        check(sketch_quantile_rank(s, values.at[i], &fractions[i], &rows), Quantile::type);
    }
    return array_from(fractions, values.count);
}

namespace {

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
        const sketch_quantile_info info = info_of(sketch);
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

}  // namespace

PG_FN(quantile_sum_value) {
    const Sum sum = facts_of<Quantile, Sum>(fcinfo);
    if (sum.rows == 0) PG_RETURN_NULL();
    if (sum.overflows) float_overflow_error();  // as sum does
    PG_RETURN_FLOAT8(sum.value);
}

PG_FN(quantile_mean_value) {
    const Mean mean = facts_of<Quantile, Mean>(fcinfo);
    if (mean.rows == 0) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(mean.value);
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
    if (rows == 0) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(mean);
}

PG_FN(quantile_min_value) {
    const Extremes info = facts_of<Quantile, Extremes>(fcinfo);
    if (info.total == 0) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(info.minimum);
}

PG_FN(quantile_max_value) {
    const Extremes info = facts_of<Quantile, Extremes>(fcinfo);
    if (info.total == 0) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(info.maximum);
}

PG_FN(quantile_total_count) { PG_RETURN_INT64(static_cast<int64>(facts_of<Quantile, Info>(fcinfo).total)); }

// ---- histogram ----------------------------------------

namespace {

struct Listing {
    sketch_quantile_bucket *buckets;
    size_t count;
};

constexpr size_t kUnindexed = 4;  // zero, two infinities, NaN
constexpr int32 kMostBins = 10000;

Listing buckets_of(const sketch_quantile *s) {
    const sketch_quantile_info info = info_of(s);
    const size_t most = size_t{info.negative_buckets} + info.positive_buckets + kUnindexed;
    Listing list = {static_cast<sketch_quantile_bucket *>(palloc(sizeof(sketch_quantile_bucket) * most)), 0};
    check(sketch_quantile_histogram(s, list.buckets, most, &list.count), Quantile::type);
    return list;
}

Doubles bounds_from(Datum datum) {
    Doubles bounds = doubles_from(datum, "histogram bounds");
    for (size_t i = 0; i < bounds.count; i++)
        if (isnan(bounds.at[i]) || (i > 0 && bounds.at[i] <= bounds.at[i - 1]))
            ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("histogram bounds must ascend strictly and must not be NaN"));
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
double edge_between(double least, double most, double i, double n) {
    const double width = most - least;
    return isfinite(width) ? Min(least + width / n * i, most) : least * (1 - i / n) + most * (i / n);
}

// Finite rows in n intervals of equal width from the smallest to the largest of them; what is not finite by itself.
Listing bins_of(const sketch_quantile *s, int32 n) {
    if (n < 1 || n > kMostBins)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("number of histogram bins must be between 1 and %d", kMostBins));
    const sketch_quantile_info info = info_of(s);
    const uint64 finite = info.total - info.negative_infinities - info.positive_infinities - info.nans;
    const double infinity = get_float8_infinity(), nan = get_float8_nan();
    const double least = info.finite_minimum, most = info.finite_maximum;
    Listing list = {static_cast<sketch_quantile_bucket *>(
                        palloc(sizeof(sketch_quantile_bucket) * (static_cast<size_t>(n) + kUnindexed))),
                    0};
    append_bucket(&list, -infinity, -infinity, info.negative_infinities);
    if (finite > 0 && least == most) append_bucket(&list, least, most, finite);
    if (finite > 0 && least < most) {
        const size_t inner = static_cast<size_t>(n) - 1;
        double *bounds = static_cast<double *>(palloc(sizeof(double) * static_cast<size_t>(n)));
        for (size_t i = 0; i < inner; i++) bounds[i] = edge_between(least, most, static_cast<double>(i + 1), n);
        const Listing between = buckets_between(s, {bounds, inner});  // from -Infinity to NaN
        between.buckets[0].lower = least;
        between.buckets[0].count -= Min(info.negative_infinities, between.buckets[0].count);
        between.buckets[inner].upper = most;
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
Datum next_bucket(FunctionCallInfo fcinfo, Listing (*list_buckets)(const sketch_quantile *, FunctionCallInfo)) {
    if (SRF_IS_FIRSTCALL()) {
        FuncCallContext *context = SRF_FIRSTCALL_INIT();
        MemoryContext previous = MemoryContextSwitchTo(context->multi_call_memory_ctx);
        Scratch scratch;
        Listing list = list_buckets(open<Quantile>(sketch_from(PG_GETARG_DATUM(0)), scratch), fcinfo);
        context->user_fctx = list.buckets;
        context->max_calls = list.count;
        if (get_call_result_type(fcinfo, nullptr, &context->tuple_desc) != TYPEFUNC_COMPOSITE)
            elog(ERROR, "histogram must return rows");
        BlessTupleDesc(context->tuple_desc);
        MemoryContextSwitchTo(previous);
    }
    FuncCallContext *context = SRF_PERCALL_SETUP();
    if (context->call_cntr >= context->max_calls) SRF_RETURN_DONE(context);
    const sketch_quantile_bucket &bucket =
        static_cast<const sketch_quantile_bucket *>(context->user_fctx)[context->call_cntr];
    Datum columns[3] = {Float8GetDatum(bucket.lower), Float8GetDatum(bucket.upper),
                        Int64GetDatum(static_cast<int64>(bucket.count))};
    bool nulls[3] = {false, false, false};
    const int first = 3 - context->tuple_desc->natts;  // 1 if there is no column `lower`
    SRF_RETURN_NEXT(context, HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, columns + first, nulls)));
}

}  // namespace

PG_FN(quantile_histogram) {
    return next_bucket(fcinfo, [](const sketch_quantile *s, FunctionCallInfo) { return buckets_of(s); });
}

PG_FN(quantile_histogram_bounds) {
    return next_bucket(fcinfo, [](const sketch_quantile *s, FunctionCallInfo call) {
        return buckets_between(s, bounds_from(call->args[1].value));
    });
}

PG_FN(quantile_histogram_bins) {
    return next_bucket(fcinfo, [](const sketch_quantile *s, FunctionCallInfo call) {
        return bins_of(s, DatumGetInt32(call->args[1].value));
    });
}

PG_FN(quantile_cumulative_histogram) {
    return next_bucket(fcinfo, [](const sketch_quantile *s, FunctionCallInfo call) {
        return buckets_up_to(s, bounds_from(call->args[1].value));
    });
}

// ---- forms ----------------------------------------

PG_FN(quantile_sketch_in) { return sketch_in<Quantile>(fcinfo); }
PG_FN(quantile_sketch_out) { return sketch_out<Quantile>(fcinfo); }
PG_FN(quantile_sketch_recv) { return sketch_recv<Quantile>(fcinfo); }
PG_FN(quantile_sketch_send) { return sketch_to_bytea<Quantile>(fcinfo); }
PG_FN(quantile_sketch_from_bytea) { return sketch_from_bytea<Quantile>(fcinfo); }
PG_FN(quantile_sketch_to_bytea) { return sketch_to_bytea<Quantile>(fcinfo); }

PG_FN(quantile_sketch_eq) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) == 0); }
PG_FN(quantile_sketch_ne) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) != 0); }
PG_FN(quantile_sketch_lt) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) < 0); }
PG_FN(quantile_sketch_le) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) <= 0); }
PG_FN(quantile_sketch_gt) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) > 0); }
PG_FN(quantile_sketch_ge) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) >= 0); }
PG_FN(quantile_sketch_cmp) { PG_RETURN_INT32(compare<Quantile>(fcinfo)); }
PG_FN(quantile_sketch_hash) { return sketch_hash<Quantile>(fcinfo); }
PG_FN(quantile_sketch_hash_extended) { return sketch_hash_extended<Quantile>(fcinfo); }

namespace {

void append_counters(StringInfo out, const sketch_quantile_info &info) {
    appendStringInfo(out, ", \"accuracy\": ");
    append_json_number(out, info.accuracy);
    appendStringInfo(out, ", \"current_accuracy\": ");
    append_json_number(out, info.current_accuracy);
    appendStringInfo(out, ", \"scale\": %d, \"total_count\": " UINT64_FORMAT ", \"zero_count\": " UINT64_FORMAT,
                     info.scale, info.total, info.zeros);
    appendStringInfo(out,
                     ", \"negative_infinity_count\": " UINT64_FORMAT ", \"positive_infinity_count\": " UINT64_FORMAT
                     ", \"nan_count\": " UINT64_FORMAT,
                     info.negative_infinities, info.positive_infinities, info.nans);
    appendStringInfo(out, ", \"whole_numbers\": %s", info.whole ? "true" : "false");
    if (info.total == 0) return;
    appendStringInfo(out, ", \"min\": ");
    append_json_number(out, info.minimum);
    appendStringInfo(out, ", \"max\": ");
    append_json_number(out, info.maximum);
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
    const sketch_quantile_info info = info_of(s);
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
