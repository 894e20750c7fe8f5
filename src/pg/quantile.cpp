// quantile_sketch: how sketches are built, and their forms. How they are read: quantile_read.cpp.
#include "quantile.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace {

using namespace pg;

constexpr double kDefaultAccuracy = 0.01;

int checked_scale(double accuracy) {
    int scale;
    check_argument(sketch_quantile_scale(accuracy, &scale) == SKETCH_OK, "accuracy must be between 0.00015625 and 1");
    return scale;
}

int scale_argument(FunctionCallInfo fcinfo, int i) { return checked_scale(double_argument(fcinfo, i, "accuracy")); }

// ---- building ----------------------------------------

varlena *with_row(varlena *state, double x, uint64 weight) {
    return with_growth<Quantile>(state, [=](varlena *buffer, size_t size, sketch_growth *growth) {
        return sketch_quantile_add(buffer, size, x, weight, growth);
    });
}

// What an aggregate with an accuracy remembers between rows.
struct AccuracySite {
    Parameter scale;
    CommonLimit limit;
};

// quantile_agg(x [, accuracy]) and quantile_weighted_agg(x, weight [, accuracy]). An accuracy that differs between rows
// acts as one that differs between merged sketches: the coarsest wins.
Datum agg_trans(FunctionCallInfo fcinfo, Arguments arguments) {
    if (PG_ARGISNULL(1) || (arguments.weight && PG_ARGISNULL(arguments.weight))) return unchanged(fcinfo);
    uint64 weight = arguments.weight ? checked_weight(PG_GETARG_INT64(arguments.weight)) : 1;
    AccuracySite *site = arguments.parameter ? remembered<AccuracySite>(fcinfo->flinfo) : nullptr;
    const double accuracy =
        site != nullptr ? double_argument(fcinfo, arguments.parameter, "accuracy") : kDefaultAccuracy;
    const bool is_first = PG_ARGISNULL(0);
    int scale = 0;
    if (site != nullptr)
        scale = cached_parameter(site->scale, accuracy, 0, [accuracy] { return checked_scale(accuracy); });
    else if (is_first) scale = checked_scale(accuracy);
    if (weight == 0) return unchanged(fcinfo);

    varlena *state;
    if (unlikely(is_first)) {
        if (site != nullptr) site->limit.begin_state(scale);
        state = Quantile::make({scale, 0, nullptr, 0, 0});
    } else {
        state = site != nullptr ? limited_state<Quantile>(fcinfo, site->limit, scale)
                                : state_of<Quantile>(fcinfo, PG_GETARG_DATUM(0), false);
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
PG_FN(quantile_agg_final) { return stored<Quantile>(fcinfo, 0); }
PG_FN(quantile_merge) { return merge_two<Quantile>(fcinfo); }

PG_FN(quantile_empty) {
    const int scale = PG_NARGS() > 0 ? scale_argument(fcinfo, 0) : checked_scale(kDefaultAccuracy);
    return result_from<Quantile>(Quantile::make({scale, 0, nullptr, 0, 0}));
}

PG_FN(quantile_add) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return stored<Quantile>(fcinfo, 0);
    varlena *state = merged<Quantile>(nullptr, sketch_from(PG_GETARG_DATUM(0)));
    return result_from<Quantile>(with_row(state, PG_GETARG_FLOAT8(1), 1));
}

PG_FN(quantile_coarsen) { return coarsened<Quantile>(fcinfo, scale_argument); }

PG_FN(quantile_subtract) {
    varlena *result;
    check(subtracted(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), &result), Quantile::type);
    PG_RETURN_POINTER(result);
}

// ---- percentile_sketch: built and read in one aggregate ----------------------------------------

namespace {

// The fractions travel in the state, because a final function sees no other argument.
Doubles fractions_argument(FunctionCallInfo fcinfo, bool is_array, double &scalar) {
    if (PG_ARGISNULL(2)) null_parameter("percentile value");
    if (!is_array) {
        scalar = PG_GETARG_FLOAT8(2);
        return {&scalar, 1};
    }
    const Doubles fractions = doubles_from(PG_GETARG_DATUM(2), "percentile values");
    if (fractions.count > SKETCH_QUANTILE_MAX_FRACTIONS)
        ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                errmsg("number of percentile values exceeds the maximum allowed (%d)", SKETCH_QUANTILE_MAX_FRACTIONS));
    return fractions;
}

varlena *make_with_fractions(Doubles fractions, bool is_array, bool moving) {
    for (size_t i = 0; i < fractions.count; i++) check_fraction(fractions.at[i]);
    return Quantile::make({checked_scale(kDefaultAccuracy), moving, fractions.at, fractions.count, is_array});
}

void check_same_fractions(varlena *state, Doubles fractions, bool is_array) {
    check_argument(sketch_quantile_has_fractions(state, VARSIZE(state), fractions.at, fractions.count, is_array),
                   "percentile values must be the same for all rows of a group");
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

// ---- forms ----------------------------------------

PG_FN(quantile_sketch_in) { return sketch_in<Quantile>(fcinfo); }
PG_FN(quantile_sketch_out) { return sketch_out<Quantile>(fcinfo); }
PG_FN(quantile_sketch_recv) { return sketch_recv<Quantile>(fcinfo); }
PG_FN(quantile_sketch_from_bytea) { return sketch_from_bytea<Quantile>(fcinfo); }
PG_FN(quantile_sketch_to_bytea) { return sketch_to_bytea<Quantile>(fcinfo); }

PG_FN(quantile_sketch_eq) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) == 0); }
PG_FN(quantile_sketch_ne) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) != 0); }
PG_FN(quantile_sketch_lt) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) < 0); }
PG_FN(quantile_sketch_le) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) <= 0); }
PG_FN(quantile_sketch_gt) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) > 0); }
PG_FN(quantile_sketch_ge) { PG_RETURN_BOOL(compare<Quantile>(fcinfo) >= 0); }
PG_FN(quantile_sketch_cmp) { PG_RETURN_INT32(compare<Quantile>(fcinfo)); }
PG_FN(quantile_sketch_hash) { PG_RETURN_UINT32(static_cast<uint32>(sketch_hash<Quantile>(fcinfo, 0))); }
PG_FN(quantile_sketch_hash_extended) { PG_RETURN_UINT64(sketch_hash<Quantile>(fcinfo, PG_GETARG_INT64(1))); }
