/// Huffman decoding of a JPEG's coefficients, by a table that gives the meaning of the next bits (ITU-T T.81, annexes C
/// and F.2.2).
#ifndef LOPT_HUFFMAN_H
#define LOPT_HUFFMAN_H

#include <stdint.h>
#include <string.h>

/// The number of bits that index the table: enough for most codes together with the number that follows them.
#define AHEAD 10

/// One coefficient: the meaning of a code and the number after it.
///
/// While a table is made, one of length 0 keeps in `value` and `step` the length and the symbol of a code whose number
/// does not fit into the table's bits.
struct coefficient {
  /// The coefficient itself, before it is multiplied by its quantization step.
  int16_t value;
  /// The number of places from the coefficient before to this one: 1 + the number of zeros in between. END_OF_BLOCK
  /// means that there are no more.
  uint8_t step;
  /// The number of bits that the code and the number took; 0 where the bits are no code.
  uint8_t length;
};

/// The step that ends a block: it leads beyond every place that coefficients can reach.
#define END_OF_BLOCK 128

/// The meaning of the next bits: one coefficient or two, in one word. Its lowest bits are the number of bits to be
/// shifted away.
///
/// - bits 0 to 7: the bits of both together; 0: the next coefficient takes more bits than the table is indexed by, and
///   bits 8 to 15 and 16 to 23 are the length of its code and its symbol, or 0 where the code alone takes more
/// - bits 8 to 15: the bits of the first
/// - bits 16 to 23 and 24 to 31: the steps of the first and the second
/// - bits 32 to 47 and 48 to 63: their values
///
/// Where there is no second one, its step and value are 0.
typedef uint64_t token;

/// Returns the token of two coefficients, of which the second may be of step, value and length 0.
static inline token make_token(struct coefficient first, struct coefficient second) {
  return (uint64_t)(uint16_t)second.value << 48 | (uint64_t)(uint16_t)first.value << 32 | (uint64_t)second.step << 24 |
         (uint64_t)first.step << 16 | (uint64_t)first.length << 8 | (uint64_t)(first.length + second.length);
}

/// Returns the value of a token's first coefficient.
static inline int32_t first_value(token token) { return (int16_t)(token >> 32); }
/// Returns the value of a token's second coefficient, 0 where there is none.
static inline int32_t second_value(token token) { return (int16_t)(token >> 48); }
/// Returns the step of a token's first coefficient.
static inline int32_t first_step(token token) { return token >> 16 & 0xFF; }
/// Returns the step of a token's second coefficient, 0 where there is none.
static inline int32_t second_step(token token) { return token >> 24 & 0xFF; }
/// Returns the number of bits of a token's first coefficient.
static inline int32_t first_length(token token) { return token >> 8 & 0xFF; }

/// A Huffman table of a file, prepared for decoding.
struct decoding_table {
  /// The token for every value of the next AHEAD bits.
  token ahead[1 << AHEAD];
  /// For each length of codes, 1 to 16, the least 16 bits that begin with a longer code.
  uint32_t limit[17];
  /// For each length of codes, 1 to 16, the number that is added to a code to get the position of its symbol.
  int32_t offset[17];
  /// The symbols in the order of their codes, in the file.
  const uint8_t *symbols;
  /// Whether the table is for DC coefficients: their symbols have no zeros, and 0 is not the end of the block.
  int is_dc;
};

/// The bits of a segment that are not decoded yet.
struct bits {
  /// The next bits, the first of them highest.
  uint64_t buffer;
  /// The number of bits of the buffer that have been read and not been dropped.
  int32_t count;
  /// The place in the segment of the first byte that the count does not cover.
  const uint8_t *next;
};

/// Fills the buffer up to at least 56 bits. Reads eight bytes, of which some may lie behind the segment.
static inline void refill(struct bits *bits) {
  uint64_t bytes;
  memcpy(&bytes, bits->next, 8);
  bits->buffer |= __builtin_bswap64(bytes) >> bits->count;
  bits->next += (63 - bits->count) >> 3;
  bits->count |= 56;
}

/// Takes `length` bits, which are in the buffer, away from it.
static inline void drop(struct bits *bits, int32_t length) {
  bits->buffer <<= length & 63;
  bits->count -= length;
}

/// Returns the number of bits of the number that follows a symbol's code, or −1 where there is no such symbol.
static inline int32_t number_size(const struct decoding_table *table, uint8_t symbol) {
  if (table->is_dc) return symbol <= 11 ? symbol : -1;
  if ((symbol & 15) == 0) return symbol == 0 || symbol == 0xF0 ? 0 : -1;
  return (symbol & 15) <= 10 ? symbol & 15 : -1;
}

