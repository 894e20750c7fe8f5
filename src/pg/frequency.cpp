// SQL functions of frequency_sketch. The surface is declared in sql/install/30-frequency.sql; contracts of the
// functions called here are in sketch.h.
#include "hashed.hpp"

namespace {

using namespace pg;

struct Frequency : HashedFamily<Frequency, sketch_frequency, sketch_frequency_info> {
    SKETCH_ABI(frequency)
    static constexpr bool decodes = false;
    static constexpr auto init_size = sketch_frequency_init_size;
    static constexpr auto init = sketch_frequency_init;
    static constexpr auto check = sketch_frequency_check;
    static constexpr auto describe = sketch_frequency_describe;
    static constexpr auto pack_canonical = sketch_frequency_pack;
    static constexpr auto limit = sketch_frequency_limit;

    static int parameter_of(const sketch_frequency_info &info) { return info.log2_width; }
};

constexpr double kDefaultError = 0.001;

int checked_width(double error) {
    int log2_width;
    check_argument(sketch_frequency_log2_width(error, &log2_width) == SKETCH_OK,
                   "error must be between 0.000003 and 0.04");
    return log2_width;
}
int width_argument(FunctionCallInfo fcinfo, int i) { return checked_width(double_argument(fcinfo, i, "error")); }

// ---- building ----------------------------------------

// frequency_agg(x [, error]) and frequency_weighted_agg(x, weight [, error]). An error that differs between rows acts
// as one that differs between merged sketches: the coarsest wins.
Datum agg_trans(FunctionCallInfo fcinfo, Arguments arguments) {
    if (PG_ARGISNULL(1) || (arguments.weight && PG_ARGISNULL(arguments.weight))) return unchanged(fcinfo);
    uint64 weight = arguments.weight ? checked_weight(PG_GETARG_INT64(arguments.weight)) : 1;
    const double error = arguments.parameter ? double_argument(fcinfo, arguments.parameter, "error") : kDefaultError;
    const int log2_width =
        cached_parameter(call_site(fcinfo).parameter, error, 0, [error] { return checked_width(error); });
    if (weight == 0) return unchanged(fcinfo);
    return add_row<Frequency>(fcinfo, log2_width, arguments.parameter != 0,
                              [weight](void *state, size_t size, int kind, uint64 hash, sketch_growth *growth) {
                                  return sketch_frequency_add(state, size, kind, hash, weight, growth);
                              });
}

}  // namespace

PG_FN(frequency_agg_trans) { return agg_trans(fcinfo, {0, 0}); }
PG_FN(frequency_agg_error_trans) { return agg_trans(fcinfo, {0, 2}); }
PG_FN(frequency_weighted_agg_trans) { return agg_trans(fcinfo, {2, 0}); }
PG_FN(frequency_weighted_agg_error_trans) { return agg_trans(fcinfo, {2, 3}); }
PG_FN(frequency_merge_trans) { return merge_trans<Frequency>(fcinfo); }
PG_FN(frequency_agg_final) { return stored<Frequency>(fcinfo, 0); }
PG_FN(frequency_merge) { return merge_two<Frequency>(fcinfo); }

PG_FN(frequency_empty) {
    return empty_sketch<Frequency>(PG_NARGS() > 0 ? width_argument(fcinfo, 0) : checked_width(kDefaultError));
}

PG_FN(frequency_add) {
    return add_hash<Frequency>(fcinfo, [](void *state, size_t size, int kind, uint64 hash, sketch_growth *growth) {
        return sketch_frequency_add(state, size, kind, hash, 1, growth);
    });
}

PG_FN(frequency_coarsen) { return coarsened<Frequency>(fcinfo, width_argument); }

PG_FN(frequency_subtract) {
    Scratch scratch;
    const sketch_frequency *other = open<Frequency>(sketch_from(PG_GETARG_DATUM(1)), scratch);
    varlena *state = merged<Frequency>(nullptr, sketch_from(PG_GETARG_DATUM(0)));
    state = with_growth<Frequency>(state, [other](varlena *buffer, size_t size, sketch_growth *growth) {
        const sketch_status status = sketch_frequency_subtract(buffer, size, other, growth);
        if (status == SKETCH_WRONG_KIND) raise_mixed_kinds<Frequency>(sketch_of(buffer), other);
        return status;
    });
    return result_from<Frequency>(state);
}

