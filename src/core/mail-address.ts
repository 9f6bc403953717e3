/** Source: RFC 5321, 4.5.3.1. */
const MAX_ADDRESS_LENGTH = 254
const MAX_LOCAL_LENGTH = 64
const ADDRESS = /^(?<local>[^\s@<>()[\]\\,;:"\p{C}]+)@(?<domain>[^\s@<>()[\]\\,;:"_\p{C}]+\.[^\s@<>()[\]\\,;:"_.\p{C}]+)$/u

/** Whether a text can be used as one address of a mail. Quoted names of mailboxes are not supported. */
export function isMailAddress(text: string): boolean {
  if (text.length > MAX_ADDRESS_LENGTH) return false
  const { local = '', domain = '' } = ADDRESS.exec(text)?.groups ?? {}
  return local !== '' && local.length <= MAX_LOCAL_LENGTH && !/^\.|\.\.|\.$/.test(local) && !/^[.-]|\.\.|-$/.test(domain)
}
