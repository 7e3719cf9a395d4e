import { Fragment } from 'react'

/** A plugin's plain text: blank lines part paragraphs, addresses become links. */
export function Prose({ text, className }: { text: string; className?: string }) {
  const paragraphs = text.trim().split(/\n\s*\n/)
  return (
    <div className={className ? `prose ${className}` : 'prose'}>
      {paragraphs.map((paragraph, i) => (
        <p key={i}>
          <Linked text={paragraph} />
        </p>
      ))}
    </div>
  )
}

/** One paragraph with its addresses as links. */
export function Linked({ text }: { text: string }) {
  return (
    <>
      {text.split(/(https?:\/\/[^\s<>«»"()]+[^\s<>«»"().,;:!?])/).map((part, i) =>
        i % 2 === 1 ? (
          <a key={i} href={part} rel="noopener noreferrer" target="_blank">
            {part}
          </a>
        ) : (
          <Fragment key={i}>{part}</Fragment>
        ),
      )}
    </>
  )
}
