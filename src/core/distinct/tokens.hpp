// The packed form of tokens, both ways (tokens.cpp).
#pragma once

#include "distinct.hpp"

namespace sketch::distinct {

// Tokens are decoded eight at a time: so many beyond the last are overwritten.
inline constexpr std::size_t kTokenSlack = 8;

// Writes the tokens of a sketch, ascending: their number, and what tells them.
void encode_tokens(const View &from, ByteWriter &out) noexcept;

// Reads `count` tokens, at least 1 and at most kMaxTokens, which are all that is at data[0, size). Accepts exactly
// what encode_tokens writes behind their number. `tokens` has room for kTokenSlack more.
Status decode_tokens(const std::uint8_t *data, std::size_t size, std::uint32_t count, std::uint32_t *tokens) noexcept;

}  // namespace sketch::distinct
