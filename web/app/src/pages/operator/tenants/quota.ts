const gigabyte = 1024 ** 3

/** Bytes of so many gigabytes; undefined for none; what is no number is sent as it is, for the server to refuse. */
export function quotaOf(value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined
  return typeof value === 'number' ? Math.round(value * gigabyte) : (value as number)
}

/** Bytes in gigabytes, to type on. */
export const gigabytesOf = (bytes: number) => Math.round((bytes / gigabyte) * 1000) / 1000
