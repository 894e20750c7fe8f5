// What the families that work on hashes share, beyond what every family does (family.hpp). Such a family also has
//
//     static varlena *make(kind, parameter);        a new work form; the parameter is its precision, width, size
//     static int kind_of(opened);
#pragma once

#include "family.hpp"
#include "item.hpp"

namespace pg {

// The state to which an item is added: a new one, or the one there is, at most of this parameter if one was given.
template <typename Family>
varlena *item_state(FunctionCallInfo fcinfo, int parameter, bool is_given) {
    if (unlikely(PG_ARGISNULL(0))) return Family::make(call_site(fcinfo).hasher->kind, parameter);
    varlena *state = state_of<Family>(fcinfo, PG_GETARG_DATUM(0), false);
    return is_given ? with_limit<Family>(state, parameter) : state;
}

// What `compute` makes of one or two arguments, and of nothing else: made anew only when they change. A call site
// remembers it; and so does the process for what computes, because some executors make a call site at each row.
template <typename Compute>
int cached_parameter(CallSite &site, double first, double second, Compute compute) {
    static constinit Parameter last;
    if (unlikely(!site.parameter.is_of(first, second))) {
        if (!last.is_of(first, second)) last = {{first, second}, compute()};
        site.parameter = last;
    }
    return site.parameter.value;
}

// A sketch without items. Its kind is open: the first item or merge tells it.
template <typename Family>
Datum empty_sketch(int parameter) {
    return result_from<Family>(Family::make(SKETCH_KIND_NONE, parameter));
}

// As what the item of this call is added to a sketch of a kind, or looked up in it: where that is open, as what it is.
inline int item_kind(FunctionCallInfo fcinfo, int kind) {
    return likely(kind != SKETCH_KIND_NONE) ? kind : call_site(fcinfo).hasher->kind;
}

// `add` (a lambda as with_room takes it) applied to a work form of the sketch, packed again.
template <typename Family, typename Add>
Datum with_one_more(typename Family::Opened *sketch, Add add) {
    return result_from<Family>(with_room<Family>(merged<Family>(nullptr, sketch), add));
}

// add(sketch, x) of families that know an item by its hash; no item changes nothing. `add` is the ABI's, for one row.
template <typename Family, typename Add>
Datum add_hash(FunctionCallInfo fcinfo, Add add) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return stored<Family>(fcinfo, 0);
    Scratch scratch;
    typename Family::Opened *sketch = open<Family>(sketch_from(PG_GETARG_DATUM(0)), scratch);
    const int kind = item_kind(fcinfo, Family::kind_of(sketch));
    const uint64 hash = probe_hash(fcinfo, kind, Family::type, ProbeUse::kAdd);
    return with_one_more<Family>(
        sketch, [=](varlena *room, size_t size, sketch_growth *growth) { return add(room, size, kind, hash, growth); });
}

// A probe by slices takes about as long as to fetch so many bytes.
constexpr size_t kSliceWorth = 65536;

// VARATT_EXTERNAL_IS_COMPRESSED, which compares integers of different signs.
inline bool is_compressed(const varatt_external &pointer) {
    return VARATT_EXTERNAL_GET_EXTSIZE(pointer) < static_cast<uint32>(pointer.va_rawsize - VARHDRSZ);
}

// Argument 0 into *sketch, unless it is an out-of-line value of which the caller had better read what it needs. One
// that comes again and again in succession, as that of a join or a subquery does, is fetched once and kept: if slices
// would do, when they will have cost as much, and within work_mem. A compressed value has no slices that are worth the
// name.
inline bool probed_sketch(FunctionCallInfo fcinfo, CallSite &site, Sketch *sketch, bool can_slice) {
    Datum datum = PG_GETARG_DATUM(0);
    varlena *value = reinterpret_cast<varlena *>(DatumGetPointer(datum));
    if (likely(!VARATT_IS_EXTERNAL_ONDISK(value))) {
        *sketch = sketch_from(datum);
        return true;
    }
    varatt_external pointer;
    VARATT_EXTERNAL_GET_POINTER(pointer, value);
    if (memcmp(&pointer, &site.last_seen, sizeof pointer) != 0) {
        if (site.fetched != nullptr) pfree(site.fetched);
        site.fetched = nullptr;
        site.last_seen = pointer;
        site.probes = 1;
        return false;
    }
    if (site.fetched == nullptr) {
        if (can_slice && !is_compressed(pointer)) {
            size_t size = static_cast<size_t>(pointer.va_rawsize);
            if (size > static_cast<size_t>(work_mem) * 1024) return false;
            if (static_cast<size_t>(++site.probes) < Max(2, size / kSliceWorth)) return false;
        }
        MemoryContext previous = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
        site.fetched = PG_DETOAST_DATUM(datum);
        MemoryContextSwitchTo(previous);
    }
    *sketch = sketch_from(PointerGetDatum(site.fetched));
    return true;
}

// A sketch_count_bounds.
inline Datum bounds_row(FunctionCallInfo fcinfo, int64 lower, int64 upper) {
    return row_of(fcinfo, Int64GetDatum(lower), Int64GetDatum(upper));
}

}  // namespace pg
