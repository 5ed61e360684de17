/// Huffman decoding with a table of what the next bits stand for (ITU-T T.81, annexes C and F.2.2).
#ifndef LOPT_HUFFMAN_H
#define LOPT_HUFFMAN_H

#include <string.h>

#include "reduced_jpeg.h"

/// Bits that the table is indexed by: most codes together with the number that follows them.
#define AHEAD 11

/// What a code and the number after it stand for, in one word: the coefficient's value in the upper 16 bits, then 8 bits
/// of how many zeros are before it, then 8 bits of how many bits all that took. The shift that takes the bits away can
/// use the word as it is, and what is not an ordinary coefficient is below 0x10000.
typedef uint32_t token;

/// No more coefficients in this block. (The zeros are more than a block can have.)
#define END_OF_BLOCK 0x4000
/// Bits that are no code.
#define NO_TOKEN 0

static inline int32_t token_value(token token) { return (int32_t)token >> 16; }
static inline int32_t token_zeros(token token) { return token >> 8 & 0xFF; }
static inline int32_t token_length(token token) { return token & 0xFF; }

struct decoding_table {
  token ahead[1 << AHEAD];
  /// Of each length, the 16 bits from which on codes are longer.
  uint32_t limit[17];
  /// Of each length, what makes of a code its symbol's position.
  int32_t offset[17];
  const uint8_t *symbols;
  /// Whether it is for DC coefficients: their symbols have no zeros, and 0 is not the end of the block.
  int is_dc;
};

/// The bits of a segment, the next one highest.
struct bits {
  uint64_t buffer;
  /// How many of them are there.
  int32_t count;
  const uint8_t *next;
};

/// Makes at least 56 bits be there.
static inline void refill(struct bits *bits) {
  uint64_t bytes;
  memcpy(&bytes, bits->next, 8);
  bits->buffer |= __builtin_bswap64(bytes) >> bits->count;
  bits->next += (63 - bits->count) >> 3;
  bits->count |= 56;
}

static inline void drop(struct bits *bits, token token) {
  bits->buffer <<= token & 63;
  bits->count -= token & 63;
}

/// Bits of the number that follows a symbol's code, or -1 where there is no such symbol.
static inline int32_t number_size(const struct decoding_table *table, uint8_t symbol) {
  if (table->is_dc) return symbol <= 11 ? symbol : -1;
  if ((symbol & 15) == 0) return symbol == 0 || symbol == 0xF0 ? 0 : -1;
  return (symbol & 15) <= 10 ? symbol & 15 : -1;
}

/// The token of a symbol whose code has `length` bits and is followed by `number`, of `size` bits (F.2.2.1).
static inline token make_token(const struct decoding_table *table, uint8_t symbol, int32_t length, int32_t size,
                               int32_t number) {
  int32_t value = size > 0 && number < 1 << (size - 1) ? number - (1 << size) + 1 : number;
  uint32_t zeros = table->is_dc ? 0 : symbol >> 4;
  if (!table->is_dc && symbol == 0) zeros = END_OF_BLOCK >> 8;
  return (uint32_t)value << 16 | zeros << 8 | (uint32_t)(length + size);
}

/// Fills in what a code of `length` bits stands for, with every number after it.
static inline void fill(struct decoding_table *table, uint32_t code, int32_t length, uint8_t symbol) {
  int32_t size = number_size(table, symbol);
  int32_t rest = AHEAD - length - size;
  if (size < 0 || rest < 0) return;
  token *place = table->ahead + (code << (AHEAD - length));
  for (int32_t number = 0; number < 1 << size; number++) {
    token token = make_token(table, symbol, length, size, number);
    for (int32_t i = 0; i < 1 << rest; i++) *place++ = token;
  }
}

/// `counts`: of the codes of each length, 16; the symbols follow. Returns 0 where the counts make no prefix code.
static inline int prepare(struct decoding_table *table, const uint8_t *counts, int is_dc) {
  uint32_t code = 0;
  int32_t position = 0;
  memset(table->ahead, NO_TOKEN, sizeof table->ahead);
  table->symbols = counts + 16;
  table->is_dc = is_dc;
  for (int32_t length = 1; length <= 16; length++) {
    int32_t count = counts[length - 1];
    if (code + count > 1u << length) return 0;
    table->offset[length] = position - (int32_t)code;
    for (int32_t i = 0; i < count && length <= AHEAD; i++) fill(table, code + i, length, table->symbols[position + i]);
    code += count;
    position += count;
    table->limit[length] = code << (16 - length);
    code <<= 1;
  }
  return 1;
}

/// What the next bits stand for, where the table ahead does not tell.
static __attribute__((noinline)) token look_up(const struct decoding_table *table, uint64_t buffer) {
  uint32_t next = (uint32_t)(buffer >> 48);
  for (int32_t length = 1; length <= 16; length++) {
    if (next < table->limit[length]) {
      uint8_t symbol = table->symbols[(int32_t)(next >> (16 - length)) + table->offset[length]];
      int32_t size = number_size(table, symbol);
      if (size < 0) return NO_TOKEN;
      int32_t number = size == 0 ? 0 : (int32_t)(buffer << length >> (64 - size));
      return make_token(table, symbol, length, size, number);
    }
  }
  return NO_TOKEN;
}

/// The next token, which stays where it is.
static inline token peek(const struct bits *bits, const struct decoding_table *table) {
  return table->ahead[bits->buffer >> (64 - AHEAD)];
}

#endif
