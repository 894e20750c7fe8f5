// Hashing of items, for all families that work on hashes.
#include "../core/common/bytes.hpp"
#include "../core/common/format.hpp"
#include "../core/common/hash.hpp"
#include "../core/common/salt.hpp"

uint64_t sketch_hash(const void *bytes, size_t size) noexcept { return XXH3_64bits(bytes, size); }

uint64_t sketch_hash_word(uint64_t word) noexcept {
    uint64_t bytes = sketch::to_little_endian(word);
    return XXH3_64bits(&bytes, sizeof bytes);
}

void sketch_set_salt(uint64_t salt) noexcept { sketch::set_salt(salt); }
