/**
 * An address for a user whose e-mail address the panel has not synced, where an interface requires one. The domain
 * `.invalid` never receives mail. Characters that an address must not contain are replaced.
 */
export function placeholderEmail(userId: string): string {
  return `user-${userId.replace(/[^A-Za-z0-9_-]/g, '-')}@users.invalid`
}
