#include "state.hpp"

#include <algorithm>
#include <iterator>
#include <random>

namespace cli {

namespace {

sketch_status add_row(Calls<SKETCH_QUANTILE>, void *state, std::size_t size, const Value &value,
                      sketch_growth *growth) {
    return sketch_quantile_add(state, size, value.number, value.weight, growth);
}
sketch_status add_row(Calls<SKETCH_DISTINCT>, void *state, std::size_t size, const Value &value,
                      sketch_growth *growth) {
    return sketch_distinct_add(state, size, value.item.kind, value.item.hash, growth);
}
sketch_status add_row(Calls<SKETCH_FREQUENCY>, void *state, std::size_t size, const Value &value,
                      sketch_growth *growth) {
    return sketch_frequency_add(state, size, value.item.kind, value.item.hash, value.weight, growth);
}
sketch_status add_row(Calls<SKETCH_TOPK>, void *state, std::size_t size, const Value &value, sketch_growth *growth) {
    return sketch_topk_add(state, size, value.item.kind, value.item.bytes, value.item.size, value.weight, growth);
}
sketch_status add_row(Calls<SKETCH_MEMBERSHIP>, void *state, std::size_t size, const Value &value,
                      sketch_growth *growth) {
    return sketch_membership_add(state, size, value.item.kind, value.item.hash, growth);
}

sketch_status init(Calls<SKETCH_QUANTILE>, void *state, std::size_t size, const Parameters &parameters) {
    int scale;
    must(sketch_quantile_scale(parameters.accuracy, &scale));
    return sketch_quantile_init(state, size, scale, 0);
}
sketch_status init(Calls<SKETCH_DISTINCT>, void *state, std::size_t size, const Parameters &parameters) {
    return sketch_distinct_init(state, size, SKETCH_KIND_NONE, parameters.precision);
}
sketch_status init(Calls<SKETCH_FREQUENCY>, void *state, std::size_t size, const Parameters &parameters) {
    int log2_width;
    must(sketch_frequency_log2_width(parameters.error, &log2_width));
    return sketch_frequency_init(state, size, SKETCH_KIND_NONE, log2_width);
}
sketch_status init(Calls<SKETCH_TOPK>, void *state, std::size_t size, const Parameters &parameters) {
    return sketch_topk_init(state, size, SKETCH_KIND_NONE, parameters.k);
}
sketch_status init(Calls<SKETCH_MEMBERSHIP>, void *state, std::size_t size, const Parameters &parameters) {
    int log2_blocks, rate;
    must(sketch_membership_log2_blocks(parameters.expected_items, parameters.false_positive_rate, &log2_blocks));
    must(sketch_membership_kept_rate(parameters.false_positive_rate, &rate));
    return sketch_membership_init(state, size, SKETCH_KIND_NONE, log2_blocks, rate);
}

template <sketch_family kFamily>
sketch_status pack(const typename Calls<kFamily>::Opened *sketch, std::uint8_t *out, std::size_t capacity,
                   std::size_t *size) {
    if constexpr (kFamily == SKETCH_TOPK) {
        const Memory scratch(sketch_topk_pack_size(sketch));
        return sketch_topk_pack(sketch, scratch.data(), scratch.size(), out, capacity, size);
    } else {
        return Calls<kFamily>::pack(sketch, out, capacity, size);
    }
}

template <sketch_family kFamily>
class StateOf : public State {
  public:
    explicit StateOf(const Parameters &parameters) : state_(Calls<kFamily>::init_size()) {
        must(init(Calls<kFamily>(), state_.data(), state_.size(), parameters));
    }
    explicit StateOf(std::string_view packed) {
        const Opening<kFamily> sketch(packed);
        sketch_growth growth;
        sketch_status status;
        while ((status = Calls<kFamily>::load(sketch.get(), state_.data(), state_.size(), &growth)) == SKETCH_GROW)
            state_ = Memory(growth.size);
        must(status);
    }

