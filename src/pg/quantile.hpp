// What both files of quantile_sketch need: quantile.cpp builds sketches and has their forms, quantile_read.cpp answers.
// The surface is declared in sql/install/10-quantile.sql; contracts of the functions called here are in sketch.h.
#pragma once

#include "family.hpp"

namespace pg {

struct Quantile {
    SKETCH_ABI(quantile)
    static constexpr bool decodes = true;
    static sketch_status pack(const Opened *sketch, int partial, uint8 *out, size_t capacity, size_t *out_size) {
        return (partial ? sketch_quantile_pack_partial : sketch_quantile_pack)(sketch, out, capacity, out_size);
    }
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

// Buckets, or what else has a lower end, an upper end and rows.
struct Listing {
    sketch_quantile_bucket *buckets;
    size_t count;
};

constexpr size_t kUnindexed = 4;  // zero, two infinities, NaN

// The buckets that hold rows, in value order.
inline Listing buckets_of(const sketch_quantile *s) {
    sketch_quantile_info info;
    check(sketch_quantile_describe(s, &info), Quantile::type);
    const size_t max_count = size_t{info.negative_buckets} + info.positive_buckets + kUnindexed;
    Listing list = {static_cast<sketch_quantile_bucket *>(palloc(sizeof(sketch_quantile_bucket) * max_count)), 0};
    check(sketch_quantile_histogram(s, list.buckets, max_count, &list.count), Quantile::type);
    return list;
}

// Rows of a minus rows of b, or why not.
inline sketch_status subtracted(Datum a, Datum b, varlena **result) {
    Scratch scratch_a, scratch_b;
    sketch_quantile *from = open<Quantile>(sketch_from(a), scratch_a);
    sketch_quantile *what = open<Quantile>(sketch_from(b), scratch_b);
    size_t capacity = sketch_quantile_packed_bound(from), size = 0;
    *result = static_cast<varlena *>(palloc(VARHDRSZ + capacity));
    const sketch_status status =
        sketch_quantile_subtract(from, what, reinterpret_cast<uint8 *>(VARDATA(*result)), capacity, &size);
    SET_VARSIZE(*result, VARHDRSZ + size);
    return status;
}

inline void check_fraction(double p) {
    if (!(p >= 0 && p <= 1))  // NaN too; the words are percentile_cont's
        ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                errmsg("percentile value %g is not between 0 and 1", p));
}

// A one-dimensional array of doubles without NULLs, used where it stands.
struct Doubles {
    const double *at;
    size_t count;
};

inline Doubles doubles_from(Datum datum, const char *what) {
    ArrayType *array = DatumGetArrayTypeP(datum);
    if (ARR_NDIM(array) > 1)
        ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("array of %s must be one-dimensional", what));
    if (array_contains_nulls(array))
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("array of %s must not contain nulls", what));
    size_t count = static_cast<size_t>(ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)));
    return {reinterpret_cast<const double *>(ARR_DATA_PTR(array)), count};
}

inline Datum array_from(const double *values, size_t count) {
    Datum *datums = static_cast<Datum *>(palloc(sizeof(Datum) * Max(count, 1)));
    for (size_t i = 0; i < count; i++) datums[i] = Float8GetDatum(values[i]);
    return PointerGetDatum(
        construct_array(datums, static_cast<int>(count), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

}  // namespace pg
