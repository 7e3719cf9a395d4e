import { useEffect, useState } from 'react'

/** A text that is kept on this device until it is sent; nothing that was typed is lost by a reload. */
export function useKeptText(name: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => read(name))
  useEffect(() => {
    try {
      if (text === '') localStorage.removeItem(name)
      else localStorage.setItem(name, text)
    } catch {
      // then it is kept as long as the page is open
    }
  }, [name, text])
  return [text, setText]
}

function read(name: string): string {
  try {
    return localStorage.getItem(name) ?? ''
  } catch {
    return ''
  }
}
