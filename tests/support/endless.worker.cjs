/** Draws for ever. */
module.exports = function render() {
  for (;;);
}
