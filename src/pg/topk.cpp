// SQL functions of topk_sketch. The surface is declared in sql/install/40-topk.sql; contracts of the functions called
// here are in sketch.h.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "jsonb.hpp"
#include "topk.hpp"

namespace {

using namespace pg;

int k_argument(FunctionCallInfo fcinfo, int i) {
    const int k = int_argument(fcinfo, i, "k");
    if (k < 1 || k > SKETCH_TOPK_MAX_K)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("k must be between 1 and %d", SKETCH_TOPK_MAX_K));
    return k;
}

// ---- building ----------------------------------------

// topk_agg(x, k) and topk_weighted_agg(x, weight, k). A k that differs between rows acts as one that differs between
// merged sketches: the smallest wins.
Datum agg_trans(FunctionCallInfo fcinfo, bool is_weighted) {
    if (PG_ARGISNULL(1) || (is_weighted && PG_ARGISNULL(2))) return unchanged(fcinfo);
    uint64 weight = is_weighted ? checked_weight(PG_GETARG_INT64(2)) : 1;
    const int k = k_argument(fcinfo, is_weighted ? 3 : 2);
    if (weight == 0) return unchanged(fcinfo);
    Hasher &hasher = *call_site(fcinfo).hasher;
    varlena *state = item_state<Topk>(fcinfo, k, true);
    ItemBytes item;
    hasher.item(&hasher, PG_GETARG_DATUM(1), &item);
    const int kind = hasher.kind;
    PG_RETURN_POINTER(with_growth<Topk>(state, [&](varlena *buffer, size_t size, sketch_growth *growth) {
        return sketch_topk_add(buffer, size, kind, item.bytes, item.size, weight, growth);
    }));
}

}  // namespace

PG_FN(topk_agg_trans) { return agg_trans(fcinfo, false); }
PG_FN(topk_weighted_agg_trans) { return agg_trans(fcinfo, true); }
PG_FN(topk_merge_trans) { return merge_trans<Topk>(fcinfo); }
PG_FN(topk_agg_final) { return stored<Topk>(fcinfo, 0); }
PG_FN(topk_merge) { return merge_two<Topk>(fcinfo); }

PG_FN(topk_empty) { return empty_sketch<Topk>(k_argument(fcinfo, 0)); }

PG_FN(topk_add) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return stored<Topk>(fcinfo, 0);
    Scratch scratch;
    sketch_topk *sketch = open<Topk>(sketch_from(PG_GETARG_DATUM(0)), scratch);
    const int kind = item_kind(fcinfo, Topk::kind_of(sketch));
    ItemBytes item;
    probe_item(fcinfo, kind, Topk::type, &item, ProbeUse::kAdd);
    return with_one_more<Topk>(sketch, [&](varlena *buffer, size_t size, sketch_growth *growth) {
        return sketch_topk_add(buffer, size, kind, item.bytes, item.size, 1, growth);
    });
}

// ---- reading ----------------------------------------