/// Returns the coefficient of a symbol whose code has `length` bits and is followed by `number`, of `size` bits
/// (F.2.2.1).
static inline struct coefficient make_coefficient(const struct decoding_table *table, uint8_t symbol, int32_t length,
                                                  int32_t size, int32_t number) {
  int32_t value = size > 0 && number < 1 << (size - 1) ? number - (1 << size) + 1 : number;
  int32_t step = table->is_dc ? 1 : symbol == 0 ? END_OF_BLOCK : (symbol >> 4) + 1;
  return (struct coefficient){(int16_t)value, (uint8_t)step, (uint8_t)(length + size)};
}

/// Fills in the coefficients of a code of `length` ≤ AHEAD bits, together with every number that may follow it: ahead[1
/// << AHEAD] at each index that begins with the code.
static inline void fill(const struct decoding_table *table, struct coefficient *ahead, uint32_t code, int32_t length,
                        uint8_t symbol) {
  int32_t size = number_size(table, symbol);
  int32_t rest = AHEAD - length - size;
  struct coefficient *place = ahead + (code << (AHEAD - length));
  if (size < 0) return;
  if (rest < 0) {
    struct coefficient code_only = {length, symbol, 0};
    for (int32_t i = 0; i < 1 << (AHEAD - length); i++) *place++ = code_only;
    return;
  }
  for (int32_t number = 0; number < 1 << size; number++) {
    struct coefficient coefficient = make_coefficient(table, symbol, length, size, number);
    for (int32_t i = 0; i < 1 << rest; i++) *place++ = coefficient;
  }
}

/// Makes the table's tokens of ahead[1 << AHEAD]: each coefficient, together with the one that follows it where both
/// are within the same AHEAD bits.
static inline void combine(struct decoding_table *table, const struct coefficient *ahead) {
  static const struct coefficient none = {0, 0, 0};
  for (uint32_t i = 0; i < 1 << AHEAD; i++) {
    struct coefficient first = ahead[i];
    struct coefficient second = ahead[i << first.length & ((1 << AHEAD) - 1)];
    int is_pair = first.length > 0 && first.step < END_OF_BLOCK && !table->is_dc && second.length > 0 &&
                  first.length + second.length <= AHEAD;
    table->ahead[i] = first.length > 0 ? make_token(first, is_pair ? second : none)
                                       : (uint64_t)first.step << 16 | (uint64_t)first.value << 8;
  }
}

/// Makes a table of counts[16], the number of codes of each length, behind which the symbols are; both must outlive the
/// table. Returns 1, or 0 where the counts make no prefix code.
static inline int prepare(struct decoding_table *table, const uint8_t *counts, int is_dc) {
  struct coefficient ahead[1 << AHEAD];
  uint32_t code = 0;
  int32_t position = 0;
  memset(ahead, 0, sizeof ahead);
  table->symbols = counts + 16;
  table->is_dc = is_dc;
  for (int32_t length = 1; length <= 16; length++) {
    int32_t count = counts[length - 1];
    if (code + count > 1u << length) return 0;
    table->offset[length] = position - (int32_t)code;
    for (int32_t i = 0; i < count && length <= AHEAD; i++) {
      fill(table, ahead, code + i, length, table->symbols[position + i]);
    }
    code += count;
    position += count;
    table->limit[length] = code << (16 - length);
    code <<= 1;
  }
  combine(table, ahead);
  return 1;
}

/// Returns the token of one coefficient whose code is the first `length` bits of the buffer; 0 where there is no such
/// symbol.
static inline token single(const struct decoding_table *table, uint64_t buffer, int32_t length, uint8_t symbol) {
  int32_t size = number_size(table, symbol);
  if (size < 0) return 0;
  int32_t number = size == 0 ? 0 : (int32_t)(buffer << length >> (64 - size));
  return make_token(make_coefficient(table, symbol, length, size, number), (struct coefficient){0, 0, 0});
}

/// Returns the token of a code of more than AHEAD bits; 0 where the bits are no code.
static __attribute__((noinline)) token look_up(const struct decoding_table *table, uint64_t buffer) {
  uint32_t next = (uint32_t)(buffer >> 48);
  for (int32_t length = AHEAD + 1; length <= 16; length++) {
    if (next < table->limit[length] && next >= table->limit[AHEAD]) {
      uint8_t symbol = table->symbols[(int32_t)(next >> (16 - length)) + table->offset[length]];
      return single(table, buffer, length, symbol);
    }
  }
  return 0;
}

/// Returns the next token without taking its bits away; 0 where the bits are no code. There must be at least 26 bits in
/// the buffer.
static inline token peek(const struct bits *bits, const struct decoding_table *table) {
  token token = table->ahead[bits->buffer >> (64 - AHEAD)];
  if (__builtin_expect((token & 0xFF) != 0, 1)) return token;
  if (token == 0) return look_up(table, bits->buffer);
  return single(table, bits->buffer, first_length(token), (uint8_t)first_step(token));
}

#endif
