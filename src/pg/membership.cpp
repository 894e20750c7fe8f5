// SQL functions of membership_sketch. The surface is declared in sql/install/50-membership.sql; contracts of the
// functions called here are in sketch.h.
#include "hashed.hpp"

namespace {

using namespace pg;

struct Membership : HashedFamily<Membership, sketch_membership, sketch_membership_info> {
    SKETCH_ABI(membership)
    static constexpr bool decodes = false;
    static constexpr auto init_size = sketch_membership_init_size;
    static constexpr auto check = sketch_membership_check;
    static constexpr auto describe = sketch_membership_describe;
    static constexpr auto pack_canonical = sketch_membership_pack;

    // A size and a rate in one parameter.
    static int parameter(int log2_blocks, int rate) { return log2_blocks << 16 | rate; }
    static int parameter_of(const sketch_membership_info &info) { return parameter(info.log2_blocks, info.rate); }
    static sketch_status init(void *state, size_t size, int kind, int parameter) {
        return sketch_membership_init(state, size, kind, parameter >> 16, parameter & 0xffff);
    }
    static sketch_status limit(void *state, size_t size, int parameter, sketch_growth *growth) {
        return sketch_membership_limit(state, size, parameter >> 16, parameter & 0xffff, growth);
    }

    static double asked_rate(const sketch_membership_info &info) { return info.rate / 100000.0; }
};

constexpr double kDefaultRate = 0.01;

struct Expected {
    int64 items;
    double rate;
};

// Argument `i`, and the one behind it if there is one.
Expected expected_argument(FunctionCallInfo fcinfo, int i) {
    const bool has_rate = PG_NARGS() > i + 1;
    if (PG_ARGISNULL(i)) null_parameter("expected_items");
    return {PG_GETARG_INT64(i), has_rate ? double_argument(fcinfo, i + 1, "false_positive_rate") : kDefaultRate};
}

int checked_parameter(Expected expected) {
    const auto [expected_items, rate] = expected;
    check_argument(expected_items >= 1, "expected_items must be positive");
    check_argument(rate >= 0.00001 && rate <= 0.5, "false_positive_rate must be between 0.00001 and 0.5");
    int log2_blocks, kept_rate;
    if (sketch_membership_log2_blocks(static_cast<uint64>(expected_items), rate, &log2_blocks) != SKETCH_OK)
        ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s would exceed 128 MB", Membership::type),
                errdetail("Expected are " INT64_FORMAT " items at a false-positive rate of %g.", expected_items, rate));
    check(sketch_membership_kept_rate(rate, &kept_rate), Membership::type);
    return Membership::parameter(log2_blocks, kept_rate);
}
int parameter_argument(FunctionCallInfo fcinfo, int i) { return checked_parameter(expected_argument(fcinfo, i)); }

// ---- building ----------------------------------------

// membership_agg(x, expected_items [, false_positive_rate]). What differs between rows acts as what differs between
// merged sketches: the smallest size wins, and the largest rate.
Datum agg_trans(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(1)) return unchanged(fcinfo);
    const Expected expected = expected_argument(fcinfo, 2);
    const int parameter = cached_parameter(call_site(fcinfo).parameter, static_cast<double>(expected.items),
                                           expected.rate, [expected] { return checked_parameter(expected); });
    return add_row<Membership>(fcinfo, parameter, true, sketch_membership_add);
}

// A filter is reported when its rate is more than this many times the rate that was asked for.
constexpr double kMuchWorse = 4;

// Whether a packed filter is to be reported, and its rates. A window has a filter for each row, so a sample of blocks
// clears most of them.
bool is_much_worse(Datum filter, double *rate, double *asked) {
    Scratch scratch;
    const sketch_membership *sketch = open<Membership>(sketch_from(filter), scratch);
    const sketch_membership_info info = Membership::header(sketch);
    *asked = Membership::asked_rate(info);
    bool is_worse = false;
    if (info.is_dense) {
        check(sketch_membership_sampled_rate(sketch, rate), Membership::type);
        if (*rate > kMuchWorse / 2 * *asked) {
            check(sketch_membership_rate(sketch, rate), Membership::type);
            is_worse = *rate > kMuchWorse * *asked;
        }
    }
    release(scratch);
    return is_worse;
}