namespace {

// An entry and its place in the order of items' bytes.
struct Ranked : sketch_topk_entry {
    uint32 place;
    static bool is_before(const Ranked &a, const Ranked &b) {
        if (a.estimate != b.estimate) return a.estimate > b.estimate;
        return a.lower != b.lower ? a.lower > b.lower : a.place < b.place;
    }
};

struct Items {
    sketch_topk_info info;
    Ranked *entries;  // the largest estimates first, then the largest lower bounds, then by their bytes
    size_t count;
};

// The sketch itself, or of a work form what it is packed to.
const sketch_topk *packed_of(const sketch_topk *sketch, Scratch &scratch) {
    if (!Topk::header(sketch).is_work) return sketch;
    return open<Topk>(sketch_from(PointerGetDatum(packed<Topk>(sketch, false))), scratch);
}

// How many entries a reader wants: all that are kept, or so many of a list of k.
constexpr size_t kAll = ~size_t{0}, kList = SKETCH_TOPK_MAX_K;

// Of packed bytes, the `max_count` most frequent entries of those whose upper bound is at least `min_rows`. They are
// decoded once, into a heap of those that are wanted: items may be long, and only theirs are copied. These are values
// of their kind, whatever became of the bytes since they came in.
Items items_of(const sketch_topk *packed, size_t max_count, double min_rows) {
    sketch_topk_cursor cursor;
    sketch_topk_entry entry;
    check(sketch_topk_begin(packed, &cursor), Topk::type);
    Items items = {Topk::header(packed), nullptr, 0};
    const size_t max_list = max_count == kAll ? max_count : std::min<size_t>(max_count, items.info.k);
    const size_t capacity = std::min<size_t>(max_list, items.info.items);
    Ranked *heap = items.entries = static_cast<Ranked *>(palloc((capacity + 1) * sizeof(Ranked)));
    uint32 places = 0;
    sketch_status status;
    for (; (status = sketch_topk_next(&cursor, &entry)) == SKETCH_OK; places++) {
        if (places % 1024 == 0) CHECK_FOR_INTERRUPTS();
        if (static_cast<double>(entry.upper) < min_rows) continue;
        Ranked ranked = {entry, places};
        if (items.count == capacity) {
            if (capacity == 0 || !Ranked::is_before(ranked, heap[0])) continue;  // the last of those so far
            std::pop_heap(heap, heap + items.count, Ranked::is_before);
            pfree(const_cast<uint8 *>(heap[--items.count].item));
        }
        if (!is_item(items.info.kind, entry.item, entry.item_size)) check(SKETCH_CORRUPT, Topk::type);
        ranked.item = static_cast<uint8 *>(memcpy(palloc(entry.item_size), entry.item, entry.item_size));
        heap[items.count++] = ranked;
        std::push_heap(heap, heap + items.count, Ranked::is_before);
    }
    if (status != SKETCH_END) check(status, Topk::type);
    std::sort_heap(heap, heap + items.count, Ranked::is_before);
    return items;
}

// Rows that a set-returning function has still to return.
struct Rows {
    Items items;
    ItemReader reader;
    bool as_text;
    double threshold;  // of heavy hitters
};

// The arguments of the typed variants follow one that only tells the type.
struct Shape {
    bool is_typed;
    int argument(int i) const { return is_typed ? i + 1 : i; }
};

void begin_rows(FunctionCallInfo fcinfo, Shape shape, Sketch packed, size_t max_count, double min_rows, Rows *rows) {
    Scratch scratch;
    rows->items = items_of(open<Topk>(packed, scratch), max_count, min_rows);
    release(packed);
    rows->as_text = !shape.is_typed;
    Oid type = shape.is_typed ? get_fn_expr_argtype(fcinfo->flinfo, 0) : InvalidOid;
    make_item_reader(&rows->reader, rows->items.info.kind, type, Topk::type);
}

Datum next_row(FuncCallContext *context) {
    Rows *rows = static_cast<Rows *>(context->user_fctx);
    const sketch_topk_entry &entry = rows->items.entries[context->call_cntr];
    Datum item = rows->as_text ? CStringGetTextDatum(item_text(&rows->reader, entry.item, entry.item_size))
                               : item_value(&rows->reader, entry.item, entry.item_size);
    Datum columns[5] = {item, Int64GetDatum(static_cast<int64>(entry.estimate)),
                        Int64GetDatum(static_cast<int64>(entry.lower)), Int64GetDatum(static_cast<int64>(entry.upper)),
                        BoolGetDatum(static_cast<double>(entry.lower) >= rows->threshold)};
    bool nulls[5] = {};
    return HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, columns, nulls));
}

// prepare(fcinfo, rows) reads the arguments. No rows for a null argument.
template <typename Prepare>
Datum return_items(FunctionCallInfo fcinfo, Shape shape, Prepare prepare) {
    auto begin = [=](FuncCallContext *context) {
        for (int i = shape.argument(0); i < PG_NARGS(); i++)
            if (PG_ARGISNULL(i)) return;
        Rows *rows = static_cast<Rows *>(palloc0(sizeof(Rows)));
        prepare(fcinfo, rows);
        context->user_fctx = rows;
        context->max_calls = rows->items.count;
    };
    return return_rows(fcinfo, begin, next_row);
}

Datum top_k(FunctionCallInfo fcinfo, Shape shape) {
    return return_items(fcinfo, shape, [shape](FunctionCallInfo call, Rows *rows) {
        const bool has_k = call->nargs > shape.argument(1);
        const size_t max_count = has_k ? static_cast<size_t>(k_argument(call, shape.argument(1))) : kList;
        Sketch sketch = canonical<Topk>(call->args[shape.argument(0)].value);
        begin_rows(call, shape, sketch, max_count, 0, rows);
    });
}

