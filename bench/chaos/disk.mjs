import { spawnSync } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const SIZE_MB = 400
const FILL_INTERVAL_MS = 100
const CHUNK = Buffer.alloc(1024 * 1024)

/**
 * Mounts a small disk in memory on a folder.
 * @returns functions to fill it for a time and to unmount it; undefined if this user may not mount
 */
export function mountSmallDisk(folder) {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0777`, 'tmpfs', folder])
  if (status !== 0) return undefined
  return {
    fill: (milliseconds) => fill(join(folder, 'ballast'), milliseconds),
    unmount: () => spawnSync('umount', ['-l', folder]),
  }
}

/** Uses every byte that is free or becomes free, and then frees all of them. */
async function fill(path, milliseconds) {
  const until = Date.now() + milliseconds
  const file = await open(path, 'w')
  while (Date.now() < until) {
    // The last chunk is written in part.
    while (await file.write(CHUNK).then(({ bytesWritten }) => bytesWritten > 0, isOther));
    await sleep(FILL_INTERVAL_MS)
  }
  await file.close()
  await rm(path)
}

/** @returns false for a full disk */
function isOther(error) {
  if (error.code !== 'ENOSPC') throw error
  return false
}
