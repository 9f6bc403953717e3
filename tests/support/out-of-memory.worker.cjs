/** A worker that allocates memory until it fails. Large arrays reach the limit within a fraction of a second. */
module.exports = function render() {
  const retained = []
  for (;;) retained.push(new Array(500_000).fill(1.5))
}