// The fewest rows that are at least this fraction of all, as rows / total >= fraction tells: a product might be rounded
// up, and miss a value that has the very fraction. Totals below 2^52.
double rows_of(double fraction, double total) {
    double rows = std::max(std::floor(fraction * total) - 1, 0.0);
    while (rows / total < fraction) rows++;
    return rows;
}

// All values with at least this fraction of the rows, and some that may have it. ERROR if values that are not kept
// could have as much.
Datum heavy_hitters(FunctionCallInfo fcinfo, Shape shape) {
    return return_items(fcinfo, shape, [shape](FunctionCallInfo call, Rows *rows) {
        double fraction = DatumGetFloat8(call->args[shape.argument(1)].value);
        check_argument(fraction > 0 && fraction <= 1, "fraction must be above 0 and at most 1");
        Sketch sketch = canonical<Topk>(call->args[shape.argument(0)].value);
        Scratch scratch;
        const sketch_topk_info info = Topk::header(open<Topk>(sketch, scratch));
        const double total = static_cast<double>(info.total);
        // Counts that a double does not hold exactly are compared so that none is missed, or guaranteed by rounding.
        const bool exact = info.total >> 52 == 0;
        const double min_rows = exact ? rows_of(fraction, total) : fraction * total * (1 - 4 * DBL_EPSILON);
        rows->threshold = exact ? min_rows : fraction * total * (1 + 4 * DBL_EPSILON);
        if (info.offset > 0 && static_cast<double>(info.offset) >= min_rows)
            ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("fraction %g is too small for this %s", fraction, Topk::type),
                    errdetail("Values that are not kept may have up to " UINT64_FORMAT " of " UINT64_FORMAT
                              " rows, a fraction of %.3g.",
                              info.offset, info.total, static_cast<double>(info.offset) / total),
                    errhint("Build the sketches with a larger k."));
        begin_rows(call, shape, sketch, kAll, min_rows, rows);
    });
}

sketch_topk_entry count_of(FunctionCallInfo fcinfo) {
    Scratch scratch;
    const sketch_topk *sketch = packed_of(argument_beside_item<Topk>(fcinfo, scratch), scratch);
    const int kind = item_kind(fcinfo, Topk::kind_of(sketch));
    ItemBytes item;
    probe_item(fcinfo, kind, Topk::type, &item);
    sketch_topk_entry entry = {};
    const sketch_status status =
        sketch_topk_count(sketch, kind, item.bytes, item.size, &entry.estimate, &entry.lower, &entry.upper);
    if (status == SKETCH_BAD_ITEM) return {};  // too long to be in any: it never came
    check(status, Topk::type);
    return entry;
}

struct Header : sketch_topk_info {
    static Header of(const sketch_topk *sketch) { return {Topk::header(sketch)}; }
    static constexpr auto peek = sketch_topk_peek;
};

// The same of a work form as it will be packed.
struct Facts : Header {
    static Facts of(const sketch_topk *sketch) {
        Scratch scratch;
        return {Header::of(packed_of(sketch, scratch))};
    }
};

const char *mode_name(const sketch_topk_info &info) { return info.is_exact ? "exact" : "counters"; }

// Bytes of an entry in JSON, but for its item.
constexpr size_t kJsonEntry = 128;

size_t json_size(const Items &items) {
    size_t size = kJsonEntry * (items.count + 2);
    for (size_t i = 0; i < items.count; i++) size += items.entries[i].item_size;
    return size;
}

// An array of the entries at the end of a buffer: items as JSON has them.
JsonbWriter append_items(StringInfo out, const Items &items) {
    ItemReader reader;
    make_item_reader(&reader, items.info.kind, InvalidOid, Topk::type);
    MemoryContext each = AllocSetContextCreate(CurrentMemoryContext, "topk_sketch item", ALLOCSET_DEFAULT_SIZES);
    JsonbWriter array(out, JB_FARRAY, static_cast<uint32>(items.count));
    for (size_t i = 0; i < items.count; i++) {
        CHECK_FOR_INTERRUPTS();
        const sketch_topk_entry &entry = items.entries[i];
        JsonbValue item;
        MemoryContext previous = MemoryContextSwitchTo(each);
        item_json(&reader, entry.item, entry.item_size, &item);
        MemoryContextSwitchTo(previous);
        JsonbWriter object(out, JB_FOBJECT, 4);
        for (const char *key : {"item", "lower", "upper", "estimate"}) object.add(key);
        object.add(item);
        for (uint64 count : {entry.lower, entry.upper, entry.estimate}) object.add(count);
        array.add(object);
        MemoryContextReset(each);
    }
    MemoryContextDelete(each);
    return array;
}

}  // namespace

