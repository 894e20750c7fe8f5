// What the families that work on hashes share, beyond what every family does (family.hpp). Such a family also has
//
//     static varlena *make(kind, parameter);        a new work form; the parameter is its precision, width, size
//     static int kind_of(opened);
#pragma once

#include "family.hpp"
#include "item/item.hpp"
#include "reading.hpp"

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

// Argument 0 of a function that looks for an item.
template <typename Family>
const typename Family::Opened *argument_beside_item(FunctionCallInfo fcinfo, Scratch &scratch) {
    Kept &kept = call_site(fcinfo).kept;
    const Datum datum = PG_GETARG_DATUM(0);
    return opened<Family>(fcinfo, &kept, look<Family>(&kept, datum), datum, scratch);
}

// A probe by slices takes about as long as to fetch so many bytes.
constexpr size_t kSliceWorth = 65536;

// VARATT_EXTERNAL_IS_COMPRESSED, which compares integers of different signs.
inline bool is_compressed(const varatt_external &pointer) {
    return VARATT_EXTERNAL_GET_EXTSIZE(pointer) < static_cast<uint32>(pointer.va_rawsize - VARHDRSZ);
}

// Whether a value is better probed by slices than fetched: until they will have cost as much, and always if it is
// larger than work_mem. A compressed value has no slices that are worth the name.
inline bool is_better_sliced(const Kept &kept, const varlena *value) {
    varatt_external pointer;
    VARATT_EXTERNAL_GET_POINTER(pointer, value);
    if (is_compressed(pointer)) return kept.repeats == 0;
    const size_t size = static_cast<size_t>(pointer.va_rawsize);
    return size > static_cast<size_t>(work_mem) * 1024 || kept.repeats + 1 < Max(2, size / kSliceWorth);
}

// A sketch_count_bounds.
inline Datum bounds_row(FunctionCallInfo fcinfo, int64 lower, int64 upper) {
    return row_of(fcinfo, Int64GetDatum(lower), Int64GetDatum(upper));
}

}  // namespace pg
