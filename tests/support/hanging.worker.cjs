/** A worker whose rendering never ends. It announces on the channel `hanging-worker` that it has begun. */
const announcements = new BroadcastChannel('hanging-worker')

module.exports = function render() {
  announcements.postMessage('begun')
  for (;;);
}