PG_FN(topk_top_k) { return top_k(fcinfo, {false}); }
PG_FN(topk_top_k_typed) { return top_k(fcinfo, {true}); }
PG_FN(topk_heavy_hitters) { return heavy_hitters(fcinfo, {false}); }
PG_FN(topk_heavy_hitters_typed) { return heavy_hitters(fcinfo, {true}); }

PG_FN(topk_frequency) { PG_RETURN_INT64(static_cast<int64>(count_of(fcinfo).estimate)); }

PG_FN(topk_frequency_bounds) {
    const sketch_topk_entry entry = count_of(fcinfo);
    return bounds_row(fcinfo, static_cast<int64>(entry.lower), static_cast<int64>(entry.upper));
}

PG_FN(topk_total_count) { PG_RETURN_INT64(static_cast<int64>(facts_of<Topk, Header>(fcinfo).total)); }

// ---- forms ----------------------------------------

PG_FN(topk_sketch_in) { return sketch_in<Topk>(fcinfo); }
PG_FN(topk_sketch_out) { return sketch_out<Topk>(fcinfo); }
PG_FN(topk_sketch_recv) { return sketch_recv<Topk>(fcinfo); }
PG_FN(topk_sketch_from_bytea) { return sketch_from_bytea<Topk>(fcinfo); }
PG_FN(topk_sketch_to_bytea) { return sketch_to_bytea<Topk>(fcinfo); }

PG_FN(topk_sketch_eq) { PG_RETURN_BOOL(compare<Topk>(fcinfo) == 0); }
PG_FN(topk_sketch_ne) { PG_RETURN_BOOL(compare<Topk>(fcinfo) != 0); }
PG_FN(topk_sketch_lt) { PG_RETURN_BOOL(compare<Topk>(fcinfo) < 0); }
PG_FN(topk_sketch_le) { PG_RETURN_BOOL(compare<Topk>(fcinfo) <= 0); }
PG_FN(topk_sketch_gt) { PG_RETURN_BOOL(compare<Topk>(fcinfo) > 0); }
PG_FN(topk_sketch_ge) { PG_RETURN_BOOL(compare<Topk>(fcinfo) >= 0); }
PG_FN(topk_sketch_cmp) { PG_RETURN_INT32(compare<Topk>(fcinfo)); }
PG_FN(topk_sketch_hash) { PG_RETURN_UINT32(static_cast<uint32>(sketch_hash<Topk>(fcinfo, 0))); }
PG_FN(topk_sketch_hash_extended) { PG_RETURN_UINT64(sketch_hash<Topk>(fcinfo, PG_GETARG_INT64(1))); }

PG_FN(topk_sketch_info) {
    return sketch_info<Topk, Facts>(fcinfo, [](StringInfo out, const Facts &facts) {
        appendStringInfo(out,
                         ", \"kind\": \"%s\", \"k\": %u, \"total_count\": " UINT64_FORMAT
                         ", \"mode\": \"%s\", \"error\": " UINT64_FORMAT ", \"items\": %u}",
                         kind_name(facts.kind), facts.k, facts.total, mode_name(facts), facts.offset, facts.items);
        return jsonb_from(out);
    });
}

PG_FN(topk_sketch_to_jsonb) {
    Scratch scratch;
    const Items items = items_of(packed_of(argument<Topk>(fcinfo, 0, scratch), scratch), kAll, 0);
    const sketch_topk_info &info = items.info;
    StringInfoData out;
    begin_jsonb(&out, json_size(items));
    JsonbWriter object(&out, JB_FOBJECT, 7);
    for (const char *key : {"k", "kind", "mode", "type", "error", "items", "total_count"}) object.add(key);
    object.add(uint64{info.k});
    for (const char *value : {kind_name(info.kind), mode_name(info), Topk::type}) object.add(value);
    object.add(info.offset);
    object.add(append_items(&out, items));
    object.add(info.total);
    return end_jsonb(&out);
}

// approx_top_k(x, k) -> jsonb
PG_FN(approx_top_k_final) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    Scratch scratch;
    const sketch_topk *sketch = open<Topk>(sketch_from(PG_GETARG_DATUM(0)), scratch);
    const Items items = items_of(packed_of(sketch, scratch), kList, 0);
    StringInfoData out;
    begin_jsonb(&out, json_size(items));
    append_items(&out, items);
    return end_jsonb(&out);
}
