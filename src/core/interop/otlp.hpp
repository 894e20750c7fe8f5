// OpenTelemetry's ExportMetricsServiceRequest (opentelemetry-proto, collector/metrics/v1 and metrics/v1): the points of
// exponential histograms in it.
#pragma once

#include "protobuf.hpp"

namespace sketch::interop {

Status next_point(sketch_otlp_cursor &cursor, sketch_otlp_point &point) noexcept;

}  // namespace sketch::interop