// The filter, with a WARNING if it became much worse than it was made for: because it was built or merged from too many
// values, or became smaller in a merge. One warning a statement and process; after it no more filters are examined. A
// filter that replaces the first argument is reported only if that was better: once, however many statements add to it.
Datum with_warning(FunctionCallInfo fcinfo, Datum filter, bool replaces_first = false) {
    static constinit TimestampTz warned_at = 0;
    const TimestampTz statement = GetCurrentStatementStartTimestamp();
    double rate, asked, first_rate, first_asked;
    if (fcinfo->isnull || warned_at == statement || !is_much_worse(filter, &rate, &asked)) return filter;
    // In an aggregate the first argument may be the very state that has become the filter.
    if (replaces_first && !in_aggregate(fcinfo) && !PG_ARGISNULL(0) &&
        is_much_worse(PG_GETARG_DATUM(0), &first_rate, &first_asked))
        return filter;
    warned_at = statement;
    ereport(
        WARNING, errmsg("%s has a false-positive rate of %.2g, and was asked for %g", Membership::type, rate, asked),
        errhint("Ask for as many expected_items as the longest interval has that will be merged, everywhere: filters "
                "with few values stay small, and of filters that are merged the smallest size wins."));
    return filter;
}

}  // namespace

PG_FN(membership_agg_trans) { return agg_trans(fcinfo); }
PG_FN(membership_agg_rate_trans) { return agg_trans(fcinfo); }
PG_FN(membership_merge_trans) { return merge_trans<Membership>(fcinfo); }
PG_FN(membership_agg_final) { return with_warning(fcinfo, stored<Membership>(fcinfo, 0)); }
PG_FN(membership_merge) { return with_warning(fcinfo, merge_two<Membership>(fcinfo), true); }

PG_FN(membership_empty) { return empty_sketch<Membership>(parameter_argument(fcinfo, 0)); }

PG_FN(membership_add) { return with_warning(fcinfo, add_hash<Membership>(fcinfo, sketch_membership_add), true); }

PG_FN(membership_coarsen) { return with_warning(fcinfo, coarsened<Membership>(fcinfo, parameter_argument)); }

// ---- reading ----------------------------------------

namespace {

// Tokens up to this size are fetched as a whole: in one scan of a few chunks, not in four.
constexpr size_t kWholeTokens = 16384;

// An out-of-line filter: its first bytes say what decides, and no more than that is fetched. False if the value must be
// read as a whole.
bool probe_slices(FunctionCallInfo fcinfo, int *found) {
    Datum datum = PG_GETARG_DATUM(0);
    size_t total = toast_raw_datum_size(datum) - VARHDRSZ;
    varlena *head = PG_DETOAST_DATUM_SLICE(datum, 0, SKETCH_MEMBERSHIP_HEAD_SIZE);
    const uint8 *bytes = reinterpret_cast<const uint8 *>(VARDATA_ANY(head));
    size_t head_size = VARSIZE_ANY_EXHDR(head);
    if (head_size > 0 && bytes[0] == SKETCH_WORK_MAGIC) return false;
    sketch_membership_probe probe;
    check(sketch_membership_probe_open(bytes, head_size, total, &probe), Membership::type);
    if (!probe.is_dense && total <= kWholeTokens) return false;
    sketch_membership_probe_hash(&probe, probe_hash(fcinfo, item_kind(fcinfo, probe.kind), Membership::type));
    sketch_status status;
    do {
        varlena *piece =
            PG_DETOAST_DATUM_SLICE(datum, static_cast<int32>(probe.offset), static_cast<int32>(probe.length));
        size_t size = VARSIZE_ANY_EXHDR(piece);
        status = sketch_membership_probe_read(&probe, reinterpret_cast<const uint8 *>(VARDATA_ANY(piece)), size, found);
        pfree(piece);
    } while (status == SKETCH_MORE);
    check(status, Membership::type);
    return true;
}

// The header tells all of it but the rate of blocks.
struct Facts : sketch_membership_info {
    double actual_rate;

