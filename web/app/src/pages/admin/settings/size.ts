const megabyte = 1024 * 1024

/** Bytes of so many megabytes; 0 for nothing; what is no number stays as it is, for the server to refuse. */
export function bytesOf(text: string): number | string {
  const plain = text.replaceAll(/\s/g, '').replace(',', '.')
  if (plain === '') return 0
  const value = Number(plain)
  return Number.isFinite(value) ? Math.round(value * megabyte) : text
}

/** Bytes as megabytes to type on; '' for nothing. */
export function megabytesOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'number' || value === 0) return ''
  return String(Math.round((value / megabyte) * 1000) / 1000)
}
