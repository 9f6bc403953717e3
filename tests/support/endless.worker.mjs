/** Draws for ever. */
export default function render() {
  for (;;);
}
