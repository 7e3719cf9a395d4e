// What stands after the question mark of an address, as people read it and pass it on.
import { parseSearchWith, stringifySearchWith } from '@tanstack/react-router'

// A number is the same text with and without quotes: it needs none, as an INN in an address shows.
function meant(text: string): unknown {
  if (/^\d+$/.test(text)) throw new SyntaxError('digits are a text')
  return JSON.parse(text)
}

export const parseSearch = parseSearchWith(meant)
export const stringifySearch = stringifySearchWith((value) => JSON.stringify(value), meant)
