/** A worker whose rendering never ends. */
module.exports = function render() {
  for (;;);
}
