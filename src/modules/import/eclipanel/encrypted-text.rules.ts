/** EcliPanel encrypts with a key encapsulation since its version of 2026, and before that with AES-256-GCM alone. */
const ENCAPSULATED = /^PQ1:/
const AES_PART_BYTES = [12, 16] as const

/** Whether the text is a column that EcliPanel has encrypted: `PQ1:…`, or IV, tag and content in Base64. */
export function isEncrypted(text: string): boolean {
  if (ENCAPSULATED.test(text)) return true
  const parts = text.split(':')
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9+/]*={0,2}$/.test(part))) return false
  return AES_PART_BYTES.every((length, index) => Buffer.from(parts[index] ?? '', 'base64').length === length)
}
