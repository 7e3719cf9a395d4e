import { Fragment } from 'react'

import { Linked, Prose } from '../ui/Prose'
import { isVisible } from './check'
import { useForm } from './context'
import { FieldInput } from './FieldInput'
import type { TextModel } from './model'

/** The groups of a form in the plugin's order, with its texts between them. */
export function FormBody() {
  const { model, check } = useForm()
  return (
    <>
      <Between texts={model.texts.get('')} />
      {model.groups.map((group) => {
        // A group without a field to show would be a heading over nothing.
        const shown = group.fields.some((field) => isVisible(check, field.pointer))
        return (
          <Fragment key={group.key}>
            {shown && (
              <section className="group" aria-labelledby={`group-${group.key}`}>
                <h2 id={`group-${group.key}`}>{group.title}</h2>
                {group.help && (
                  <p className="group__help">
                    <Linked text={group.help} />
                  </p>
                )}
                {group.fields.map((field) => (
                  <FieldInput key={field.pointer} field={field} />
                ))}
              </section>
            )}
            <Between texts={model.texts.get(group.key)} />
          </Fragment>
        )
      })}
    </>
  )
}

function Between({ texts }: { texts?: TextModel[] }) {
  return texts?.map(({ text, link }) => (
    <div className="between" key={text}>
      <Prose text={text} />
      {link && !text.includes(link) && (
        <p>
          <a href={link} rel="noopener noreferrer">
            {link.replace(/^mailto:|^tel:/, '')}
          </a>
        </p>
      )}
    </div>
  ))
}
