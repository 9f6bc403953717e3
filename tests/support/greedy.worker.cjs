/** Takes memory until there is no more. */
module.exports = function render() {
  const hoard = []
  for (;;) hoard.push(new Array(100_000).fill({ a: 1 }).map((value) => ({ ...value })))
}
