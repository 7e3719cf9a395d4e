import { Fragment } from 'react'

import { paragraphs } from './paragraphs'

/** A plugin's plain text: blank lines part paragraphs, lines that begin with a dash or a number are a list, addresses become links. */
export function Prose({ text, className }: { text: string; className?: string }) {
  return (
    <div className={className ? `prose ${className}` : 'prose'}>
      {paragraphs(text).map((paragraph, i) => {
        if (paragraph.kind === 'text') {
          return (
            <p key={i}>
              <Linked text={paragraph.text} />
            </p>
          )
        }
        const items = paragraph.items.map((item, j) => (
          <li key={j}>
            <Linked text={item} />
          </li>
        ))
        return paragraph.kind === 'bullets' ? (
          <ul key={i}>{items}</ul>
        ) : (
          <ol key={i} start={paragraph.start}>
            {items}
          </ol>
        )
      })}
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