    sketch_status add(const Value &value) override {
        return grown([&](sketch_growth *growth) {
            return add_row(Calls<kFamily>(), state_.data(), state_.size(), value, growth);
        });
    }
    sketch_status merge(std::string_view packed) override {
        const Opening<kFamily> sketch(packed);
        return grown([&](sketch_growth *growth) {
            return Calls<kFamily>::merge(state_.data(), state_.size(), sketch.get(), growth);
        });
    }
    std::string packed() const override {
        const Opening<kFamily> sketch(state_.data(), state_.size(), SKETCH_WORK);
        std::string bytes(Calls<kFamily>::packed_bound(sketch.get()), '\0');
        std::size_t size;
        must(pack<kFamily>(sketch.get(), reinterpret_cast<std::uint8_t *>(bytes.data()), bytes.size(), &size));
        bytes.resize(size);
        return bytes;
    }

  private:
    template <typename Call>
    sketch_status grown(Call call) {
        sketch_growth growth;
        sketch_status status;
        while ((status = call(&growth)) == SKETCH_GROW) {
            Memory larger(growth.size);
            Calls<kFamily>::move(larger.data(), state_.data(), state_.size(), &growth);
            state_ = std::move(larger);
        }
        return status;
    }

    Memory state_;
};

// A state of the family, made of this.
template <typename Source>
std::unique_ptr<State> state_of(sketch_family family, const Source &source) {
    switch (family) {
        case SKETCH_QUANTILE: return std::make_unique<StateOf<SKETCH_QUANTILE>>(source);
        case SKETCH_DISTINCT: return std::make_unique<StateOf<SKETCH_DISTINCT>>(source);
        case SKETCH_FREQUENCY: return std::make_unique<StateOf<SKETCH_FREQUENCY>>(source);
        case SKETCH_TOPK: return std::make_unique<StateOf<SKETCH_TOPK>>(source);
        default: return std::make_unique<StateOf<SKETCH_MEMBERSHIP>>(source);
    }
}

constexpr const char *kFamilies[] = {"quantile", "distinct", "frequency", "topk", "membership"};

}  // namespace

std::unique_ptr<State> make_state(const Parameters &parameters) { return state_of(parameters.family, parameters); }

std::unique_ptr<State> load_state(std::string_view packed) { return state_of(family_of(packed), packed); }

std::uint64_t random_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

const char *family_name(sketch_family family) { return kFamilies[family - SKETCH_QUANTILE]; }

bool is_family_name(std::string_view name) {
    return std::find(std::begin(kFamilies), std::end(kFamilies), name) != std::end(kFamilies);
}

sketch_family family_of_name(std::string_view name) {
    const auto found = std::find(std::begin(kFamilies), std::end(kFamilies), name);
    if (found != std::end(kFamilies))
        return static_cast<sketch_family>(SKETCH_QUANTILE + (found - std::begin(kFamilies)));
    throw UsageFailure("there is no sketch \"" + std::string(name) +
                       "\": there are quantile, distinct, frequency, topk and membership");
}

sketch_family family_of(std::string_view packed) {
    sketch_family family;
    must(sketch_packed_family(reinterpret_cast<const std::uint8_t *>(packed.data()), packed.size(), &family));
    return family;
}

void check_packed(std::string_view packed) {
    switch (family_of(packed)) {
        case SKETCH_QUANTILE: Opening<SKETCH_QUANTILE>{packed}; return;  // which checks everything
        case SKETCH_DISTINCT: return must(sketch_distinct_check(Opening<SKETCH_DISTINCT>(packed).get()));
        case SKETCH_FREQUENCY: return must(sketch_frequency_check(Opening<SKETCH_FREQUENCY>(packed).get()));
        case SKETCH_TOPK: return must(sketch_topk_check_items(Opening<SKETCH_TOPK>(packed).get()));
        case SKETCH_MEMBERSHIP: return must(sketch_membership_check(Opening<SKETCH_MEMBERSHIP>(packed).get()));
    }
}

const char *kind_name(int kind) {
    static constexpr const char *kNames[] = {"none",        "number",    "float",  "text",    "bytea",    "uuid",
                                             "timestamptz", "timestamp", "date",   "inet",    "bool",     "enum",
                                             "interval",    "time",      "timetz", "macaddr", "macaddr8", "jsonb",
                                             "money",       "pg_lsn",    "record"};
    if (kind & SKETCH_KIND_ARRAY) return "array";
    return kind >= 0 && kind <= SKETCH_KIND_LAST ? kNames[kind] : "other";
}

}  // namespace cli