// ---- reading ----------------------------------------

namespace {

struct Count {
    uint64 estimate, lower, upper;
};

Count count_of(FunctionCallInfo fcinfo) {
    Scratch scratch;
    const sketch_frequency *sketch = argument_beside_item<Frequency>(fcinfo, scratch);
    int kind = item_kind(fcinfo, Frequency::kind_of(sketch));
    uint64 hash = probe_hash(fcinfo, kind, Frequency::type);
    Count count = {0, 0, 0};
    check(sketch_frequency_count(sketch, kind, hash, &count.estimate, &count.lower, &count.upper), Frequency::type);
    return count;
}

struct Facts : sketch_frequency_info {
    static Facts of(const sketch_frequency *sketch) { return {Frequency::header(sketch)}; }
    static constexpr auto peek = sketch_frequency_peek;
};

Datum json_of(StringInfo out, const Facts &facts) {
    appendStringInfo(out, ", \"kind\": \"%s\"", kind_name(facts.kind));
    append_json_number(out, "error", facts.error);
    appendStringInfo(out, ", \"width\": %d, \"depth\": %d, \"total_count\": " UINT64_FORMAT ", \"mode\": \"%s\"",
                     1 << facts.log2_width, SKETCH_FREQUENCY_DEPTH, facts.total, facts.is_dense ? "counters" : "exact");
    if (!facts.is_dense) appendStringInfo(out, ", \"items\": %u", facts.items);
    appendStringInfoChar(out, '}');
    return jsonb_from(out);
}

}  // namespace

PG_FN(frequency_count) { PG_RETURN_INT64(static_cast<int64>(count_of(fcinfo).estimate)); }

PG_FN(frequency_count_bounds) {
    Count count = count_of(fcinfo);
    return bounds_row(fcinfo, static_cast<int64>(count.lower), static_cast<int64>(count.upper));
}

PG_FN(frequency_total_count) { PG_RETURN_INT64(static_cast<int64>(facts_of<Frequency, Facts>(fcinfo).total)); }

// ---- forms ----------------------------------------

PG_FN(frequency_sketch_in) { return sketch_in<Frequency>(fcinfo); }
PG_FN(frequency_sketch_out) { return sketch_out<Frequency>(fcinfo); }
PG_FN(frequency_sketch_recv) { return sketch_recv<Frequency>(fcinfo); }
PG_FN(frequency_sketch_from_bytea) { return sketch_from_bytea<Frequency>(fcinfo); }
PG_FN(frequency_sketch_to_bytea) { return sketch_to_bytea<Frequency>(fcinfo); }

PG_FN(frequency_sketch_eq) { PG_RETURN_BOOL(compare<Frequency>(fcinfo) == 0); }
PG_FN(frequency_sketch_ne) { PG_RETURN_BOOL(compare<Frequency>(fcinfo) != 0); }
PG_FN(frequency_sketch_lt) { PG_RETURN_BOOL(compare<Frequency>(fcinfo) < 0); }
PG_FN(frequency_sketch_le) { PG_RETURN_BOOL(compare<Frequency>(fcinfo) <= 0); }
PG_FN(frequency_sketch_gt) { PG_RETURN_BOOL(compare<Frequency>(fcinfo) > 0); }
PG_FN(frequency_sketch_ge) { PG_RETURN_BOOL(compare<Frequency>(fcinfo) >= 0); }
PG_FN(frequency_sketch_cmp) { PG_RETURN_INT32(compare<Frequency>(fcinfo)); }
PG_FN(frequency_sketch_hash) { PG_RETURN_UINT32(static_cast<uint32>(sketch_hash<Frequency>(fcinfo, 0))); }
PG_FN(frequency_sketch_hash_extended) { PG_RETURN_UINT64(sketch_hash<Frequency>(fcinfo, PG_GETARG_INT64(1))); }

PG_FN(frequency_sketch_info) { return sketch_info<Frequency, Facts>(fcinfo, json_of); }
PG_FN(frequency_sketch_to_jsonb) { return sketch_to_jsonb<Frequency, Facts>(fcinfo, json_of); }
