// What a call site of an aggregate remembers of the parameter that its rows give: a precision, an error, a size, ... It
// is the same in all rows, as a rule. So it is computed, and states are limited to it, only where it changes.
#pragma once

#include "pg.hpp"

namespace pg {

// What one or two arguments gave. All zeros at first.
struct Parameter {
    double arguments[2];
    int value;
    bool is_known;

    bool is_of(double first, double second) const {
        return is_known && arguments[0] == first && arguments[1] == second;
    }
};

// What `compute` makes of one or two arguments, and of nothing else. The process remembers it too, for what computes:
// some executors make a call site at each row.
template <typename Compute>
int cached_parameter(Parameter &known, double first, double second, Compute compute) {
    static constinit Parameter last = {};
    if (unlikely(!known.is_of(first, second))) {
        if (!last.is_of(first, second)) last = {{first, second}, compute(), true};
        known = last;
    }
    return known.value;
}

// The parameter that all states of a call site have. An executor calls from one site for all rows of its groups, so
// states begin where they are added to, or from one for each row, where none begins. In the second case, and once a row
// has another parameter, states are limited at each row. All zeros at first.
struct CommonLimit {
    int parameter;
    enum : uint8 { kNoState, kOneParameter, kUnknown } states;

    bool is_of_all(int other) const { return states == kOneParameter && parameter == other; }
    void begin_state(int other) {
        if (states == kNoState) *this = {other, kOneParameter};
        if (parameter != other) states = kUnknown;
    }
};

}  // namespace pg