    static Facts of(const sketch_membership *sketch) {
        Facts facts = {Membership::header(sketch), 0};
        check(sketch_membership_rate(sketch, &facts.actual_rate), Membership::type);
        return facts;
    }
    static sketch_status peek(const uint8 *first, size_t first_size, size_t size, Facts *facts) {
        const sketch_status status = sketch_membership_peek(first, first_size, size, facts, &facts->actual_rate);
        return status == SKETCH_OK && facts->is_dense ? SKETCH_NO_ROOM : status;
    }
};

Datum json_of(StringInfo out, const Facts &facts) {
    appendStringInfo(out, ", \"kind\": \"%s\", \"blocks\": %d, \"block_bytes\": %d, \"mode\": \"%s\"",
                     kind_name(facts.kind), 1 << facts.log2_blocks, SKETCH_MEMBERSHIP_BLOCK_SIZE,
                     facts.is_dense ? "blocks" : "tokens");
    if (!facts.is_dense) appendStringInfo(out, ", \"tokens\": " UINT64_FORMAT, facts.tokens);
    append_json_number(out, "false_positive_rate", facts.actual_rate);
    append_json_number(out, "requested_rate", Membership::asked_rate(facts));
    appendStringInfoChar(out, '}');
    return jsonb_from(out);
}

}  // namespace

PG_FN(membership_contains) {
    Kept &kept = call_site(fcinfo).kept;
    const Datum datum = PG_GETARG_DATUM(0);
    const Came came = look<Membership>(&kept, datum);
    int found = 0;
    const bool can_slice = came != Came::kept && VARATT_IS_EXTERNAL_ONDISK(value_of(datum));
    if (can_slice && is_better_sliced(kept, value_of(datum)) && probe_slices(fcinfo, &found))
        PG_RETURN_BOOL(found != 0);
    Scratch scratch;
    const sketch_membership *sketch = opened<Membership>(fcinfo, &kept, came, datum, scratch);
    int kind = item_kind(fcinfo, Membership::kind_of(sketch));
    uint64 hash = probe_hash(fcinfo, kind, Membership::type);
    check(sketch_membership_contains(sketch, kind, hash, &found), Membership::type);
    PG_RETURN_BOOL(found != 0);
}

PG_FN(membership_false_positive_rate) { PG_RETURN_FLOAT8((facts_of<Membership, Facts>(fcinfo).actual_rate)); }

// ---- forms ----------------------------------------

PG_FN(membership_sketch_in) { return sketch_in<Membership>(fcinfo); }
PG_FN(membership_sketch_out) { return sketch_out<Membership>(fcinfo); }
PG_FN(membership_sketch_recv) { return sketch_recv<Membership>(fcinfo); }
PG_FN(membership_sketch_from_bytea) { return sketch_from_bytea<Membership>(fcinfo); }
PG_FN(membership_sketch_to_bytea) { return sketch_to_bytea<Membership>(fcinfo); }

PG_FN(membership_sketch_eq) { PG_RETURN_BOOL(compare<Membership>(fcinfo) == 0); }
PG_FN(membership_sketch_ne) { PG_RETURN_BOOL(compare<Membership>(fcinfo) != 0); }
PG_FN(membership_sketch_lt) { PG_RETURN_BOOL(compare<Membership>(fcinfo) < 0); }
PG_FN(membership_sketch_le) { PG_RETURN_BOOL(compare<Membership>(fcinfo) <= 0); }
PG_FN(membership_sketch_gt) { PG_RETURN_BOOL(compare<Membership>(fcinfo) > 0); }
PG_FN(membership_sketch_ge) { PG_RETURN_BOOL(compare<Membership>(fcinfo) >= 0); }
PG_FN(membership_sketch_cmp) { PG_RETURN_INT32(compare<Membership>(fcinfo)); }
PG_FN(membership_sketch_hash) { PG_RETURN_UINT32(static_cast<uint32>(sketch_hash<Membership>(fcinfo, 0))); }
PG_FN(membership_sketch_hash_extended) { PG_RETURN_UINT64(sketch_hash<Membership>(fcinfo, PG_GETARG_INT64(1))); }

PG_FN(membership_sketch_info) { return sketch_info<Membership, Facts>(fcinfo, json_of); }
PG_FN(membership_sketch_to_jsonb) { return sketch_to_jsonb<Membership, Facts>(fcinfo, json_of); }
