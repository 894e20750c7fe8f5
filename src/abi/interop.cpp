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

// Unless there is a next point, the caller's is untouched.
template <typename Cursor, typename Point>
Status next_of(Cursor &cursor, Point &point) noexcept {
    Point next = {};
    const Status s = interop::next_point(cursor, next);
    if (s == SKETCH_OK) point = next;
    return s;
}

}  // namespace

sketch_status sketch_otlp_next(sketch_otlp_cursor *cursor, sketch_otlp_point *point) noexcept {
    return next_of(*cursor, *point);
}

sketch_status sketch_prometheus_next(sketch_prometheus_cursor *cursor, sketch_prometheus_point *point) noexcept {
    return next_of(*cursor, *point);
}

sketch_status sketch_frequent_items_next(sketch_frequent_items_cursor *cursor, sketch_frequent_item *item) noexcept {
    sketch_frequent_item next = {};
    const Status s = interop::next_item(*cursor, next);
    if (s == SKETCH_OK) *item = next;
    return s;
}
