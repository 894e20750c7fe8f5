// SQL functions of distinct_sketch. The surface is declared in sql/install/20-distinct.sql; contracts of the functions
// called here are in sketch.h.
#include "hashed.hpp"

namespace {

using namespace pg;

struct Distinct : HashedFamily<Distinct, sketch_distinct, sketch_distinct_info> {
    SKETCH_ABI(distinct)
    static constexpr bool decodes = true;
    static constexpr auto init_size = sketch_distinct_init_size;
    static constexpr auto init = sketch_distinct_init;
    static constexpr auto check = sketch_distinct_check;
    static constexpr auto pack_canonical = sketch_distinct_pack;
    static constexpr auto limit = sketch_distinct_limit;
    static constexpr auto describe = sketch_distinct_describe;
    static int parameter_of(const sketch_distinct_info &info) { return info.precision; }
};

constexpr int kDefaultPrecision = 10;
constexpr double kDefaultConfidence = 0.95;

int precision_argument(FunctionCallInfo fcinfo, int i) {
    const int precision = int_argument(fcinfo, i, "precision");
    if (precision < SKETCH_DISTINCT_MIN_PRECISION || precision > SKETCH_DISTINCT_MAX_PRECISION)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("precision must be between %d and %d", SKETCH_DISTINCT_MIN_PRECISION,
                       SKETCH_DISTINCT_MAX_PRECISION));
    return precision;
}

// A count of items as SQL has it.
int64 bigint_from(double count) { return count >= 9.2e18 ? PG_INT64_MAX : static_cast<int64>(rint(count)); }

// ---- building ----------------------------------------

// distinct_agg(x [, precision]). A precision that differs between rows acts as one that differs between merged
// sketches: the smallest wins.
Datum agg_trans(FunctionCallInfo fcinfo, bool has_precision) {
    if (PG_ARGISNULL(1)) return unchanged(fcinfo);
    const int precision = has_precision ? precision_argument(fcinfo, 2) : kDefaultPrecision;
    return add_row<Distinct>(fcinfo, precision, has_precision, sketch_distinct_add);
}

}  // namespace

PG_FN(distinct_agg_trans) { return agg_trans(fcinfo, false); }
PG_FN(distinct_agg_precision_trans) { return agg_trans(fcinfo, true); }
PG_FN(distinct_merge_trans) { return merge_trans<Distinct>(fcinfo); }
PG_FN(distinct_agg_final) { return stored<Distinct>(fcinfo, 0); }
PG_FN(distinct_merge) { return merge_two<Distinct>(fcinfo); }

PG_FN(distinct_empty) {
    return empty_sketch<Distinct>(PG_NARGS() > 0 ? precision_argument(fcinfo, 0) : kDefaultPrecision);
}

PG_FN(distinct_add) { return add_hash<Distinct>(fcinfo, sketch_distinct_add); }
PG_FN(distinct_coarsen) { return coarsened<Distinct>(fcinfo, precision_argument); }

// ---- reading ----------------------------------------

namespace {

struct Estimate {
    double count;

    static sketch_status peek(const uint8 *first, size_t first_size, size_t size, Estimate *estimate) {
        sketch_distinct_info info;
        return sketch_distinct_peek(first, first_size, size, &info, &estimate->count);
    }

    static Estimate of(const sketch_distinct *sketch) {
        Estimate estimate = {0};
        check(sketch_distinct_count(sketch, &estimate.count), Distinct::type);
        return estimate;
    }
};

// Argument `i`, if there is one.
double confidence_argument(FunctionCallInfo fcinfo, int i) {
    const double confidence = PG_NARGS() > i ? PG_GETARG_FLOAT8(i) : kDefaultConfidence;
    check_argument(confidence > 0 && confidence < 1, "confidence must be greater than 0 and less than 1");
    return confidence;
}

Datum bounds_from(FunctionCallInfo fcinfo, double lower, double upper) {
    return bounds_row(fcinfo, bigint_from(floor(lower)), bigint_from(ceil(upper)));
}

// compare(a, b, scratch, size) of the first two arguments, with the scratch memory that it needs.
template <typename Compare>
void compare_two(FunctionCallInfo fcinfo, Compare compare) {
    Scratch scratch_a, scratch_b;
    const sketch_distinct *a = argument<Distinct>(fcinfo, 0, scratch_a);
    const sketch_distinct *b = argument<Distinct>(fcinfo, 1, scratch_b);
    int kind = Distinct::kind_of(a), other_kind = Distinct::kind_of(b);
    if (kind != other_kind && kind != SKETCH_KIND_NONE && other_kind != SKETCH_KIND_NONE)
        raise_different_kinds(Distinct::type, kind, other_kind);
    const size_t size = sketch_distinct_overlap_size(a, b);
    check(compare(a, b, palloc(size), size), Distinct::type);
}

struct Overlap {
    double intersection, jaccard;
};

Overlap overlap_of(FunctionCallInfo fcinfo) {
    Overlap overlap = {0, 0};
    compare_two(fcinfo, [&](auto *a, auto *b, void *scratch, size_t size) {
        return sketch_distinct_overlap(a, b, scratch, size, &overlap.intersection, &overlap.jaccard);
    });
    return overlap;
}

// `bounds` of the ABI, of the first two arguments.
template <typename Bounds>
Datum bounds_of_two(FunctionCallInfo fcinfo, Bounds bounds) {
    const double confidence = confidence_argument(fcinfo, 2);
    double lower = 0, upper = 0;
    compare_two(fcinfo, [&](auto *a, auto *b, void *scratch, size_t size) {
        return bounds(a, b, confidence, scratch, size, &lower, &upper);
    });
    return bounds_from(fcinfo, lower, upper);
}

struct Facts : sketch_distinct_info {
    double estimate, lower, upper;  // of the number of different items

