/** A worker that allocates memory until it fails. */
module.exports = function render() {
  const retained = []
  for (;;) retained.push(new Array(100_000).fill({ a: 1 }).map((value) => ({ ...value })))
}
