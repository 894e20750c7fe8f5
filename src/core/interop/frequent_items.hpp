// Frequent-items sketches of Apache DataSketches (family 10, serial version 1): the same bytes from Java and from C++.
//
//   8 bytes    longs of the preamble (1 if it is empty, else 4), serial version 1, family 10, log2 of the largest and
//   of
//              this table of counters, flags (1 and 4: empty), 2 unused
//   24 bytes   number of items in 4, 4 unused; the sum of all weights; the offset: what an item may have come more
//   8 bytes    for each item: how often it came at least
//   items      of longs 8 bytes each; of strings the length in 4 bytes, and UTF-8
//
// All of it least significant byte first. Three quarters of a table may be items.
#pragma once

#include "protobuf.hpp"

namespace sketch::interop {

Status next_item(sketch_frequent_items_cursor &cursor, sketch_frequent_item &item) noexcept;

}  // namespace sketch::interop
