import { Fragment } from 'react'

const bullet = /^\s*[-–—•]\s+/
const isList = (paragraph: string) => paragraph.split(/\n/).every((line) => bullet.test(line)) && paragraph.includes('\n')

/** A plugin's plain text: blank lines part paragraphs, lines that begin with a dash are a list, addresses become links. */
export function Prose({ text, className }: { text: string; className?: string }) {
  const paragraphs = text.trim().split(/\n\s*\n/)
  return (
    <div className={className ? `prose ${className}` : 'prose'}>
      {paragraphs.map((paragraph, i) =>
        isList(paragraph) ? (
          <ul key={i}>
            {paragraph.split(/\n/).map((line, j) => (
              <li key={j}>
                <Linked text={line.replace(bullet, '')} />
              </li>
            ))}
          </ul>
        ) : (
          <p key={i}>
            <Linked text={paragraph} />
          </p>
        ),
      )}
    </div>
  )
}

const address = /(https?:\/\/[^\s<>«»"()]+[^\s<>«»"().,;:!?]|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})/

/** One paragraph with its addresses as links. */
export function Linked({ text }: { text: string }) {
  return (
    <>
      {text.split(address).map((part, i) => {
        if (i % 2 === 0) return <Fragment key={i}>{part}</Fragment>
        if (!part.startsWith('http')) {
          return (
            <a key={i} href={`mailto:${part}`}>
              {part}
            </a>
          )
        }
        return (
          <a key={i} href={part} rel="noopener noreferrer" target="_blank">
            {part}
          </a>
        )
      })}
    </>
  )
}
