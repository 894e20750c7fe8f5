// The C face of interop: thin, noexcept. Contracts are in sketch/interop.h.
#include "../core/interop/exponential.hpp"
#include "../core/interop/frequent_items.hpp"
#include "../core/interop/otlp.hpp"
#include "../core/interop/prometheus.hpp"

using namespace sketch;

sketch_status sketch_protobuf_next(sketch_slice *message, sketch_field *field) noexcept {
    interop::Slice rest = *message;
    interop::Field next = {};
    const Status s = interop::next_field(rest, next);
    if (s != SKETCH_OK) return s;
    *message = rest;
    *field = next;
    return s;
}

sketch_status sketch_exponential_check(const sketch_exponential *histogram, int *initial_scale,
                                       const char **problem) noexcept {
    return interop::check(*histogram, *initial_scale, *problem);
}

sketch_status sketch_exponential_add(const sketch_exponential *histogram, sketch_exponential_cursor *cursor,
                                     void *state, size_t size, sketch_growth *growth) noexcept {
    return interop::add(*histogram, *cursor, state, size, *growth);
}

namespace {

// Unless there is a next one, the caller's is untouched.
template <typename Cursor, typename Entry>
Status next_of(Status (*next)(Cursor &, Entry &) noexcept, Cursor &cursor, Entry &entry) noexcept {
    Entry found = {};
    const Status s = next(cursor, found);
    if (s == SKETCH_OK) entry = found;
    return s;
}

}  // namespace

sketch_status sketch_otlp_next(sketch_otlp_cursor *cursor, sketch_otlp_point *point) noexcept {
    return next_of(interop::next_point, *cursor, *point);
}

sketch_status sketch_prometheus_next(sketch_prometheus_cursor *cursor, sketch_prometheus_point *point) noexcept {
    return next_of(interop::next_point, *cursor, *point);
}

sketch_status sketch_frequent_items_next(sketch_frequent_items_cursor *cursor, sketch_frequent_item *item) noexcept {
    return next_of(interop::next_item, *cursor, *item);
}
