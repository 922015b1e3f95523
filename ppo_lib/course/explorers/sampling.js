// Random numbers with a seed, which are the same in every browser.

/** A 32-bit number hashed, one to one ("lowbias32" of Wellons, 2018). */
function mixBits(number) {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** `count` numbers spread evenly over 0 to 1, neither end among them. */
function uniforms(seed, count) {
  const start = mixBits(seed + 0x9e3779b9); // 0 is hashed to 0
  return Array.from({ length: count }, (_, index) =>
    (mixBits(start + Math.imul(index, 0x9e3779b9)) + 0.5) / 2 ** 32);
}

/** `count` numbers from the standard normal distribution (Box and Muller, 1958). */
function normals(seed, count) {
  const pairs = uniforms(seed, 2 * count);
  return Array.from({ length: count }, (_, index) =>
    Math.sqrt(-2 * Math.log(pairs[2 * index])) * Math.cos(2 * Math.PI * pairs[2 * index + 1]));
}
