// Native histograms of Prometheus: those of a MetricFamily (client_model, metrics.proto) and of a WriteRequest (remote
// write 1.0, remote.proto and types.proto). Both have a message Histogram, with other numbers for the same fields.
#pragma once

#include "protobuf.hpp"

namespace sketch::interop {

Status next_point(sketch_prometheus_cursor &cursor, sketch_prometheus_point &point) noexcept;

}  // namespace sketch::interop
