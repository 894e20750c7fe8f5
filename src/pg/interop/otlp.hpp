// A point of an exponential histogram as rows have it: read from protobuf (otlp.cpp) or from JSON (otlp_json.cpp).
#pragma once

#include "interop.hpp"

extern "C" {
#include "utils/datum.h"
}

namespace pg {

struct OtlpPoint {
    Datum resource, metric, unit, attributes;
    uint64 start_time, time;
    int temporality;
    sketch_exponential histogram;
};

// The attributes of a resource, which are made once for its points that come one after the other. All zeros at first,
// but for the context in which they live.
struct SharedAttributes {
    MemoryContext context;
    const void *resource;
    Datum attributes;

    template <typename Make>
    Datum of(const void *of, Make make) {
        if (attributes != 0 && of == resource) return attributes;
        const Datum made = make();
        if (attributes != 0) pfree(DatumGetPointer(attributes));
        MemoryContext previous = MemoryContextSwitchTo(context);
        attributes = datumCopy(made, false, -1);
        resource = of;
        MemoryContextSwitchTo(previous);
        return attributes;
    }
};

// The columns of otlp_points and otlp_points_protobuf, of which points share the first three.
void set_columns(const OtlpPoint &point, Repeated &repeated, Datum *columns, bool *nulls);

}  // namespace pg
