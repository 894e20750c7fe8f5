// What the families share whose sketches have a kind of items, beyond what every family does (family.hpp).
#pragma once

#include "family.hpp"
#include "reading.hpp"

namespace pg {

// What such a family is made from: struct Distinct : HashedFamily<Distinct, sketch_distinct, sketch_distinct_info>,
// with
//
//     init_size, init, describe       as the C ABI has them; what init takes behind the kind is called the parameter
//     static int parameter_of(info);
//     pack_canonical                  pack of the C ABI: no partial state carries anything else
template <typename Family, typename Sketch, typename Info>
struct HashedFamily {
    static Info header(const Sketch *sketch) {
        Info info;
        check(Family::describe(sketch, &info), Family::type);
        return info;
    }
    static int kind_of(const Sketch *sketch) { return header(sketch).kind; }

    static varlena *make(int kind, int parameter) {
        const size_t size = Family::init_size();
        varlena *state = static_cast<varlena *>(palloc(size));
        check(Family::init(state, size, kind, parameter), Family::type);
        SET_VARSIZE(state, size);
        return state;
    }
    static varlena *empty_like(const Sketch *sketch, bool) {
        const Info info = header(sketch);
        return make(info.kind, Family::parameter_of(info));
    }
    static sketch_status pack(const Sketch *sketch, int, uint8 *out, size_t capacity, size_t *out_size) {
        return Family::pack_canonical(sketch, out, capacity, out_size);
    }
};

// The state to which an item is added: a new one, or the one there is, at most of this parameter if one was given.
template <typename Family>
varlena *item_state(FunctionCallInfo fcinfo, int parameter, bool is_given) {
    CallSite &site = call_site(fcinfo);
    if (unlikely(PG_ARGISNULL(0))) {
        site.limit.begin_state(parameter);
        return Family::make(site.hasher->kind, parameter);
    }
    return is_given ? limited_state<Family>(fcinfo, site.limit, parameter)
                    : state_of<Family>(fcinfo, PG_GETARG_DATUM(0), false);
}

// A row of an aggregate whose items are known by their hashes: item_state, and `add` of the ABI.
template <typename Family, typename Add>
Datum add_row(FunctionCallInfo fcinfo, int parameter, bool is_given, Add add) {
    varlena *state = item_state<Family>(fcinfo, parameter, is_given);
    Hasher &hasher = *call_site(fcinfo).hasher;
    const uint64 hash = hasher(PG_GETARG_DATUM(1));
    const int kind = hasher.kind;
    PG_RETURN_POINTER(with_growth<Family>(state, [=](varlena *buffer, size_t size, sketch_growth *growth) {
        return add(buffer, size, kind, hash, growth);
    }));
}

// A sketch without items. Its kind is open: the first item or merge tells it.
template <typename Family>
Datum empty_sketch(int parameter) {
    return result_from<Family>(Family::make(SKETCH_KIND_NONE, parameter));
}

// The kind as which the item of this call is added or looked up: that of the sketch or, while that is open, its own.
inline int item_kind(FunctionCallInfo fcinfo, int kind) {
    return likely(kind != SKETCH_KIND_NONE) ? kind : call_site(fcinfo).hasher->kind;
}

// `add` (a lambda as with_growth takes it) applied to a work form of the sketch, packed again.
template <typename Family, typename Add>
Datum with_one_more(typename Family::Opened *sketch, Add add) {
    return result_from<Family>(with_growth<Family>(merged<Family>(nullptr, sketch), add));
}

// add(sketch, x) of families that know an item by its hash; no item changes nothing. `add` is the ABI's, for one row.
template <typename Family, typename Add>
Datum add_hash(FunctionCallInfo fcinfo, Add add) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return stored<Family>(fcinfo, 0);
    Scratch scratch;
    typename Family::Opened *sketch = open<Family>(sketch_from(PG_GETARG_DATUM(0)), scratch);
    const int kind = item_kind(fcinfo, Family::kind_of(sketch));
    const uint64 hash = probe_hash(fcinfo, kind, Family::type, ProbeUse::kAdd);
    return with_one_more<Family>(sketch, [=](varlena *buffer, size_t size, sketch_growth *growth) {
        return add(buffer, size, kind, hash, growth);
    });
}

// Argument 0 of a function that looks for an item.
template <typename Family>
const typename Family::Opened *argument_beside_item(FunctionCallInfo fcinfo, Scratch &scratch) {
    Kept &kept = call_site(fcinfo).kept;
    const Datum datum = PG_GETARG_DATUM(0);
    return opened<Family>(fcinfo, &kept, look<Family>(&kept, datum), datum, scratch);
}

// Probing by slices takes about as long as fetching so many bytes.
constexpr size_t kSliceWorth = 65536;

// VARATT_EXTERNAL_IS_COMPRESSED, which compares integers of different signs.
inline bool is_compressed(const varatt_external &pointer) {
    return VARATT_EXTERNAL_GET_EXTSIZE(pointer) < static_cast<uint32>(pointer.va_rawsize - VARHDRSZ);
}

// Whether to probe a value by slices instead of fetching it: until the slices have cost as much, and always if it is
// larger than work_mem. A slice of a compressed value costs as much as all that precedes it.
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
