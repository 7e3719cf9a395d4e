const digits = (text: string) => text.replace(/[^0-9]/g, '')

/** What a telephone dials for a number as a person writes it, its extension apart (RFC 3966); undefined for what is no one number. */
export function dialled(text: string): string | undefined {
  const found = /^([+0-9 ().\u2010-\u2014-]+?)(?:[\s,;]*(?:доб(?:авочный)?|вн|ext|x|#)[.:]?\s*([0-9 -]+))?$/i.exec(text.trim())
  const number = digits(found?.[1] ?? '')
  if (number.length < 2 || number.length > 15) return undefined
  return `tel:${found?.[1]?.startsWith('+') ? '+' : ''}${number}${found?.[2] ? `;ext=${digits(found[2])}` : ''}`
}