    static Facts of(const sketch_distinct *sketch) {
        Facts facts = {};
        check(sketch_distinct_describe(sketch, &facts), Distinct::type);
        check(sketch_distinct_count(sketch, &facts.estimate), Distinct::type);
        check(sketch_distinct_bounds(sketch, kDefaultConfidence, &facts.lower, &facts.upper), Distinct::type);
        return facts;
    }
};

Datum json_of(StringInfo out, const Facts &facts) {
    appendStringInfo(out, ", \"kind\": \"%s\", \"precision\": %d, \"mode\": \"%s\"", kind_name(facts.kind),
                     facts.precision, facts.is_dense ? "registers" : "tokens");
    if (!facts.is_dense) appendStringInfo(out, ", \"tokens\": %u", facts.tokens);
    appendStringInfo(out,
                     ", \"distinct_count\": " INT64_FORMAT ", \"lower\": " INT64_FORMAT ", \"upper\": " INT64_FORMAT,
                     bigint_from(facts.estimate), bigint_from(floor(facts.lower)), bigint_from(ceil(facts.upper)));
    append_json_number(out, "relative_standard_error", facts.relative_standard_error);
    appendStringInfoChar(out, '}');
    return jsonb_from(out);
}

}  // namespace

PG_FN(distinct_count) { PG_RETURN_INT64(bigint_from(facts_of<Distinct, Estimate>(fcinfo).count)); }

// No rows have 0 different values, as count(DISTINCT x) says too.
PG_FN(approx_count_distinct_final) {
    if (PG_ARGISNULL(0)) PG_RETURN_INT64(0);
    PG_RETURN_INT64(bigint_from(known_of<Distinct, Estimate>(PG_GETARG_DATUM(0)).facts.count));
}

PG_FN(distinct_bounds) {
    const double confidence = confidence_argument(fcinfo, 1);
    Scratch scratch;
    double lower = 0, upper = 0;
    check(sketch_distinct_bounds(argument<Distinct>(fcinfo, 0, scratch), confidence, &lower, &upper), Distinct::type);
    return bounds_from(fcinfo, lower, upper);
}

PG_FN(distinct_intersection_count) { PG_RETURN_INT64(bigint_from(overlap_of(fcinfo).intersection)); }
PG_FN(distinct_intersection_bounds) { return bounds_of_two(fcinfo, sketch_distinct_intersection_bounds); }
PG_FN(distinct_difference_bounds) { return bounds_of_two(fcinfo, sketch_distinct_difference_bounds); }
PG_FN(distinct_jaccard) { PG_RETURN_FLOAT8(overlap_of(fcinfo).jaccard); }

PG_FN(distinct_difference_count) {
    double difference = 0;
    compare_two(fcinfo, [&](auto *a, auto *b, void *scratch, size_t size) {
        return sketch_distinct_difference(a, b, scratch, size, &difference);
    });
    PG_RETURN_INT64(bigint_from(difference));
}

// ---- forms ----------------------------------------

PG_FN(distinct_sketch_in) { return sketch_in<Distinct>(fcinfo); }
PG_FN(distinct_sketch_out) { return sketch_out<Distinct>(fcinfo); }
PG_FN(distinct_sketch_recv) { return sketch_recv<Distinct>(fcinfo); }
PG_FN(distinct_sketch_from_bytea) { return sketch_from_bytea<Distinct>(fcinfo); }
PG_FN(distinct_sketch_to_bytea) { return sketch_to_bytea<Distinct>(fcinfo); }

PG_FN(distinct_sketch_eq) { PG_RETURN_BOOL(compare<Distinct>(fcinfo) == 0); }
PG_FN(distinct_sketch_ne) { PG_RETURN_BOOL(compare<Distinct>(fcinfo) != 0); }
PG_FN(distinct_sketch_lt) { PG_RETURN_BOOL(compare<Distinct>(fcinfo) < 0); }
PG_FN(distinct_sketch_le) { PG_RETURN_BOOL(compare<Distinct>(fcinfo) <= 0); }
PG_FN(distinct_sketch_gt) { PG_RETURN_BOOL(compare<Distinct>(fcinfo) > 0); }
PG_FN(distinct_sketch_ge) { PG_RETURN_BOOL(compare<Distinct>(fcinfo) >= 0); }
PG_FN(distinct_sketch_cmp) { PG_RETURN_INT32(compare<Distinct>(fcinfo)); }
PG_FN(distinct_sketch_hash) { PG_RETURN_UINT32(static_cast<uint32>(sketch_hash<Distinct>(fcinfo, 0))); }
PG_FN(distinct_sketch_hash_extended) { PG_RETURN_UINT64(sketch_hash<Distinct>(fcinfo, PG_GETARG_INT64(1))); }

PG_FN(distinct_sketch_info) { return sketch_info<Distinct, Facts>(fcinfo, json_of); }
PG_FN(distinct_sketch_to_jsonb) { return sketch_to_jsonb<Distinct, Facts>(fcinfo, json_of); }
